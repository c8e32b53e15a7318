import ArgumentParser
import Basics
import Datasets
import LabelSets
import Networks
import Runs
import Weights

struct WeightsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import pretrained weights as a run.",
    discussion: """
      Takes safetensors files with the names of torchvision, of Caffe, or of this program's checkpoints, and Caffe's own \
      .caffemodel; says of every tensor what became of it. The run can be asked for neighbours and trained on from (`train --from`).
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The file.")
  var file: String
  @Option(help: "The network architecture.")
  var net: String
  @Option(help: "The run's name. (default: the network's)")
  var name: String?
  @Option(help: "Tensor names and layout: native, torchvision or caffe. (default: detected from the names)")
  var format: WeightFormat?
  @Option(help: ArgumentHelp("Mean pixel value (0 to 255) per channel to subtract. (default: the file's, or ILSVRC-2012's)", valueName: "r,g,b"))
  var mean: String?
  @Option(help: "The dataset of the output classes. (default: imagenet-1k)")
  var dataset = "imagenet-1k"
  @Option(help: "The saved label set of the output classes. (default: the dataset's fine classes)")
  var labels: String?
  @Flag(help: "Print JSON.")
  var json = false

  private struct Result: Encodable {
    var run: String
    var report: WeightReport
  }

  func run() throws {
    let home = global.location
    let architecture = try Architecture.named(net)
    let weights = try WeightImport(file, architecture: architecture, format: format, mean: try means())
    var set = try labels.map { try LabelSetStore(home: home).load($0, for: dataset) }
    if set == nil, dataset != "imagenet-1k" { set = .fineClasses(of: try DatasetCatalog(home: home).open(dataset)) }
    let run = try ImportedRun.create(
      weights, labelSet: set, name: name ?? architecture.name, home: home,
      program: "imagenet-tui \(ImagenetTUI.configuration.version)", command: CommandLine.arguments, source: file)
    if json { return try Output.json(Result(run: run.id, report: weights.report)) }
    WeightsCommand.show(weights.report)
    print(
      "\(run.id): \(counted(weights.report.matched, "tensor")) in \(weights.report.format.rawValue)'s layout, \(weights.report.converted) of them "
        + "converted; \(weights.report.left) unused")
  }

  private func means() throws -> [Float]? {
    guard let mean else { return nil }
    let values = mean.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
    guard values.allSatisfy({ $0 != nil }) else {
      throw Problem("not a mean", at: mean, expected: "numbers with commas between them, such as 123.7,116.3,103.5", kind: .usage)
    }
    return values.map { $0! }
  }
}
