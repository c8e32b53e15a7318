import Basics

/// What decides the numbers of a net that tells people's actions besides its network and its solver: R*CNN (Gkioxari et al. 2015, arXiv:1505.01197), as its public
/// code has it where the paper is silent.
public struct ActionSettings: Codable, Equatable, Sendable, ImageScaling {
  /// The sets that are trained on and validated on.
  public var trainingSet = "Action/train", validationSet = "Action/val"
  public var shortSide: Int? = 600
  public var longSide = 1000
  /// The regions in which context is looked for: `grid`, `selective-search`, or what a file's were called that was brought.
  public var candidates = "selective-search"
  /// The most boxes of an image that are judged in a step, and how many others each is seen with.
  public var primaries = 15, secondaries = 10
  /// Whether scores have a part of what is around a person; without, everything else is as it is with.
  public var context = true
  /// Whether boxes are learned as well, which no test looks at.
  public var boxLoss = true
  /// Whether the first convolutions stay as they are: not where they are random.
  public var freezes = true

  public init() {}

  /// How much a box has to overlap a person to be taken for one.
  public static let foreground: Float = 0.5
  /// How much a region may overlap a box whose context it is, both ends included.
  public static let window: ClosedRange<Float> = 0.2...0.75

  /// The most regions that go through the network together for each image.
  public var regions: Int { primaries * (context ? 1 + secondaries : 1) }

  /// "R*CNN, grid candidates": what stands beside a number.
  public var text: String { context ? "R*CNN, \(candidates) candidates" : "R*CNN without context, \(candidates) candidates" }

  /// The protocol for PASCAL VOC.
  public static let pascal = ActionSettings()
  /// The same for small scenes, which are taken as they are.
  public static let stamps = {
    var settings = ActionSettings()
    (settings.shortSide, settings.candidates) = (nil, "grid")
    return settings
  }()
}

extension ActionSettings {
  /// Every value by its name, for people and for what identifies a training.
  public var fields: [(name: String, text: String)] {
    [
      ("training set", trainingSet), ("validation set", validationSet), ("short side", shortSide.map { "\($0)" } ?? "as it is"), ("long side", "\(longSide)"),
      ("candidates", candidates), ("primaries", "\(primaries)"), ("secondaries", "\(secondaries)"), ("context", "\(context)"), ("box loss", "\(boxLoss)"),
      ("freezes", "\(freezes)"),
    ]
  }

  /// - Throws: a ``Problem`` that names the first value that no training can work with.
  package func validate() throws(Problem) {
    let counts: [(String, Int, ClosedRange<Int>)] = [
      ("short side", shortSide ?? 1, 1...4096), ("long side", longSide, 1...8192), ("primaries", primaries, 1...1000), ("secondaries", secondaries, 1...1000),
    ]
    for (name, value, range) in counts where !range.contains(value) {
      throw Problem("the training on actions cannot be set up", at: name, expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)")
    }
    guard !candidates.isEmpty, candidates.utf8.count <= 256 else {
      throw Problem("the training on actions cannot be set up", at: "candidates", expected: "a name", found: candidates)
    }
  }
}
