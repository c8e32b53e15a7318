import Basics
import Datasets

/// What the surest wrong detections of each class are, as Hoiem, Chodpathumwan and Dai 2012 (§2.2) sort them, with WordNet's tree in the place of their lists of similar classes.
public struct DetectionErrors: Hashable, Codable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// Overlaps an object of its class, difficult ones among them, by ``least`` or more but not enough, or one that was found before.
    case localization
    /// Otherwise overlaps an object of a similar class by ``least`` or more.
    case similar
    /// Otherwise overlaps an object of another class by ``least`` or more.
    case other
    case background
  }

  public struct ClassRow: Hashable, Codable, Sendable {
    public var name: String
    /// Nil where none is known: no class is similar to it.
    public var wnid: String?
    /// To be found.
    public var objects: Int
    /// Wrong detections that were looked at, and how many there are of each kind.
    public var wrong, localization, similar, other, background: Int
    /// Localisation errors on an object that was found before.
    public var double: Int
    /// The classes of the objects that it is confused with, most often first: names and how often.
    public var confusions: [Confusion]

    public subscript(kind: Kind) -> Int {
      switch kind {
      case .localization: localization
      case .similar: similar
      case .other: other
      case .background: background
      }
    }
  }

  public struct Confusion: Hashable, Codable, Sendable {
    public var name: String
    public var detections: Int

    public init(name: String, detections: Int) { (self.name, self.detections) = (name, detections) }
  }

  /// The overlap that tells an object from background.
  public static let least = 0.1

  /// How many wrong detections of a class are looked at, those of the highest scores; nil: as many as it has objects to be found, as in the paper.
  public var top: Int?
  public var classes: [ClassRow]

  public init(_ judged: JudgedDetections, detections: [[Detection]], truths: [[AnnotatedObject]], on tree: ObjectTree, top: Int? = nil) {
    self.top = top
    classes = tree.classes.indices.map { label in
      let wrong = judged.classes[label].lazy.filter { $0.verdict == .wrong || $0.verdict == .double }.prefix(top ?? judged.positives[label])
      var counts: [Kind: Int] = [:], met: [Int: Int] = [:]
      var double = 0
      for one in wrong {
        let (kind, confused) = Self.kind(one, of: label, detections[one.image][one.detection].box, truths[one.image], tree)
        counts[kind, default: 0] += 1
        if one.verdict == .double { double += 1 }
        if let confused { met[confused, default: 0] += 1 }
      }
      return ClassRow(
        name: tree.classes[label], wnid: tree.wnids[label], objects: judged.positives[label], wrong: counts.values.reduce(0, +), localization: counts[.localization, default: 0],
        similar: counts[.similar, default: 0], other: counts[.other, default: 0], background: counts[.background, default: 0], double: double,
        confusions: met.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { Confusion(name: tree.classes[$0.key], detections: $0.value) })
    }
  }

  /// What a wrong detection is, and the class that it is confused with.
  public static func kind(
    _ wrong: JudgedDetection, of label: Int, _ box: Box, _ objects: [AnnotatedObject], _ tree: ObjectTree
  ) -> (kind: Kind, confused: Int?) {
    guard wrong.verdict != .double, wrong.overlap < least else { return (.localization, nil) }
    // The object of a similar class, and of any other one, that it overlaps most.
    var best: [Kind: (overlap: Double, label: Int)] = [:]
    for object in objects where object.label != label {
      let kind: Kind = tree.areSimilar(label, object.label) ? .similar : .other
      let overlap = box.exactOverlap(with: object.box)
      if overlap >= least, overlap > best[kind]?.overlap ?? 0 { best[kind] = (overlap, object.label) }
    }
    if let similar = best[.similar] { return (.similar, similar.label) }
    return best[.other].map { (.other, $0.label) } ?? (.background, nil)
  }

  /// Over all classes.
  public subscript(kind: Kind) -> Int { classes.reduce(0) { $0 + $1[kind] } }
  public var wrong: Int { classes.reduce(0) { $0 + $1.wrong } }
  public var double: Int { classes.reduce(0) { $0 + $1.double } }
}
