import Basics
import Files
import FoundationEssentials
import Pictures
import TestSupport
import Testing
import Studies

/// Figures of the paper's kinds, made of standings that are made up.
@Suite("Figures of studies") struct StudyFigureTests {
  let listed: StudyPlanTests.ListedHome

  init() throws { listed = try StudyPlanTests.ListedHome("pets", wnids: StudyPlanTests.pets) }

  private static func study(_ reports: String) -> String {
    """
    study: 1
    title: How many classes
    dataset: pets
    train: {net: alexnet-28, epochs: 2, seeds: [1, 2, 3]}
    nets: {all: all, 3: classes 3 seed 1, 2: classes 2 seed 1, few: images 1 seed 1, random: untrained}
    tests:
      tuned: {tune: last, labels: all, iterations: 5}
      near: {measure: knn, k: 3}
      induction: {measure: induction, baseline: all}
      coarse: {measure: coarse-fine, labels: top-down rounds 1, members: 1}
    reports:
    \(reports)
    """
  }

  private func document(_ reports: String, done: (StudyWork) -> Bool = { _ in true }) throws -> StudyDocument {
    let plan = try listed.plan(Self.study(reports))
    var standing = try StudyObserver(home: listed.home).look(at: plan)
    for (index, work) in plan.works.enumerated() where done(work) {
      let value = 0.3 + 0.05 * Double((work.net + (work.test ?? "")).utf8.reduce(0) { $0 + Int($1) } % 7) + 0.01 * Double(work.seed)
      var metrics: [String: Double] = [:]
      for name in ["accuracy", "top1", "baseline1", "top5", "baseline5", "difference"] { metrics[name] = value + (name.hasPrefix("baseline") ? 0.1 : 0) + (name.hasSuffix("5") ? 0.2 : 0) }
      standing.works[index] = WorkStanding(state: .done, metrics: metrics)
      if work.test == "coarse" {
        standing.works[index].bars = (0..<9).map { (number: Int) -> StudyResult.Bar in
          StudyResult.Bar(name: "class \(number)", value: Double(20 - 5 * number) + Double(work.seed), note: "\(number + 1) members")
        }
      }
    }
    return StudyDocument(plan, standing, program: "imagenet-tui 1", source: "# a <comment>\nstudy: 1\n")
  }

  private func chart(_ reports: String, done: (StudyWork) -> Bool = { _ in true }) throws -> ChartDrawing {
    let figures = try document(reports, done: done).figures
    #expect(figures.count == 1 && figures[0].charts.count == 1)
    return try #require(figures.first?.charts.first)
  }

  @Test("Fig. 1 and 2: a line a column over a logarithmic axis, error bars, a right axis, the paper's points hollow; a net without a number of classes is said") func lines() throws {
    let chart = try chart(
      "  fig-2: {rows: [all, 3, 2, random], columns: [tuned, near], plot: {x: classes, left: [tuned], right: [near]}, paper: {3: {near: 58.3 ± .3}}}")
    #expect(chart.base == .numbers(.init("classes", scale: .logarithmic)) && chart.right?.title == "k-NN mean class accuracy, %" && chart.left.title == "mean class accuracy, %")
    #expect(chart.series.map(\.name) == ["tuned", "near", "near, the paper"])
    #expect(chart.series[0].points.map(\.x) == [2, 3, 5] && chart.series.map(\.isRight) == [false, true, true])
    let point = chart.series[0].points[0]
    #expect(abs((point.high ?? 0) - point.y - 1) < 1e-9 && abs(point.y - (point.low ?? 0) - 1) < 1e-9, "a deviation of .01 over three seeds is one point")
    #expect(chart.series[2].isHollow && chart.series[2].points.map(\.y) == [58.3] && chart.series[2].points.map(\.x) == [3])
    #expect(chart.notes.contains { $0.contains("random") } && chart.notes.contains { $0.contains("hollow") })
    let images = try self.chart("  fig-1: {rows: [all, few], columns: [tuned], plot: {x: images, left: [tuned]}}")
    #expect(images.series[0].points.map(\.x) == [5, 10] && images.base == .numbers(.init("training images", scale: .logarithmic)))
  }

  @Test("Fig. 4: bars of induction with a mark of the baseline's at each") func baselines() throws {
    let chart = try chart(
      "  fig-4: {rows: [3, 2], columns: [induction.top1, induction.baseline1, induction.top5, induction.baseline5], plot: {x: classes, left: columns}}")
    #expect(chart.base == .categories(["3", "2"], title: "classes") && chart.left.hasZero)
    #expect(chart.left.title == "induction accuracy, %", "of top-1 and top-5 alike")
    #expect(chart.series.map(\.form) == [.bars, .bars, .marks, .marks] && chart.series.map(\.slot) == [0, 1, 0, 1])
    #expect(chart.series.map(\.name) == ["induction.top1", "induction.top5", "baseline", ""])
    #expect(chart.series[2].points.map(\.y).first.map { abs($0 - chart.series[0].points[0].y - 10) < 1e-9 } == true)
  }

