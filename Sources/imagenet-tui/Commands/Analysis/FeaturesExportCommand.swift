import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import Pictures

struct FeaturesExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export features of images for NumPy and TensorBoard's projector, and as a map.",
    discussion: """
      FILE.npy holds a row of floats for each image, FILE.tsv the image and class of each row, FILE-projector what TensorBoard's projector \
      opens (tensorboard --logdir FILE-projector). --map writes the two directions of most variance (PCA) as a picture, \
      coloured by the classes' ancestors at --depth or by a label set, and prints it as letters.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run: its directory, its name, or the beginning of either; RUN@STEP takes that checkpoint. Or imported features by name.")
  var source: String
  @Option(help: "The layer, or features, scores: what each net calls them. (default: features, the last before the classifier)")
  var layer: String?
  @Option(help: "The dataset whose images are used. (default: the run's)")
  var dataset: String?
  @Option(help: "The images: train or val.")
  var split = Split.val
  @Option(name: [.customShort("o"), .long], help: "The .npy file to write.")
  var output: String?
  @Option(help: "Images for the projector; 0 writes none.")
  var projector = 5000
  @Option(help: ArgumentHelp("Write a map of the images as a PNG file, or as SVG where its name ends with .svg.", valueName: "file"))
  var map: String?
  @Option(help: "Colour the map by the classes' ancestors at this depth of the tree. (default: the shallowest with six or more)")
  var depth: Int?
  @Option(help: "Colour the map by this saved label set.")
  var labels: String?
  @Flag(help: "Print the map as letters.")
  var text = false
  @Option(help: ArgumentHelp("The checkpoint's step. (default: the best on validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  private struct Report: Encodable {
    var run, layer, dataset: String
    /// Nil for imported features.
    var step: Int?
    var split: Split
    var rows, width: Int
    var skipped: [String]
    var files: [String]
    var projected: Int
    /// The share of variance in each direction of the map.
    var variance: [Double]?
  }

  func validate() throws {
    guard output != nil || map != nil || text else { throw ValidationError("give -o, --map or --text") }
    guard depth == nil || labels == nil else { throw ValidationError("--depth and --labels exclude each other") }
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
    guard projector >= 0 else { throw ValidationError("--projector takes 0 or more") }
  }

  func run() throws {
    let features = try global.context(workers: workers)
      .features(global.named(source, checkpoint: checkpoint), space: layer, of: dataset)
    let total = features.dataset.labels(split).count
    let matrix = try features.matrix(split) { done in RunProgressLine.show(work: "\(features.space) features", done, of: total) }
    RunProgressLine.end()
    var report = Report(
      run: features.id, layer: features.space, dataset: features.dataset.name, step: features.checkpoint, split: split,
      rows: matrix.indices.count, width: matrix.values.shape[1], skipped: matrix.skipped.map(\.identifier), files: [], projected: 0)
    if let output {
      let written = try FeatureExport(matrix, of: features.dataset, split).write(to: output, projected: projector)
      report.files = written.files
      report.projected = written.projected
    }
    if map != nil || text {
      let found = try FeatureMap(features, split)
      let picture = found.picture(try colouring(features.dataset))
      report.variance = found.shares
      if let map {
        try ChartFile.write(to: map) { picture.chart } otherwise: { () throws(Problem) in try picture.compose() }
        report.files.append(map)
      }
      if text, !json { for line in picture.title + picture.text() { print(printable(line)) } }
    }
    if json { return try Output.json(report) }
    for file in report.files { print(printable("wrote \(file)")) }
    print("\(counted(report.rows, "image")), \(counted(report.width, "float")) each")
    for image in report.skipped { print("left out \(image): it cannot be decoded") }
  }

  private func colouring(_ dataset: any Dataset) throws(Problem) -> FeatureMap.Colouring {
    if let labels {
      return .init(try global.labelSets.load(labels, for: dataset.name), classes: dataset.classes)
    }
    let tree = try global.catalog.hierarchy(of: dataset.name)
    if let depth, !(0...tree.deepest ~= depth) {
      throw Problem("the tree has no such depth", at: "\(depth)", expected: "0 to \(tree.deepest)", kind: .usage)
    }
    return .init(depth: depth ?? FeatureMap.Colouring.depth(of: tree), of: tree)
  }
}
