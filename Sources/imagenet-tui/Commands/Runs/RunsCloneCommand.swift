import ArgumentParser
import Runs

struct RunsCloneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clone", abstract: "Launch a run with the settings of another one, changed by the options given.",
    discussion: """
      What no option says is as that run was launched, to the same bits where nothing is changed; an extension of its length is not taken \
      over. With another network, rate, batch size and images are as that network's recipe says.
      """)

  @OptionGroup var argument: RunArgument
  @OptionGroup var training: TrainingOptions
  @OptionGroup var launching: LaunchOptions

  func run() throws {
    let home = argument.global.location
    let directory = try argument.find().directory
    guard !directory.isImported else { throw ImportedRun.refusal("clone", directory.id) }
    let old = try directory.launched()
    try launching.launch(training.request(home, like: TrainingRequest(like: old)), home: home)
  }
}
