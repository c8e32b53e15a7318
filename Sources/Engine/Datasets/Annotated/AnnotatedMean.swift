import Basics
import Kernels

/// The mean of the images of a detection, which is subtracted from every input where it begins with random weights.
package enum AnnotatedMean {
  /// Of the pixels of all images, or of an evenly spaced selection of many, [channels]; sums are whole numbers. Images that cannot be decoded are left out.
  /// - Returns: nil where `mayGoOn` ended the work.
  /// - Throws: a ``Problem`` where no image could be decoded.
  package static func compute(
    _ dataset: any AnnotatedDataset, images: [AnnotatedImage], channels: Int, mayGoOn: () throws(Problem) -> Bool
  ) throws(Problem) -> Tensor? {
    let most = min(images.count, InputMean.mostPhotographs)
    var sums = [Int64](repeating: 0, count: channels)
    var pixels: Int64 = 0
    let buffer = PixelBuffer()
    for place in 0..<most {
      if place % 64 == 0, place > 0 { guard try mayGoOn() else { return nil } }
      guard (try? dataset.load(images[place * images.count / most], into: buffer)) != nil else { continue }
      let values = buffer.pixels
      for (at, value) in values.enumerated() {
        if buffer.channels == channels { sums[at % channels] += Int64(value) } else { for channel in 0..<channels { sums[channel] += Int64(value) } }
      }
      pixels += Int64(values.count / (buffer.channels == channels ? channels : 1))
    }
    guard pixels > 0 else {
      throw Problem("none of the training images can be decoded", expected: "at least one", found: "\(images.count) bad ones", kind: .data)
    }
    return Tensor(sums.map { Float(Double($0) / Double(pixels)) }, shape: [channels])
  }

  /// One number a channel, whatever a mean is of.
  static func channels(of mean: Tensor) -> [Float] {
    let count = mean.shape.last!
    let values = mean.array
    return (0..<count).map { channel in
      let ofChannel = stride(from: channel, to: values.count, by: count).map { Double(values[$0]) }
      return Float(ofChannel.reduce(0, +) / Double(ofChannel.count))
    }
  }
}
