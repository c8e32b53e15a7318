/// How large images of any size come into a network that looks at regions of them.
public protocol ImageScaling: Sendable {
  /// Images are scaled until their shorter side has so many pixels, or the longer one as many as it may; nil: they are taken as they are.
  var shortSide: Int? { get }
  var longSide: Int { get }
}

extension ImageScaling {
  /// The size that an image is brought to, and by what factor.
  public func size(width: Int, height: Int) -> (width: Int, height: Int, scale: Float) {
    guard let shortSide else { return (width, height, 1) }
    let (short, long) = (Double(min(width, height)), Double(max(width, height)))
    var scale = Double(shortSide) / short
    if (scale * long).rounded(.toNearestOrEven) > Double(longSide) { scale = Double(longSide) / long }
    func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * scale).rounded(.toNearestOrEven))) }
    return (scaled(width), scaled(height), Float(scale))
  }
}
