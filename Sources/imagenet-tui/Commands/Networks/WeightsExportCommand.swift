import ArgumentParser
import Basics
import Weights

struct WeightsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export a run's weights for PyTorch or Caffe.",
    discussion: """
      PyTorch loads the file with `model.load_state_dict(safetensors.torch.load_file(FILE), strict=True)`; how images become inputs \
      stands in its metadata. With --format caffe, a FILE that ends in .caffemodel is what Caffe loads.
      """)

  @OptionGroup var argument: RunArgument
  @Option(help: "torchvision (PyTorch's layout) or caffe.")
  var format: WeightFormat
  @Option(name: [.customShort("o"), .long], help: "The file to write.")
  var output: String
  @Option(help: ArgumentHelp("The checkpoint's step. (default: the best on validation)", valueName: "step"))
  var checkpoint: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let run = try argument.find().directory
    let configuration = try run.configuration()
    let step = try run.chosenCheckpoint(checkpoint)
    let report = try WeightExport.write(
      try run.checkpoints.load(step), configuration: configuration.training, format: format, to: output)
    if json { return try Output.json(report) }
    WeightsCommand.show(report)
    print("\(printable(output)): \(counted(report.matched, "tensor")) of \(run.id), step \(step), in \(format.rawValue)'s layout")
  }
}
