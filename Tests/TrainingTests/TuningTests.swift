import Basics
import Datasets
import EngineFixtures
import Kernels
import Networks
import Settings
import Synchronization
import TestSupport
import Testing
import Training

/// Counts how often images are decoded.
private final class CountingDataset: Dataset {
  let bars: SyntheticDataset
  let decoded = Atomic(0)

  init(_ bars: SyntheticDataset) { self.bars = bars }

  var name: String { bars.name }
  var summary: String { bars.summary }
  var classes: [FineClass] { bars.classes }
  var fingerprint: String { bars.fingerprint }
  var imageSize: (height: Int, width: Int, channels: Int)? { bars.imageSize }
  func labels(_ split: Split) -> [Int32] { bars.labels(split) }
  func identifier(_ split: Split, _ index: Int) -> String { bars.identifier(split, index) }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    decoded.add(1, ordering: .relaxed)
    return try bars.picture(split, index)
  }
}

@Suite struct TuningTests {
  typealias Tuning = TrainingConfiguration.Tuning
  let folder = TemporaryFolder()
  private let bars = SyntheticDataset(classes: 3, images: 20)

  private func configuration(
    _ part: Tuning.Part, factors: [String: Float] = [:], network: String = "alexnet-28"
  ) throws -> TrainingConfiguration {
    var configuration = try Architecture.named(network).recipe
    configuration.batchSize = 8
    configuration.epochs = 3
    configuration.solver.warmUp = 0
    configuration.tuning = Tuning(part: part, rateFactors: factors)
    return configuration
  }

  /// A training that begins with the same weights each time.
  private func trainer(
    _ configuration: TrainingConfiguration, _ dataset: (any Dataset)? = nil, keeping folder: String? = nil, workers: Int = 2
  ) throws -> Trainer {
    let trainer = try Trainer(
      configuration: configuration, dataset: dataset ?? bars, labelSet: bars.fineLabelSet,
      backend: CPUBackend(workers: workers), workers: workers, keepingFeaturesIn: folder)
    var whole = configuration
    whole.tuning = nil
    let start = try Trainer(
      configuration: whole, dataset: bars, labelSet: bars.fineLabelSet, backend: CPUBackend(workers: 1), workers: 1
    ).snapshot()
    var snapshot = copy(start)
    snapshot.tensors.append(("input.mean", Tensor([90], shape: [1])))
    try trainer.restore(snapshot)
    return trainer
  }

  private func copy(_ snapshot: Snapshot) -> Snapshot {
    Snapshot(
      tensors: snapshot.tensors.map { ($0.name, Tensor($0.tensor.array, shape: $0.tensor.shape)) },
      metadata: snapshot.metadata)
  }

