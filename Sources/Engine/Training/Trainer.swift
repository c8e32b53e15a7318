import Basics
import Datasets
import Glibc
import Kernels
import Networks
import Settings
import Taxonomy

/// One training, step by step. Knows no files, no terminal and not what is learned (``TrainingTask``): images come from its ``BatchSource``s, what happens goes to a
/// sink as ``TrainingEvent``s, a closure is asked between steps what to do, and another is handed what is to be kept.
///
/// Everything random is keyed by (seed, epoch or step, place), so a training restored from a snapshot goes on in the same bits
/// as one that never stopped, whatever the number of workers.
///
/// Not for use from several threads at a time.
public final class Trainer {
  /// What whoever watches over a training wants next.
  public enum Command: Sendable {
    case proceed, pause, stop, checkpoint
  }

  public private(set) var configuration: TrainingConfiguration
  public let architecture: Architecture
  /// The part of the network that learns: the whole, or the head of a tuning.
  public let network: Network
  /// The part in front of it that stays as it is.
  package let backbone: Network?
  package let task: any TrainingTask
  private let objective: any TaskObjective
  /// The samples of a step.
  private let batch: Int
  /// The steps of an epoch; the last one takes the images that are left.
  public let stepsPerEpoch: Int
  /// The steps done.
  public private(set) var step = 0
  /// What is subtracted from the images; nil until the training first runs or is restored.
  public private(set) var mean: Tensor?

  private let makeSources: Sources
  private let keptFeatures: KeptFeatures?
  private let descent: GradientDescent
  private let dropout: CounterRandom
  private var sources: (training: any BatchSource, validation: any BatchSource)?
  private var labels: [Int32]
  /// The epoch that the training source delivers; nil before it was begun.
  private var epochBegun: Int?
  /// The last step after which was validated.
  private var validated = 0
  private var stepsWithoutImages = 0
  /// The step of the last snapshot that was handed over to be kept.
  private var kept: Int?
  private var watch: LossWatch

  /// Steps from one measurement of the layers' norms to the next. One costs a pass over activations and gradients, a few
  /// hundredths of a step; so they cost less than a thousandth of the time.
  public static let normsEvery = 50

  /// Sets up a training of a dataset's images under a label set. Nothing is decoded before it runs.
  ///
  /// - Parameters:
  ///   - workers: how many threads decode images ahead of the step; the numbers do not depend on it.
  ///   - means: where the mean of the images is kept from one training to the next.
  ///   - folder: a folder of the training's own, where it may keep what a frozen backbone makes of its images; nil: nothing is kept.
  /// - Throws: a ``Problem`` where the configuration, the network, the dataset and the label set do not fit together.
  public convenience init(
    configuration: TrainingConfiguration, dataset: any Dataset, labelSet: LabelSet, backend: any Backend, workers: Int,
    means: MeanCache? = nil, keepingFeaturesIn folder: String? = nil
  ) throws(Problem) {
    let view = try TrainingView(dataset, labelSet)
    let input = try Architecture.named(configuration.network).input
    let augmentation = configuration.augmentation
    func loader(_ split: Split, _ mean: Tensor, _ batch: Int) throws(Problem) -> Loader {
      try Loader(
        dataset: dataset, split: split, input: input, batchSize: batch, augmentation: augmentation, mean: mean,
        training: split == .train, seed: configuration.seed, workers: workers)
    }
    try self.init(
      configuration: configuration, task: ClassificationTask(view, smoothing: configuration.solver.labelSmoothing), backend: backend,
      sources: Sources(
        mean: { (mayGoOn) throws(Problem) in
          if let means {
            return try means.mean(
              dataset: dataset, samples: view.training, input: input, augmentation: augmentation, workers: workers,
              mayGoOn: mayGoOn)
          }
          return try InputMean.compute(
            dataset: dataset, samples: view.training, input: input, augmentation: augmentation, workers: workers,
            mayGoOn: mayGoOn)
        },
        loaders: { (mean, batch) throws(Problem) in
          (try loader(.train, mean, batch), try loader(.val, mean, batch))
        }),
      keptFeatures: augmentation.isFixed(for: input)
        ? folder.map { KeptFeatures(folder: $0) { dataset.identifier($0, Int($1)) } } : nil)
  }

