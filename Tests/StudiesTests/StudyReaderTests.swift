import Basics
import Files
import FoundationEssentials
import Studies
import TestSupport
import Testing

/// Study files: what is read, and what is said of what is wrong.
struct StudyReaderTests {
  static let small = """
    study: 1
    title: A small one
    dataset: stamps
    train: {net: alexnet-64, epochs: 2, seeds: [1, 2]}
    nets:
      1000: all
      no: bottom-up depth 4 | images 50 seed 3
      other: {labels: top-down rounds 2, dataset: pets, rate: .02}
      random: untrained
    tests:
      fine: {tune: last, labels: all, rate: .001, schedule: "step:20000:0.1", iterations: 5e1}
      near: {measure: knn, k: 5, labels: no}
    reports:
      t:
        rows: nets
        columns: [own, fine.top5, near]
        plot: {x: classes, left: [own], right: columns}
        paper: {1000: {own: 58.3 ± .3, near: -2}}
    """

  private func faults(_ text: String) -> [String] { StudyFile.faults(in: text).map { "\($0.line):\($0.column) \($0.what)" } }

  @Test("Words are taken as they are written: keys like 1000 and no, numbers like .02") func words() throws {
    let text = Self.small.replacing("5e1", with: "50")
    let study = try StudyFile.parse(text, at: "small.yaml")
    #expect(study.nets.map(\.name) == ["1000", "no", "other", "random"])
    #expect(study.nets[2].settings.values["rate"] == ["0.02"] && study.nets[2].dataset == "pets")
    #expect(study.nets[1].source == .labels(LabelRecipe(steps: [.bottomUp(depth: 4), .images(50, seed: 3)])))
    #expect(study.train.seeds == [1, 2] && study.train.values["epochs"] == ["2"])
    #expect(study.reports[0].rows == ["1000", "no", "other", "random"])
    #expect(study.reports[0].columns.map(\.metric) == [nil, "top5", nil])
    #expect(study.reports[0].paper["1000"]?["own"] == .init(value: 58.3, deviation: 0.3))
    #expect(study.reports[0].plot?.right == ["own", "fine.top5", "near"])
  }

