/// What of the tasks has to be known to read what they have left in files.
package enum TrainingTasks {
  package struct Description: Sendable {
    /// The headline first.
    package var metrics: [TaskMetric]
  }

  package static let all = [Description(metrics: TaskMetric.classification)]
}

extension TaskMetric {
  /// The share of the images whose class has the highest score.
  public static let top1 = TaskMetric("top1", heading: "top-1")
  /// The share of the images whose class is among the five with the highest scores.
  public static let top5 = TaskMetric("top5", heading: "top-5")
  /// Top-1 averaged over the classes that have images.
  public static let meanClass = TaskMetric("meanClass", heading: "mean class", title: "mean class accuracy")

  /// Those of a classification.
  public static let classification = [top1, top5, meanClass]
}

extension MetricValues {
  package static func classification(top1: Double, top5: Double, meanClass: Double) -> MetricValues {
    MetricValues(TaskMetric.classification, [top1, top5, meanClass])
  }
}
