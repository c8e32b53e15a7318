import Basics
import FoundationEssentials
import Kernels
import Networks
import Settings
import Testing

@Suite struct TrainingConfigurationTests {
  @Test("values that no training can work with are refused by name", arguments: [
    ("epochs", { @Sendable in $0.epochs = 0 }), ("epochs", { $0.epochs = Int.max }),
    ("batch size", { $0.batchSize = 0 }), ("batch size", { $0.batchSize = Int.max }),
    ("validate every", { $0.validateEvery = 0 }), ("validate every", { $0.validateEveryIterations = 0 }),
    ("iterations", { $0.iterations = 0 }), ("iterations", { $0.iterations = Int.max }), ("rate", { $0.solver.learningRate = 0 }),
    ("rate", { $0.solver.learningRate = .nan }), ("rate", { $0.solver.learningRate = .infinity }),
    ("momentum", { $0.solver.momentum = 1 }), ("decay", { $0.solver.weightDecay = -1 }),
    ("schedule: step every", { $0.solver.schedule = .step(every: 0, factor: 0.1) }),
    ("schedule: factor", { $0.solver.schedule = .step(every: 5, factor: .nan) }),
    ("schedule: power", { $0.solver.schedule = .polynomial(power: -1) }),
    ("resize", { $0.augmentation.resizeTo = 0 }), ("padding", { $0.augmentation.padding = -1 }),
    ("scale", { $0.augmentation.scale = 0 }), ("std", { $0.augmentation.std = [1, 0, 1] }),
    ("warm-up", { $0.solver.warmUp = -1 }), ("label smoothing", { $0.solver.labelSmoothing = 1 }),
  ] as [(String, @Sendable (inout TrainingConfiguration) -> Void)])
  func refused(name: String, change: @Sendable (inout TrainingConfiguration) -> Void) throws {
    var configuration = try Architecture.named("alexnet-28").recipe
    change(&configuration)
    #expect(#expect(throws: Problem.self) { try configuration.validate() }?.place == name)
  }

  @Test("a configuration of before nesterov, warm-up, smoothing and deviations is read with their defaults, and convolves as it did")
  func oldConfigurations() throws {
    let old = """
      {"network": "alexnet-28", "epochs": 4, "batchSize": 64, "seed": 1, "validateEvery": 1,
       "solver": {"rate": 0.01, "momentum": 0.9, "decay": 0.0005, "schedule": {"cosine": {}}},
       "augmentation": {"resize": "warp", "resizeTo": 28, "padding": 0, "mirror": false, "mean": "channel", "scale": 0.0111111114}}
      """
    let read = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(old.utf8))
    var recipe = try Architecture.named("alexnet-28").recipe
    recipe.convolution = nil
    #expect(read == recipe)
  }

  @Test("a run.json of version 0.1 is read: its length is its epochs")
  func old() throws {
    let json = """
      {"network": "alexnet-28", "epochs": 3, "batchSize": 8, "seed": 1, "validateEvery": 1,
       "solver": {"rate": 0.01, "momentum": 0.9, "decay": 0.0005, "schedule": {"cosine": {}}},
       "augmentation": {"resize": "warp", "resizeTo": 28, "padding": 0, "mirror": false, "mean": "channel", "scale": 1}}
      """
    let configuration = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(json.utf8))
    #expect(configuration.iterations == nil && configuration.validateEveryIterations == nil)
    #expect(configuration.steps(perEpoch: 5) == 15)
  }

  @Test("a recipe comes back from JSON as it was", arguments: Architecture.all.map(\.name))
  func roundTrip(name: String) throws {
    let recipe = try Architecture.named(name).recipe
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(recipe)) == recipe)
  }
}
