import Basics
import Kernels
import Settings

/// How a picture becomes an input: resize, pad with black, crop, mirror, subtract the mean, scale, divide by the standard deviations.
///
/// In training the crop's place and the mirroring are drawn from a key; otherwise the crop is the centre and nothing is
/// mirrored. Grey pictures fill all channels of a colour input; colour pictures become grey by ITU-R BT.601's luma.
package struct InputTransform: Sendable {
  let height, width, channels: Int
  let resize: TrainingConfiguration.Augmentation.Resize
  let resizeTo: Int
  let padding: Int
  let mirror: Bool
  /// One row of the factors that follow the mean: the scale, divided by each channel's deviation.
  private let scales: Tensor
  /// [channels], or [side, side, channels] of the resized image; nil subtracts nothing.
  let mean: Tensor?
  /// One row of the means per channel (zeroes where there are none).
  private let channelMeans: Tensor

  /// - Throws: a ``Problem`` where the crop does not fit the resized and padded image, or the mean has another shape.
  package init(
    input: InputShape, augmentation: TrainingConfiguration.Augmentation, mean: Tensor?
  ) throws(Problem) {
    (height, width, channels) = input
    resize = augmentation.resize
    resizeTo = augmentation.resizeTo
    padding = augmentation.padding
    mirror = augmentation.mirror
    let std = augmentation.std ?? Array(repeating: 1, count: max(0, input.channels))
    guard std.count == input.channels else {
      throw Problem(
        "the standard deviations do not fit the network's input", expected: "one for each of \(input.channels) channels",
        found: "\(std.count)")
    }
    let factors = (0..<max(0, input.width * input.channels)).map { augmentation.scale / std[$0 % std.count] }
    scales = Tensor(factors, shape: [factors.count])
    self.mean = mean
    let means = mean.flatMap { $0.shape == [input.channels] ? $0.array : nil } ?? []
    let row = (0..<max(0, width * channels)).map { means.isEmpty ? 0 : means[$0 % means.count] }
    channelMeans = Tensor(row, shape: [row.count])
    guard channels == 1 || channels == 3 else {
      throw Problem("a network's input has 1 or 3 channels", expected: "1 or 3", found: "\(channels)")
    }
    guard resizeTo > 0, padding >= 0, resizeTo <= 1 << 14, padding <= 1 << 14 else {
      throw Problem(
        "invalid size for resized images", expected: "a side of 1 to 16384 pixels and padding of at least 0",
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
  package func resizedSize(width: Int, height: Int) -> (width: Int, height: Int) {
    switch resize {
    case .warp: return (resizeTo, resizeTo)
    case .shortSide:
      let short = min(width, height)
      func side(_ length: Int) -> Int { max(resizeTo, (length * resizeTo + short / 2) / short) }
      return (side(width), side(height))
    case .torchvision:
      let short = min(width, height)
      func side(_ length: Int) -> Int { Int(Double(resizeTo * length) / Double(short)) }
      return (side(width), side(height))
    }
  }

  /// How far the centre lies from either end, where it leaves so many pixels over.
  private func middle(_ slack: Int) -> Int {
    // torchvision's centre crop rounds halves to even.
    resize == .torchvision ? Int((Double(slack) / 2).rounded(.toNearestOrEven)) : slack / 2
  }

  /// What ``apply(_:random:scratch:to:)`` needs of a picture: warping both sides; keeping the aspect, the shorter one decides. What is to be
  /// torchvision's comes as it is.
  package func need(random: CounterRandom?) -> ImageNeed {
    if resize == .torchvision { return .everything }
    var need = ImageNeed(leastWidth: resizeTo, leastHeight: resizeTo)
    if resize == .warp {
      // The last row is mixed from those around its middle, half a row further at most than it reaches itself.
      let end = corner(on: (resizeTo, resizeTo), random).top + height
      need.shareOfRows = min(1, (Double(end) + 0.5) / Double(resizeTo))
    }
    return need
  }

  /// The window's upper left corner on the resized image; negative inside the padding.
  private func corner(on size: (width: Int, height: Int), _ random: CounterRandom?) -> (left: Int, top: Int) {
    let slack = (x: size.width + 2 * padding - width, y: size.height + 2 * padding - height)
    return (
      (random.map { $0.below(slack.x + 1, 0) } ?? middle(slack.x)) - padding,
      (random.map { $0.below(slack.y + 1, 1) } ?? middle(slack.y)) - padding
    )
  }

  /// Writes the input made of `buffer`'s picture. `random` draws crop and mirroring; nil takes the centre.
  package func apply(
    _ buffer: PixelBuffer, random: CounterRandom?, scratch: TransformScratch,
    to output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(output.count == count)
    let size = resizedSize(width: buffer.width, height: buffer.height)
    let (left, top) = corner(on: size, random)
    let mirrored = mirror && (random.map { $0.bits(2) >> 63 == 1 } ?? false)
    // The part of the window that the image covers; padding surrounds it.
    let x = min(max(0, left), size.width)..<max(0, min(size.width, left + width))
    let y = min(max(0, top), size.height)..<max(0, min(size.height, top + height))

    let (resampled, row, meanScratch) = scratch.rows(pixels: width)
    func finish(_ line: Int, _ row: UnsafeMutableBufferPointer<Float>) {
      // A mean image and a picture with a longer side are centred on each other.
      let mean = meanRow(
        line + top - middle(size.height - resizeTo), left - middle(size.width - resizeTo), scratch: meanScratch)
      let target = UnsafeMutableBufferPointer(rebasing: output[line * width * channels..<(line + 1) * width * channels])
      write(row, minus: mean, mirrored: mirrored, to: target)
    }
    row.update(repeating: 0)
    for line in 0..<height where line + top < 0 || line + top >= size.height { finish(line, row) }
    // Most inputs need neither other channels nor padding.
    let isWhole = buffer.channels == channels && x.count == width
    func take(_ line: Int, _ values: UnsafeMutableBufferPointer<Float>) {
      if !isWhole {
        convert(
          values, channels: buffer.channels, count: x.count, to: row.baseAddress! + (x.lowerBound - left) * channels)
      }
      finish(y.lowerBound - top + line, isWhole ? values : row)
    }
    switch resize {
    case .warp, .shortSide:
      scratch.resampler.forEachRow(
        of: buffer.pixels, width: buffer.width, height: buffer.height, channels: buffer.channels,
        targetWidth: size.width, targetHeight: size.height, x: x, y: y, row: resampled, body: take)
    case .torchvision:
      scratch.pillow.forEachRow(
        of: buffer.pixels, width: buffer.width, height: buffer.height, channels: buffer.channels,
        targetWidth: size.width, targetHeight: size.height, x: x, y: y, row: resampled, body: take)
    }
  }

  /// Pixels of the picture's channels → pixels of the network's.
  private func convert(
    _ values: UnsafeMutableBufferPointer<Float>, channels from: Int, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    if from == channels {
      target.update(from: values.baseAddress!, count: count * channels)
    } else if from == 1 {
      for pixel in 0..<count {
        for channel in 0..<channels { target[pixel * channels + channel] = values[pixel] }
      }
    } else {
      for pixel in 0..<count {
        let rest = 0.587 * values[pixel * 3 + 1] + 0.114 * values[pixel * 3 + 2]
        target[pixel] = 0.299 * values[pixel * 3] + rest
      }
    }
  }

  private func write(
    _ row: UnsafeMutableBufferPointer<Float>, minus mean: UnsafePointer<Float>, mirrored: Bool,
    to target: UnsafeMutableBufferPointer<Float>
  ) {
    let floats = width * channels
    let scale = scales.elements
    if !mirrored {
      for index in 0..<floats { target[index] = (row[index] - mean[index]) * scale[index] }
    } else if channels == 1 {
      for index in 0..<floats { target[floats - 1 - index] = (row[index] - mean[index]) * scale[index] }
    } else {
      func one(_ pixel: Int) {
        let (from, to) = ((width - 1 - pixel) * 3, pixel * 3)
        for channel in 0..<3 {
          target[to + channel] = (row[from + channel] - mean[from + channel]) * scale[from + channel]
        }
      }
      // Four lanes hold a pixel and a stranger, over which the next pixel is written; the outermost have no stranger.
      let (rows, means) = (UnsafeRawPointer(row.baseAddress!), UnsafeRawPointer(mean))
      let scales = UnsafeRawPointer(scale.baseAddress!)
      let out = UnsafeMutableRawPointer(target.baseAddress!)
      one(0)
      for pixel in 1..<max(1, width - 1) {
        let from = (width - 1 - pixel) * 12
        let value = rows.loadUnaligned(fromByteOffset: from, as: SIMD4<Float>.self)
        let middle = means.loadUnaligned(fromByteOffset: from, as: SIMD4<Float>.self)
        let factor = scales.loadUnaligned(fromByteOffset: from, as: SIMD4<Float>.self)
        out.storeBytes(of: (value - middle) * factor, toByteOffset: pixel * 12, as: SIMD4<Float>.self)
      }
      one(width - 1)
    }
  }

  /// The mean under one row of the window whose first pixel lies at (`line`, `left`) of the mean image. Beyond
  /// the image's border, in the padding, its border goes on.
  private func meanRow(
    _ line: Int, _ left: Int, scratch: UnsafeMutableBufferPointer<Float>
  ) -> UnsafePointer<Float> {
    guard let mean, mean.shape.count == 3 else { return UnsafePointer(channelMeans.elements.baseAddress!) }
    func clamp(_ index: Int) -> Int { min(max(0, index), resizeTo - 1) }
    let base = mean.elements.baseAddress! + clamp(line) * resizeTo * channels
    if left >= 0 && left + width <= resizeTo { return UnsafePointer(base + left * channels) }
    for column in 0..<width {
      for channel in 0..<channels {
        scratch[column * channels + channel] = base[clamp(left + column) * channels + channel]
      }
    }
    return UnsafePointer(scratch.baseAddress!)
  }
}

/// What a worker needs while it transforms pictures.
package final class TransformScratch {
  package init() {}

  fileprivate var resampler = Resampler()
  fileprivate var pillow = PillowResampler()
  private var storage = FloatStorage(count: 0)

  /// Three rows of `pixels` pixels with up to 3 channels, each with a little room behind.
  fileprivate func rows(
    pixels: Int
  ) -> (UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) {
    let length = pixels * 3 + 4
    if storage.elements.count < 3 * length { storage = FloatStorage(count: 3 * length) }
    func part(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(rebasing: storage.elements[index * length..<(index + 1) * length])
    }
    return (part(0), part(1), part(2))
  }
}
