import ArgumentParser
import Taxonomy

struct LabelsSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Take one part of the classes, split at random or along the tree.",
    discussion: """
      A minimal split shares nothing at its depth or below: whole subtrees go to part A, so that its size comes \
      nearest the target. A random split draws part A.
      """)

  @Flag(help: "Split along the tree.")
  var minimal = false
  @Flag(help: "Split at random.")
  var random = false
  @Option(help: ArgumentHelp("Where subtrees begin (default: 4, or where there is more than one).", valueName: "d"))
  var depth: Int?
  @Option(help: ArgumentHelp("The size of part A (default: 52.2 % of the classes, 522 of 1000).", valueName: "n"))
  var target: Int?
  @Option(help: ArgumentHelp("What the random split is drawn from.", valueName: "s"))
  var seed: UInt64?
  @Option(help: ArgumentHelp("Which part to take: A or B.", valueName: "part"))
  var part: SplitPart
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard minimal != random else { throw ValidationError("Give either --minimal or --random.") }
    if random, depth != nil { throw ValidationError("A random split has no --depth.") }
    if minimal, seed != nil { throw ValidationError("A minimal split has no --seed; nothing about it is random.") }
  }

  func run() throws {
    try making.run(minimal ? "minimal-\(part.rawValue)" : "random-\(part.rawValue)") { partition throws(Problem) in
      let target = target ?? partition.defaultSplitTarget
      return minimal
        ? [.minimalSplit(depth: depth ?? partition.defaultSplitDepth, target: target, part: part)]
        : [.randomSplit(target: target, seed: seed ?? 0, part: part)]
    }
  }
}

extension SplitPart: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
