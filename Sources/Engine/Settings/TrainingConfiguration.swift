import Basics
import Kernels

/// Everything that decides the numbers of a training. Saved with the run; two equal values on equal data give equal bits.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
  public var network: String
  /// How often every image is seen, where `iterations` does not decide.
  @Bounded<Epochs> public var epochs: Int
  /// How many steps are made; nil: as many as the epochs have.
  @BoundedIfThere<Iterations> public var iterations: Int?
  @Bounded<BatchSize> public var batchSize: Int
  public var seed: UInt64
  public var solver: Solver
  public var augmentation: Augmentation
  /// A validation pass after every this many epochs, and always at the end.
  @Bounded<Every> public var validateEvery: Int
  /// A validation pass after every this many steps instead; nil: `validateEvery` decides.
  @BoundedIfThere<Every> public var validateEveryIterations: Int?
  /// How convolutions are computed, which decides the last bits; nil, as in runs of before there was a choice: as matrix products.
  public var convolution: Convolution? = .winograd
  /// Whose matrix product is used, which decides the last bits; nil, as in runs of before there was a choice: what serves the processor.
  public var matrix: MatrixLibrary?
  /// Which layers learn, and how fast; nil: all of them, at the solver's rate.
  public var tuning: Tuning?
  /// How weights are drawn; nil: as the network's authors did.
  public var initialization: WeightInitialization?
  /// To find objects, and how; nil: to tell images apart.
  public var detection: DetectionSettings?
  /// To tell what people do, and how.
  public var actions: ActionSettings?

  package init(
    network: String, epochs: Int, iterations: Int? = nil, batchSize: Int, seed: UInt64, solver: Solver,
    augmentation: Augmentation, validateEvery: Int, validateEveryIterations: Int? = nil, convolution: Convolution? = .winograd,
    matrix: MatrixLibrary? = nil, tuning: Tuning? = nil, initialization: WeightInitialization? = nil, detection: DetectionSettings? = nil,
    actions: ActionSettings? = nil
  ) {
    self.network = network
    self.epochs = epochs
    self.iterations = iterations
    self.batchSize = batchSize
    self.seed = seed
    self.solver = solver
    self.augmentation = augmentation
    self.validateEvery = validateEvery
    self.validateEveryIterations = validateEveryIterations
    self.convolution = convolution
    self.matrix = matrix
    self.tuning = tuning
    self.initialization = initialization
    self.detection = detection
    self.actions = actions
  }

  public typealias Convolution = ConvolutionMethod

  public enum Epochs: Limits { public static let range = 1...1_000_000 }
  public enum Iterations: Limits { public static let range = 1...1_000_000_000 }
  public enum BatchSize: Limits { public static let range = 1...65_536 }
  public enum WarmUp: Limits { public static let range = 0...100_000_000 }
  /// So many epochs or iterations from one time to the next.
  public enum Every: Limits {
    public static let range = 1...Int.max
    public static let text = "1 or more"
  }

  public struct Tuning: Codable, Equatable, Sendable {
    public enum Part: Codable, Equatable, Sendable {
      case all
      /// The classifier.
      case last
      /// This layer and all behind it; what is in front stays as it is, dropout off and averages fixed.
      case from(String)

      /// Reads what ``text`` writes: `all`, `last`, `from:LAYER`; nil for anything else.
      public init?(_ text: String) {
        switch text {
        case "all": self = .all
        case "last": self = .last
        case _ where text.hasPrefix("from:") && text.utf8.count > 5: self = .from(String(text.dropFirst(5)))
        default: return nil
        }
      }

      public var text: String {
        switch self {
        case .all: "all"
        case .last: "last"
        case .from(let layer): "from:" + layer
        }
      }
    }
    public var part: Part
    /// Factors of the solver's rate, by layer; 1 where there is none.
    public var rateFactors: [String: Float]

    public init(part: Part = .all, rateFactors: [String: Float] = [:]) {
      self.part = part
      self.rateFactors = rateFactors
    }
  }

  public struct Solver: Codable, Equatable, Sendable {
    public var learningRate: Float
    public var momentum: Float
    public var weightDecay: Float
    public var schedule: Schedule
    /// Nesterov's momentum instead of the plain one.
    public var nesterov = false
    /// Iterations over which the rate rises linearly to the schedule's (Goyal et al. 2017, arXiv:1706.02677, §2.2).
    public var warmUp = 0
    /// The share of a label that is spread over all classes (Szegedy et al. 2016, arXiv:1512.00567, §7).
    public var labelSmoothing: Float = 0

    enum CodingKeys: String, CodingKey {
      case learningRate = "rate"
      case momentum
      case weightDecay = "decay"
      case schedule, nesterov, warmUp, labelSmoothing
    }

    package init(
      learningRate: Float, momentum: Float, weightDecay: Float, schedule: Schedule, nesterov: Bool = false, warmUp: Int = 0,
      labelSmoothing: Float = 0
    ) {
      self.learningRate = learningRate
      self.momentum = momentum
      self.weightDecay = weightDecay
      self.schedule = schedule
      self.nesterov = nesterov
      self.warmUp = warmUp
      self.labelSmoothing = labelSmoothing
    }
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
      /// The shorter side to `resizeTo` in torchvision's own pixels: sizes, places and rounding of its `Resize` and `CenterCrop`.
      case torchvision
    }
    public var resize: Resize
    public var resizeTo: Int
    /// Pixels of zero-padding around the resized image before the crop (small images).
    public var padding: Int
    public var mirror: Bool
    public var mean: Mean
    /// Inputs are (pixel − mean) · scale / std, pixels 0…255: 1 in Caffe's recipes.
    public var scale: Float
    /// The standard deviation of each channel of the input, in grey levels; nil: 1 for all.
    public var std: [Float]?

    enum CodingKeys: String, CodingKey {
      case resize, resizeTo, padding, mirror, mean, scale
      case std = "deviations"
    }

    /// What is subtracted: the mean over the training images that are used.
    public enum Mean: String, Codable, Sendable {
      /// One number a channel.
      case channel
      /// One number a pixel of the resized image; the crop takes its window of it.
      case image
    }

    public init(
      resize: Resize, resizeTo: Int, padding: Int, mirror: Bool, mean: Mean, scale: Float, std: [Float]? = nil
    ) {
      self.resize = resize
      self.resizeTo = resizeTo
      self.padding = padding
      self.mirror = mirror
      self.mean = mean
      self.scale = scale
      self.std = std
    }
  }
}

