import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import Pictures
import Training

struct DetectionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detections", abstract: "Show what a run's detector finds: average precision, kinds of errors, images with their boxes.",
    discussion: """
      What it finds in a set is computed once and kept. Errors are sorted as by Hoiem et al. 2012, with WordNet's tree in the place of \
      lists of similar classes.

      Example: imagenet-tui detections det-stamps --image 000017 -o boxes.png
      """)

  @OptionGroup var evaluated: EvaluatedRun
  @Option(help: "The set of images, as test. (default: the one the run was validated on)")
  var set: String?
  @Option(name: .customLong("class"), help: "One class alone.")
  var objectClass: String?
  @Option(help: "Draw this image with its boxes; -o names the file.")
  var image: String?
  @Option(help: "With --image: the lowest score that is drawn, 0 to 1.")
  var least: Float = 0.5
  @Option(help: "Look at so many of the surest wrong detections of each class. (default: as many as it has objects)")
  var top: Int?
  @Option(help: "Classes are similar below one node of the tree of this depth.")
  var depth = ObjectTree.usualDepth
  @Flag(help: "An overlap of exactly one half is enough, as in the devkit.")
  var takesEqual = false
  @Option(name: [.customShort("o"), .long], help: "Write precision-recall curves as SVG, or with --image the image as PNG.")
  var output: String?

  func validate() throws {
    guard 0...1 ~= least else { throw ValidationError("--least takes 0 to 1") }
    guard image == nil || output != nil else { throw ValidationError("--image needs -o FILE") }
    guard image != nil || output.map({ $0.lowercased().hasSuffix(".svg") }) ?? true else { throw ValidationError("curves are written as SVG: -o NAME.svg") }
    guard top ?? 1 >= 1 else { throw ValidationError("--top takes 1 or more") }
  }

  func run() throws {
    let options = evaluated.options
    let result = try options.ask(
      DetectionRequest(run: evaluated.name, set: set, metric: .init(takesEqual: takesEqual), top: top, depth: depth))
    let label = try label(in: result)
    if let image, let output {
      try write(image, of: result, label, options, to: output)
    } else if let output {
      try AtomicFile.write(result.chart(label).svg(), to: output)
      RunProgressLine.note("wrote \(output)")
    }
    try options.show(result)
  }

  private func label(in result: DetectionResult) throws(Problem) -> Int? {
    guard let objectClass else { return nil }
    let names = result.summary.precision.classes.map(\.name)
    guard let label = names.firstIndex(of: objectClass) else {
      throw Problem("there is no such class", at: objectClass, expected: names.prefix(6).joined(separator: ", "), kind: .notFound)
    }
    return label
  }

  private func write(_ name: String, of result: DetectionResult, _ label: Int?, _ options: EvaluationOptions, to path: String) throws {
    guard let place = result.source?.found.images.firstIndex(where: { $0.name == name }) else {
      throw Problem("there is no such image", at: name, expected: "an image of \(result.summary.dataset) \(result.summary.set)", kind: .notFound)
    }
    let picture = try options.ask(AnnotatedPictureRequest(dataset: result.summary.dataset, set: result.summary.set, image: name))
    let boxes = result.images(least: least, label: label)[place].boxes
    let drawn = try MarkedPicture(picture, boxes, classes: result.summary.precision.classes.map(\.name)).compose()
    try AtomicFile.write(ImageCodec.png(drawn), to: path)
    RunProgressLine.note("wrote \(path)")
  }
}
