import Basics
import Datasets
import Networks

/// To tell the classes of a label set apart: one image and one label a sample, one output a class, mean cross-entropy.
package struct ClassificationTask: TrainingTask {
  package let view: TrainingView
  private let smoothing: Float

  /// - Parameter smoothing: of the labels in training, 0 to below 1.
  package init(_ view: TrainingView, smoothing: Float = 0) { (self.view, self.smoothing) = (view, smoothing) }

  package var metrics: [TaskMetric] { TaskMetric.classification }
  package var training: [Sample] { view.training }
  package var validation: [Sample] { view.validation }
  package var facts: [String: String] { ["classes": String(view.classes)] }

  package func lossWatch() -> LossWatch { LossWatch(imagesPerClass: view.imagesPerClass()) }
  package func design(_ architecture: Architecture) throws(Problem) -> NetworkDesign { architecture.design(classes: view.classes) }
  package func objective(for network: Network) -> any TaskObjective { Objective(network, classes: view.classes, smoothing: smoothing) }

  private final class Objective: TaskObjective {
    private let network: Network
    private let smoothing: Float
    private let crossEntropy: CrossEntropy
    private var tally: ClassificationTally

    init(_ network: Network, classes: Int, smoothing: Float) {
      (self.network, self.smoothing) = (network, smoothing)
      crossEntropy = CrossEntropy(network)
      tally = ClassificationTally(classes: classes)
    }

    func learn(_ batch: TaskBatch, _ phase: Phase) -> TaskLoss {
      let pass = Pass(images: batch.count)
      network.forward(pass, phase)
      return TaskLoss(crossEntropy(labels: batch.labels, in: pass, smoothing: smoothing), over: pass)
    }

    func beginValidation() { tally = ClassificationTally(classes: tally.classes) }

    func validate(_ batch: TaskBatch) {
      let pass = Pass(images: batch.count)
      network.forward(pass, .inference)
      let loss = crossEntropy(labels: batch.labels, in: pass)
      tally.add(logits: network.logits, labels: batch.labels, count: batch.count, loss: loss)
    }

    func outcome(step: Int, epoch: Double, skipped: Int) -> ValidationOutcome {
      // What it remembers of each image is not needed until the next one.
      defer { beginValidation() }
      let classes = tally.classResults(step: step, epoch: epoch)
      return ValidationOutcome(tally.report(classes, skipped: skipped), classes: classes)
    }
  }
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
