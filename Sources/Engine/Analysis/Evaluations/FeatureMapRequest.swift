import Basics
import Datasets
import Networks

/// Asks where the images of a split lie along the two directions in which a network's features differ most.
public struct FeatureMapRequest: Evaluation {
  /// As ``EvaluationContext/features(_:space:of:)`` takes it, like `dataset` and `space`.
  public var run: String
  public var dataset: String?
  public var space: String?
  public var split: Split

  public init(run: String, dataset: String? = nil, space: String? = nil, split: Split = .val) {
    (self.run, self.dataset, self.space, self.split) = (run, dataset, space, split)
  }

  public func run(in context: some EvaluationContext, progress: EvaluationProgress, partial: (FeatureMap) -> Void) throws(Problem) -> FeatureMap {
    let features = try context.features(run, space: space, of: dataset)
    _ = try features.matrix(split) { (done) throws(Problem) in try features.report(split, done, to: progress) }
    try progress("the directions of most variance", 0, features.dataset.labels(split).count)
    return try FeatureMap(features, split)
  }
}
