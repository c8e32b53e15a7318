import ArgumentParser

struct RunsLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "log", abstract: "Print the end of a run's log.")

  @OptionGroup var argument: RunArgument
  @Option(name: .customShort("n"), help: "Number of lines.")
  var lines = 50

  func validate() throws {
    guard lines >= 0 else { throw ValidationError("-n takes 0 or more lines") }
  }

  func run() throws {
    let (summary, directory) = try argument.find()
    if summary.state == .newer, let problem = summary.problem { RunProgressLine.note(problem) }
    for line in try directory.logTail(lines: lines) { print(line) }
  }
}
