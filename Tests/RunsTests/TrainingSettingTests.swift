import Basics
import EngineFixtures
import Kernels
import Networks
import Runs
import Settings
import TestSupport
import Testing

@Suite struct TrainingSettingTests {
  /// A text that each setting takes.
  private static let examples: [String: [String]] = [
    "task": ["detection"], "candidates": ["grid"], "context": ["false"], "box-loss": ["false"], "recipe": ["caffe-alexnet"], "from": ["a run"], "tune": ["from:fc6"], "rate-factor": ["conv1=0.0", "fc8=10.0"], "init": ["gaussian:0.01"],
    "epochs": ["3"], "iterations": ["500"], "batch": ["32"], "rate": ["0.02"], "schedule": ["step:100:0.5"], "warm-up": ["20"],
    "momentum": ["0.8"], "nesterov": ["true"], "decay": ["0.001"], "label-smoothing": ["0.1"], "seed": ["18446744073709551615"],
    "validate-every": ["iterations:50"], "keep": ["4"], "convolution": ["columns"], "matrix": ["openblas"], "workers": ["2"],
  ]

  @Test("What is set is what is told, and what is cleared is left to the recipe", arguments: TrainingSetting.all.map(\.flag))
  func roundTrip(flag: String) throws {
    let setting = try #require(TrainingSetting.named(flag))
    let texts = try #require(Self.examples[flag], "a new setting needs an example")
    var request = TrainingRequest(dataset: "d")
    try request.set(setting, texts)
    #expect(request.asked == [flag: texts])
    try request.set(setting, [])
    #expect(request.asked.isEmpty)
  }

  @Test("What no setting takes names the option and what is expected, and changes nothing", arguments: TrainingSetting.all.map(\.flag).filter { !["from", "candidates"].contains($0) })
  func unfit(flag: String) throws {
    let setting = try #require(TrainingSetting.named(flag))
    var request = TrainingRequest(dataset: "d")
    try request.set(setting, #require(Self.examples[flag]))
    for text in ["", "nonsense:", "-1", "nan", "1e400"] {
      let found = problem { try request.set(setting, [text]) }
      #expect(found?.place == "--\(flag)" && found?.expected == setting.expected && found?.found == text, "\(text): \(found?.description ?? "taken")")
    }
    #expect(request.asked[flag] == Self.examples[flag])
  }

  @Test("Numbers are kept as they are meant: without marks between thousands, with the zero in front")
  func canonical() throws {
    var request = TrainingRequest(dataset: "d")
    for (flag, text, kept) in [("batch", "1,000", "1000"), ("rate", ".01", "0.01"), ("schedule", "step:100:.1", "step:100:0.1"), ("seed", "1_000", "1000")] {
      try request.set(#require(TrainingSetting.named(flag)), [text])
      #expect(request[flag] == kept)
    }
  }

  @Test("What is asked for is what the configuration then says", arguments: TrainingSetting.all.map(\.flag))
  func configured(flag: String) throws {
    let setting = try #require(TrainingSetting.named(flag))
    var training = exampleConfiguration().training
    var request = TrainingRequest(dataset: "d")
    try request.set(setting, #require(Self.examples[flag]))
    request.apply(to: &training)
    let texts = setting.texts(in: training)
    guard !texts.isEmpty else {
      #expect((["recipe", "from", "keep", "workers"] + TrainingSetting.ofActions).contains(flag), "the training does not know of \(flag)")
      return
    }
    #expect(texts == Self.examples[flag])
  }

  @Test("The command of a request asks for all that it asks for")
  func command() throws {
    var request = TrainingRequest(dataset: "my data")
    request.network = "alexnet-28"
    request.name = "two words"
    for setting in TrainingSetting.all where setting.flag != "epochs" { try request.set(setting, #require(Self.examples[setting.flag])) }
    let words = request.command(besides: try Architecture.named("alexnet-28").recipe, labels: "mine").lines[0]
    #expect(words.prefix(7) == ["train", "--dataset", "my data", "--labels", "mine", "--net", "alexnet-28"])
    #expect(words.suffix(2) == ["--name", "two words"])
    for setting in TrainingSetting.all where setting.flag != "epochs" {
      for text in try #require(Self.examples[setting.flag]) {
        let place = try #require(words.firstIndex { ["--\(setting.flag)", "--no-\(setting.flag)"].contains($0) }, "\(setting.flag)")
        #expect(setting.kind == .flag || words[place...].contains(text))
      }
    }
  }

  @Test("A run's file with numbers that no setting has is refused where it is cloned, and ends nothing")
  func hostileRun() {
    var configuration = exampleConfiguration()
    configuration.workers = .max
    let folder = TemporaryFolder()
    let found = problem {
      _ = try TrainingPlan(TrainingRequest(like: configuration), home: .init(explicit: folder.path), program: "test", command: [])
    }
    #expect(found?.place == "--workers")
  }
}
