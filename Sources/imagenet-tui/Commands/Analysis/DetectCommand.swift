import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import Foundation
import Kernels
import Runs

struct DetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect", abstract: "Find objects in images of your own with a run's detector.",
    discussion: """
      Prints a line for each object: file, class, score, and the corners of its box in pixels from 0, both inside.

      Example: imagenet-tui detect det-stamps photo.jpg -o found
      """)

  @OptionGroup var argument: RunArgument
  @Argument(help: "Images: PNG, JPEG, WebP or GIF.")
  var files: [String]
  @Option(help: ArgumentHelp("The checkpoint's step. (default: the best on validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "The lowest score that is told, 0.05 to 1.")
  var least: Float = 0.5
  @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write each image with its boxes into this folder, as PNG.", valueName: "folder"))
  var output: String?
  @Option(help: "Number of worker threads; results do not depend on it. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("give an image") }
    guard 0.05...1 ~= least else { throw ValidationError("--least takes 0.05 to 1: what is less sure is thrown away before") }
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
  }

  private struct Found: Encodable {
    struct Object: Encodable {
      var `class`: String
      var score: Float
      /// x1, y1, x2, y2.
      var box: [Float]
    }
    var file: String
    var width, height: Int
    var objects: [Object]
  }

  func run() throws {
    let (_, directory) = try argument.find()
    let detector = try RunDetector(directory, step: checkpoint, workers: workers ?? ProcessorCores.usable)
    var all: [Found] = []
    for file in files {
      let picture = try Picture(file: file)
      let detections = try detector.detect(in: picture).filter { $0.score >= least }.sorted { $0.score > $1.score }
      let found = Found(
        file: file, width: picture.width, height: picture.height,
        objects: detections.map { .init(class: detector.classes[$0.label], score: $0.score, box: [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2]) })
      if let output { try draw(detections, on: picture, detector, file: file, into: output) }
      all.append(found)
      guard !json else { continue }
      for object in found.objects {
        print(printable("\(file)  \(object.class)  \(decimals(Double(object.score), 3))  " + object.box.map { decimals(Double($0), 1) }.joined(separator: " ")))
      }
      if found.objects.isEmpty { print(printable("\(file)  nothing of score \(decimals(Double(least), 2)) or more")) }
    }
    if json { try Output.json(all) }
  }

  private func draw(_ detections: [Detection], on picture: Picture, _ detector: RunDetector, file: String, into folder: String) throws {
    let boxes = detections.reversed().map { MarkedBox(.detected, label: $0.label, box: $0.box, score: $0.score) }
    let name = (URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent) + "-boxes.png"
    try AtomicFile.write(ImageCodec.png(MarkedPicture(picture, boxes, classes: detector.classes).compose()), to: "\(folder)/\(name)")
    RunProgressLine.note("wrote \(folder)/\(name)")
  }
}
