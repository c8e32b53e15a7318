import Taxonomy

/// Everything that decides the numbers of a training. Saved with the run; two equal values on equal data give equal bits.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
  public var network: String
  public var epochs: Int
  public var batchSize: Int
  public var seed: UInt64
  public var solver: Solver
  public var augmentation: Augmentation
  /// A validation pass after every this many epochs, and always after the last.
  public var validateEvery: Int

  public struct Solver: Codable, Equatable, Sendable {
    public var rate: Float
    public var momentum: Float
    public var decay: Float
    public var schedule: Schedule
  }

  /// The learning rate over the iterations of a training, as a factor of the base rate.
  public enum Schedule: Codable, Equatable, Sendable {
    case constant
    /// Caffe's "step": × factor after every `every` iterations.
    case step(every: Int, factor: Float)
    /// Caffe's "poly": (1 − iteration / total)^power.
    case polynomial(power: Float)
    /// (1 + cos(π · iteration / total)) / 2.
    case cosine
  }

  /// How a training image becomes an input; validation takes the centre and no mirror.
  public struct Augmentation: Codable, Equatable, Sendable {
    public enum Resize: String, Codable, Sendable {
      /// Both sides to `resizeTo`, aspect ignored (the paper's).
      case warp
      /// The shorter side to `resizeTo`.
      case shortSide
    }
    public var resize: Resize
    public var resizeTo: Int
    /// Pixels of zero-padding around the resized image before the crop (small images).
    public var padding: Int
    public var mirror: Bool
    public var mean: Mean
    /// Inputs are (pixel − mean) · scale, pixels 0…255: 1 in Caffe's recipes.
    public var scale: Float

    /// What is subtracted: the mean over the training images that are used.
    public enum Mean: String, Codable, Sendable {
      /// One number a channel.
      case channel
      /// One number a pixel of the resized image; the crop takes its window of it.
      case image
    }
  }
}
