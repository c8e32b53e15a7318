import Training

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
    let metrics = Self.metrics(a, b)
    results = Self.lines(Self.results(a, metrics), Self.results(b, metrics))
  }

  /// Something that two runs may differ in.
  struct Fact {
    var field: String
    /// The option of `train` that sets it.
    var option: String?
    var text: String
    /// Whether runs that differ in it are no repeats of each other.
    var decides = true

    init(_ field: String, _ text: String, option: String? = nil, decides: Bool = true) {
      (self.field, self.option, self.text, self.decides) = (field, option, text, decides)
    }
  }

  /// What decides a run's numbers, but its seed. A label set is what it holds, whatever it is called.
  static func deciding(_ run: RunConfiguration) -> [Fact] { facts(run).filter(\.decides) }

  private static func lines(_ a: [Fact], _ b: [Fact]) -> [Line] {
    zip(a, b).map { Line(field: $0.field, option: $0.option, a: $0.text, b: $1.text) }
  }

  /// What is not there, or does not apply.
  private static let none = "–"

  private static func facts(_ run: RunConfiguration) -> [Fact] {
    let (set, images) = (run.labelSet, run.training.augmentation)
    func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? none }
    let data = [
      Fact("dataset", run.dataset, option: "--dataset"), Fact("dataset fingerprint", run.fingerprint),
      Fact("label set", set.name, option: "--labels", decides: false), Fact("classes", "\(set.classes.count)"),
      Fact("label set hash", String(set.contentHash.prefix(19))),
      Fact("images per class", text(set.imageBudget.map { "\($0.perClass), seed \($0.seed)" })),
      Fact("net", run.training.network, option: "--net"),
    ]
    // A named recipe is what it sets.
    let settings = TrainingSetting.all.filter { $0.flag != "recipe" }.map {
      Fact($0.name, text($0.text(of: run)), option: "--\($0.flag)", decides: $0.decides)
    }
    let preparation = [
      Fact("resized", "\(images.resize.rawValue) to \(images.resizeTo)"), Fact("padding", "\(images.padding)"),
      Fact("mirrored", images.mirror ? "yes" : "no"), Fact("mean", images.mean.rawValue),
      Fact("scale", "\(images.scale)"), Fact("std", text(images.std)),
    ]
    let detection = (run.training.detection ?? .pascal).fields.map { Fact("detection: \($0.name)", run.training.detection == nil ? none : $0.text) }
    let actions = (run.training.actions ?? .pascal).fields.map { Fact("actions: \($0.name)", run.training.actions == nil ? none : $0.text) }
    let origin = [
      Fact("program", run.program, decides: false), Fact("host", run.host, decides: false),
      Fact("computed with", run.machine?.text ?? none),
    ]
    return data + settings + preparation + detection + actions + origin
  }

  /// The headline metrics of both, and what else is measured of one.
  private static func metrics(_ a: Side, _ b: Side) -> (headlines: [TaskMetric], others: [TaskMetric]) {
    let lists = [a, b].compactMap(\.summary.progress.bestOrLast?.metrics.list)
    func unique(_ metrics: [TaskMetric], but known: [TaskMetric] = []) -> [TaskMetric] {
      metrics.reduce(into: []) { if !$0.contains($1) && !known.contains($1) { $0.append($1) } }
    }
    let all = lists.isEmpty ? [TaskMetric.classification] : lists
    let headlines = unique(all.map { $0[0] })
    return (headlines, unique(all.flatMap { $0 }, but: headlines))
  }

  private static func results(_ run: Side, _ metrics: (headlines: [TaskMetric], others: [TaskMetric])) -> [Fact] {
    let progress = run.summary.progress
    func number(_ value: Double?) -> String { value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? none }
    func text(_ metric: TaskMetric, of report: ValidationReport?) -> String {
      guard metric.form == .share else { return number(report?[metric]) }
      return report?[metric].map { "\(($0 * 10_000).rounded() / 100) %" } ?? none
    }
    let best = progress.best
    return [Fact("state", run.summary.state.rawValue), Fact("steps", "\(progress.step) of \(progress.steps)")]
      + metrics.headlines.map { Fact("best \($0.title)", text($0, of: best)) }
      + metrics.others.map { Fact("its \($0.title)", text($0, of: best)) }
      + [Fact("its loss", number(best?.loss)), Fact("at step", best.map { "\($0.step)" } ?? none)]
      + metrics.headlines.map { Fact("last \($0.title)", text($0, of: progress.validation)) }
      + [
        Fact("training loss", number(progress.loss.map(Double.init))),
        Fact("time", run.seconds.map { "\(Int(nearest: $0)) s" } ?? none),
      ]
  }
}
