/// What a training says while it runs. Each event carries its data; the progress line, the event file and the
/// screen are equal listeners.
public enum TrainingEvent: Sendable {
  /// `steps`: of the whole training; `from`: the step it starts or resumes at.
  case started(steps: Int, from: Int, stepsPerEpoch: Int)
  case stepFinished(StepReport)
  case validated(ValidationReport)
  /// What the classes came to in it, where the task tells classes apart.
  case classesCounted(ClassResults)
  /// An image that could not be decoded was left out.
  case imageSkipped(identifier: String, reason: String)
  /// The loss is no better than guessing by the classes' frequencies would be (`guessing`, in nats); `mean` is that of the
  /// last hundred steps. Said once, and again when a training in that state goes on.
  case lossIsFlat(step: Int, mean: Double, guessing: Double)
  /// It has become better than that.
  case lossFalls(step: Int)
  /// The training is to have so many steps now.
  case lengthened(step: Int, steps: Int)
  /// A snapshot was handed over to be kept.
  case checkpointed(step: Int)
  case paused(step: Int)
  case resumed(step: Int)
  case stopped(step: Int)
  case finished(step: Int)
}

public struct StepReport: Sendable {
  /// Steps done, this one counted.
  public var step: Int
  public var epoch: Double
  /// Of the batch; of a classification mean cross-entropy, in nats.
  public var loss: Float
  /// The parts of it that the task tells apart, by name.
  public var lossTerms: [(name: String, value: Float)] = []
  public var learningRate: Float
  public var imagesPerSecond: Double
  /// The share of the step's time spent waiting for the loader, 0…1.
  public var dataWait: Double
  /// Of every layer at the first step and every ``Trainer/normsEvery`` steps; else empty.
  public var norms: [LayerNorm] = []
}
