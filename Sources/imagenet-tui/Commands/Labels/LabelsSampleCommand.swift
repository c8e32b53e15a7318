import ArgumentParser
import Basics

struct LabelsSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Sample classes, or training images of each class.",
    discussion: "Samples with the same seed are nested: a smaller one is a subset of a larger one.")

  @Option(help: ArgumentHelp("The number of classes to sample.", valueName: "n"))
  var classes: Int?
  @Option(help: ArgumentHelp("The number of training images to sample per fine class.", valueName: "n"))
  var images: Int?
  @Option(help: ArgumentHelp("Random seed.", valueName: "s"))
  var seed: UInt64 = 0
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard classes != nil || images != nil else { throw ValidationError("Give --classes, --images or both.") }
  }

  func run() throws {
    try making.run("sample") { _ throws(Problem) in
      (classes.map { [.sampleClasses(count: $0, seed: seed)] } ?? [])
        + (images.map { [.sampleImages(perClass: $0, seed: seed)] } ?? [])
    }
  }
}
