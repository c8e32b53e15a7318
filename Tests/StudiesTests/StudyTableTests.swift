import Basics
import Files
import FoundationEssentials
import Runs
import Studies
import TestSupport
import Testing

/// Numbers of a table: means, spreads, and what stands where there is none.
struct StudyTableTests {
  let listed: StudyPlanTests.ListedHome

  init() throws { listed = try StudyPlanTests.ListedHome("pets", wnids: StudyPlanTests.pets) }

  private static func text(seeds: String, repeats: Int) -> String {
    """
    study: 1
    title: Two & two
    dataset: pets
    train: {net: alexnet-28, epochs: 2, seeds: \(seeds)}
    nets: {all: all, few: images 1 seed 1}
    tests: {tuned: {tune: last, labels: all, iterations: 5, repeats: \(repeats)}}
    reports: {r: {rows: nets, columns: [tuned], paper: {all: {tuned: 58.3 ± .3}}}}
    """
  }

  /// The plan's standing where the works of a test on a net have these values; nil: open.
  private func table(seeds: String = "[1, 2, 3]", repeats: Int = 1, _ values: [Double?], state: WorkState? = nil) throws -> (StudyTable, StudyDocument) {
    let plan = try listed.plan(Self.text(seeds: seeds, repeats: repeats))
    var standing = try StudyObserver(home: listed.home).look(at: plan)
    let tests = plan.grids[0].cells[0][0].all
    for (index, value) in zip(tests, values) {
      if let value { standing.works[index] = WorkStanding(state: .done, metrics: ["accuracy": value]) } else if let state { standing.works[index].state = state }
    }
    let document = StudyDocument(plan, standing, program: "imagenet-tui 1")
    return (document.tables[0], document)
  }

  @Test("A mean of all seeds has its sample standard deviation and its n; one of some says of how many") func means() throws {
    #expect(try table([0.5, 0.6, 0.7]).0.cells[0][0].text == "60.0 ± 10.0 (3)")
    #expect(try table([0.5, 0.6, nil]).0.cells[0][0].text == "55.0 ± 7.1 2/3")
    #expect(try table([0.5, nil, nil]).0.cells[0][0].text == "50.0 1/3")
    #expect(try table([nil, nil, nil]).0.cells[0][0].text == "·")
    #expect(try table(seeds: "[1]", [0.5]).0.cells[0][0].text == "50.0")
  }

  @Test("Repeats of one net are no independent evidence: with several seeds the spread is over seeds") func layers() throws {
    // Two seeds with two repeats each: means 0.5 and 0.7.
    let cell = try table(seeds: "[1, 2]", repeats: 2, [0.4, 0.6, 0.6, 0.8]).0.cells[0][0]
    #expect(cell.text == "60.0 ± 14.1 (2)" && cell.values.count == 4)
    #expect(try table(seeds: "[1]", repeats: 2, [0.4, 0.6]).0.cells[0][0].text == "50.0 ± 14.1 (2)")
  }

  @Test("A diverged training is a result: it is said, and in no mean") func diverged() throws {
    #expect(try table([0.5, nil, 0.7], state: .diverged).0.cells[0][0].text == "60.0 ± 14.1 2/3")
    #expect(try table([nil, nil, nil], state: .diverged).0.cells[0][0].text == "diverged")
    #expect(try table([nil, nil, nil], state: .failed("no room")).0.cells[0][0].text == "✗ 3 failed")
    #expect(try table([nil, nil, nil], state: .running).0.cells[0][0].text == "▶")
  }

  @Test("Numbers of an earlier version of the program's numerics are marked, and counted where others are not") func numerics() throws {
    let plan = try listed.plan(Self.text(seeds: "[1, 2, 3]", repeats: 1))
    var standing = try StudyObserver(home: listed.home).look(at: plan)
    let tests = plan.grids[0].cells[0][0].all
    for index in tests { standing.works[index] = WorkStanding(state: .done, metrics: ["accuracy": 0.5]) }
    standing.works[tests[0]].olderNumerics = 0
    #expect(StudyTable(plan.grids[0], plan: plan, standing: standing).cells[0][0].text == "50.0 ± 0.0 (3) †1")
    #expect(StudyDocument(plan, standing, program: "p").text(.text).contains("†n: so many of the numbers"))
    for index in tests { standing.works[index].olderNumerics = 0 }
    #expect(StudyTable(plan.grids[0], plan: plan, standing: standing).cells[0][0].text == "50.0 ± 0.0 (3) †")
  }

  @Test("Beside it stand the paper's number and the difference") func paper() throws {
    let cell = try table([0.5, 0.6, 0.7]).0.cells[0][0]
    #expect(cell.paperText == "58.3 ± 0.3" && cell.differenceText == "+1.7")
    #expect(try table([0.5, 0.5, 0.5]).0.cells[0][0].differenceText == "−8.3")
  }

  @Test("The same standing gives the same bytes in every format", arguments: StudyDocument.Format.allCases) func formats(format: StudyDocument.Format) throws {
    let text = try table([0.5, 0.6, nil]).1.text(format)
    #expect(try table([0.5, 0.6, nil]).1.text(format) == text)
    switch format {
    case .text:
      #expect(text.hasPrefix(
        """
        Two & two

        r
        net  classes           tuned       paper  diff
        all        5  55.0 ± 7.1 2/3  58.3 ± 0.3  −3.3
        few        5               ·

        columns: tuned: mean class accuracy
        """), "\(text)")
    case .markdown: #expect(text.contains("| all | 5 | 55.0 ± 7.1 2/3 | 58.3 ± 0.3 | −3.3 |\n| few | 5 | · |  |  |\n"), "\(text)")
    case .latex:
      #expect(text.contains("\\begin{tabular}{lrrrr}\n\\hline\nnet & classes & tuned & paper & diff \\\\\n\\hline\nall & 5 & 55.0 $\\pm$ 7.1 2/3 & 58.3 $\\pm$ 0.3 & $-$3.3 \\\\\n"), "\(text)")
    case .csv:
      let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(lines[0].joined(separator: ",") == "report,row,column,metric,seed,repeat,value,run,key,state,paper")
      #expect(lines.count == 7 && lines[1][6] == "0.5" && lines[3][6] == "" && lines[3][9] == "waiting" && lines[1][10] == "58.3")
    case .json:
      #expect(text.contains("\"n\" : 2") && text.contains("\"wanted\" : 3"))
    case .html: #expect(text.contains("<td>55.0 ± 7.1 2/3</td><td>58.3 ± 0.3</td><td>−3.3</td>"), "\(text)")
    case .svg, .png, .pdf: #expect(text.isEmpty, "the report has no plot")
    }
  }
}
