import Datasets

/// What a detector has found in the images of a set.
public struct FoundObjects: Sendable {
  /// The set, as "test".
  public var set: String
  public var classes: [String]
  /// Those that could be decoded, with their objects.
  public var images: [AnnotatedImage]
  /// Of each image.
  public var detections: [[Detection]]

  public init(set: String, classes: [String], images: [AnnotatedImage], detections: [[Detection]]) {
    (self.set, self.classes, self.images, self.detections) = (set, classes, images, detections)
  }

  /// The average precision of each class.
  public func precision(_ metric: DetectionMetric = .init()) -> AveragePrecision {
    AveragePrecision(of: detections, truths: images.map(\.objects), classes: classes, metric, scoreThreshold: Double(Detector.least))
  }
}