  @Test("Every fault is told at once, with its line, its column, and the nearest known word") func allFaults() {
    let text = """
      study: 1
      tilte: x
      dataset: stamps
      train: {epohcs: 3, batch: many}
      nets:
        a: botom-up depth 3
        b: bottom-up depth
      tests:
        t: {tune: lst}
        u: {measure: knn, baseline: a}
      reports:
        r: {rows: [a, c], columns: [own, t.top9, v], plot: {x: classs}}
      """
    let found = faults(text)
    for expected in [
      "2:1 unknown key “tilte”; did you mean `title`?", "4:9 unknown key “epohcs”; did you mean `epochs`?", "4:27 `batch`: expected a number from 1 to 65,536, found “many”",
      "6:6 “botom-up” makes no classes; did you mean `bottom-up`?", "7:6 expected a number of 1 or more after `depth`", "9:13 `tune`: expected all, last or from:LAYER, found “lst”",
      "10:21 unknown key “baseline”", "12:17 unknown net “c”", "12:36 unknown metric of t “top9”", "12:44 unknown test “v”", "12:58 unknown axis “classs”; did you mean `classes`?",
    ] { #expect(found.contains { $0.hasPrefix(expected) }, "\(expected) in \(found)") }
    // What has a fault is still known.
    #expect(!found.contains { $0.contains("unknown net “a”") || $0.contains("unknown test “t”") })
    #expect(found == found.sorted { Int($0.prefix { $0 != ":" })! < Int($1.prefix { $0 != ":" })! })
  }

  @Test("Anchors, aliases, tags, several documents and keys given twice are refused where they stand") func refused() {
    #expect(faults("study: 1\nnets: &a\n  x: all") == ["2:7 anchors (&) are not for study files: write the value again"])
    #expect(faults("study: 1\nnets: *a").contains("2:7 aliases (*) are not for study files: write the value again"))
    #expect(faults("study: !!int 1") == ["1:8 tags (!) are not for study files"])
    #expect(faults("study: 1\n---\nstudy: 1").first?.contains("expected a single document, found another") == true)
    #expect(faults("study: 1\nnets: {a: all, a: all}").first?.contains("“a” is given twice") == true)
    // Also where what stands before looks like a text that is not closed; an alias as a key would never end.
    #expect(faults("study: 1\ntitle: |\n  \"\na: &a [x]\n? *a\n: x\n") == ["5:3 aliases (*) are not for study files: write the value again"])
    #expect(faults("study: 1\ntitle: \"&a *b !c\"").contains { $0.contains("anchors") } == false)
    #expect(faults("") == ["1:1 the file is empty; `imagenet-tui study new` writes one to begin with"])
    #expect(faults("- a") == ["1:1 expected a study as `key: value`, found a list"])
  }

  @Test("What nests without end is refused before it is built", arguments: ["[", "{", "a: [", "- ", "? "]) func deep(piece: String) {
    let found = StudyFile.faults(in: "study: " + String(repeating: piece, count: 60_000))
    #expect(found.allSatisfy { $0.line >= 1 } && !found.isEmpty)
    #expect(!StudyFile.faults(in: (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()).isEmpty)
  }

  @Test("A file that was changed at random never ends the program, and every fault has a line") func randomEdits() {
    var random = SystemRandomNumberGenerator()
    let letters = Array("{}[]:,-#&*!|>'\"% \n\t$aé0±".utf8)
    for _ in 0..<3000 {
      var bytes = Array(Self.small.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = letters.randomElement(using: &random)!
        case 1: bytes.insert(letters.randomElement(using: &random)!, at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count + 1
      for fault in StudyFile.faults(in: text) { #expect((1...lines).contains(fault.line) && fault.column >= 1, "\(fault) in \(text)") }
    }
  }

  @Test("The paper's studies are read without a fault, none is longer than a screen, and each is written as it reads", arguments: StudyTemplate.names)
  func assets(name: String) throws {
    let text = try StudyTemplate.asset(name)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 60)
    let study = try StudyFile.parse(text, at: name)
    #expect(try StudyFile.parse(study.yaml, at: name) == study)
    #expect(study.dataset == "imagenet-1k" && study.train.values["recipe"] == ["caffe-alexnet"])
  }

  @Test("The faults of a file are a line each under one problem") func faultsAsProblem() throws {
    let folder = TemporaryFolder()
    folder.write(Array("study: 2\nnets: {}\n".utf8), to: "x.yaml")
    let problem = problem { _ = try StudyFile(folder.path + "/x.yaml", home: Home(explicit: folder.path + "/home")) }
    #expect(problem?.kind == .data && problem?.what == "the study file has 4 errors")
    #expect(problem?.details.first == "\(folder.path)/x.yaml:1:1: `dataset` is missing")
  }

  @Test("What SUN's protocol says counts where the file says nothing") func sun() throws {
    let text = """
      study: 1
      dataset: stamps
      nets: {a: all}
      tests:
        sun: {task: sun-cls, data: sun397}
        short: {task: sun-cls, data: sun397, iterations: 100, rate: .01}
        act: {task: pascal-act, data: voc2012}
      reports: {r: {rows: nets, columns: [sun, short, act]}}
      """
    let study = try StudyFile.parse(text, at: "sun.yaml")
    guard case .tune(let sun) = study.tests[0].kind, case .tune(let short) = study.tests[1].kind else { throw Unexpected() }
    #expect(sun.settings.values.mapValues { $0[0] } == ["tune": "all", "iterations": "50000", "rate": "0.001", "schedule": "step:20000:0.1", "batch": "256"])
    #expect(short.settings.values["iterations"] == ["100"] && short.settings.values["rate"] == ["0.01"] && short.settings.values["batch"] == ["256"])
    #expect(study.tests[2].kind == .unknownTask("pascal-act"))
  }

  private struct Unexpected: Error {}

  @Test("What is written reads as it was, whatever names are made of") func written() throws {
    let text = """
      study: 1
      title: "one\\u2028two\\u0085three\\uFEFF # & four"
      dataset: d
      nets: {nets: all, "a, b": untrained, "- c": {labels: "images 3 seed 2", rate: .1}}
      tests: {"t: u": {tune: "from:fc6", labels: $row, schedule: "step:3:0.1", repeats: 2}, m: {measure: linear, l2: 1e-3}}
      reports:
        all: {rows: [nets, "a, b", "- c"], columns: [own, m.top1], plot: {bars: 2, left: [], right: [own], x: images}}
        one: {rows: nets, columns: {"x: y": {net: "a, b", test: m, metric: top1}, own: own.loss}, paper: {nets: {own: 3.5 ± .25}}}

      """
    let study = try StudyFile.parse(text, at: "x")
    #expect(study.title.unicodeScalars.contains("\u{2028}"))
    #expect(try StudyFile.parse(study.yaml, at: "again") == study, "\(study.yaml)")
  }
}
