import EngineFixtures
import Runs
import Taxonomy
import TestSupport
import Testing
import Training

@Suite struct RunDifferenceTests {
  private func side(_ configuration: RunConfiguration, best: Double? = nil) -> RunDifference.Side {
    var progress = RunProgress()
    progress.step = 7
    progress.steps = 10
    progress.loss = 0.123_456
    progress.best = best.map {
      ValidationReport(
        step: 5, epoch: 1, loss: 0.5, metrics: .classification(top1: $0, top5: 1, meanClass: $0 / 2), images: 10, skipped: 0)
    }
    return .init(
      configuration,
      RunSummary(
        id: configuration.name, name: configuration.name, path: "", created: 0, state: .stopped, dataset: "",
        labelSet: "", classes: 2, network: "", epochs: 1, batchSize: 1, seed: 1, host: "", progress: progress), nil)
  }

  @Test("Of two equal runs nothing differs but what became of them")
  func equal() {
    let difference = RunDifference(
      side(exampleConfiguration(name: "a", created: 1)), side(exampleConfiguration(name: "b", created: 2), best: 0.8123))
    #expect(difference.configuration.isEmpty)
    let top1 = difference.results.first { $0.field == "best top-1" }
    #expect(top1?.a == "–" && top1?.b == "81.23 %")
    #expect(difference.results.first { $0.field == "training loss" }?.a == "0.1235")
  }

  @Test("Every value that can be set is told apart, in the words of the form and of the command line")
  func fields() {
    let plain = exampleConfiguration()
    func lines(_ change: (inout RunConfiguration) -> Void) -> [RunDifference.Line] {
      var changed = plain
      change(&changed)
      return RunDifference(side(plain), side(changed)).configuration
    }
    let cases: [(String, String?, (inout RunConfiguration) -> Void)] = [
      ("net", "--net", { $0.training.network = "resnet18" }), ("epochs", "--epochs", { $0.training.epochs = 9 }),
      ("batch size", "--batch", { $0.training.batchSize = 9 }),
      ("learning rate", "--rate", { $0.training.solver.learningRate = 0.02 }),
      ("schedule", "--schedule", { $0.training.solver.schedule = .constant }),
      ("Nesterov momentum", "--nesterov", { $0.training.solver.nesterov = true }),
      ("weight decay", "--decay", { $0.training.solver.weightDecay = 0 }), ("seed", "--seed", { $0.training.seed = 4 }),
      ("warm-up", "--warm-up", { $0.training.solver.warmUp = 100 }),
      ("label smoothing", "--label-smoothing", { $0.training.solver.labelSmoothing = 0.1 }),
      ("initial weights", "--from", { $0.lineage = .init(from: "b", step: 7, hasNewHead: true) }),
      ("trainable layers", "--tune", { $0.training.tuning = .init(part: .last) }),
      ("learning-rate factors", "--rate-factor", { $0.training.tuning = .init(rateFactors: ["fc8": 10]) }),
      ("mirrored", nil, { $0.training.augmentation.mirror = false }),
      ("resized", nil, { $0.training.augmentation.resizeTo = 32 }),
      ("validation", "--validate-every", { $0.training.validateEveryIterations = 7 }),
      ("workers", "--workers", { $0.workers = nil }), ("checkpoints", "--keep", { $0.keep = 9 }),
      ("host", nil, { $0.host = "other" }), ("dataset fingerprint", nil, { $0.fingerprint = "g" }),
    ]
    for (field, option, change) in cases {
      let found = lines(change)
      #expect(found.map(\.field) == [field] && found.first?.option == option, "\(field)")
    }
    let found = lines { $0.training.iterations = 500 }
    #expect(found.map(\.field) == ["epochs", "iterations"] && found.map(\.b) == ["–", "500"])
  }

  @Test("Label sets differ by name, by classes and by hash, each on its own")
  func labelSets() {
    let plain = exampleConfiguration()
    var renamed = plain
    renamed.labelSet.name = "pair"
    #expect(RunDifference(side(plain), side(renamed)).configuration.map(\.field) == ["label set"])
    var larger = plain
    larger.labelSet.classes.append(TargetClass(wnid: "n09999999", name: "x", members: ["n09999999"]))
    let lines = RunDifference(side(plain), side(larger)).configuration
    #expect(lines.map(\.field) == ["classes", "label set hash"] && lines[0].b == "3")
  }
}
