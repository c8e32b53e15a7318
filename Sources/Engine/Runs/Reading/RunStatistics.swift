import Basics
import Training

/// The results of runs that repeat each other, as mean ± sample standard deviation.
public struct RunStatistics: Equatable, Sendable {
  /// A quantity over the runs that have it.
  public struct Estimate: Codable, Equatable, Sendable {
    public var mean: Double
    /// √(Σ(x − mean)² / (n − 1)); nil for a single run.
    public var deviation: Double?
    public var n: Int

    /// Nil where there is no value.
    public init?(_ values: [Double]) {
      guard !values.isEmpty else { return nil }
      n = values.count
      mean = values.reduce(0, +) / Double(n)
      let squares = values.reduce(0) { [mean] in $0 + ($1 - mean) * ($1 - mean) }
      deviation = n > 1 ? (squares / Double(n - 1)).squareRoot() : nil
    }
  }

  /// What makes runs repeats of each other.
  public enum Key: String, CaseIterable, Sendable {
    /// Everything that decides the numbers of a training, but its seed.
    case configuration
    /// What a person put into one group (``RunNotes/group``).
    case group
    case labelSet = "label-set"
    case net
    case dataset
  }

  /// What the runs share, in words: `coarse-127  alexnet`.
  public var name: String
  /// What differs between these runs and those of the other rows besides: `learning rate .02`.
  public var settings: [String]
  public var runs: [String]
  public var seeds: [UInt64]
  /// A metric over the runs that have it.
  public struct Value: Equatable, Sendable {
    public var metric: TaskMetric
    public var estimate: Estimate
  }

  /// Of the last validation, in the task's order.
  public var metrics: [Value]
  /// Of the last validation.
  public var loss: Estimate?
  /// The headline metric of each run's best validation; runs of several tasks have several.
  public var best: [Value]

  /// Of the last validation; nil where no run has it.
  public subscript(metric: TaskMetric) -> Estimate? { metrics.first { $0.metric == metric }?.estimate }
  /// Of each run's best validation.
  public func best(_ metric: TaskMetric) -> Estimate? { best.first { $0.metric == metric }?.estimate }

  /// One row for each kind of run, in the order in which they come.
  public static func rows(_ runs: [(configuration: RunConfiguration, summary: RunSummary)], by key: Key) -> [RunStatistics] {
    var groups: [(key: [String], runs: [(configuration: RunConfiguration, summary: RunSummary)])] = []
    var places: [[String]: Int] = [:]
    for run in runs {
      let words = Self.words(run.configuration, run.summary, key)
      if let place = places[words] {
        groups[place].runs.append(run)
      } else {
        places[words] = groups.count
        groups.append((words, [run]))
      }
    }
    let facts = groups.map { RunDifference.deciding($0.runs[0].configuration) }
    let varying = facts.first.map { first in
      // The name has said these.
      first.indices.filter { !["net", "classes", "label set hash"].contains(first[$0].field) }
        .filter { index in facts.contains { $0[index].text != first[index].text } }
    } ?? []
    return groups.indices.map { group in
      let settings = key == .configuration ? varying.map { "\(facts[group][$0].field) \(facts[group][$0].text)" } : []
      let first = groups[group].runs[0]
      return RunStatistics(Self.name(first.configuration, first.summary, key), settings, groups[group].runs.map(\.summary))
    }
  }

  private init(_ name: String, _ settings: [String], _ runs: [RunSummary]) {
    (self.name, self.settings) = (name, settings)
    self.runs = runs.map(\.id)
    seeds = runs.map(\.seed)
    let last = runs.compactMap(\.progress.validation)
    metrics = Self.values(last.flatMap { Array($0.metrics) })
    loss = Estimate(last.map(\.loss))
    best = Self.values(runs.compactMap(\.progress.best?.headline))
  }

  private static func values(_ all: [(metric: TaskMetric, value: Double)]) -> [Value] {
    let metrics = all.map(\.metric).reduce(into: [TaskMetric]()) { if !$0.contains($1) { $0.append($1) } }
    return metrics.map { metric in Value(metric: metric, estimate: Estimate(all.filter { $0.metric == metric }.map(\.value))!) }
  }

  private static func words(_ run: RunConfiguration, _ summary: RunSummary, _ key: Key) -> [String] {
    switch key {
    case .configuration: RunDifference.deciding(run).map(\.text)
    case .group: [summary.group ?? ""]
    case .labelSet: [run.labelSet.contentHash]
    case .net: [run.training.network]
    case .dataset: [run.dataset]
    }
  }

  private static func name(_ run: RunConfiguration, _ summary: RunSummary, _ key: Key) -> String {
    switch key {
    case .configuration: "\(run.labelSet.name)  \(run.training.network)"
    case .group: summary.group ?? "no group"
    case .labelSet: "\(run.labelSet.name), \(counted(run.labelSet.classes.count, "class"))"
    case .net: run.training.network
    case .dataset: run.dataset
    }
  }
}

/// In JSON each metric has a key of its own, as `top1`, and that of the best validations is `bestTop1`.
extension RunStatistics: Codable {
  private static func best(_ metric: TaskMetric) -> NameKey { NameKey("best" + metric.name.prefix(1).uppercased() + metric.name.dropFirst()) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    name = try container.decode(String.self, forKey: NameKey("name"))
    settings = try container.decode([String].self, forKey: NameKey("settings"))
    runs = try container.decode([String].self, forKey: NameKey("runs"))
    seeds = try container.decode([UInt64].self, forKey: NameKey("seeds"))
    loss = try container.decodeIfPresent(Estimate.self, forKey: NameKey("loss"))
    func values(_ key: (TaskMetric) -> NameKey) throws -> [Value] {
      try TaskMetric.known.compactMap { metric in
        try container.decodeIfPresent(Estimate.self, forKey: key(metric)).map { Value(metric: metric, estimate: $0) }
      }
    }
    metrics = try values { NameKey($0.name) }
    best = try values(Self.best)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(name, forKey: NameKey("name"))
    try container.encode(settings, forKey: NameKey("settings"))
    try container.encode(runs, forKey: NameKey("runs"))
    try container.encode(seeds, forKey: NameKey("seeds"))
    try container.encodeIfPresent(loss, forKey: NameKey("loss"))
    for value in metrics { try container.encode(value.estimate, forKey: NameKey(value.metric.name)) }
    for value in best { try container.encode(value.estimate, forKey: Self.best(value.metric)) }
  }
}