  /// Sets up a training of any task.
  /// - Throws: a ``Problem`` where the configuration, the network and the task do not fit together.
  package init(
    configuration: TrainingConfiguration, task: any TrainingTask, backend: any Backend, sources: Sources,
    keptFeatures: KeptFeatures? = nil
  ) throws(Problem) {
    try configuration.validate()
    architecture = try .named(configuration.network)
    self.configuration = configuration
    self.task = task
    makeSources = sources
    batch = min(configuration.batchSize, max(task.training.count, task.validation.count))
    let images = batch * task.imagesPerSample
    let split = try NetworkSplit(task.design(architecture), tuning: configuration.tuning)
    precondition(split.cut == 0 || task.imagesPerSample == 1, "a frozen backbone hands over what it makes of one image a sample")
    self.keptFeatures = keptFeatures
    backbone = try split.backbone(batch: keptFeatures == nil ? images : KeptFeatureSource.chunk, backend: backend)
    network = try split.head(batch: images, backend: backend)
    network.initialize(seed: configuration.seed, weights: configuration.initialization)
    descent = GradientDescent(network, rateFactors: configuration.tuning?.rateFactors ?? [:])
    dropout = CounterRandom(seed: configuration.seed, RandomUse.dropout.rawValue)
    objective = task.objective(for: network)
    labels = Array(repeating: 0, count: batch)
    stepsPerEpoch = (task.training.count + batch - 1) / batch
    watch = task.lossWatch()
  }

  public var totalSteps: Int { configuration.steps(perEpoch: stepsPerEpoch) }
  public var epoch: Double { Double(step) / Double(stepsPerEpoch) }

  /// Makes the training longer: what comes next is as if it had been set up with that length.
  /// - Parameter longer: decides the length, and nothing else.
  /// - Returns: whether it is another length, and one that it has not passed.
  package func lengthen(to longer: TrainingConfiguration) -> Bool {
    let steps = longer.steps(perEpoch: stepsPerEpoch)
    guard steps != totalSteps, steps >= step else { return false }
    configuration.epochs = longer.epochs
    configuration.iterations = longer.iterations
    return true
  }

  // MARK: Running

  /// Trains until the last step is done or `control` says stop.
  ///
  /// - Parameters:
  ///   - control: asked before every step and every batch of a validation, and now and then while the mean of the images is
  ///     computed. While it says pause the training waits.
  ///   - checkpoint: keeps a snapshot: after each validation, on request, on pause, on stop, at the end.
  ///   - sink: hears what happens, on the calling thread.
  /// - Throws: a ``Problem`` where the loss explodes or is no longer finite, no image can be decoded, or a closure throws
  ///   one.
  public func run(
    control: () throws(Problem) -> Command, checkpoint: (Snapshot) throws(Problem) -> Void,
    sink: (TrainingEvent) -> Void
  ) throws(Problem) {
    sink(.started(steps: totalSteps, from: step, stepsPerEpoch: stepsPerEpoch))
    func keep() throws(Problem) {
      let snapshot = snapshot()
      // What diverged in the last step has a finite loss still, and would take the place of a checkpoint that is good.
      for (name, tensor) in snapshot.tensors {
        try tensor.checkFinite(at: "step \(step): \(name)", advice: "lower the learning rate in a new run; earlier checkpoints are kept")
      }
      try checkpoint(snapshot)
      kept = step
      sink(.checkpointed(step: step))
    }
    /// False: stop.
    func mayGoOn() throws(Problem) -> Bool {
      var isPaused = false
      while true {
        switch try control() {
        case .proceed:
          if isPaused { sink(.resumed(step: step)) }
          return true
        case .checkpoint: try keep()
        case .stop:
          try keep()
          sink(.stopped(step: step))
          return false
        case .pause:
          if !isPaused {
            try keep()
            sink(.paused(step: step))
            isPaused = true
          }
          usleep(50_000)
        }
      }
    }
    if let mean = watch.flatMean, let guessing = watch.guessing { sink(.lossIsFlat(step: step, mean: mean, guessing: guessing)) }
    guard try prepare(mayGoOn) else { return }
    while try mayGoOn() {
      if validationIsDue {
        guard let outcome = try validate(mayGoOn: mayGoOn, sink) else { return }
        let report = outcome.report
        guard report.loss.isFinite else {
          throw Problem(
            "the loss is not finite", at: "step \(step), in validation", expected: "a number", found: "\(report.loss)",
            advice: "lower the learning rate in a new run; earlier checkpoints are kept")
        }
        validated = step
        sink(.validated(report))
        if let classes = outcome.classes { sink(.classesCounted(classes)) }
        try keep()
      } else if step == totalSteps {
        // Where nothing is validated, nothing has kept the end yet.
        if kept != step { try keep() }
        sink(.finished(step: step))
        return
      } else {
        try takeStep(sink)
      }
    }
  }

