import Basics
import Files
import FoundationEssentials
import Glibc
import Settings

/// How long a run is to be: in all, or so much more.
public enum RunLength: Equatable, Sendable {
  case epochs(Int), moreEpochs(Int), iterations(Int), moreIterations(Int)

  /// Reads `12`, or `+2` for two more.
  /// - Throws: a ``Problem`` where this is no number from 1.
  public init(epochs text: String) throws(Problem) {
    let (number, isMore) = try Self.number(text)
    self = isMore ? .moreEpochs(number) : .epochs(number)
  }

  /// - Throws: a ``Problem`` that shows the forms.
  public init(iterations text: String) throws(Problem) {
    let (number, isMore) = try Self.number(text)
    self = isMore ? .moreIterations(number) : .iterations(number)
  }

  private static func number(_ text: String) throws(Problem) -> (number: Int, isMore: Bool) {
    let isMore = text.hasPrefix("+")
    let limit = TrainingConfiguration.Iterations.self
    guard let number = Int(text.dropFirst(isMore ? 1 : 0)), limit.range ~= number else {
      throw Problem("invalid run length", at: text, expected: "a number of \(limit.text), or +NUMBER to add to it", kind: .usage)
    }
    return (number, isMore)
  }
}

/// A length that a run was given after its launch. They are kept in `extensions.json` beside its `run.json`, which never changes; the
/// last one counts.
public struct RunExtension: Codable, Equatable, Sendable {
  /// As in ``TrainingConfiguration``.
  @Bounded<TrainingConfiguration.Epochs> public var epochs: Int
  @BoundedIfThere<TrainingConfiguration.Iterations> public var iterations: Int?
  /// The steps of the whole training, then and before.
  @Bounded<Count> public var steps: Int
  @Bounded<Count> public var stepsBefore: Int
  /// What follows where the learning rate depends on the length; nil where the run goes on in the same bits as one that was launched so
  /// long.
  public var remark: String?
  /// When and where it was asked for; seconds since 1970.
  @Bounded<Moment> public var time: Double
  public var host: String

  func apply(to training: inout TrainingConfiguration) {
    training.epochs = epochs
    training.iterations = iterations
  }
}

extension RunDirectory {
  var extensionsFile: String { path + "/extensions.json" }

  /// The lengths that the run was given after its launch, in their order.
  /// - Throws: a ``Problem`` where the file is damaged.
  public func extensions() throws(Problem) -> [RunExtension] {
    guard access(extensionsFile, F_OK) == 0 else { return [] }
    return try RunJSON.read(
      [RunExtension].self, from: extensionsFile, what: "the run's extensions", for: .owner,
      repair: "the file is damaged; without it the run has the length of its launch, and can be extended again")
  }

  /// Makes the run longer. A worker that is on it is told and takes it up before its next step; ``goOn(home:queueing:executable:)`` lets
  /// a run go on that has none.
  /// - Returns: what was written down.
  /// - Throws: a ``Problem`` where the run never began, the new length is none, or no longer than the present one.
  @discardableResult
  public func extend(by length: RunLength) throws(Problem) -> RunExtension {
    let lock = try FileLock.wait(for: configurationFile, what: "the run")
    defer { withExtendedLifetime(lock) {} }
    let record = try longer(length)
    try RunJSON.write(extensions() + [record], to: extensionsFile)
    if try state().isLive { try control.send(.extend) }
    return record
  }

  /// What ``extend(by:)`` would write down.
  /// - Throws: a ``Problem`` where the length is none that the run can have.
  public func longer(_ length: RunLength) throws(Problem) -> RunExtension {
    let old = try configuration().training
    let progress = try result()?.progress ?? heartbeat()?.progress
    guard let perEpoch = progress?.stepsPerEpoch, perEpoch > 0 else {
      guard !isImported else { throw ImportedRun.refusal("extend", id) }
      throw Problem("cannot extend the run", at: id, found: "a run that never began", advice: "launch one of that length")
    }
    let before = old.steps(perEpoch: perEpoch)
    var new = old
    func setEpochs(_ count: Int) {
      new.epochs = count
      new.iterations = nil
    }
    func setIterations(_ count: Int) { new.setIterations(count, perEpoch: perEpoch) }
    switch length {
    case .epochs(let count): setEpochs(count)
    case .iterations(let count): setIterations(count)
    // A run whose length is not in whole epochs gets the steps of so many more.
    case .moreEpochs(let count) where old.iterations == nil: setEpochs(old.epochs + min(count, 1 << 30))
    case .moreEpochs(let count): setIterations(before + perEpoch * min(count, TrainingConfiguration.Epochs.range.upperBound))
    case .moreIterations(let count): setIterations(before + min(count, 1 << 40))
    }
    try new.validate()
    let steps = new.steps(perEpoch: perEpoch)
    guard steps > before else {
      throw Problem("this does not extend the run", at: id, expected: "more than its \(counted(before, "step"))", found: "\(steps)",
        kind: .usage)
    }
    let step = progress?.step ?? 0
    return RunExtension(
      epochs: new.epochs, iterations: new.iterations, steps: steps, stepsBefore: before,
      remark: old.solver.remark(onStep: step, of: before, becoming: steps), time: unixTime(), host: WorkerIdentity.hostName)
  }

  /// What a run does that was let go on.
  public enum GoingOn: Sendable { case atWork, waiting }

  /// Lets a run go on that was extended: its worker does, or a new one is started.
  /// - Parameter queueing: whether it shall wait for its turn where it has no worker.
  /// - Throws: a ``Problem`` where the extension cannot be written, or no worker starts.
  public func goOn(home: Home, queueing: Bool, executable: String = "/proc/self/exe") throws(Problem) -> GoingOn {
    let queue = RunQueue(home: home)
    if try queue.waits(id) { return .waiting }
    let steps = try extensions().last?.steps ?? 0
    // The worker may just have come to its old end.
    let start = steadyTime()
    while try state().isLive, heartbeat()?.progress.steps != steps, steadyTime() - start < 5 { usleep(20_000) }
    guard try state().isResumable else { return .atWork }
    guard queueing else {
      try resume(home: home, executable: executable)
      return .atWork
    }
    try queue.add(self)
    try queue.push(executable: executable)
    return try queue.waits(id) ? .waiting : .atWork
  }
}

extension TrainingConfiguration.Solver {
  /// What it means for the learning rate that a training of `old` steps becomes one of `new` steps at `step`; nil where the rate does not
  /// depend on the length.
  func remark(onStep step: Int, of old: Int, becoming new: Int) -> String? {
    switch schedule {
    case .constant, .step: nil
    case .polynomial, .cosine:
      "the \(schedule.text) schedule is stretched over the new length: from step \(step) on the learning rate is that of a run of \(counted(new, "step")), "
        + "\(learningRate(iteration: step, of: new)) where it was \(learningRate(iteration: min(step, old), of: old)); earlier steps used the "
        + "rates of \(old), so the result differs from that of a run launched with this length"
    }
  }
}
