import ArgumentParser
import Basics

struct LabelsSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Draw some of the classes, or some of the training images of each class.",
    discussion: "Draws with one seed nest: the smaller one is part of the larger one.")

  @Option(help: ArgumentHelp("Draw this many classes.", valueName: "n"))
  var classes: Int?
  @Option(help: ArgumentHelp("Draw this many training images of each fine class.", valueName: "n"))
  var images: Int?
  @Option(help: ArgumentHelp("What is drawn from.", valueName: "s"))
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
