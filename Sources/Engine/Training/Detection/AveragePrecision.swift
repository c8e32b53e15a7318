import Basics
import Datasets

/// The average precision of a detector for each class of a set of images, and their mean.
public struct AveragePrecision: Hashable, Codable, Sendable {
  public struct ClassRow: Hashable, Codable, Sendable {
    public var name: String
    /// Objects to be found, and difficult ones, which are not.
    public var objects, difficult: Int
    public var detections: Int
    /// 0…1, and 0 where nothing was detected; nil where there is nothing to be found.
    public var value: Double?
  }

  public var metric: DetectionMetric
  /// Detections of lower scores were thrown away before: a higher threshold is faster and lowers what is measured. Nil where it is not known, as of files.
  public var scoreThreshold: Double?
  public var images: Int
  public var classes: [ClassRow]

  /// - Parameters:
  ///   - classes: their names, by label.
  ///   - scoreThreshold: below which the detector throws away.
  public init(_ judged: JudgedDetections, classes: [String], scoreThreshold: Double?) {
    (metric, images, self.scoreThreshold) = (judged.metric, judged.images, scoreThreshold)
    self.classes = classes.indices.map { label in
      ClassRow(
        name: classes[label], objects: judged.positives[label], difficult: judged.difficult[label], detections: judged.classes[label].count,
        value: judged.curve(label).area(judged.metric.area))
    }
  }

  /// - Parameters:
  ///   - detections, truths: of each image.
  public init(
    of detections: [[Detection]], truths: [[AnnotatedObject]], classes: [String], _ metric: DetectionMetric = .init(), scoreThreshold: Double?
  ) {
    self.init(JudgedDetections(detections, truths: truths, classes: classes.count, metric), classes: classes, scoreThreshold: scoreThreshold)
  }

  /// Over the classes that have objects to be found, 0…1; nil where none has.
  public var mean: Double? {
    let values = classes.compactMap(\.value)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Classes without an object to be found, which the mean leaves out.
  public var leftOut: [String] { classes.filter { $0.value == nil }.map(\.name) }

  /// By which rules this was found: "AP VOC07, IoU > 0.5, scores of 0.05 or more; 1 class has nothing to be found and is left out: bird".
  public var note: String {
    let scores = scoreThreshold.map { ", scores of \($0) or more" } ?? ""
    let missing = leftOut
    return metric.name + scores
      + (missing.isEmpty ? "" : "; \(counted(missing.count, "class", "has")) nothing to be found and \(missing.count == 1 ? "is" : "are") left out: \(missing.joined(separator: ", "))")
  }
}
