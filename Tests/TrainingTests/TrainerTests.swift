import Basics
import EngineFixtures
import Kernels
import Networks
import Settings
import TestSupport
import Testing
import Training

@Suite struct TrainerTests {
  /// A recipe in small: `images` of `classes` kinds in batches of 8.
  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> TrainingConfiguration {
    var configuration = try Architecture.named("alexnet-28").recipe
    configuration.batchSize = 8
    configuration.epochs = 3
    change(&configuration)
    return configuration
  }

  private func trainer(
    _ configuration: TrainingConfiguration, _ dataset: SyntheticDataset = SyntheticDataset(classes: 3, images: 20),
    workers: Int = 2
  ) throws -> Trainer {
    try Trainer(
      configuration: configuration, dataset: dataset, labelSet: dataset.fineLabelSet,
      backend: CPUBackend(workers: workers), workers: workers)
  }

  /// Everything that happened.
  private func run(
    _ trainer: Trainer, control: () throws(Problem) -> Trainer.Command = { .proceed },
    checkpoint: (Snapshot) throws(Problem) -> Void = { _ in }
  ) throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    try trainer.run(control: control, checkpoint: checkpoint) { events.append($0) }
    return events
  }

  /// A snapshot whose floats are its own.
  private func copy(_ snapshot: Snapshot) -> Snapshot {
    Snapshot(
      tensors: snapshot.tensors.map { ($0.name, Tensor($0.tensor.array, shape: $0.tensor.shape)) },
      metadata: snapshot.metadata)
  }

  private func bits(_ snapshot: Snapshot) -> [String: [UInt32]] {
    Dictionary(uniqueKeysWithValues: snapshot.tensors.map { ($0.name, $0.tensor.array.map(\.bitPattern)) })
  }

  @Test("eight images are learned by heart")
  func overfits() throws {
    var dataset = SyntheticDataset(classes: 8, images: 8)
    dataset.validatesOnTraining = true
    let configuration = try configuration {
      $0.epochs = 120
      $0.validateEvery = 120
      $0.solver.learningRate = 0.002
      $0.augmentation.mirror = false
      $0.augmentation.padding = 0
      $0.solver.schedule = .constant
      $0.solver.weightDecay = 0
    }
    let events = try run(trainer(configuration, dataset))
    let report = try #require(events.compactMap { if case .validated(let report) = $0 { report } else { nil } }.last)
    #expect(report.images == 8)
    #expect(report.loss < 0.01)
    #expect(report[.top1] == 1 && report[.meanClass] == 1)
  }

  @Test("a training stopped at any step and restored ends in the bits of one that never stopped")
  func resumes() throws {
    let configuration = try configuration()
    let whole = try trainer(configuration)
    var validations: [ValidationReport] = []
    for case .validated(let report) in try run(whole) { validations.append(report) }
    let expected = bits(whole.snapshot())
    #expect(whole.step == 9 && validations.map(\.step) == [3, 6, 9])
    #expect(expected.keys.contains("momentum.fc8.bias") && expected.keys.contains("input.mean"))

    for (stop, workers) in zip(0..<9, [1, 2, 1, 2, 1, 2, 1, 2, 1]) {
      let first = try trainer(configuration, workers: workers)
      var kept: Snapshot?
      var seen: [ValidationReport] = []
      let before = try run(
        first, control: { first.step == stop ? .stop : .proceed }, checkpoint: { kept = copy($0) })
      for case .validated(let report) in before { seen.append(report) }
      guard case .stopped(stop)? = before.last else {
        Issue.record("stopped at \(stop), not \(String(describing: before.last))")
        continue
      }
      let second = try trainer(configuration, workers: 3 - workers)
      try second.restore(#require(kept))
      for case .validated(let report) in try run(second) { seen.append(report) }
      #expect(bits(second.snapshot()) == expected, "stopped after \(stop) steps")
      #expect(seen == validations, "stopped after \(stop) steps")
      #expect(second.snapshot().metadata == whole.snapshot().metadata)
    }
  }

  @Test("a stop in the middle of a validation is obeyed, and the validation made up for")
  func stopsInValidation() throws {
    let configuration = try configuration { $0.epochs = 1 }
    let first = try trainer(configuration)
    var asked = 0
    var kept: Snapshot?
    // Asked before each of three steps, before the validation, before its first batch: the sixth time is amid it.
    let events = try run(
      first,
      control: {
        asked += 1
        return asked == 6 ? .stop : .proceed
      }, checkpoint: { kept = copy($0) })
    #expect(!events.contains { if case .validated = $0 { true } else { false } })
    let second = try trainer(configuration)
    try second.restore(#require(kept))
    #expect(second.step == 3)
    let after = try run(second)
    #expect(after.contains { if case .validated(let report) = $0 { report.step == 3 } else { false } })
    #expect(!after.contains { if case .stepFinished = $0 { true } else { false } })
  }

  @Test("pausing keeps a checkpoint, waits, and goes on; a checkpoint is made when asked for")
  func obeys() throws {
    let trainer = try trainer(configuration { $0.epochs = 1 })
    var commands: [Trainer.Command] = [.proceed, .pause, .pause, .proceed, .checkpoint, .proceed]
    var kept: [String?] = []
    let events = try run(
      trainer, control: { commands.isEmpty ? .proceed : commands.removeFirst() },
      checkpoint: { kept.append($0.metadata["step"]) })
    let words = events.map { "\($0)".prefix { $0 != "(" } + ($0.stepOfEvent.map { " \($0)" } ?? "") }
    #expect(words == [
      "started", "stepFinished 1", "checkpointed 1", "paused 1", "resumed 1", "stepFinished 2", "checkpointed 2",
      "stepFinished 3", "validated 3", "classesCounted 3", "checkpointed 3", "finished 3",
    ])
    #expect(kept == ["1", "2", "3"])
  }

  @Test("weights that diverged in the last step are never handed over to be kept: the good checkpoint stays the only one")
  func keepsNothingThatDiverged() throws {
    let trainer = try trainer(configuration { $0.epochs = 1 })
    var kept: [Tensor] = []
    var asked = 0
    let problem = #expect(throws: Problem.self) {
      _ = try run(
        trainer,
        control: {
          asked += 1
          // After the second step, of which the loss was a number.
          if asked == 4 { trainer.snapshot().tensors[0].tensor.elements[3] = .nan }
          return asked == 2 || asked == 4 ? .checkpoint : .proceed
        }, checkpoint: { kept += copy($0).tensors.map(\.tensor) })
    }
    #expect(problem?.what == "the weights are not finite" && problem?.place == "step 2: conv1.weight")
    #expect(!kept.isEmpty && kept.allSatisfy { $0.array.allSatisfy(\.isFinite) })
  }

  @Test("a validation without a finite loss ends the training too, and is never the best one")
  func validatesNothingThatDiverged() throws {
    let trainer = try trainer(configuration { $0.epochs = 1 })
    var events: [TrainingEvent] = []
    let problem = #expect(throws: Problem.self) {
      try trainer.run(
        control: {
          if trainer.step == 3 { trainer.snapshot().tensors[1].tensor.elements[0] = .infinity }
          return .proceed
        }, checkpoint: { _ in Issue.record("kept") }, sink: { events.append($0) })
    }
    #expect(problem?.what == "the loss is not finite" && problem?.place == "step 3, in validation")
    #expect(!events.contains { if case .validated = $0 { true } else { false } })
  }

  @Test("a loss that is no number ends the training with advice, and names the layer where it began")
  func diverges() throws {
    let trainer = try trainer(configuration {
      $0.solver.learningRate = 1e12
      $0.solver.schedule = .constant
      $0.epochs = 20
    })
    let problem = #expect(throws: Problem.self) { _ = try self.run(trainer) }
    #expect(problem?.what == "the loss is not finite")
    #expect(problem?.found?.contains("beginning in the layer") == true)
    #expect(problem?.advice?.contains("lower the learning rate") == true)
    #expect(trainer.step <= 5)
  }

  @Test("a loss that is no better than guessing is said within 200 steps, once, and again after a resume")
  func flat() throws {
    // A rate that moves no weight: nothing can be learned.
    let slow = try configuration {
      $0.solver.learningRate = 1e-12
      $0.iterations = 230
    }
    let whole = try trainer(slow)
    var kept: Snapshot?
    let events = try run(
      whole, control: { whole.step == 220 && kept == nil ? .checkpoint : .proceed },
      checkpoint: { if $0.metadata["step"] == "220" { kept = copy($0) } })
    let warnings = events.filter { if case .lossIsFlat = $0 { true } else { false } }
    #expect(warnings.map(\.stepOfEvent) == [200])
    guard case .lossIsFlat(_, let mean, let guessing)? = warnings.first else { return }
    #expect(abs(guessing - 1.0986) < 0.01 && abs(mean - guessing) < 0.4)
    let second = try trainer(slow)
    try second.restore(#require(kept))
    #expect(try run(second).contains { if case .lossIsFlat(220, _, _) = $0 { true } else { false } })
  }

  @Test("the layers' norms are those of a naive twin, at the first step and every 50, also after a resume")
  func norms() throws {
    let configuration = try configuration { $0.iterations = 100 }
    let whole = try trainer(configuration)
    var seen: [Int: [LayerNorm]] = [:]
    var first: (snapshot: Snapshot, learningRate: Float)?
    var kept: Snapshot?
    try whole.run(
      control: { whole.step == 70 && kept == nil ? .checkpoint : .proceed },
      checkpoint: { if $0.metadata["step"] == "70" { kept = copy($0) } },
      sink: { event in
        guard case .stepFinished(let report) = event, !report.norms.isEmpty else { return }
        seen[report.step] = report.norms
        if report.step == 1 { first = (copy(whole.snapshot()), report.learningRate) }
      })
    #expect(seen.keys.sorted() == [1, 50, 100])
    // The first step moves by V = rate · (gradient + decay · W), and leaves W − V.
    let start = try #require(first)
    let moved = try start.snapshot.tensor("momentum.conv2.weight").array
    let gradient = zip(try start.snapshot.tensor("conv2.weight").array, moved).reduce(0.0) { sum, pair in
      let value = Double(pair.1) / Double(start.learningRate) - Double(configuration.solver.weightDecay) * Double(pair.0 + pair.1)
      return sum + value * value
    }
    let found = try #require(seen[1]?.first { $0.place == .init(.gradient, "conv2.weight") })
    #expect(abs(Double(found.value) / gradient.squareRoot() - 1) < 1e-4)
    let last = try #require(seen[100])
    #expect(last.count { $0.place.kind == .gradient } == whole.network.parameters.count)
    #expect(last.contains { $0.place == .init(.activation, "fc8") })
    #expect(last.allSatisfy { $0.value.isFinite && $0.value >= 0 })
    let second = try trainer(configuration)
    try second.restore(#require(kept))
    var again: [Int: [LayerNorm]] = [:]
    for case .stepFinished(let report) in try run(second) where !report.norms.isEmpty { again[report.step] = report.norms }
    #expect(again == [100: last])
  }

  @Test("a training may be so many steps long, and validate after so many, whatever the epochs")
  func iterations() throws {
    let configuration = try configuration {
      $0.iterations = 7
      $0.validateEveryIterations = 2
      $0.solver.schedule = .polynomial(power: 1)
    }
    let trainer = try trainer(configuration)
    let events = try run(trainer)
    #expect(trainer.step == 7 && trainer.totalSteps == 7)
    let validations = events.compactMap { if case .validated(let report) = $0 { report.step } else { nil } }
    #expect(validations == [2, 4, 6, 7])
    let rates = events.compactMap { if case .stepFinished(let report) = $0 { report.learningRate } else { nil } }
    #expect(abs(rates[6] / rates[0] - 1 / 7) < 1e-5)
  }

  @Test("without validation images the end is kept all the same")
  func noValidation() throws {
    var dataset = SyntheticDataset(classes: 3, images: 20)
    dataset.validationImages = 0
    var steps: [String?] = []
    let events = try run(trainer(configuration { $0.epochs = 1 }, dataset), checkpoint: { steps.append($0.metadata["step"]) })
    #expect(steps == ["3"])
    guard case .finished(3)? = events.last else {
      Issue.record("\(String(describing: events.last))")
      return
    }
  }

  @Test("a stop is obeyed while the mean of the images is computed, and the training begins anew")
  func stopsInMean() throws {
    var dataset = SyntheticDataset(classes: 3, images: 2000)
    dataset.isPhotographic = true
    let loads = LoadCounter()
    dataset.loads = loads
    let configuration = try configuration { $0.iterations = 1 }
    let first = try trainer(configuration, dataset)
    var kept: Snapshot?
    let events = try run(first, control: { .stop }, checkpoint: { kept = copy($0) })
    guard case .stopped(0)? = events.last else {
      Issue.record("\(String(describing: events.last))")
      return
    }
    #expect(loads.count > 0 && loads.count < 200, "\(loads.count) of 2000 images were read before the stop was seen")
    let second = try trainer(configuration, dataset)
    try second.restore(#require(kept))
    _ = try run(second)
    let whole = try trainer(configuration, dataset)
    _ = try run(whole)
    #expect(bits(second.snapshot()) == bits(whole.snapshot()))
  }

  @Test("images that cannot be decoded are counted and named, and the rest is trained on")
  func skips() throws {
    var dataset = SyntheticDataset(classes: 3, images: 20)
    dataset.broken = [.train: [0, 7, 19], .val: [4]]
    let events = try run(trainer(configuration { $0.epochs = 1 }, dataset))
    let skipped = events.compactMap { if case .imageSkipped(let identifier, _) = $0 { identifier } else { nil } }
    #expect(skipped.sorted() == ["train/0", "train/19", "train/7", "val/4"])
    let report = try #require(events.compactMap { if case .validated(let report) = $0 { report } else { nil } }.first)
    #expect(report.images == 19 && report.skipped == 1)
  }

  @Test("a training without one good image ends with a problem, not in silence")
  func nothingToLearn() throws {
    var dataset = SyntheticDataset(classes: 2, images: 10)
    dataset.broken = [.train: Set(0..<10)]
    #expect(throws: Problem.self) { _ = try self.run(self.trainer(self.configuration(), dataset)) }
  }

  @Test("steps report the scheduled rate, the epoch, and a mean loss near log(classes) at the start")
  func reports() throws {
    let configuration = try configuration { $0.solver.schedule = .step(every: 4, factor: 0.1) }
    let steps = try run(trainer(configuration)).compactMap { if case .stepFinished(let report) = $0 { report } else { nil } }
    #expect(steps.map(\.step) == Array(1...9))
    let learningRate = configuration.solver.learningRate
    for (report, expected) in zip(steps, [1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01] as [Float]) {
      #expect(abs(report.learningRate - learningRate * expected) < 1e-6 * learningRate)
    }
    #expect(steps.map(\.epoch) == (1...9).map { Double($0) / 3 })
    #expect(abs(steps[0].loss - 1.0986) < 0.6)
    #expect(steps.allSatisfy { $0.imagesPerSecond > 0 && (0...1).contains($0.dataWait) })
  }

  @Test("a checkpoint of another training is refused, by what differs", arguments: [
    ("network", "alexnet"), ("classes", "4"), ("seed", "99"), ("step", "10"), ("step", "-1"), ("step", "many"),
    ("validated", ""),
  ])
  func foreignCheckpoints(key: String, value: String) throws {
    let trainer = try trainer(configuration())
    var snapshot = copy(trainer.snapshot())
    snapshot.metadata[key] = value
    let problem = #expect(throws: Problem.self) { try trainer.restore(snapshot) }
    #expect(problem?.place == key)
  }

  @Test("a checkpoint with a missing or misshapen tensor is refused by its name")
  func damagedCheckpoints() throws {
    let trainer = try trainer(configuration())
    var missing = copy(trainer.snapshot())
    missing.tensors.removeAll { $0.name == "momentum.conv3.bias" }
    #expect(#expect(throws: Problem.self) { try trainer.restore(missing) }?.place == "momentum.conv3.bias")
    var misshapen = copy(trainer.snapshot())
    misshapen.tensors[0].tensor = misshapen.tensors[0].tensor.reshaped([misshapen.tensors[0].tensor.count])
    let problem = #expect(throws: Problem.self) { try trainer.restore(misshapen) }
    #expect(problem?.place == "conv1.weight" && problem?.expected == "32×5×5×1" && problem?.found == "800")
  }
}

extension TrainingEvent {
  fileprivate var stepOfEvent: Int? {
    switch self {
    case .started, .imageSkipped: nil
    case .lossIsFlat(let step, _, _), .lossFalls(let step): step
    case .stepFinished(let report): report.step
    case .validated(let report): report.step
    case .classesCounted(let results): results.step
    case .checkpointed(let step), .paused(let step), .resumed(let step), .stopped(let step), .finished(let step),
      .lengthened(let step, _): step
    }
  }
}
