import ArgumentParser
import Basics
import Datasets
import Taxonomy

struct LabelsSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Split the classes at random, along the tree or by hand, and take one part.",
    discussion: """
      A minimal split shares nothing at its depth or below: whole subtrees go to part A, so that its size comes \
      nearest the target. A random split draws part A. By hand, a class goes where the nearest of the listed synsets above \
      it says: --a n02084071 --b n02121620 puts all dogs into part A and all cats into part B.
      """)

  @Flag(help: "Split along the tree.")
  var minimal = false
  @Flag(help: "Split at random.")
  var random = false
  @Option(help: ArgumentHelp("By hand: the nodes of part A.", valueName: "wnid,…"))
  var a: [WnidList] = []
  @Option(help: ArgumentHelp("By hand: the nodes of part B.", valueName: "wnid,…"))
  var b: [WnidList] = []
  @Option(help: ArgumentHelp("By hand: nodes below those of A and B that belong to neither.", valueName: "wnid,…"))
  var neither: [WnidList] = []
  @Option(help: ArgumentHelp("The depth at which subtrees begin (default: 4, or the first with more than one).", valueName: "d"))
  var depth: Int?
  @Option(help: ArgumentHelp("The size of part A (default: 52.2 % of the classes, 522 of 1000).", valueName: "n"))
  var target: Int?
  @Option(help: ArgumentHelp("Random seed of the random split.", valueName: "s"))
  var seed: UInt64?
  @Option(help: ArgumentHelp("Which part to take: A or B.", valueName: "part"))
  var part: SplitPart
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard [minimal, random, isByHand].count(where: { $0 }) == 1 else {
      throw ValidationError("Give one of --minimal, --random, and --a or --b.")
    }
    if isByHand, depth != nil || target != nil || seed != nil {
      throw ValidationError("A split by hand has no --depth, --target or --seed.")
    }
    if random, depth != nil { throw ValidationError("A random split has no --depth.") }
    if minimal, seed != nil { throw ValidationError("A minimal split has no --seed; nothing about it is random.") }
  }

  private var isByHand: Bool { !a.isEmpty || !b.isEmpty || !neither.isEmpty }

  func run() throws {
    if isByHand {
      let lists = [a, b, neither].map { $0.flatMap(\.wnids) }
      return try making.run("part-\(part.rawValue)") { _ throws(Problem) in
        [.handSplit(a: lists[0], b: lists[1], neither: lists[2], part: part)]
      }
    }
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
