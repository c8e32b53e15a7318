/// A rectangle of pixels, both corners inside, counted from 0: its width is `x2 − x1 + 1`, as PASCAL VOC and Faster R-CNN count.
public struct Box: Hashable, Codable, Sendable, BitwiseCopyable {
  public var x1, y1, x2, y2: Float

  public init(_ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float) {
    (self.x1, self.y1, self.x2, self.y2) = (x1, y1, x2, y2)
  }

  public var width: Float { x2 - x1 + 1 }
  public var height: Float { y2 - y1 + 1 }
  public var area: Float { width * height }

  /// Intersection over union, 0…1; 0 for boxes that share no pixel.
  public func overlap(with other: Box) -> Float {
    let across = min(x2, other.x2) - max(x1, other.x1) + 1
    let down = min(y2, other.y2) - max(y1, other.y1) + 1
    guard across > 0, down > 0 else { return 0 }
    return across * down / (area + other.area - across * down)
  }

  /// The same box in an image that was mirrored left to right.
  /// - Parameter width: of the image.
  public func mirrored(in width: Int) -> Box { Box(Float(width) - 1 - x2, y1, Float(width) - 1 - x1, y2) }

  public static func * (box: Box, scale: Float) -> Box { Box(box.x1 * scale, box.y1 * scale, box.x2 * scale, box.y2 * scale) }

  /// The part within an image of this size; corners beyond its edges are put on them.
  public func clipped(width: Int, height: Int) -> Box {
    let (right, bottom) = (Float(width) - 1, Float(height) - 1)
    return Box(min(max(x1, 0), right), min(max(y1, 0), bottom), min(max(x2, 0), right), min(max(y2, 0), bottom))
  }
}
