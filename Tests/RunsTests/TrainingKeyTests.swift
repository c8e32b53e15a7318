import EngineFixtures
import Files
import FoundationEssentials
import Kernels
import Runs
import Settings
import TestSupport
import Testing

/// What identifies a training.
struct TrainingKeyTests {
  private let training = exampleConfiguration().training

  private func key(_ change: (inout TrainingConfiguration) -> Void = { _ in }, fingerprint: String = "f", labels: String = "l", parent: String? = nil) -> String {
    var changed = training
    change(&changed)
    return TrainingKey(changed, fingerprint: fingerprint, labels: labels, parent: parent).hash
  }

  @Test("Everything that decides a number is in the key") func deciding() {
    let keys = [
      key(), key { $0.network = "alexnet" }, key { $0.epochs = 3 }, key { $0.iterations = 7 }, key { $0.batchSize = 6 }, key { $0.seed = 4 },
      key { $0.solver.learningRate = 0.02 }, key { $0.solver.momentum = 0.8 }, key { $0.solver.weightDecay = 0 }, key { $0.solver.schedule = .constant },
      key { $0.solver.schedule = .step(every: 10, factor: 0.1) }, key { $0.solver.nesterov = true }, key { $0.solver.warmUp = 5 }, key { $0.solver.labelSmoothing = 0.1 },
      key { $0.augmentation.resize = .shortSide }, key { $0.augmentation.resizeTo = 32 }, key { $0.augmentation.padding = 0 }, key { $0.augmentation.mirror = false },
      key { $0.augmentation.mean = .image }, key { $0.augmentation.scale = 2 }, key { $0.augmentation.std = [1, 2, 3] }, key { $0.convolution = .winograd },
      key { $0.matrix = .own }, key { $0.matrix = .openBLAS }, key { $0.initialization = .he }, key { $0.initialization = .gaussian(0.02) },
      key { $0.tuning = .init(part: .last) }, key { $0.tuning = .init(part: .from("conv2")) }, key { $0.tuning = .init(rateFactors: ["fc8": 10]) },
      key(fingerprint: "g"), key(labels: "m"), key(parent: TrainingKey.parent("k", step: 5)), key(parent: TrainingKey.parent("k", step: 6)),
    ]
    #expect(Set(keys).count == keys.count)
  }

  @Test("How often is validated, and what a setting was before it could be chosen, is not") func undecided() {
    #expect(key { $0.validateEvery = 5 } == key() && key { $0.validateEveryIterations = 3 } == key())
    #expect(key { $0.convolution = .columns } == key { $0.convolution = nil })
    #expect(key { $0.tuning = .init(part: .all, rateFactors: ["fc8": 1]) } == key())
    // Where iterations count, epochs are for people.
    #expect(key { ($0.iterations, $0.epochs) = (7, 1) } == key { ($0.iterations, $0.epochs) = (7, 9) })
  }

  /// Every value of a configuration is thought of: one that is new here must join the key so that its old value is left out.
  @Test("No setting is forgotten") func complete() {
    func labels(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap { $0.label.map { String($0.drop { $0 == "_" }) } }) }
    #expect(labels(training) == [
      "network", "epochs", "iterations", "batchSize", "seed", "solver", "augmentation", "validateEvery", "validateEveryIterations", "convolution", "matrix", "tuning",
      "initialization", "detection", "actions",
    ])
    #expect(labels(training.solver) == ["learningRate", "momentum", "weightDecay", "schedule", "nesterov", "warmUp", "labelSmoothing"])
    #expect(labels(training.augmentation) == ["resize", "resizeTo", "padding", "mirror", "mean", "scale", "std"])
    #expect(labels(TrainingConfiguration.Tuning()) == ["part", "rateFactors"])
  }

  /// Keys are kept by children and results: they never change.
  @Test("The key of a known training is what it was") func golden() {
    #expect(
      TrainingKey(training, fingerprint: "f", labels: "l", parent: nil).text == """
        training, format 1
        batch\t5
        dataset\tf
        epochs\t2
        images.mean\tchannel
        images.mirror\ttrue
        images.padding\t2
        images.resize\twarp
        images.scale\t1.0
        images.size\t28
        labels\tl
        network\talexnet-28
        parent\trandom
        seed\t3
        solver.decay\t0.0005
        solver.momentum\t0.9
        solver.rate\t0.01
        solver.schedule\tcosine

        """)
  }

  @Test("A child is known by the weights that it began with, by their key where the run is gone") func parents() throws {
    let folder = TemporaryFolder()
    let home = Home(explicit: folder.path)
    let parent = try RunDirectory.create(exampleConfiguration(name: "parent"), in: home.runs)
    let known = TrainingKey.parent(try parent.trainingKey(home: home).hash, step: 4)
    var configuration = exampleConfiguration(name: "child")
    configuration.lineage = .init(from: parent.id, step: 4, hasNewHead: false)
    let child = try RunDirectory.create(configuration, in: home.runs)
    let expected = TrainingKey(configuration.training, fingerprint: "f", labels: configuration.labelSet.contentHash, parent: known)
    #expect(try child.trainingKey(home: home) == expected)
    configuration.lineage?.key = known
    let keeping = try RunDirectory.create(configuration, in: home.runs)
    try FileManager.default.removeItem(atPath: parent.path)
    #expect(try keeping.trainingKey(home: home) == expected)
    #expect(problem { _ = try child.trainingKey(home: home) } != nil)
  }

  @Test("Names, workers, host, command, date and version are not in it") func surroundings() throws {
    let folder = TemporaryFolder()
    let home = Home(explicit: folder.path)
    let one = try RunDirectory.create(exampleConfiguration(name: "one"), in: home.runs)
    var other = exampleConfiguration(name: "other", created: 1_460_000_000)
    (other.workers, other.keep, other.program, other.host, other.command) = (7, 9, "later", "elsewhere", [])
    other.labelSet.name = "renamed"
    #expect(try one.trainingKey(home: home) == RunDirectory.create(other, in: home.runs).trainingKey(home: home))
  }
}
