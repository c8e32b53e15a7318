/// What two runs were asked differently, and what became of each.
public struct RunDifference: Codable, Equatable, Sendable {
  /// One run: its configuration, and how it stands.
  public struct Side: Sendable {
    public var configuration: RunConfiguration
    public var summary: RunSummary
    /// From the first recorded step to the last one; nil where none is recorded.
    public var seconds: Double?

    /// - Parameter seconds: as ``RunCurves/seconds`` has them.
    public init(_ configuration: RunConfiguration, _ summary: RunSummary, _ seconds: Double?) {
      (self.configuration, self.summary, self.seconds) = (configuration, summary, seconds)
    }
  }

  public struct Line: Codable, Equatable, Sendable {
    /// In the words of the launch form.
    public var field: String
    /// The option of `train` that sets it; nil where none does.
    public var option: String?
    public var a, b: String
  }

  /// The directory names of the runs.
  public var a, b: String
  /// What differs.
  public var configuration: [Line]
  /// What became of both, equal or not.
  public var results: [Line]

  public init(_ a: Side, _ b: Side) {
    (self.a, self.b) = (a.summary.id, b.summary.id)
    configuration = Self.lines(Self.facts(a.configuration), Self.facts(b.configuration)).filter { $0.a != $0.b }
    results = Self.lines(Self.results(a), Self.results(b))
  }

  typealias Fact = (field: String, option: String?, text: String)

  /// What decides a run's numbers, but its seed.
  static func deciding(_ run: RunConfiguration) -> [Fact] {
    // A label set is what it holds, whatever it is called.
    let others = ["label set", "seed", "workers", "checkpoints", "program", "host"]
    return facts(run).filter { !others.contains($0.field) }
  }

  private static func lines(_ a: [Fact], _ b: [Fact]) -> [Line] {
    zip(a, b).map { Line(field: $0.field, option: $0.option, a: $0.text, b: $1.text) }
  }

  /// What is not there, or does not apply.
  private static let none = "–"

  private static func facts(_ run: RunConfiguration) -> [Fact] {
    let (set, training) = (run.labelSet, run.training)
    let (solver, images) = (training.solver, training.augmentation)
    func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? none }
    let tuning: String =
      switch training.tuning?.part ?? .all {
      case .all: "all"
      case .last: "last"
      case .from(let layer): "from:\(layer)"
      }
    let factors = training.tuning?.rateFactors.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } ?? []
    let lineage = run.lineage.map { lineage in
      lineage.from + (lineage.step.map { ", step \($0)" } ?? "") + (lineage.hasNewHead ? ", new classifier" : "")
    }
    return [
      ("dataset", "--dataset", run.dataset), ("its content", nil, run.fingerprint),
      ("label set", "--labels", set.name), ("classes", nil, "\(set.classes.count)"),
      ("label set hash", nil, String(set.contentHash.prefix(19))),
      ("images a class", nil, text(set.imageBudget.map { "\($0.perClass), seed \($0.seed)" })),
      ("net", "--net", training.network),
      ("epochs", "--epochs", training.iterations == nil ? "\(training.epochs)" : none),
      ("iterations", "--iterations", text(training.iterations)), ("batch size", "--batch", "\(training.batchSize)"),
      ("learning rate", "--rate", "\(solver.rate)"), ("schedule", "--schedule", solver.schedule.text),
      ("momentum", "--momentum", "\(solver.momentum)" + (solver.nesterov ? ", Nesterov's" : "")),
      ("decay", "--decay", "\(solver.decay)"), ("warm-up", nil, "\(solver.warmUp) iterations"),
      ("label smoothing", nil, "\(solver.labelSmoothing)"), ("seed", "--seed", "\(training.seed)"),
      ("begins with", "--from", lineage ?? "chance"), ("tuned", "--tune", tuning),
      ("rate factors", "--rate-factor", factors.isEmpty ? none : factors.joined(separator: ", ")),
      ("resized", nil, "\(images.resize.rawValue) to \(images.resizeTo)"), ("padding", nil, "\(images.padding)"),
      ("mirrored", nil, images.mirror ? "yes" : "no"), ("mean", nil, images.mean.rawValue),
      ("scale", nil, "\(images.scale)"), ("deviations", nil, text(images.deviations)),
      ("validation", "--validate-every", training.validationText),
      ("convolution", "--convolution", (training.convolution ?? .columns).rawValue),
      ("matrix products", "--matrix", training.matrix?.rawValue ?? none),
      ("workers", "--workers", run.workers.map { "\($0)" } ?? "all"),
      ("checkpoints", "--keep", "\(run.keep ?? Checkpoints.kept)"), ("program", nil, run.program),
      ("host", nil, run.host), ("computed with", nil, run.machine?.text ?? none),
    ]
  }

  private static func results(_ run: Side) -> [Fact] {
    let progress = run.summary.progress
    func share(_ value: Double?) -> String { value.map { "\(($0 * 10_000).rounded() / 100) %" } ?? none }
    func number(_ value: Double?) -> String { value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? none }
    let best = progress.best
    return [
      ("state", nil, run.summary.state.rawValue),
      ("steps", nil, "\(progress.step) of \(progress.steps)"),
      ("best top-1", nil, share(best?.top1)), ("its top-5", nil, share(best?.top5)),
      ("its class mean", nil, share(best?.meanClass)), ("its loss", nil, number(best?.loss)),
      ("at step", nil, best.map { "\($0.step)" } ?? none), ("last top-1", nil, share(progress.validation?.top1)),
      ("training loss", nil, number(progress.loss.map(Double.init))),
      ("time", nil, run.seconds.map { "\(Int(nearest: $0)) s" } ?? none),
    ]
  }
}
