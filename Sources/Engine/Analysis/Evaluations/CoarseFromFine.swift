import Basics
import Taxonomy

/// Whether coarse classes emerge from training on fine ones (Huh, Agrawal, Efros 2016, §5.2, Fig. 6): for each coarse class how much better a
/// net tells that an image is of the class than of which member.
///
/// Coarse accuracy is the share of the class's images whose best-scored class is any of its members, fine accuracy the share
/// for which it is the right one; in both each member weighs the same, however many images it has.
public struct CoarseFromFine: Codable, Equatable, Sendable {
  public struct Row: Codable, Equatable, Sendable {
    public var wnid, name: String
    /// Members that the net was taught and that have images.
    public var members: Int
    public var images: Int
    /// Shares, 0…1.
    public var coarse, fine: Double
    /// In percentage points: never below 0.
    public var difference: Double { 100 * (coarse - fine) }

    public init(wnid: String, name: String, members: Int, images: Int, coarse: Double, fine: Double) {
      (self.wnid, self.name, self.members, self.images, self.coarse, self.fine) = (wnid, name, members, images, coarse, fine)
    }

    private enum CodingKeys: String, CodingKey { case wnid, name, members, images, coarse, fine, difference }

    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      wnid = try values.decode(String.self, forKey: .wnid)
      name = try values.decode(String.self, forKey: .name)
      members = try values.decode(Int.self, forKey: .members)
      images = try values.decode(Int.self, forKey: .images)
      coarse = try values.decode(Double.self, forKey: .coarse)
      fine = try values.decode(Double.self, forKey: .fine)
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(wnid, forKey: .wnid)
      try values.encode(name, forKey: .name)
      try values.encode(members, forKey: .members)
      try values.encode(images, forKey: .images)
      try values.encode(coarse, forKey: .coarse)
      try values.encode(fine, forKey: .fine)
      try values.encode(difference, forKey: .difference)
    }
  }

  /// The largest difference first; equal ones by wnid.
  public let rows: [Row]
  /// Coarse classes with fewer members than asked for.
  public let small: Int

  /// - Parameters:
  ///   - predictions: of a net whose classes are fine ones.
  ///   - minMembers: coarse classes with fewer members that the net was taught are left out.
  /// - Throws: a ``Problem`` where a class of the net holds several fine ones.
  public init(_ predictions: RunPredictions, coarse: LabelSet, minMembers: Int = 5) throws(Problem) {
    let taught = predictions.labelSet
    try taught.requireFineClasses()
    let targets = coarse.targets(for: taught.classes.map { $0.members[0] })
    let confusion = Confusion(
      truths: predictions.truths, predictions: predictions.predictions, classes: taught.classes.count)
    var rows: [Row] = []
    var small = 0
    for (index, target) in coarse.classes.enumerated() {
      let members = targets.indices.filter { targets[$0] == Int32(index) && confusion.images[$0] > 0 }
      guard members.count >= minMembers else {
        small += 1
        continue
      }
      var (right, within) = (0.0, 0.0)
      for member in members {
        let images = Double(confusion.images[member])
        right += Double(confusion[member, member]) / images
        within += Double(members.reduce(0) { $0 + confusion[member, $1] }) / images
      }
      rows.append(
        Row(
          wnid: target.wnid, name: target.name, members: members.count,
          images: members.reduce(0) { $0 + confusion.images[$1] }, coarse: within / Double(members.count),
          fine: right / Double(members.count)))
    }
    self.rows = rows.sorted { ($1.difference, $0.wnid) < ($0.difference, $1.wnid) }
    self.small = small
  }

  /// The classes of the net that belong to a row, and where their images went: the confusions behind its bar.
  public static func confusions(
    of wnid: String, _ predictions: RunPredictions, coarse: LabelSet, limit: Int
  ) -> [(truth: TargetClass, prediction: TargetClass, count: Int)] {
    let taught = predictions.labelSet.classes
    let members = Set(coarse.classes.first { $0.wnid == wnid }?.members ?? [])
    let confusion = Confusion(truths: predictions.truths, predictions: predictions.predictions, classes: taught.count)
    let chosen = taught.indices.filter { taught[$0].members.count == 1 && members.contains(taught[$0].members[0]) }
    return confusion.worst(limit, among: chosen).map { (taught[$0.truth], taught[$0.prediction], $0.count) }
  }
}
