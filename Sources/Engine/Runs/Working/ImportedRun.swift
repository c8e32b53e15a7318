import Basics
import Datasets
import Files
import Kernels
import Networks
import Taxonomy
import Weights

/// Weights from elsewhere, kept as a finished run of no steps, so that everything that takes a run takes them.
public enum ImportedRun {
  /// Makes the run.
  ///
  /// - Parameters:
  ///   - labelSet: what the network's outputs mean, in their order; nil: the 1000 classes of ImageNet-1k.
  ///   - program, command: kept with the run.
  ///   - source: the file that the weights are from, whose content then identifies them.
  /// - Throws: a ``Problem`` where the label set has not as many classes as the network, or the run cannot be written.
  public static func create(
    _ weights: WeightImport, labelSet: LabelSet?, name: String, home: Home, program: String, command: [String], source: String? = nil
  ) throws(Problem) -> RunDirectory {
    let catalog = DatasetCatalog(home: home)
    let labels: LabelSet
    if let labelSet { labels = labelSet } else { labels = try imageNet(catalog) }
    guard labels.classes.count == weights.report.classes else {
      throw Problem(
        "the label set does not fit the network", at: labels.name, expected: counted(weights.report.classes, "class"),
        found: "\(labels.classes.count)", advice: "name the classes with --dataset and --labels")
    }
    let hasImages = catalog.hasImages(labels.dataset)
    var configuration = RunConfiguration(
      name: name, created: unixTime(), dataset: labels.dataset,
      fingerprint: hasImages ? try catalog.open(labels.dataset).fingerprint : "", labelSet: labels,
      training: try Architecture.named(weights.report.network).recipe, workers: nil, program: program,
      host: WorkerIdentity.hostName, command: command)
    configuration.weights = try source.map { path throws(Problem) in try RunDirectory.contentHash(path) }
    return try RunDirectory.create(configuration, in: home.runs) { (run) throws(Problem) in
      try run.checkpoints.save(weights.snapshot, step: 0, .init())
      try RunJSON.write(
        RunResult(outcome: .finished, session: 1, time: unixTime(), problem: nil, progress: RunProgress()),
        to: run.resultFile)
    }
  }

  /// Why what is done with a training cannot be done with such a run.
  package static func refusal(_ action: String, _ id: String) -> Problem {
    Problem(
      "cannot \(action) the run", at: id, expected: "a training", found: "imported weights",
      advice: "\(ShellCommand("train", "--from", id).inSentence) trains on from them")
  }

  private static func imageNet(_ catalog: DatasetCatalog) throws(Problem) -> LabelSet {
    let classes = try catalog.classes(of: "imagenet-1k")
    return LabelSet(
      name: "fine-\(classes.count)", dataset: "imagenet-1k", policy: .name, recipe: [],
      classes: classes.map { TargetClass(wnid: $0.wnid, name: $0.name, members: [$0.wnid]) }, leftOut: [])
  }
}

extension RunDirectory {
  /// Whether the run is weights from elsewhere: finished, and never begun.
  package var isImported: Bool {
    guard let result = try? result() else { return false }
    return result.outcome == .finished && result.progress.steps == 0
  }
}
