import Basics

/// The results of runs that repeat each other, as mean ± sample standard deviation.
public struct RunStatistics: Codable, Equatable, Sendable {
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
  /// Of the last validation, shares in 0…1, and the loss in nats.
  public var top1, top5, meanClass, loss: Estimate?
  /// Of each run's validation with the highest top-1.
  public var bestTop1: Estimate?

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
    top1 = Estimate(last.map(\.top1))
    top5 = Estimate(last.map(\.top5))
    meanClass = Estimate(last.map(\.meanClass))
    loss = Estimate(last.map(\.loss))
    bestTop1 = Estimate(runs.compactMap(\.progress.best?.top1))
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
