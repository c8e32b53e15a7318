import ArgumentParser
import Basics
import Datasets
import Runs

struct RunsExtendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend", abstract: "Extend a running, stopped or finished run and continue it.",
    discussion: """
      The run goes on in the same bits as one that was launched with that length, unless its learning rate depends on the length (cosine, \
      poly): this is said, and what it means. run.json stays as it is.
      """)

  @OptionGroup var argument: RunArgument
  @Option(help: ArgumentHelp("The new number of epochs, or +N for N more.", valueName: "n"))
  var epochs: String?
  @Option(help: ArgumentHelp("The new number of steps, or +N for N more.", valueName: "n"))
  var iterations: String?
  @Flag(help: "Put it into the queue if no worker is running it.")
  var queue = false

  func validate() throws {
    guard (epochs != nil) != (iterations != nil) else { throw ValidationError("Give --epochs or --iterations.") }
  }

  func run() throws {
    let home = argument.global.location
    let run = try argument.find().directory
    let length = try epochs.map { text throws(Problem) in try RunLength(epochs: text) }
      ?? RunLength(iterations: iterations ?? "")
    let record = try run.extend(by: length)
    print("\(run.id) extended to \(counted(record.steps, "step")), from \(Output.grouped(record.stepsBefore))")
    if let remark = record.remark { RunProgressLine.note("note: \(remark)") }
    switch try run.goOn(home: home, queueing: queue) {
    case .atWork: try argument.report(run, until: [.running, .paused, .finished, .failed], else: "will continue")
    case .waiting: print("queued; see `imagenet-tui runs queue`")
    }
  }
}
