import Basics
import Datasets

/// Asks how well a network's own classifier recognises the validation images: of a run its last validation, of imported or random weights, which
/// nothing has validated, their only one.
public struct AccuracyRequest: Evaluation {
  public var run: String
  /// Whose images are looked at; nil: the run's.
  public var dataset: String?

  public init(run: String, dataset: String? = nil) { (self.run, self.dataset) = (run, dataset) }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (AccuracyResult) -> Void
  ) throws(Problem) -> AccuracyResult {
    let (features, predictions) = try context.predictions(run, of: dataset, progress: progress)
    let classes = predictions.labelSet.classes.map { ($0.wnid, $0.name) }
    return AccuracyResult(
      run: features.id, dataset: features.dataset.name, labels: predictions.labelSet.name,
      recognition: Recognition(truths: predictions.truths, predictions: predictions.predictions, classes: classes))
  }
}

/// The accuracy of a network's own classifier.
public struct AccuracyResult: EvaluationResult {
  public var run: String
  public var dataset: String
  public var labels: String
  public var recognition: Recognition

  public var metrics: [(name: String, value: Double)] { recognition.metrics }

  public var report: EvaluationReport {
    var report = EvaluationReport()
    report.add("accuracy on \(dataset), \(labels)")
    return report
  }
}