extension TrainingConfiguration.Solver {
  /// Runs of before a value was known have its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    learningRate = try container.decode(Float.self, forKey: .learningRate)
    momentum = try container.decode(Float.self, forKey: .momentum)
    weightDecay = try container.decode(Float.self, forKey: .weightDecay)
    schedule = try container.decode(TrainingConfiguration.Schedule.self, forKey: .schedule)
    nesterov = try container.decodeIfPresent(Bool.self, forKey: .nesterov) ?? false
    warmUp = try container.decodeIfPresent(Int.self, forKey: .warmUp) ?? 0
    labelSmoothing = try container.decodeIfPresent(Float.self, forKey: .labelSmoothing) ?? 0
  }
}

extension TrainingConfiguration {
  /// - Throws: a ``Problem`` that names the first value that no training can work with.
  public func validate() throws(Problem) {
    func require(_ holds: Bool, _ name: String, _ expected: String, _ found: Any) throws(Problem) {
      guard holds else {
        throw Problem("the training cannot be set up", at: name, expected: expected, found: "\(found)")
      }
    }
    func require<Limit: Limits>(_ limit: Limit.Type, _ number: Limit.Number, _ name: String, _ unit: String = "") throws(Problem) {
      try require(limit.range.contains(number), name, limit.text + unit, number)
    }
    try require(Epochs.self, epochs, "epochs")
    if let iterations { try require(Iterations.self, iterations, "iterations") }
    try require(BatchSize.self, batchSize, "batch size")
    try require(Every.self, validateEvery, "validate every", " epochs")
    if let steps = validateEveryIterations { try require(Every.self, steps, "validate every", " iterations") }
    try require(solver.learningRate > 0 && solver.learningRate.isFinite, "rate", "a number above 0", solver.learningRate)
    try require((0..<1).contains(solver.momentum), "momentum", "0 or more and below 1", solver.momentum)
    try require(solver.weightDecay >= 0 && solver.weightDecay.isFinite, "decay", "0 or more", solver.weightDecay)
    try require(WarmUp.self, solver.warmUp, "warm-up", " iterations")
    try require((0..<1).contains(solver.labelSmoothing), "label smoothing", "0 or more and below 1", solver.labelSmoothing)
    if case .step(let every, let factor) = solver.schedule {
      try require(Every.self, every, "schedule: step every", " iterations")
      try require(factor > 0 && factor.isFinite, "schedule: factor", "a number above 0", factor)
    }
    if case .polynomial(let power) = solver.schedule {
      try require(power > 0 && power.isFinite, "schedule: power", "a number above 0", power)
    }
    try require((1...4096).contains(augmentation.resizeTo), "resize", "1 to 4096", augmentation.resizeTo)
    try require((0...256).contains(augmentation.padding), "padding", "0 to 256", augmentation.padding)
    try require(augmentation.scale > 0 && augmentation.scale.isFinite, "scale", "a number above 0", augmentation.scale)
    try detection?.validate()
    try actions?.validate()
    if case .gaussian(let std) = initialization { try require(std > 0 && std.isFinite, "initialization", "a standard deviation above 0", std) }
    for (layer, factor) in tuning?.rateFactors.sorted(by: { $0.key < $1.key }) ?? [] {
      try require((0...1_000_000).contains(factor), "rate factor of \(layer)", "0 to 1,000,000", factor)
    }
    for deviation in augmentation.std ?? [] {
      try require(deviation > 0 && deviation.isFinite, "std", "numbers above 0", deviation)
    }
  }
}

extension TrainingConfiguration {
  /// The steps of a training whose epochs have so many.
  public func steps(perEpoch: Int) -> Int { iterations ?? perEpoch * epochs }

  /// Makes the training `count` steps long. `epochs` becomes the number of epochs that are begun, for people.
  package mutating func setIterations(_ count: Int, perEpoch: Int) {
    iterations = count
    epochs = max(1, (min(count, Iterations.range.upperBound) + perEpoch - 1) / max(perEpoch, 1))
  }

  /// How often is validated: "every epoch", "every 1000 iterations".
  public var validationText: String {
    if let steps = validateEveryIterations { return steps == 1 ? "every iteration" : "every \(counted(steps, "iteration"))" }
    return validateEvery == 1 ? "every epoch" : "every \(validateEvery) epochs"
  }
}

extension TrainingConfiguration.Augmentation {
  /// Whether an image of a training always becomes the same input for a network of this input.
  package func isFixed(for input: InputShape) -> Bool {
    !mirror && padding == 0 && resize == .warp && resizeTo == input.height && resizeTo == input.width
  }
}
