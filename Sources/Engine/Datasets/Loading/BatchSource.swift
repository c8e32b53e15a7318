import Basics
import Kernels

/// One image of a training or a validation: where it is in its split, and the label it is to be given.
public struct Sample: Equatable, Sendable {
  /// The image's index in its split.
  public var index: Int32
  /// The index of its class in the label set, or what another task is to be told of it: its place in a table of annotations.
  public var label: Int32

  public init(index: Int32, label: Int32) {
    self.index = index
    self.label = label
  }
}

/// The seam between a training and whoever decodes and augments its images.
///
/// The trainer decides what comes in which order; the source decides how it becomes numbers. What an image becomes
/// depends on (seed, epoch, index of the image, use) alone, so that a training resumed in the middle of an epoch
/// sees what the uninterrupted one would have seen.
public protocol BatchSource: AnyObject {
  /// Delivers `samples` from now on, in this order, in batches of the source's size, the last one shorter, and forgets what
  /// was asked before. Returns at once; decoding goes on ahead of `next`.
  func begin(_ samples: [Sample], epoch: Int)

  /// Writes the next batch into the first rows of `input` ([batch, height, width, channels]) and `labels`.
  ///
  /// An image that cannot be decoded is left out, and the ones behind it move up: `count` is then smaller than the
  /// number of samples. Called once for each batch of `samples`, never beyond.
  func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport
}

/// What came of one batch.
public struct BatchReport: Sendable {
  /// The samples whose labels and images were filled in.
  public var count: Int
  /// Height, width and channels of the images, where they are smaller than the network was planned for: they then lie closer.
  public var input: [Int]?
  /// How long the caller waited, in seconds.
  public var dataWait: Double
  public var skipped: [SkippedImage]

  public init(count: Int, dataWait: Double = 0, skipped: [SkippedImage] = []) {
    self.count = count
    self.dataWait = dataWait
    self.skipped = skipped
  }
}

/// An image that no picture could be made of.
public struct SkippedImage: Codable, Equatable, Sendable {
  /// Its index in its split.
  public var index: Int32
  public var identifier: String
  public var reason: String

  public init(index: Int32, identifier: String, reason: String) {
    self.index = index
    self.identifier = identifier
    self.reason = reason
  }
}
