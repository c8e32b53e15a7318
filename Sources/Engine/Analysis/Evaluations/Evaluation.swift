import Basics
import Datasets
import Files
import Kernels
import LabelSets
import Pictures
import Runs
import Taxonomy
import Training

/// A question about what networks have learned, as a value: commands, screens and study files make the same one and get the same answer. What is
/// asked again is mostly looked up, since the features that it needs are kept.
public protocol Evaluation: Codable, Hashable, Sendable {
  associatedtype Result: Sendable

  /// - Parameters:
  ///   - context: where runs, datasets, trees and label sets are found.
  ///   - progress: hears what is done, how much of it, and of how much; what it throws ends the work.
  ///   - partial: gets what is known before all is.
  /// - Throws: a ``Problem`` where something that is named is not there, or the question does not fit it.
  func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (Result) -> Void
  ) throws(Problem) -> Result
}

extension Evaluation {
  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress = { _, _, _ in }
  ) throws(Problem) -> Result {
    try run(in: context, progress: progress, partial: { _ in })
  }
}

/// Hears that so much of some work is done: "coarse: fc7 of val", 640, 10,000.
public typealias EvaluationProgress = (_ work: String, _ done: Int, _ total: Int) throws(Problem) -> Void

/// What commands print of an evaluation and studies take from it.
public protocol EvaluationResult: Codable, Sendable {
  /// The figures by name, the headline first; shares from 0 to 1.
  var metrics: [(name: String, value: Double)] { get }
  /// For people, and as comma-separated values.
  var report: EvaluationReport { get }
}

/// Where evaluations find what they name.
public protocol EvaluationContext {
  /// - Parameters:
  ///   - run: its name, or `NAME@STEP` for a checkpoint that is not the best in validation; or the name of imported features, or `features/NAME`
  ///     (``NamedFeatures/imported(_:)``), where a run may have that name too.
  ///   - space: a layer, or `features` or `scores`: what each network calls them; nil: `features`.
  ///   - dataset: whose images are looked at; nil: the run's.
  func features(_ run: String, space: String?, of dataset: String?) throws(Problem) -> any ImageFeatures
  func tree(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> Hierarchy
  /// - Parameter dataset: what the label set has to fit; nil for any.
  func labelSet(_ name: String, for dataset: String?) throws(Problem) -> LabelSet
  /// The coarse classes that a dataset's tree suggests, nil where it suggests none.
  func suggestedCoarseClasses(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> LabelSet?
  /// A dataset whose images have objects with boxes.
  func annotated(_ dataset: String) throws(Problem) -> any AnnotatedDataset
  /// What a run's detector finds.
  /// - Parameters:
  ///   - run: its name, or `NAME@STEP`.
  ///   - set: of its dataset; nil: the one it was validated on.
  func detections(_ run: String, set: String?, progress: EvaluationProgress) throws(Problem) -> RunDetections
  /// Where classes of objects stand in WordNet.
  /// - Parameter depth: of the nodes below which they are similar.
  func objectTree(_ classes: [String], depth: Int) throws(Problem) -> ObjectTree
}

extension EvaluationContext {
  public func suggestedCoarseClasses(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> LabelSet? {
    try .suggestedCoarseClasses(dataset: dataset, on: try tree(of: dataset, policy))
  }

  /// The scores of a run's classifier on the validation images.
  func predictions(
    _ run: String, of dataset: String?, progress: EvaluationProgress
  ) throws(Problem) -> (features: any ImageFeatures, predictions: RunPredictions) {
    let features = try features(run, space: NeighborSpace.scores.rawValue, of: dataset)
    let predictions = try RunPredictions(features) { (done) throws(Problem) in try features.report(.val, done, to: progress) }
    return (features, predictions)
  }
}

/// What features are named by for an evaluation: a run, or a name of imported ones.
public enum NamedFeatures {
  case run(String)
  case imported(String)

  /// As evaluations take it for `run`.
  public var text: String {
    switch self {
    case .run(let name): name
    case .imported(let name): ImportedFeatures.prefix + name
    }
  }

  /// What `text` names in a home. A name that imported features have goes before the beginning of a run's.
  /// - Throws: a ``Problem`` where a run and imported features have that name, or a checkpoint of imported ones is asked for.
  public init(_ text: String, in home: Home) throws(Problem) {
    let store = FeatureStore(home: home)
    if text.hasPrefix(ImportedFeatures.prefix) {
      self = .imported(String(text.dropFirst(ImportedFeatures.prefix.count)))
      return
    }
    let named = NamedRun(text)
    guard store.contains(named.name) else {
      self = .run(text)
      return
    }
    if let run = RunsReader(home: home).refresh().first(where: { $0.id == named.name || $0.name == named.name }) {
      guard named.step == nil else {
        self = .run(text)
        return
      }
      throw Problem(
        "a run and imported features have this name", at: text, expected: "one of them", advice: "say \(ImportedFeatures.prefix)\(text), or \(run.id)",
        kind: .usage)
    }
    guard named.step == nil else {
      throw Problem("imported features have no checkpoints", at: text, expected: named.name, kind: .usage)
    }
    self = .imported(text)
  }
}

/// What lies in a home, opened anew for each question.
public struct HomeContext: EvaluationContext, Sendable {
  public let home: Home
  /// The folder of WordNet's files, where one was named.
  public let wordNet: String?
  public let workers: Int

  public init(home: Home, wordNet: String? = nil, workers: Int? = nil) {
    (self.home, self.wordNet, self.workers) = (home, wordNet, workers ?? ProcessorCores.usable)
  }

  package var catalog: DatasetCatalog { DatasetCatalog(home: home, wordNet: wordNet) }

  public func features(_ run: String, space: String?, of dataset: String?) throws(Problem) -> any ImageFeatures {
    if case .imported(let name) = try NamedFeatures(run, in: home) {
      let store = FeatureStore(home: home, wordNet: wordNet)
      let own = try store.description(name).dataset
      return try ImportedFeatures(name, in: store, dataset: try catalog.open(dataset ?? own), space: space, workers: workers)
    }
    let named = NamedRun(run)
    let reader = RunsReader(home: home)
    let directory = reader.directory(of: try reader.find(named.name).id)
    let configuration = try directory.configuration()
    return try RunFeatures(
      directory, dataset: try catalog.open(dataset ?? configuration.dataset), home: home,
      space: space.map { NeighborSpace(rawValue: $0)?.layer(of: configuration.training.network) ?? $0 }, step: named.step, workers: workers)
  }

  public func tree(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> Hierarchy {
    try catalog.hierarchy(of: dataset, policy)
  }

  public func labelSet(_ name: String, for dataset: String?) throws(Problem) -> LabelSet {
    try LabelSetStore(home: home, wordNet: wordNet).load(name, for: dataset)
  }

  public func annotated(_ dataset: String) throws(Problem) -> any AnnotatedDataset { try catalog.annotated(dataset) }

  public func objectTree(_ classes: [String], depth: Int) throws(Problem) -> ObjectTree {
    try ObjectTree(classes, depth: depth, wordNet: WordNetFiles.open(explicit: wordNet))
  }
}
