import Analysis
import Basics
import Datasets
import Files
import Pictures
import Runs
import Taxonomy
import Training

/// Where a study's measures find what they name: its own label sets first, then the home's.
struct StudyContext: EvaluationContext {
  let home: HomeContext
  let own: LabelSet?

  func features(_ run: String, space: String?, of dataset: String?) throws(Problem) -> any ImageFeatures { try home.features(run, space: space, of: dataset) }
  func tree(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> Hierarchy { try home.tree(of: dataset, policy) }
  func labelSet(_ name: String, for dataset: String?) throws(Problem) -> LabelSet {
    if let own, own.name == name { return own }
    return try home.labelSet(name, for: dataset)
  }
  func annotated(_ dataset: String) throws(Problem) -> any AnnotatedDataset { try home.annotated(dataset) }
  func detections(_ run: String, set: String?, progress: EvaluationProgress) throws(Problem) -> RunDetections {
    try home.detections(run, set: set, progress: progress)
  }
  func objectTree(_ classes: [String], depth: Int) throws(Problem) -> ObjectTree { try home.objectTree(classes, depth: depth) }
}

extension StudyMeasure {
  /// - Parameters:
  ///   - run: as evaluations name it, `ID@STEP` or `features/NAME`; `baseline` likewise.
  func run(
    _ run: String, baseline: String?, in home: HomeContext, progress: EvaluationProgress
  ) throws(Problem) -> (metrics: [String: Double], bars: [StudyResult.Bar]?) {
    let context = StudyContext(home: home, own: labelSet)
    let metric = measure.metric.flatMap { Metric(rawValue: $0) } ?? .l2
    switch measure.kind {
    case .induction:
      let request = InductionRequest(
        runs: [run], baselines: baseline.map { [$0] } ?? [], dataset: dataset, space: measure.space, metric: metric, labels: labelSet?.name)
      return (values(try request.run(in: context, progress: progress)), nil)
    case .coarseFine:
      let request = CoarseFineRequest(run: run, dataset: dataset, labels: labelSet?.name, minMembers: measure.members ?? 5)
      let result = try request.run(in: context, progress: progress)
      return (values(result), result.chart(top: 0).bars.map { .init(name: $0.name, value: $0.value, note: $0.note) })
    case .knn:
      let request = KNNRequest(run: run, dataset: dataset, space: measure.space, metric: metric, k: measure.k ?? 20, labels: labelSet?.name)
      return (values(try request.run(in: context, progress: progress)), nil)
    case .linear:
      var request = LinearProbeRequest(run: run, dataset: dataset, space: measure.space, labels: labelSet?.name)
      if let l2 = measure.l2 { request.l2 = l2 }
      return (values(try request.run(in: context, progress: progress)), nil)
    case .accuracy: return (values(try AccuracyRequest(run: run, dataset: dataset).run(in: context, progress: progress)), nil)
    case .neighbours:
      let request = NeighborRequest(
        runs: [run], queries: .validation(nil), dataset: dataset, space: measure.space, metric: metric, k: measure.k ?? 10, labels: labelSet?.name)
      return (values(try request.run(in: context, progress: progress)), nil)
    }
  }

  private func values(_ result: some EvaluationResult) -> [String: Double] {
    Dictionary(result.metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