  /// False: stopped while the mean was computed.
  private func prepare(_ mayGoOn: () throws(Problem) -> Bool) throws(Problem) -> Bool {
    guard sources == nil else { return true }
    if mean == nil { mean = try makeSources.mean(mayGoOn) }
    guard let mean else { return false }
    sources = try sources(mean)
    return true
  }

  /// Images, or what the backbone makes of them.
  private func sources(_ mean: Tensor) throws(Problem) -> (training: any BatchSource, validation: any BatchSource) {
    guard let backbone else { return try makeSources.loaders(mean, batch) }
    let images = try makeSources.loaders(mean, backbone.batch)
    guard let keptFeatures else {
      return (BackboneSource(images.training, through: backbone), BackboneSource(images.validation, through: backbone))
    }
    func kept(_ images: any BatchSource, _ split: Split, _ samples: [Sample]) throws(Problem) -> KeptFeatureSource {
      try KeptFeatureSource(
        images, through: backbone, of: samples, batch: batch, path: "\(keptFeatures.folder)/\(split.rawValue).rows",
        name: { keptFeatures.name(split, $0) })
    }
    return (
      try kept(images.training, .train, task.training), try kept(images.validation, .val, task.validation)
    )
  }

  private var validationIsDue: Bool {
    guard !task.validation.isEmpty, step > validated else { return false }
    let every = configuration.validateEveryIterations ?? stepsPerEpoch * min(configuration.validateEvery, TrainingConfiguration.Epochs.range.upperBound)
    return step == totalSteps || step % every == 0
  }

  private func takeStep(_ sink: (TrainingEvent) -> Void) throws(Problem) {
    let start = ContinuousClock.now
    let epoch = step / stepsPerEpoch
    let source = sources!.training
    if epochBegun != epoch {
      let order = EpochOrder.shuffled(task.training, seed: configuration.seed, epoch: epoch)
      source.begin(Array(order.dropFirst(step % stepsPerEpoch * batch)), epoch: epoch)
      epochBegun = epoch
    }
    let brought = try source.next(into: network.input, labels: &labels)
    report(brought.skipped, sink)
    let solver = configuration.solver
    let learningRate = solver.learningRate(iteration: step, of: totalSteps)
    let phase = Phase.training(key: dropout.bits(step))
    step += 1
    guard brought.count > 0 else {
      stepsWithoutImages += 1
      guard stepsWithoutImages < stepsPerEpoch else {
        throw Problem("not one training image can be decoded", advice: "run `imagenet-tui data check`")
      }
      return
    }
    stepsWithoutImages = 0

    let measures = step == 1 || step % Self.normsEvery == 0
    let loss = objective.learn(TaskBatch(count: brought.count, labels: labels, input: brought.input), phase)
    try judge(loss.value, learningRate: learningRate, loss.pass, sink)
    var norms = measures ? network.activationNorms(in: loss.pass) : []
    let activations = norms.count
    network.backward(loss.pass, phase) { parameter, gradient in
      // From the last one to the first: each goes in front of those behind it.
      if measures { norms.insert(network.norm(of: gradient, of: parameter), at: activations) }
      descent.step(
        parameter, by: gradient, learningRate: learningRate, momentum: solver.momentum, weightDecay: solver.weightDecay, nesterov: solver.nesterov)
    }

    let seconds = max((ContinuousClock.now - start) / .seconds(1), 1e-9)
    sink(
      .stepFinished(
        StepReport(
          step: step, epoch: self.epoch, loss: loss.value, lossTerms: zip(task.lossTerms, loss.terms).map { ($0, $1) }, learningRate: learningRate,
          imagesPerSecond: Double(brought.count * task.imagesPerSample) / seconds, dataWait: min(1, brought.dataWait / seconds), norms: norms)))
  }

