import Basics
import Datasets

/// Asks how well a linear classifier on a network's features recognises the validation images (a linear probe): ``SoftmaxRegression`` fitted to the
/// training images' features, which are kept.
public struct LinearProbeRequest: Evaluation {
  public var run: String
  /// Whose images are looked at; nil: the run's.
  public var dataset: String?
  /// As ``EvaluationContext/features(_:space:of:)`` takes it.
  public var space: String?
  /// The strength λ of the L2 regularisation; scikit-learn's C is 1 / (λ · training images).
  public var l2: Double
  /// The classes that are told apart: a label set's; nil: the dataset's fine ones.
  public var labels: String?

  public init(run: String, dataset: String? = nil, space: String? = nil, l2: Double = 1e-3, labels: String? = nil) {
    precondition(l2 >= 0, "a regularisation of \(l2)")
    (self.run, self.dataset, self.space, self.l2, self.labels) = (run, dataset, space, l2, labels)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (LinearProbeResult) -> Void
  ) throws(Problem) -> LinearProbeResult {
    let features = try context.features(run, space: space, of: dataset)
    let probed = try ProbedClasses(labels, of: features.dataset, in: context)
    var matrices: [FeatureMatrix] = []
    for split in [Split.train, .val] {
      matrices.append(try features.matrix(split) { (done) throws(Problem) in try features.report(split, done, to: progress) })
    }
    let (rows, classes) = try probed.rows(matrices[0], features.dataset, .train)
    let (asked, truths) = try probed.rows(matrices[1], features.dataset, .val)
    var probe = SoftmaxRegression(classes: probed.classes.count, standardising: rows, of: matrices[0].values, backend: features.backend)
    let most = 1000
    try probe.fit(rows, of: matrices[0].values, labels: classes, strength: l2, most: most) { (done) throws(Problem) in
      try progress("\(features.id): linear probe, iterations", done, most)
    }
    return LinearProbeResult(
      run: features.id, step: features.checkpoint, dataset: features.dataset.name, space: features.space, labels: probed.name, l2: l2,
      trainingImages: rows.count, iterations: probe.iterations, loss: probe.loss, largestGradient: probe.largestGradient,
      recognition: Recognition(truths: truths, predictions: probe.predict(asked, of: matrices[1].values), classes: probed.classes))
  }
}

/// The accuracy of a linear probe, and how it was fitted.
public struct LinearProbeResult: EvaluationResult {
  public var run: String
  /// Nil for imported features.
  public var step: Int?
  public var dataset, space: String
  /// The label set of the classes; nil: the dataset's fine ones.
  public var labels: String?
  public var l2: Double
  public var features = "standardised by the training images"
  public var trainingImages: Int
  /// Of L-BFGS.
  public var iterations: Int
  /// On the training images, with regularisation.
  public var loss: Double
  /// At the end: the largest derivative of the loss by a parameter.
  public var largestGradient: Double
  public var recognition: Recognition

  package init(
    run: String, step: Int?, dataset: String, space: String, labels: String?, l2: Double, trainingImages: Int, iterations: Int, loss: Double,
    largestGradient: Double, recognition: Recognition
  ) {
    (self.run, self.step, self.dataset, self.space, self.labels, self.l2) = (run, step, dataset, space, labels, l2)
    (self.trainingImages, self.iterations, self.loss, self.largestGradient) = (trainingImages, iterations, loss, largestGradient)
    self.recognition = recognition
  }

  public var metrics: [(name: String, value: Double)] { recognition.metrics }

  public var report: EvaluationReport { report(perClass: false) }

  /// - Parameter perClass: whether every class is told.
  public func report(perClass: Bool) -> EvaluationReport {
    var report = EvaluationReport()
    report.add("linear probe on \(dataset), \(labels ?? "fine classes"): softmax regression with L2 regularisation \(l2), features \(features)")
    report.add("\(counted(iterations, "iteration")) of L-BFGS to a loss of \(decimals(loss, 4)), largest derivative \(largestGradient)")
    recognition.add(to: &report, run: run, step: step, space: space, trainingImages: trainingImages, perClass: perClass)
    return report
  }
}
