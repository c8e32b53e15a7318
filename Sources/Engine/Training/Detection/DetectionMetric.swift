/// The area below a precision-recall curve, by PASCAL VOC's two definitions.
public enum PrecisionArea: String, Codable, CaseIterable, Sendable {
  /// Until 2009: the mean over the recalls 0, .1 … 1 of the best precision at that recall or a higher one (Everingham et al. 2010, §4.2).
  case voc07 = "VOC07"
  /// Since 2010: the area below the curve whose precision at a recall is the best at that one or a higher one.
  case voc10 = "VOC10+"
}

/// By which rules detections are held against annotated objects. Figures of different rules say nothing about each other, so that every result carries its own.
public struct DetectionMetric: Hashable, Codable, Sendable {
  public var area: PrecisionArea
  /// The intersection over union with an object that a detection needs, 0…1.
  public var overlap: Double
  /// Whether exactly ``overlap`` is enough, as for the devkit in MATLAB. To its ports to Python, of which the published numbers of Faster R-CNN are, it is not.
  public var takesEqual: Bool

  public init(_ area: PrecisionArea = .voc07, overlap: Double = 0.5, takesEqual: Bool = false) {
    (self.area, self.overlap, self.takesEqual) = (area, overlap, takesEqual)
  }

  /// "AP VOC07, IoU > 0.5": what stands beside a number.
  public var name: String { "AP \(area.rawValue), IoU \(takesEqual ? "≥" : ">") \(overlap)" }

  func accepts(_ found: Double) -> Bool { takesEqual ? found >= overlap : found > overlap }
}
