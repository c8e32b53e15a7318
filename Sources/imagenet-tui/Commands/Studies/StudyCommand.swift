import Analysis
import ArgumentParser
import Basics
import Files
import Runs
import Studies

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Ask a question of many nets at once: a table of nets and tests, filled by the runs that it needs.",
    discussion: """
      A study file names nets (how their classes are made), tests (what is done with each) and reports (rows and columns). What a report asks for is \
      computed, and nothing twice: runs that are there, whoever made them, are taken. STUDY is the name of a study, or the path of a file.
      """,
    subcommands: [
      StudyNewCommand.self, StudyPlanCommand.self, StudyRunCommand.self, StudyResumeCommand.self, StudyStatusCommand.self, StudyStopCommand.self,
      StudyReportCommand.self, StudyListCommand.self, StudyShowCommand.self, StudySlurmCommand.self, StudyCellCommand.self,
    ])
}

/// A study and the part of it that is asked for.
struct StudyOptions: ParsableArguments {
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The study: its name, or the path of its file.")
  var study: String
  @Option(help: ArgumentHelp("Only these reports.", valueName: "name,…"))
  var only: [NameList] = []
  @Option(help: ArgumentHelp("Only these rows.", valueName: "net,…"))
  var rows: [NameList] = []
  @Option(help: ArgumentHelp("Only these columns, by heading or by test.", valueName: "name,…"))
  var columns: [NameList] = []
  @Option(help: ArgumentHelp("Only these seeds.", valueName: "n,…"))
  var seeds: [NameList] = []

  var home: Home { global.location }

  /// The selection as it was given.
  var words: [String] {
    [("--only", only), ("--rows", rows), ("--columns", columns), ("--seeds", seeds)].flatMap { option, lists in
      lists.flatMap { [option, $0.names.joined(separator: ",")] }
    }
  }

  func selection() throws(Problem) -> StudySelection {
    func all(_ lists: [NameList]) -> [String]? { lists.isEmpty ? nil : lists.flatMap(\.names) }
    let numbers = try all(seeds)?.map { text throws(Problem) -> UInt64 in
      guard let seed = UInt64(text) else { throw Problem("invalid seed", at: text, expected: "a whole number from 0", kind: .usage) }
      return seed
    }
    return StudySelection(reports: all(only), rows: all(rows), columns: all(columns), seeds: numbers)
  }

  func open() throws(Problem) -> (file: StudyFile, plan: StudyPlan) {
    let file = try StudyFile(study, home: home)
    return (file, try StudyPlan(file, home: home, wordNet: global.wordnet, selection: try selection()))
  }
}

/// Names separated by commas.
struct NameList: ExpressibleByArgument {
  let names: [String]

  init(_ names: [String]) { self.names = names }

  init?(argument: String) {
    names = argument.split(separator: ",").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    if names.isEmpty { return nil }
  }
}

extension StudyPlan {
  /// One line: "63 trainings and 6 measures to make, 4 there".
  func summary(_ estimate: StudyEstimate) -> String {
    "\(estimate.words) to make, \(grouped(estimate.done)) there, \(grouped(estimate.shared)) shared by several cells"
  }
}
