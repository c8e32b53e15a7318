import Basics
import Datasets

/// What a detection is by its class's objects in its image.
public struct JudgedDetection: Hashable, Sendable {
  public enum Verdict: String, Codable, CaseIterable, Sendable {
    case right
    /// Its object was found before, by one of a higher score: wrong.
    case double
    case wrong
    /// Its object is difficult: neither right nor wrong.
    case difficult
  }

  /// Places among the images, and among the detections of the image.
  public var image, detection: Int
  public var score: Float
  public var verdict: Verdict
  /// The place, among all objects of the image, of the object of its class that it overlaps most; nil where it overlaps none.
  public var object: Int?
  /// With that object, 0…1.
  public var overlap: Double
}

/// Detections of a set of images, each held against the annotated objects by the rules of PASCAL VOC.
///
/// Class by class, by falling score, equal scores in the order of images and of detections: each belongs to the object of its class that it overlaps most (the first of equals), whether or not that was
/// found before. It is right where it overlaps this one enough, the object is not difficult, and nothing of a higher score was.
public struct JudgedDetections: Sendable {
  public let metric: DetectionMetric
  public let images: Int
  /// By class, in the order in which they were judged. One whose score is no number comes last.
  public private(set) var classes: [[JudgedDetection]]
  /// By class, those to be found, and those that are neither here nor there.
  public private(set) var positives: [Int], difficult: [Int]

  /// - Parameters:
  ///   - detections, truths: of each image, with labels below `classes`.
  public init(_ detections: [[Detection]], truths: [[AnnotatedObject]], classes: Int, _ metric: DetectionMetric = .init()) {
    precondition(detections.count == truths.count, "detections of \(detections.count) images, objects of \(truths.count)")
    (self.metric, images) = (metric, truths.count)
    (positives, difficult) = ([Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes))
    for object in truths.joined() {
      if object.isDifficult { difficult[object.label] += 1 } else { positives[object.label] += 1 }
    }
    var found = [[JudgedDetection]](repeating: [], count: classes)
    for (image, ofImage) in detections.enumerated() {
      for (place, detection) in ofImage.enumerated() {
        let (object, overlap) = detection.bestObject(in: truths[image])
        found[detection.label].append(
          JudgedDetection(image: image, detection: place, score: detection.score, verdict: .wrong, object: object, overlap: overlap))
      }
    }
    self.classes = found.map { Self.judged($0, truths: truths, metric) }
  }

  private static func judged(_ found: [JudgedDetection], truths: [[AnnotatedObject]], _ metric: DetectionMetric) -> [JudgedDetection] {
    let keys = found.map { fallingKey($0.score) }
    // Image and object in one number.
    var taken: Set<Int> = []
    return stablySorted(Array(0..<Int32(found.count)), by: keys).map { place in
      var one = found[Int(place)]
      if let object = one.object, metric.accepts(one.overlap) {
        one.verdict = truths[one.image][object].isDifficult ? .difficult : taken.insert(one.image << 32 | object).inserted ? .right : .double
      }
      return one
    }
  }

  /// The precision and recall of a class over its ranking.
  public func curve(_ label: Int) -> PrecisionRecall {
    PrecisionRecall(classes[label].lazy.filter { $0.verdict != .difficult }.map { $0.verdict == .right }, positives: positives[label])
  }
}

/// A number that is lower the higher a score is, equal for equal scores (0 and −0), and the highest for NaN.
func fallingKey(_ score: Float) -> UInt32 {
  guard !score.isNaN else { return .max }
  let bits = (score + 0).bitPattern
  return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
}

extension Detection {
  /// The object of its class that it overlaps most, the first of equals; nil where it overlaps none.
  fileprivate func bestObject(in objects: [AnnotatedObject]) -> (object: Int?, overlap: Double) {
    var best: (object: Int?, overlap: Double) = (nil, 0)
    for (place, object) in objects.enumerated() where object.label == label {
      let overlap = box.exactOverlap(with: object.box)
      if overlap > best.overlap { best = (place, overlap) }
    }
    return best
  }
}

extension Box {
  /// ``overlap(with:)`` in double precision, as everybody who publishes VOC's figures compares it.
  package func exactOverlap(with other: Box) -> Double {
    let across = Double(min(x2, other.x2)) - Double(max(x1, other.x1)) + 1
    let down = Double(min(y2, other.y2)) - Double(max(y1, other.y1)) + 1
    guard across > 0, down > 0 else { return 0 }
    func area(_ box: Box) -> Double { (Double(box.x2) - Double(box.x1) + 1) * (Double(box.y2) - Double(box.y1) + 1) }
    return across * down / (area(self) + area(other) - across * down)
  }
}