  @Test("Fig. 6: the classes at both ends, each the mean over seeds, with the gap between said") func ends() throws {
    let chart = try chart("  fig-6: {rows: [all], columns: [coarse], plot: {bars: 2}}")
    #expect(chart.isLying && chart.base == .categories(["class 0", "class 1", "…", "class 7", "class 8"], title: ""))
    #expect(chart.series[0].points.map(\.x) == [0, 1, 3, 4] && chart.series[0].points.map(\.y) == [22, 17, -13, -18])
    #expect(chart.values[0] == "+22.0 ± 1.0, 1 member" || chart.values[0] == "+22.0 ± 1.0, 1 members")
    #expect(chart.values[2] == "5 classes are between" && chart.series[0].points[0].low == 21)
    #expect(try document("  fig-6: {rows: [all, 3], columns: [coarse], plot: {bars: 2}}").figures[0].charts.count == 2)
    let all = try self.chart("  fig-6: {rows: [all], columns: [coarse], plot: {bars: 50}}")
    #expect(all.series[0].points.count == 9)
  }

  @Test("Fig. 9: bars beside each other for each row") func pairs() throws {
    let chart = try chart("  fig-9: {rows: [3, 2], columns: {P on X: own, P on both: {net: all, test: tuned}}, plot: {bars: columns}}")
    #expect(chart.base == .categories(["3", "2"], title: "") && chart.series.map(\.name) == ["P on X", "P on both"])
    #expect(chart.series.allSatisfy { $0.form == .bars && $0.points.count == 2 } && chart.series[1].points[0].y == chart.series[1].points[1].y)
  }

  @Test("What is not there yet leaves its place free, and is said") func partial() throws {
    let report = "  r: {rows: [all, 3, 2], columns: [tuned], plot: {x: classes, left: [tuned]}}"
    let some = try chart(report) { $0.seed == 1 && $0.net != "3" }
    #expect(some.series[0].points.map(\.x) == [2, 5] && some.series[0].points.allSatisfy { $0.low == nil })
    #expect(some.notes.contains("not finished: 3 of 3 numbers"))
    let none = try document(report) { _ in false }
    #expect(try SVGReading(none.figures[0].svg()).texts.contains { $0.string == "no numbers yet" })
    #expect(try document("  r: {rows: [all], columns: [tuned]}").figures.isEmpty)
  }

  @Test("Reports whose names are no names of files have files nevertheless, each its own") func names() throws {
    let plot = "{rows: [3, 2], columns: [tuned], plot: {bars: columns}}"
    let figures = try document("  a b: \(plot)\n  a-b: \(plot)\n  \"..\": \(plot)\n  é: \(plot)\n").figures
    #expect(figures.map(\.fileName) == ["a-b", "a-b-2", "report..", "report-"])
  }

  @Test("The page holds tables, figures, notes and the study, with no script and nothing from elsewhere") func page() throws {
    let html = try document("  <r>: {rows: [3, 2], columns: [tuned], plot: {bars: columns}, paper: {3: {tuned: 50}}}\n  s: {rows: [all], columns: [near]}").text(.html)
    #expect(html.contains("<h2>&lt;r&gt;</h2>") && html.contains("# a &lt;comment&gt;\nstudy: 1"))
    #expect(html.contains("<th scope=\"row\">3</th>") && html.contains("<td>50.0</td>"))
    #expect(html.contains("<li>made with imagenet-tui 1</li>"))
    for word in ["<script", "http://", "https://", "url(", "@import", "src=", "href="] where word != "http://" { #expect(!html.contains(word), "\(word)") }
    #expect(html.replacing("http://www.w3.org/2000/svg", with: "").contains("http://") == false)
    let start = try #require(html.range(of: "<svg")), end = try #require(html.range(of: "</svg>"))
    // Report and study are titles of the page already.
    let texts = try SVGReading(String(html[start.lowerBound..<end.upperBound])).texts.map(\.string)
    #expect(texts.contains("mean class accuracy, %") && !texts.contains("<r>") && !texts.contains("How many classes") && html.contains("<figure aria-label=\"&lt;r&gt;\">"))
    #expect(!html.contains("n/m"), "every number is there")
    #expect(try document("  r: {rows: [3], columns: [tuned]}", done: { $0.test == nil }).text(.html).contains("<li>n/m: n of m numbers; · to be made"))
    #expect(html.components(separatedBy: "<svg").count == 2, "s has no plot")
    #expect(try document("  s: {rows: [all], columns: [near]}").text(.html, theme: .dark).contains("prefers-color-scheme") == false)
  }

  @Test("The report folder has the page and every figure, in the same bytes each time") func written() throws {
    let text = Self.study("  r: {rows: [3, 2], columns: [tuned], plot: {bars: columns}}\n  s: {rows: [all], columns: [near]}")
    let path = listed.folder.path + "/mine.yaml"
    try AtomicFile.write(text, to: path)
    let file = try StudyFile(path, home: listed.home)
    let plan = try StudyPlan(file, home: listed.home)
    let standing = try StudyObserver(home: listed.home).look(at: plan)
    try StudyReports.write(file, plan, standing, home: listed.home, program: "imagenet-tui 1")
    let first = listed.folder.contents(of: "home/studies/mine/report")
    #expect(first.keys.sorted() == ["mine.csv", "mine.html", "mine.json", "mine.md", "mine.tex", "mine.txt", "r.svg"])
    try StudyReports.write(file, plan, standing, home: listed.home, program: "imagenet-tui 1")
    #expect(listed.folder.contents(of: "home/studies/mine/report") == first)
    #expect(String(decoding: first["mine.html"] ?? [], as: UTF8.self).contains("title: How many classes"))
  }
}
