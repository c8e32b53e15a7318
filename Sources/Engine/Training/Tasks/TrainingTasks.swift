/// What of the tasks has to be known to read what they have left in files.
package enum TrainingTasks {
  package struct Description: Sendable {
    /// The headline first.
    package var metrics: [TaskMetric]
    /// The keys of ``TrainingTask/facts``.
    package var facts: Set<String>
  }

  package static let all = [Description(metrics: TaskMetric.classification, facts: ["classes"]), Description(metrics: TaskMetric.detection, facts: DetectionTask.facts), Description(metrics: TaskMetric.action, facts: ActionTask.facts)]

  /// What the metadata of a checkpoint may tell, by the task that it is of.
  package static let facts = all.reduce(into: Set<String>()) { $0.formUnion($1.facts) }
}