  /// - Throws: a ``Problem`` where the training diverges, before the step does more harm.
  private func judge(
    _ loss: Float, learningRate: Float, _ pass: Pass, _ sink: (TrainingEvent) -> Void
  ) throws(Problem) {
    let advice = "lower the learning rate (\(learningRate) at this step) in a new run"
    guard loss.isFinite else {
      let culprit = network.activationNorms(in: pass).first { !$0.value.isFinite }
      throw Problem(
        "the loss is not finite", at: "step \(step)", expected: "a number",
        found: "\(loss)" + (culprit.map { ", beginning in the layer \($0.place.name)" } ?? ""), advice: advice, kind: .diverged)
    }
    let wasFlat = watch.flatMean != nil
    switch watch.take(loss) {
    case .exploding(let mean):
      throw Problem(
        "the loss explodes", at: "step \(step)", expected: "below \(rounded(watch.limit))",
        found: "a mean of \(rounded(mean)) over \(LossWatch.moment) steps", advice: advice, kind: .diverged)
    case .flat(let mean) where !wasFlat: sink(.lossIsFlat(step: step, mean: mean, guessing: watch.guessing ?? mean))
    case .well where wasFlat: sink(.lossFalls(step: step))
    case .flat, .well: break
    }
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  /// Nil: stopped in the middle.
  private func validate(
    mayGoOn: () throws(Problem) -> Bool, _ sink: (TrainingEvent) -> Void
  ) throws(Problem) -> ValidationOutcome? {
    let source = sources!.validation
    source.begin(task.validation, epoch: 0)
    objective.beginValidation()
    var skipped = 0
    let batch = task.validationBatch(batch)
    for _ in 0..<((task.validation.count + batch - 1) / batch) {
      guard try mayGoOn() else { return nil }
      let brought = try source.next(into: network.input, labels: &labels)
      report(brought.skipped, sink)
      skipped += brought.skipped.count
      guard brought.count > 0 else { continue }
      objective.validate(TaskBatch(count: brought.count, labels: labels, input: brought.input))
    }
    let outcome = objective.outcome(step: step, epoch: epoch, skipped: skipped)
    precondition(outcome.report.metrics.list == task.metrics, "the task reports other metrics than it declares")
    return outcome
  }

  /// Validates the training as it stands, besides its steps. There have to be validation images.
  /// - Parameter progress: hears how many samples are done; what it throws ends the validation.
  package func validate(progress: (Int) throws(Problem) -> Void) throws(Problem) -> ValidationOutcome {
    guard try prepare({ true }) else { preconditionFailure("nothing stopped it") }
    var batches = 0
    return try validate(
      mayGoOn: { () throws(Problem) in
        try progress(min(batches * task.validationBatch(batch), task.validation.count))
        batches += 1
        return true
      }, { _ in })!
  }

  private func report(_ skipped: [SkippedImage], _ sink: (TrainingEvent) -> Void) {
    for image in skipped { sink(.imageSkipped(identifier: image.identifier, reason: image.reason)) }
  }

  // MARK: Stopping and going on

  /// The training as it stands between two steps. Its tensors are windows into the training.
  public func snapshot() -> Snapshot {
    let names = network.parameters.map(\.name)
    var tensors: [(name: String, tensor: Tensor)] = []
    for part in [backbone, network].compactMap({ $0 }) {
      tensors += zip(part.parameters + part.state, part.values + part.stateValues).map { (name: $0.name, tensor: $1) }
    }
    tensors += zip(names, descent.velocities).map { (name: Snapshot.momentum + $0, tensor: $1) }
    if let mean { tensors.append((name: Snapshot.mean, tensor: mean)) }
    return Snapshot(
      tensors: tensors,
      metadata: [
        "network": architecture.name, "seed": String(configuration.seed), "step": String(step), "epoch": String(epoch),
        "validated": String(validated), "losses": watch.text,
      ].merging(task.facts) { own, _ in own })
  }

  /// Goes back, or on, to a snapshot of a training of the same configuration, dataset and label set.
  /// - Parameter toTrain: false: only to validate, for which weights suffice that no training of this seed made.
  /// - Throws: a ``Problem`` where the snapshot does not fit; the training is then unusable.
  public func restore(_ snapshot: Snapshot, toTrain: Bool = true) throws(Problem) {
    var facts = task.facts.merging(["network": architecture.name]) { _, own in own }
    if toTrain { facts["seed"] = String(configuration.seed) }
    for (key, expected) in facts.sorted(by: { $0.key < $1.key }) where snapshot.metadata[key] != expected {
      throw Problem(
        "the checkpoint is of another training", at: key, expected: expected,
        found: snapshot.metadata[key] ?? "nothing")
    }
    let step = try snapshot.number("step")
    guard step <= totalSteps else {
      throw Problem(
        "the checkpoint is of a longer training", at: "step", expected: "at most \(totalSteps)", found: "\(step)")
    }
    let validated = try snapshot.number("validated")
    if let backbone { try snapshot.restore(backbone) }
    try snapshot.restore(network)
    if toTrain {
      try snapshot.restore(
        network.parameters, into: descent.velocities, prefix: Snapshot.momentum, network.backend)
    }
    mean = snapshot.tensors.first { $0.name == Snapshot.mean }?.tensor
    self.step = step
    self.validated = validated
    if let losses = snapshot.metadata["losses"] { watch.restore(losses) }
    sources = nil
    epochBegun = nil
  }
}
