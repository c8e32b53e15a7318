import Basics

/// What decides the numbers of a detection besides its network and its solver: Faster R-CNN with joint training, as the public py-faster-rcnn has it.
public struct DetectionSettings: Codable, Equatable, Sendable, ImageScaling {
  /// How many boxes are gone through, by falling score, and how many are left.
  public struct Proposals: Codable, Equatable, Sendable {
    public var before, after: Int

    public init(before: Int, after: Int) { (self.before, self.after) = (before, after) }
  }

  /// The sets that are trained on and validated on.
  public var trainingSet = "trainval", validationSet = "test"
  public var shortSide: Int? = 600
  public var longSide = 1000
  /// The side of the box that anchors are made of, and how many times as large they are.
  public var anchorBase = 16
  public var anchorScales = [8, 16, 32]
  /// Height by width.
  public var anchorRatios: [Double] = [0.5, 1, 2]
  /// Of the layer that proposes.
  public var channels = 256
  /// The anchors that count in a step, of which half may be positive.
  public var anchorBatch = 256
  /// No side of a proposal is shorter, in pixels of the unscaled image.
  public var smallest = 16
  public var trainingProposals = Proposals(before: 12_000, after: 2_000)
  public var testProposals = Proposals(before: 6_000, after: 300)
  /// The regions that are judged in a step, and how many of them may be objects.
  public var regions = 128, foreground = 32
  /// Whether the first convolutions stay as they are: not where they are random.
  public var freezes = true

  public init() {}

  public var anchors: Int { anchorScales.count * anchorRatios.count }
  /// The most regions of one image.
  public var mostRegions: Int { max(regions, testProposals.after) }

  /// The published protocol of PASCAL VOC.
  public static let pascal = DetectionSettings()
  /// The same in small, for scenes of 192×192 and a network whose cells are 8 pixels apart.
  public static let stamps = {
    var settings = DetectionSettings()
    settings.shortSide = nil
    (settings.anchorBase, settings.anchorScales) = (8, [5, 10, 20])
    (settings.channels, settings.anchorBatch, settings.smallest) = (96, 64, 8)
    (settings.trainingProposals, settings.testProposals) = (.init(before: 2_000, after: 300), .init(before: 1_000, after: 100))
    (settings.regions, settings.foreground) = (64, 16)
    return settings
  }()
}

extension DetectionSettings {
  /// Every value by its name, for people and for what identifies a training.
  public var fields: [(name: String, text: String)] {
    func list(_ values: [some Any]) -> String { values.map { "\($0)" }.joined(separator: " ") }
    func limits(_ proposals: Proposals) -> String { "\(proposals.before) to \(proposals.after)" }
    let side = shortSide.map { "\($0)" } ?? "as it is"
    return [
      ("training set", trainingSet), ("validation set", validationSet), ("short side", side), ("long side", "\(longSide)"),
      ("anchor base", "\(anchorBase)"), ("anchor scales", list(anchorScales)), ("anchor ratios", list(anchorRatios)), ("channels", "\(channels)"),
      ("anchor batch", "\(anchorBatch)"), ("smallest", "\(smallest)"), ("proposals", limits(trainingProposals)), ("test proposals", limits(testProposals)),
      ("regions", "\(regions)"), ("foreground", "\(foreground)"), ("freezes", "\(freezes)"),
    ]
  }

  /// Trains on `train` and validates on `val` where there is no set to test on, as in PASCAL VOC 2012.
  package mutating func fit(sets: [String]) {
    guard !sets.contains(validationSet), sets.contains("train"), sets.contains("val") else { return }
    (trainingSet, validationSet) = ("train", "val")
  }

  /// - Throws: a ``Problem`` that names the first value that no training can work with.
  package func validate() throws(Problem) {
    let counts: [(String, Int, ClosedRange<Int>)] = [
      ("short side", shortSide ?? 1, 1...4096), ("long side", longSide, 1...8192), ("anchor base", anchorBase, 1...1024),
      ("anchor scales", anchorScales.count, 1...16), ("anchor ratios", anchorRatios.count, 1...16), ("channels", channels, 1...4096),
      ("anchor batch", anchorBatch, 2...65_536), ("smallest proposal", smallest, 0...1024), ("proposals before", trainingProposals.before, 1...100_000),
      ("proposals after", trainingProposals.after, 1...100_000), ("test proposals before", testProposals.before, 1...100_000),
      ("test proposals after", testProposals.after, 1...10_000), ("regions", regions, 1...10_000), ("foreground", foreground, 0...10_000),
    ]
    for (name, value, range) in counts where !range.contains(value) {
      throw Problem("the detection cannot be set up", at: name, expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)")
    }
    for scale in anchorScales where !(1...1024).contains(scale) {
      throw Problem("the detection cannot be set up", at: "anchor scales", expected: "1 to 1024", found: "\(scale)")
    }
    for ratio in anchorRatios where !(0.01...100).contains(ratio) {
      throw Problem("the detection cannot be set up", at: "anchor ratios", expected: "0.01 to 100", found: "\(ratio)")
    }
  }
}
