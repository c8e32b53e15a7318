import Basics
import Datasets
import Taxonomy

/// How many images a classifier gets right, overall and class by class.
public struct Recognition: Codable, Equatable, Sendable {
  public struct ClassRow: Codable, Equatable, Sendable {
    public var wnid, name: String
    public var images, right: Int
    /// From 0 to 1; NaN without images.
    public var accuracy: Double { images > 0 ? Double(right) / Double(images) : .nan }
  }

  public var images: Int
  /// The share of images that are right, 0 to 1.
  public var top1: Double
  /// Macro-averaged: the mean of the accuracies of the classes that have images, with its interval.
  public var meanClassAccuracy: Estimate
  public var classes: [ClassRow]

  /// - Parameters:
  ///   - truths, predictions: of each image, an index into `classes`; −1: no prediction.
  ///   - seed: decides the draws of the interval.
  package init(truths: [Int32], predictions: [Int32], classes: [(wnid: String, name: String)], seed: UInt64 = 1) {
    var rows = classes.map { ClassRow(wnid: $0.wnid, name: $0.name, images: 0, right: 0) }
    for (truth, prediction) in zip(truths, predictions) {
      rows[Int(truth)].images += 1
      if truth == prediction { rows[Int(truth)].right += 1 }
    }
    images = truths.count
    top1 = truths.isEmpty ? .nan : Double(rows.reduce(0) { $0 + $1.right }) / Double(truths.count)
    meanClassAccuracy = Bootstrap.meanOverClasses(hits: rows.map(\.right), images: rows.map(\.images), seed: seed)
    self.classes = rows
  }

  var metrics: [(name: String, value: Double)] {
    [(name: "accuracy", value: meanClassAccuracy.value), (name: "top1", value: top1)]
  }

  /// How the interval is found, and a table of one run.
  /// - Parameter perClass: whether every class is told.
  func add(to report: inout EvaluationReport, run: String, step: Int?, space: String, trainingImages: Int, perClass: Bool) {
    report.add("mean class accuracy is macro-averaged; interval: 95 % by bootstrap over the images of each class, \(Bootstrap.draws) draws")
    report.add("")
    report.add(
      [
        .init("run", .text), .init("step"), .init("space", .text), .init("classes"), .init("training"), .init("tested"), .init("top-1"),
        .init("mean class accuracy"), .init("95 %", .interval),
      ],
      [[
        .text(run), step.map(EvaluationTable.Cell.count) ?? .share(.nan), .text(space), .count(classes.count), .count(trainingImages), .count(images), .share(top1),
        .share(meanClassAccuracy.value), .interval(meanClassAccuracy.low, meanClassAccuracy.high),
      ]])
    if perClass { addClasses(to: &report) }
  }

  /// A line a class, the worst first.
  private func addClasses(to report: inout EvaluationReport) {
    report.add("")
    report.add("the worst classes first")
    report.add(
      [.init("class", .text), .init("wnid", .text), .init("images"), .init("accuracy")],
      classes.filter { $0.images > 0 }.sorted { ($0.accuracy, $0.wnid) < ($1.accuracy, $1.wnid) }
        .map { [.text($0.name), .text($0.wnid), .count($0.images), .share($0.accuracy)] })
  }
}

/// The classes that a classifier on features is asked to tell apart, and the rows of features that have one.
struct ProbedClasses {
  /// The label set's name; nil: the dataset's fine classes.
  let name: String?
  let classes: [(wnid: String, name: String)]
  /// Of each fine class of the dataset, an index into `classes`; −1: none.
  private let targets: [Int32]

  /// - Parameter labels: the name of a label set; nil: the dataset's fine classes.
  /// - Throws: a ``Problem`` where there is no such label set, or there are not two classes.
  init(_ labels: String?, of dataset: any Dataset, in context: some EvaluationContext) throws(Problem) {
    name = labels
    if let labels {
      let set = try context.labelSet(labels, for: dataset.name)
      classes = set.classes.map { ($0.wnid, $0.name) }
      targets = set.targets(for: dataset.classes.map(\.wnid))
    } else {
      classes = dataset.classes.map { ($0.wnid, $0.name) }
      targets = dataset.classes.indices.map { Int32($0) }
    }
    guard classes.count > 1 else {
      throw Problem("nothing can be told apart", at: labels ?? dataset.name, expected: "two classes or more", found: "\(classes.count)", kind: .usage)
    }
  }

  /// The rows of a split's features whose images have a class, and the class of each.
  /// - Throws: a ``Problem`` where there is none.
  func rows(_ matrix: FeatureMatrix, _ dataset: any Dataset, _ split: Split) throws(Problem) -> (rows: [Int], labels: [Int32]) {
    let labels = dataset.labels(split)
    let all = matrix.indices.map { targets[Int(labels[Int($0)])] }
    let rows = all.indices.filter { all[$0] >= 0 }
    guard !rows.isEmpty else {
      throw Problem("there are no \(split == .train ? "training" : "validation") images of these classes", at: name ?? dataset.name, kind: .usage)
    }
    return (rows, rows.map { all[$0] })
  }
}
