import ArgumentParser
import Basics
import Datasets
import Files
import LabelSets

struct LabelsCollageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collage", abstract: "Write a PNG of random training images of label sets (Fig. 8 of the paper).",
    discussion: "Every class is drawn once before any is drawn twice. Several label sets, such as the parts of a split, are shown side by side.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The label sets.")
  var names: [String]
  @Option(name: .shortAndLong, help: "The PNG file to write.")
  var output: String
  @Option(help: "Images per label set.")
  var images = 100
  @Option(help: "Images per row.")
  var columns = 10
  @Option(help: "Side length of an image in pixels.")
  var size = 64
  @Option(help: "Random seed.")
  var seed: UInt64 = 1

  func validate() throws {
    guard 1...10_000 ~= images else { throw ValidationError("--images takes 1 to 10000") }
  }

  func run() throws {
    let sheet = try CollageSheet(columns: columns, size: size)
    let store = global.labelSets
    let parts = try names.map { name in
      let set = try store.load(name)
      return (set: set, dataset: try global.catalog.open(set.dataset))
    }
    let collage = try Collage(parts, sheet: sheet, images: images, seed: seed)
    for problem in collage.unreadable { print("left out \(problem)") }
    let whole = collage.picture
    try AtomicFile.write(try ImageCodec.png(whole), to: output)
    print("wrote \(printable(output)): \(whole.width)×\(whole.height) pixels")
  }
}
