import Basics
import Kernels
import Settings

/// The mean of a training's images, which is subtracted from every input.
public enum InputMean {
  /// Above this many samples, photographs are averaged over an evenly spaced selection: decoding all of ImageNet
  /// takes an hour, and the mean of 10,000 images is off by a standard error of about 0.3 of 255.
  public static let mostPhotographs = 10_000

  /// The mean over the resized images, without augmentation: [channels] for `.channel`, [side, side, channels] for
  /// `.image` (of the centre square where the aspect is kept). Values are 0…255.
  ///
  /// Sums are integers (1/256 of a grey level), so that the result does not depend on the order or the workers. Images
  /// that cannot be decoded are left out.
  /// - Parameter mayGoOn: is asked from time to time; false ends the work.
  /// - Returns: nil where the work was ended.
  /// - Throws: a ``Problem`` where the split cannot be read, or no image could be decoded.
  public static func compute(
    dataset: any Dataset, samples: [Sample], input: InputShape, augmentation: TrainingConfiguration.Augmentation,
    workers: Int, mayGoOn: () throws(Problem) -> Bool
  ) throws(Problem) -> Tensor? {
    var plain = augmentation
    plain.padding = 0
    plain.scale = 1
    plain.std = nil
    let side = augmentation.resizeTo
    let transform = try InputTransform(input: (side, side, input.channels), augmentation: plain, mean: nil)
    try dataset.prepare(.train)
    let used = selection(of: samples, in: dataset)
    let partials = (0..<max(1, workers)).map { _ in Partial(count: transform.count) }
    // Pieces are handed to the workers; between portions of many pieces there is a moment to ask.
    let grain = dataset.imageSize == nil ? 1 : 256
    let portion = 64 * grain
    for start in stride(from: 0, to: used.count, by: portion) {
      if start > 0 { guard try mayGoOn() else { return nil } }
      let part = used[start..<min(used.count, start + portion)]
      parallelFor((part.count + grain - 1) / grain, workers: partials.count) { piece, worker in
        for sample in part.dropFirst(piece * grain).prefix(grain) {
          partials[worker].add(sample, of: dataset, transform)
        }
      }
    }
    let images = partials.reduce(0) { $0 + $1.images }
    guard images > 0 else {
      throw Problem(
        "none of the training images can be decoded", at: dataset.name, expected: "at least one",
        found: "\(used.count) bad ones", advice: "run \(ShellCommand("data", "check", dataset.name).inSentence)")
    }
    var sums = [Int64](repeating: 0, count: transform.count)
    for partial in partials {
      for index in sums.indices { sums[index] += partial.sums[index] }
    }
    let divisor = 256 * Double(images)
    let shape = shape(input: input, augmentation: augmentation)
    switch augmentation.mean {
    case .image: return Tensor(sums.map { Float(Double($0) / divisor) }, shape: shape)
    case .channel:
      let means = (0..<input.channels).map { channel in
        let sum = stride(from: channel, to: sums.count, by: input.channels).reduce(Int64(0)) { $0 + sums[$1] }
        return Float(Double(sum) / (divisor * Double(side * side)))
      }
      return Tensor(means, shape: shape)
    }
  }

  /// The samples that a mean is taken over.
  static func selection(of samples: [Sample], in dataset: any Dataset) -> [Sample] {
    dataset.imageSize == nil ? evenly(samples, mostPhotographs) : samples
  }

  static func shape(input: InputShape, augmentation: TrainingConfiguration.Augmentation) -> [Int] {
    switch augmentation.mean {
    case .channel: [input.channels]
    case .image: [augmentation.resizeTo, augmentation.resizeTo, input.channels]
    }
  }

  /// The mean, without a way to end the work.
  public static func compute(
    dataset: any Dataset, samples: [Sample], input: InputShape, augmentation: TrainingConfiguration.Augmentation,
    workers: Int
  ) throws(Problem) -> Tensor {
    try compute(
      dataset: dataset, samples: samples, input: input, augmentation: augmentation, workers: workers,
      mayGoOn: { true })!
  }

  private static func evenly(_ samples: [Sample], _ most: Int) -> [Sample] {
    guard samples.count > most else { return samples }
    return (0..<most).map { samples[$0 * samples.count / most] }
  }

  /// The sums of one worker.
  private final class Partial: @unchecked Sendable {
    private(set) var sums: [Int64]
    private(set) var images = 0
    private let buffer = PixelBuffer()
    private let scratch = TransformScratch()
    private let values: FloatStorage

    init(count: Int) {
      sums = [Int64](repeating: 0, count: count)
      values = FloatStorage(count: count)
    }

    func add(_ sample: Sample, of dataset: any Dataset, _ transform: InputTransform) {
      do {
        try dataset.load(.train, Int(sample.index), transform.need(random: nil), into: buffer)
      } catch { return }
      let floats = values.elements
      transform.apply(buffer, random: nil, scratch: scratch, to: floats)
      sums.withUnsafeMutableBufferPointer { sums in
        for index in 0..<floats.count { sums[index] += Int64(Int32(floats[index] * 256 + 0.5)) }
      }
      images += 1
    }
  }
}