  private func run(
    _ trainer: Trainer, stoppingAt stop: Int? = nil, keep: (Snapshot) -> Void = { _ in }
  ) throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    try trainer.run(
      control: { trainer.step == stop ? .stop : .proceed }, checkpoint: { keep($0) }, sink: { events.append($0) })
    return events
  }

  private func values(_ trainer: Trainer) -> [String: [Float]] {
    Dictionary(uniqueKeysWithValues: trainer.snapshot().tensors.map { ($0.name, $0.tensor.array) })
  }

  @Test("only what is tuned learns; the rest stays bit by bit, and every checkpoint holds the whole network", arguments: [
    ("alexnet-28", Tuning.Part.last, ["fc8"]), ("alexnet-28", .from("fc6"), ["fc6", "fc7", "fc8"]),
    ("resnet8-28", .last, ["fc"]),
    (
      "resnet8-28", .from("layer3.0.downsample.0"),
      ["layer3.0.downsample.0", "layer3.0.downsample.1", "layer3.0.conv1", "layer3.0.bn1", "layer3.0.conv2", "layer3.0.bn2", "fc"]
    ),
  ])
  func frozen(network: String, part: Tuning.Part, learning: [String]) throws {
    let trainer = try trainer(configuration(part, network: network), keeping: folder.path)
    let before = values(trainer)
    _ = try run(trainer)
    let after = values(trainer)
    let whole = try Architecture.named(network).network(
      classes: 3, batch: 1, purpose: .inference(keeping: []), backend: CPUBackend(workers: 1))
    for name in (whole.parameters + whole.state).map(\.name) {
      let learns = learning.contains { name.hasPrefix($0 + ".") }
      #expect((before[name] != after[name]) == learns, "\(name)")
      #expect((after["momentum." + name] != nil) == (learns && !name.contains("running")), "\(name)")
    }
  }

  @Test("features that are kept teach what features made anew do, and no image goes through the trunk twice")
  func kept() throws {
    let counting = CountingDataset(bars)
    let kept = try trainer(configuration(.last), counting, keeping: folder.path)
    let events = try run(kept)
    #expect(counting.decoded.load(ordering: .relaxed) == 40)
    #expect(folder.names == ["train.rows", "val.rows"])
    let anew = try trainer(configuration(.last), counting)
    let others = try run(anew)
    #expect(counting.decoded.load(ordering: .relaxed) == 40 + 3 * 40)
    for (name, tensor) in values(kept) {
      let other = try #require(values(anew)[name])
      #expect(zip(tensor, other).allSatisfy { abs($0 - $1) < 1e-4 }, "\(name)")
    }
    func losses(_ events: [TrainingEvent]) -> [Float] {
      events.compactMap { if case .stepFinished(let report) = $0 { report.loss } else { nil } }
    }
    #expect(losses(events).count == 9)
    #expect(zip(losses(events), losses(others)).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("a tuning stopped at any step and restored ends in the same bits, with features kept or not", arguments: [true, false])
  func resumes(keeps: Bool) throws {
    let configuration = try configuration(.from("fc7"))
    func features(_ number: Int) -> String? { keeps ? folder.path + "/\(number)" : nil }
    let whole = try trainer(configuration, keeping: features(100))
    _ = try run(whole)
    let expected = values(whole)
    for (stop, workers) in zip([0, 1, 4, 6, 8], [1, 2, 1, 2, 1]) {
      let first = try trainer(configuration, keeping: features(stop), workers: workers)
      var kept: Snapshot?
      _ = try run(first, stoppingAt: stop) { kept = copy($0) }
      let second = try trainer(configuration, keeping: features(stop), workers: 3 - workers)
      try second.restore(#require(kept))
      _ = try run(second)
      #expect(values(second) == expected, "stopped after \(stop) steps")
    }
  }

  @Test("images that cannot be decoded are left out of kept features too, and named")
  func skips() throws {
    var broken = bars
    broken.broken = [.train: [0, 7, 19], .val: [4]]
    let events = try run(trainer(configuration(.last), broken, keeping: folder.path))
    let skipped = Set(events.compactMap { if case .imageSkipped(let identifier, _) = $0 { identifier } else { nil } })
    #expect(skipped == ["train/0", "train/19", "train/7", "val/4"])
    let report = try #require(events.compactMap { if case .validated(let report) = $0 { report } else { nil } }.last)
    #expect(report.images == 19 && report.skipped == 1)
  }

  @Test("a layer with a factor of 0 stays, one with a factor of 2 moves twice as far in the first step")
  func rateFactors() throws {
    func moved(_ factors: [String: Float]) throws -> [String: [Float]] {
      let trainer = try trainer(configuration(.last, factors: factors))
      let before = values(trainer)
      _ = try run(trainer, stoppingAt: 1)
      return values(trainer).reduce(into: [:]) { moved, entry in
        moved[entry.key] = zip(entry.value, before[entry.key]!).map { $0 - $1 }
      }
    }
    let (plain, twice, none) = (try moved([:]), try moved(["fc8": 2]), try moved(["fc8": 0]))
    #expect(plain["fc8.weight"]!.contains { $0 != 0 })
    #expect(none["fc8.weight"]!.allSatisfy { $0 == 0 })
    #expect(zip(plain["fc8.weight"]!, twice["fc8.weight"]!).allSatisfy { abs(2 * $0 - $1) < 1e-6 })
  }

  @Test("what cannot be tuned is refused with what can", arguments: [
    (Tuning.Part.from("fc9"), "alexnet-28", "not a trainable layer"), (.from("relu6"), "alexnet-28", "not a trainable layer"),
    (.from("layer3.0.conv2"), "resnet8-28", "a layer inside a block"),
  ])
  func refusals(part: Tuning.Part, network: String, found: String) throws {
    let problem = #expect(throws: Problem.self) { try self.trainer(self.configuration(part, network: network)) }
    #expect(problem?.found == found)
    #expect(problem?.expected?.contains("conv1") == true)
  }

  @Test("a rate factor for a layer that is not there, or that is no number, is refused")
  func factorRefusals() throws {
    let unknown = #expect(throws: Problem.self) { try self.trainer(self.configuration(.all, factors: ["fc9": 1])) }
    #expect(unknown?.place == "fc9")
    #expect(throws: Problem.self) { try self.trainer(self.configuration(.all, factors: ["fc8": .nan])) }
    #expect(throws: Problem.self) { try self.trainer(self.configuration(.all, factors: ["fc8": -1])) }
  }
}
