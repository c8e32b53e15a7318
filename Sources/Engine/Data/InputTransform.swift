import Kernels
import Taxonomy

/// The shape of one input of a network.
public typealias InputShape = (height: Int, width: Int, channels: Int)

/// How a picture becomes an input: resize, pad with black, crop, mirror, subtract the mean, scale.
///
/// In training the crop's place and the mirroring are drawn from a key; otherwise the crop is the centre and nothing is
/// mirrored. Grey pictures fill all channels of a colour input; colour pictures become grey by ITU-R BT.601's luma.
struct InputTransform: Sendable {
  let height, width, channels: Int
  let resize: TrainingConfiguration.Augmentation.Resize
  let resizeTo: Int
  let padding: Int
  let mirror: Bool
  let scale: Float
  /// [channels], or [side, side, channels] of the resized image; nil subtracts nothing.
  let mean: Tensor?

  /// - Throws: a ``Problem`` where the crop does not fit the resized and padded image, or the mean has another shape.
  init(
    input: InputShape, augmentation: TrainingConfiguration.Augmentation, mean: Tensor?
  ) throws(Problem) {
    (height, width, channels) = input
    resize = augmentation.resize
    resizeTo = augmentation.resizeTo
    padding = augmentation.padding
    mirror = augmentation.mirror
    scale = augmentation.scale
    self.mean = mean
    guard channels == 1 || channels == 3 else {
      throw Problem("a network's input has 1 or 3 channels", expected: "1 or 3", found: "\(channels)")
    }
    guard resizeTo > 0, padding >= 0, resizeTo <= 1 << 14, padding <= 1 << 14 else {
      throw Problem(
        "images cannot be resized so", expected: "a side of 1 to 16384 pixels and padding of at least 0",
        found: "\(resizeTo) and \(padding)")
    }
    guard height > 0, width > 0, resizeTo + 2 * padding >= max(height, width) else {
      throw Problem(
        "the network's input does not fit the resized image", expected: "at most \(resizeTo + 2 * padding) pixels",
        found: "\(height)×\(width)", advice: "resize to a larger side or add padding")
    }
    if let mean, mean.shape != [channels], mean.shape != [resizeTo, resizeTo, channels] {
      throw Problem(
        "the mean does not fit the input", expected: "\([channels]) or \([resizeTo, resizeTo, channels])",
        found: "\(mean.shape)")
    }
  }

  /// The number of floats of one input.
  var count: Int { height * width * channels }

  /// The size that a picture of this size is resized to.
  func resizedSize(width: Int, height: Int) -> (width: Int, height: Int) {
    switch resize {
    case .warp: return (resizeTo, resizeTo)
    case .shortSide:
      let short = min(width, height)
      func side(_ length: Int) -> Int { max(resizeTo, (length * resizeTo + short / 2) / short) }
      return (side(width), side(height))
    }
  }

  /// Writes the input made of `buffer`'s picture. `random` draws crop and mirroring; nil takes the centre.
  func apply(
    _ buffer: PixelBuffer, random: CounterRandom?, scratch: inout TransformScratch,
    to output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(output.count == count)
    let size = resizedSize(width: buffer.width, height: buffer.height)
    let slack = (x: size.width + 2 * padding - width, y: size.height + 2 * padding - height)
    // The window's upper left corner on the resized image; negative inside the padding.
    let left = (random.map { $0.below(slack.x + 1, 0) } ?? slack.x / 2) - padding
    let top = (random.map { $0.below(slack.y + 1, 1) } ?? slack.y / 2) - padding
    let mirrored = mirror && (random.map { $0.bits(2) >> 63 == 1 } ?? false)
    let x = min(max(0, left), size.width)..<max(0, min(size.width, left + width))
    let y = min(max(0, top), size.height)..<max(0, min(size.height, top + height))
    let window = Window(
      left: left, top: top, covered: x.lowerBound - left..<x.upperBound - left, mirrored: mirrored,
      resizedWidth: size.width, resizedHeight: size.height, sourceChannels: buffer.channels)

    scratch.makeRow(count: width * 3 + 4)
    scratch.row.withUnsafeMutableBufferPointer { row in
      for line in 0..<height where line + top < 0 || line + top >= size.height {
        finish(line, nil, window, output)
      }
      let offset = y.lowerBound - top
      scratch.resampler.forEachRow(
        of: buffer.pixels, width: buffer.width, height: buffer.height, channels: buffer.channels,
        targetWidth: size.width, targetHeight: size.height, x: x, y: y, row: row
      ) { line, values in finish(offset + line, values, window, output) }
    }
  }

  /// Where the input lies on the resized image.
  private struct Window {
    var left, top: Int
    /// The columns of the input that the image covers; padding surrounds them.
    var covered: Range<Int>
    var mirrored: Bool
    var resizedWidth, resizedHeight: Int
    var sourceChannels: Int
  }

  /// Turns one row of values 0…255 (nil: padding) into a row of the input.
  private func finish(
    _ line: Int, _ values: UnsafeMutableBufferPointer<Float>?, _ window: Window,
    _ output: UnsafeMutableBufferPointer<Float>
  ) {
    let meanValues = mean?.elements
    let isImage = mean.map { $0.shape.count == 3 } ?? false
    // Both the mean image and a picture with a longer side are centred on each other.
    let meanLine = isImage ? clamp(line + window.top - (window.resizedHeight - resizeTo) / 2) * resizeTo : 0
    let meanLeft = window.left - (window.resizedWidth - resizeTo) / 2
    let base = line * width * channels
    for column in 0..<width {
      let target = base + (window.mirrored ? width - 1 - column : column) * channels
      let meanBase = isImage ? (meanLine + clamp(column + meanLeft)) * channels : 0
      let covered = values != nil && window.covered.contains(column)
      let place = (column - window.covered.lowerBound) * window.sourceChannels
      for channel in 0..<channels {
        var value: Float = 0
        if covered, let values {
          if window.sourceChannels == channels {
            value = values[place + channel]
          } else if window.sourceChannels == 1 {
            value = values[place]
          } else {
            value = 0.299 * values[place] + 0.587 * values[place + 1] + 0.114 * values[place + 2]
          }
        }
        if let meanValues { value -= meanValues[meanBase + channel] }
        output[target + channel] = value * scale
      }
    }
  }

  private func clamp(_ index: Int) -> Int { min(max(0, index), resizeTo - 1) }
}

/// What a worker needs while it transforms pictures.
struct TransformScratch {
  var resampler = Resampler()
  fileprivate(set) var row: [Float] = []

  fileprivate mutating func makeRow(count: Int) {
    if row.count < count { row = [Float](repeating: 0, count: count) }
  }
}
