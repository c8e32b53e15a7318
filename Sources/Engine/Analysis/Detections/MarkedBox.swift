import Basics
import Datasets
import Training

/// A box of an image, and what it is: something detected, or an annotated object.
public struct MarkedBox: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// A detection that found its object; one that found it a second time; one that found nothing of its class.
    case right, double, wrong
    /// An object, or a detection of one, that counts neither way.
    case difficult
    /// An object that was found, and one that was not.
    case found, missed
    /// A detection where nothing is annotated to hold it against.
    case detected

    /// What stands for it where there are no colours.
    public var glyph: String {
      switch self {
      case .right: "✓"
      case .double: "="
      case .wrong: "✗"
      case .difficult: "~"
      case .found: "·"
      case .missed: "○"
      case .detected: "›"
      }
    }
  }

  public var kind: Kind
  /// An index into the dataset's object classes.
  public var label: Int
  public var box: Box
  /// 0…1; nil for an annotated object.
  public var score: Float?

  public init(_ kind: Kind, label: Int, box: Box, score: Float? = nil) { (self.kind, self.label, self.box, self.score) = (kind, label, box, score) }
}

/// An image with its boxes, the annotated ones first, then detections by rising score, so that what is surer is drawn over what is less.
public struct MarkedImage: Equatable, Sendable {
  /// Its place in the set.
  public var place: Int
  public var boxes: [MarkedBox]

  public init(place: Int, boxes: [MarkedBox]) { (self.place, self.boxes) = (place, boxes) }

  public func count(_ kind: MarkedBox.Kind) -> Int { boxes.count { $0.kind == kind } }

  /// Errors of every kind.
  public var errors: Int { count(.wrong) + count(.double) + count(.missed) }

  /// Every image of a set, in its order, with the boxes that are shown.
  /// - Parameters:
  ///   - detections, truths: of each image.
  ///   - judged: the same, held against each other.
  ///   - least: detections of lower scores are not shown, and what only they have found is missed.
  ///   - label: of the one class that is shown; nil: all.
  public static func all(
    _ detections: [[Detection]], truths: [[AnnotatedObject]], _ judged: JudgedDetections, least: Float, label: Int? = nil
  ) -> [MarkedImage] {
    var images = truths.indices.map { MarkedImage(place: $0, boxes: []) }
    var found = truths.map { [Bool](repeating: false, count: $0.count) }
    for (number, ofClass) in judged.classes.enumerated() where label == nil || label == number {
      for one in ofClass.reversed() where one.score >= least {
        let kind: MarkedBox.Kind =
          switch one.verdict {
          case .right: .right
          case .double: .double
          case .wrong: .wrong
          case .difficult: .difficult
          }
        if one.verdict == .right, let object = one.object { found[one.image][object] = true }
        images[one.image].boxes.append(MarkedBox(kind, label: number, box: detections[one.image][one.detection].box, score: one.score))
      }
    }
    for (place, objects) in truths.enumerated() {
      images[place].boxes.sort { ($0.score ?? 0) < ($1.score ?? 0) }
      let annotated = objects.enumerated().filter { label == nil || $0.element.label == label }.map { index, object in
        MarkedBox(object.isDifficult ? .difficult : found[place][index] ? .found : .missed, label: object.label, box: object.box)
      }
      images[place].boxes.insert(contentsOf: annotated, at: 0)
    }
    return images
  }
}
