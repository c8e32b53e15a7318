import Taxonomy

/// All that is needed to repeat a run, saved as its `run.json` before it starts and never changed.
public struct RunConfiguration: Codable, Equatable, Sendable {
  /// What the researcher called it.
  public var name: String
  /// Seconds since 1970.
  public var created: Double
  public var dataset: String
  /// ``Dataset/fingerprint`` at the launch: a run refuses to go on with other data.
  public var fingerprint: String
  public var labelSet: LabelSet
  public var training: TrainingConfiguration
  /// Processor cores to use, nil for all. Decides the speed, never a number.
  public var workers: Int?
  /// How many of the last checkpoints are kept beside the best, nil for ``Checkpoints/kept``.
  public var keep: Int?
  /// The program and its version.
  public var program: String
  /// The machine that it was launched on.
  public var host: String
  /// The equivalent command line.
  public var command: [String]

  public init(
    name: String, created: Double, dataset: String, fingerprint: String, labelSet: LabelSet,
    training: TrainingConfiguration, workers: Int?, keep: Int? = nil, program: String, host: String, command: [String]
  ) {
    self.name = name
    self.created = created
    self.dataset = dataset
    self.fingerprint = fingerprint
    self.labelSet = labelSet
    self.training = training
    self.workers = workers
    self.keep = keep
    self.program = program
    self.host = host
    self.command = command
  }
}
