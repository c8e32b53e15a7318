/// A decoded image: rows from the top, interleaved channels, one byte each.
public struct Picture: Equatable, Sendable {
  public var width, height: Int
  /// 1 (grey) or 3 (RGB).
  public var channels: Int
  /// `height · width · channels` bytes.
  public var pixels: [UInt8]

  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height * channels, "\(pixels.count) bytes for \(width)×\(height)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}
