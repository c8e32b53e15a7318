import ArgumentParser

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a dataset under a label set.",
    discussion: """
      The training runs in a process of its own. This command shows its progress; closing the terminal leaves it running, \
      Ctrl-C stops it at a checkpoint from which `runs resume` goes on in the same bits.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var training: TrainingOptions
  @OptionGroup var launching: LaunchOptions

  func run() throws {
    let home = global.location
    try launching.launch(training.request(home), home: home)
  }
}
