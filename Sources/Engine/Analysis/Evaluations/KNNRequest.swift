import Basics
import Datasets
import Kernels

/// Asks how well a k-nearest-neighbour classifier recognises the validation images among the training images, in a network's features.
public struct KNNRequest: Evaluation {
  public var run: String
  /// Whose images are looked at; nil: the run's.
  public var dataset: String?
  /// As ``EvaluationContext/features(_:space:of:)`` takes it.
  public var space: String?
  public var metric: Metric
  /// How many neighbours vote; one vote each.
  public var k: Int
  /// The classes that are told apart: a label set's; nil: the dataset's fine ones.
  public var labels: String?

  public init(
    run: String, dataset: String? = nil, space: String? = nil, metric: Metric = .l2, k: Int = 20, labels: String? = nil
  ) {
    precondition(k > 0, "a vote of \(k) neighbours")
    (self.run, self.dataset, self.space, self.metric, self.k, self.labels) = (run, dataset, space, metric, k, labels)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (KNNResult) -> Void
  ) throws(Problem) -> KNNResult {
    let features = try context.features(run, space: space, of: dataset)
    let probed = try ProbedClasses(labels, of: features.dataset, in: context)
    let asked = try features.matrix(.val) { (done) throws(Problem) in try features.report(.val, done, to: progress) }
    let (queries, truths) = try probed.rows(asked, features.dataset, .val)
    return try features.searching { () throws(Problem) in
      let searched = try features.matrix(.train, isLazy: true) { (done) throws(Problem) in try features.report(.train, done, to: progress) }
      let (rows, votes) = try probed.rows(searched, features.dataset, .train)
      try progress("\(features.id): neighbours", 0, queries.count)
      let predictions = try Self.classify(
        queries, of: asked.values, among: Gallery(searched.values, rows: rows, kept: searched.kept), labels: votes, k: k, metric: metric,
        backend: features.backend)
      return KNNResult(
        run: features.id, step: features.checkpoint, dataset: features.dataset.name, space: features.space, labels: probed.name, k: k,
        metric: metric, trainingImages: rows.count, recognition: Recognition(truths: truths, predictions: predictions, classes: probed.classes))
    }
  }

  /// The class of each of some rows of a matrix, by the vote of its neighbours.
  /// - Parameters:
  ///   - queries: [images, features].
  ///   - labels: of the gallery's rows.
  package static func classify(
    _ rows: [Int], of queries: Tensor, among gallery: Gallery, labels: [Int32], k: Int, metric: Metric, backend: any Backend
  ) throws(Problem) -> [Int32] {
    var predictions: [Int32] = []
    try NeighborSearch(k: k, metric: metric, backend: backend).forEach(rows, of: queries, in: gallery) { _, neighbors in
      predictions.append(vote(neighbors.filter(\.distance.isFinite).map { labels[$0.index] }))
    }
    return predictions
  }

  /// The class with the most votes; of several with as many, that of the nearest image. −1 without votes.
  /// - Parameter labels: of the neighbours, nearest first.
  static func vote(_ labels: [Int32]) -> Int32 {
    var votes: [Int32: Int] = [:]
    for label in labels { votes[label, default: 0] += 1 }
    let most = votes.values.max()
    return labels.first { votes[$0] == most } ?? -1
  }
}

/// The accuracy of a k-nearest-neighbour classifier.
public struct KNNResult: EvaluationResult {
  public var run: String
  /// Nil for imported features.
  public var step: Int?
  public var dataset, space: String
  /// The label set of the classes; nil: the dataset's fine ones.
  public var labels: String?
  public var k: Int
  public var metric: Metric
  public var vote = "majority, ties to the class of the nearest image"
  public var trainingImages: Int
  public var recognition: Recognition

  package init(
    run: String, step: Int?, dataset: String, space: String, labels: String?, k: Int, metric: Metric, trainingImages: Int, recognition: Recognition
  ) {
    (self.run, self.step, self.dataset, self.space, self.labels) = (run, step, dataset, space, labels)
    (self.k, self.metric, self.trainingImages, self.recognition) = (k, metric, trainingImages, recognition)
  }

  public var metrics: [(name: String, value: Double)] { recognition.metrics }

  public var report: EvaluationReport { report(perClass: false) }

  /// - Parameter perClass: whether every class is told.
  public func report(perClass: Bool) -> EvaluationReport {
    var report = EvaluationReport()
    report.add("k-nearest-neighbour accuracy on \(dataset), \(labels ?? "fine classes"): \(k) neighbours, \(metric.rawValue); \(vote)")
    recognition.add(to: &report, run: run, step: step, space: space, trainingImages: trainingImages, perClass: perClass)
    return report
  }
}
