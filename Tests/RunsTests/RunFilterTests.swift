import Basics
import Runs
import Testing
import Training


/// Runs that differ in what a filter can ask for.
private func run(_ name: String, _ change: (inout RunSummary) -> Void = { _ in }) -> RunSummary {
  var run = RunSummary(
    id: "20260101-000000-\(name)", name: name, path: "/runs/\(name)", created: 1000, state: .finished, dataset: "fashion-mnist",
    labelSet: "fine-10", classes: 10, network: "alexnet-28", epochs: 4, batchSize: 128, seed: 1, host: "box",
    progress: RunProgress())
  change(&run)
  return run
}

private func validation(_ top1: Double) -> ValidationReport {
  ValidationReport(step: 1, epoch: 1, loss: 1, metrics: .classification(top1: top1, top5: 1, meanClass: top1), images: 10, skipped: 0)
}

@Suite struct RunFilterTests {
  static let runs = [
    run("fine") {
      $0.progress.best = validation(0.91)
      $0.tags = ["paper", "seed-1"]
      $0.group = "seeds"
      $0.progress.loss = 0.2
    },
    run("coarse-4") {
      $0.labelSet = "Coarse four"
      $0.classes = 4
      $0.progress.best = validation(0.8)
      $0.tags = ["old"]
      $0.state = .running
      $0.created = 2000
      $0.progress.epoch = 2.7
      $0.progress.step = 12_000
      $0.note = "the second try, after lunch"
    },
    run("big") {
      $0.network = "alexnet"
      $0.classes = 1000
      $0.state = .lost
      $0.host = "far"
      $0.tags = ["older"]
      $0.progress.loss = .nan
      $0.seed = 7
    },
  ]

  static let now = 2000 + 86_400.0

  @Test(
    "A filter lets through the runs that fit all of its terms",
    arguments: [
      ("", "fine coarse-4 big"), ("   ", "fine coarse-4 big"), ("net:alexnet", "fine coarse-4 big"), ("net=alexnet", "big"),
      ("classes<500", "fine coarse-4"), ("classes:10", "fine"), ("classes=10", "fine"), ("classes>=10", "fine big"),
      ("classes<=10", "fine coarse-4"), ("acc>.8", "fine"), ("acc>=.8", "fine coarse-4"), ("acc>=80%", "fine coarse-4"),
      ("acc>90", "fine"), ("-acc>.8", "coarse-4 big"), ("tag:old", "coarse-4"), ("-tag:old", "fine big"), ("tag:OLD", "coarse-4"),
      ("group:seeds", "fine"), ("-group:seeds", "coarse-4 big"), ("state:run", "coarse-4"), ("state=lost", "big"),
      ("name:FINE", "fine"), ("label:\"coarse four\"", "coarse-4"), ("label=\"Coarse four\"", "coarse-4"), ("dataset:mnist", "fine coarse-4 big"),
      ("host:far", "big"), ("loss<1", "fine"), ("loss>1", ""), ("seed:7", "big"), ("epoch:2", "coarse-4"), ("step>=12k", "coarse-4"),
      ("step>.01M", "coarse-4"), ("age<=1d", "coarse-4"), ("age>24h", "fine big"), ("lunch", "coarse-4"), ("older", "big"),
      ("-older -fine", "coarse-4"), ("COARSE four", "coarse-4"), ("\"second try\"", "coarse-4"), ("\"try second\"", ""),
      ("\"a:b\"", ""), ("classes<500 acc>.8 -tag:old", "fine"), ("top5>=1", "fine coarse-4"), ("meanClass<85%", "coarse-4"), ("mean_class>0.85", "fine"),
      ("top1>90", "fine"), ("v2:old", ""), ("seed-1", "fine"), ("-", "fine coarse-4 big"), ("NET:alexnet CLASSES:4", "coarse-4"),
    ])
  func fits(text: String, names: String) throws {
    let filter = try RunFilter(text)
    let fitting = Self.runs.filter { filter.matches($0, now: Self.now) }
    #expect(fitting.map(\.name).joined(separator: " ") == names)
  }

  @Test(
    "A term that cannot be read is named with its place, and the answer is what was expected",
    arguments: [
      ("acc>.8 colour:red", "`colour:red`, character 8", "name, label, net"), ("classes<many", "`classes<many`, character 1", "a number"),
      ("net<alexnet", "`net<alexnet`, character 1", "net:TEXT"), ("state:dead", "`state:dead`, character 1", "queued, running"),
      ("age<2", "`age<2`, character 1", "90s"), ("  acc>", "`acc>`, character 3", "a value after acc>"),
      ("acc>nan", "`acc>nan`, character 1", "80%"), ("fine \"open", "`\"open`, character 6", "quote"), ("loss<1%", "`loss<1%`, character 1", "a number"),
      ("top5:", "`top5:`, character 1", "a value after top5:"), ("top1>x", "`top1>x`, character 1", "80%"),
    ])
  func problems(text: String, place: String, expected: String) {
    let problem = #expect(throws: Problem.self) { try RunFilter(text) }
    #expect(problem?.place == place)
    #expect(problem?.expected?.contains(expected) == true)
  }

  @Test("No text crashes the reading, and what is read answers")
  func random() {
    var generator = SystemRandomNumberGenerator()
    let pieces = ["net", ":", "<", ">", "=", "-", "\"", " ", "8", ".", "%", "d", "acc", "é", "\u{1B}", "state", "run", "\n", "age"]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...9, using: &generator)).map { _ in pieces.randomElement(using: &generator)! }.joined()
      guard let filter = try? RunFilter(text) else { continue }
      for run in Self.runs { _ = filter.matches(run) }
    }
  }
}

@Suite struct RunOrderTests {
  @Test(
    "Runs are sorted by any field, those without a value last, and the newest first where it is equal",
    arguments: [
      ("age", "coarse-4 fine big"), ("-age", "fine big coarse-4"), ("name", "big coarse-4 fine"), ("-name", "fine coarse-4 big"),
      ("acc", "coarse-4 fine big"), ("-acc", "fine coarse-4 big"), ("classes", "coarse-4 fine big"), ("-classes", "big fine coarse-4"),
      ("state", "coarse-4 big fine"), ("group", "fine coarse-4 big"), ("loss", "fine coarse-4 big"), ("-step", "coarse-4 fine big"),
      ("tag", "coarse-4 big fine"), ("NET", "big coarse-4 fine"), ("-top1", "fine coarse-4 big"), ("MeanClass", "coarse-4 fine big"),
    ])
  func sorted(text: String, names: String) throws {
    let order = try RunOrder(text)
    // Equal launches are told apart by their directories: the later name first.
    #expect(order.sorted(RunFilterTests.runs, now: RunFilterTests.now).map(\.name).joined(separator: " ") == names)
    #expect(try RunOrder(order.text) == order)
  }

  @Test("A field that is none is refused, with those that are", arguments: ["", "-", "colour", "--acc"])
  func refusals(text: String) {
    #expect(throws: Problem.self) { try RunOrder(text) }
  }
}
