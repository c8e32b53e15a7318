import Basics
import LabelSets
import Pictures
import Taxonomy

/// Asks which coarse classes a network on fine ones has formed (Huh, Agrawal, Efros 2016, Fig. 6), and how wrong it is by the tree.
public struct CoarseFineRequest: Evaluation {
  public var run: String
  /// Whose images are looked at; nil: the run's.
  public var dataset: String?
  /// The label set of the coarse classes; nil: what the dataset's tree suggests.
  public var labels: String?
  /// Coarse classes with fewer members are left out.
  public var minMembers: Int
  /// The coarse class whose confusions are told too, by wnid or name.
  public var behind: String?
  /// What is suggested to be joined, of the same run and dataset.
  public var merge: MergeRequest?

  public init(
    run: String, dataset: String? = nil, labels: String? = nil, minMembers: Int = 5, behind: String? = nil, merge: MergeRequest? = nil
  ) {
    (self.run, self.dataset, self.labels, self.minMembers, self.behind, self.merge) = (run, dataset, labels, minMembers, behind, merge)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (CoarseFineResult) -> Void
  ) throws(Problem) -> CoarseFineResult {
    let (features, predictions) = try context.predictions(run, of: dataset, progress: progress)
    let name = features.dataset.name
    let tree = try context.tree(of: name, predictions.labelSet.policy)
    let coarse: LabelSet?
    if let labels { coarse = try context.labelSet(labels, for: name) } else { coarse = try LabelSet.suggestedCoarseClasses(dataset: name, on: tree) }
    guard let coarse else {
      throw Problem("this dataset's tree suggests no coarse classes", at: name, advice: "name a label set with --labels", kind: .usage)
    }
    var result = try CoarseFineResult(
      run: features.id, step: features.checkpoint, dataset: name, predictions, coarse: coarse, minMembers: minMembers, tree: tree)
    if let behind {
      guard let target = coarse.classes.first(where: { $0.wnid == behind || $0.name == behind }) else {
        throw Problem("there is no such coarse class", at: behind, expected: "a class of \(coarse.name), by wnid or name", kind: .notFound)
      }
      result.behind = .init(target.wnid, predictions, coarse: coarse)
    }
    if let merge { result.merges = try merge.run(in: context, predictions, tree: tree, progress: progress) }
    return result
  }
}

/// Which coarse classes a net on fine ones has formed, and how wrong it is, as that is told: in words, on the screen, as JSON and as bars.
public struct CoarseFineResult: EvaluationResult {
  package struct Pair: Codable, Equatable, Sendable {
    package var truth, truthWnid, prediction, predictionWnid: String
    package var images: Int
  }

  /// The confusions behind a bar.
  package struct Behind: Codable, Equatable, Sendable {
    package var wnid, name: String
    /// Those of most images first.
    package var confusions: [Pair]

    package init(_ wnid: String, _ predictions: RunPredictions, coarse: LabelSet, limit: Int = 20) {
      self.wnid = wnid
      name = coarse.classes.first { $0.wnid == wnid }?.name ?? wnid
      confusions = CoarseFromFine.confusions(of: wnid, predictions, coarse: coarse, limit: limit).map {
        Pair(truth: $0.truth.name, truthWnid: $0.truth.wnid, prediction: $0.prediction.name, predictionWnid: $0.prediction.wnid, images: $0.count)
      }
    }
  }

  package var run: String
  /// Nil for imported features.
  package var step: Int?
  package var dataset, labels: String
  package var images, minMembers: Int
  package var result: CoarseFromFine
  package var tree: HierarchicalError
  package var behind: Behind?
  package var merges: MergeProposal?
  /// What it was made of, where it has just been; no part of the JSON.
  package private(set) var source: (predictions: RunPredictions, coarse: LabelSet)?

  private enum CodingKeys: String, CodingKey { case run, step, dataset, labels, images, minMembers, result, tree, behind, merges }

  /// - Parameters:
  ///   - step: of the run's checkpoint, nil where there is none; `dataset`: whose images it was asked about.
  package init(
    run: String, step: Int?, dataset: String, _ predictions: RunPredictions, coarse: LabelSet, minMembers: Int, tree: Hierarchy
  ) throws(Problem) {
    (self.run, self.step, self.dataset, labels) = (run, step, dataset, coarse.name)
    (images, self.minMembers) = (predictions.truths.count, minMembers)
    result = try CoarseFromFine(predictions, coarse: coarse, minMembers: minMembers)
    self.tree = try HierarchicalError(predictions, on: tree)
    source = (predictions, coarse)
  }

  /// The bars of the classes at either end as a picture.
  /// - Parameter top: how many of each end; 0: all.
  package func chart(top: Int) -> BarPicture {
    let rows = top == 0 || result.rows.count - min(top, result.rows.count) <= top ? result.rows : Array(result.rows.prefix(top) + result.rows.suffix(top))
    return BarPicture(
      title: ["coarse − fine accuracy, \(labels)", "\(run)\(step.map { ", step \($0)" } ?? ""): \(counted(images, "validation image")) of \(dataset)"],
      unit: "points", bars: rows.map { .init(name: $0.name, value: $0.difference, note: counted($0.members, "member")) })
  }

  public var metrics: [(name: String, value: Double)] {
    [
      (name: "difference", value: result.rows.isEmpty ? .nan : result.rows.reduce(0) { $0 + $1.difference } / (100 * Double(result.rows.count))),
      (name: "height", value: tree.meanHeight),
    ]
  }

  public var report: EvaluationReport { report(top: 0) }

  /// - Parameter top: how many classes of either end are told; 0: all.
  public func report(top: Int) -> EvaluationReport {
    var report = EvaluationReport()
    report.add("coarse from fine: \(run)\(step.map { " step \($0)" } ?? "") on \(counted(images, "validation image")) of \(dataset), coarse classes of \(labels)")
    report.add("coarse − fine accuracy in percentage points, macro-averaged over the members of a class; classes of \(counted(minMembers, "member")) or more")
    if result.small > 0 { report.add("\(counted(result.small, "coarse class", "has")) fewer, and \(result.small == 1 ? "is" : "are") left out") }
    report.add("")
    let rows = result.rows
    let parts = top == 0 || rows.count - min(top, rows.count) <= top ? [rows] : [Array(rows.prefix(top)), Array(rows.suffix(top))]
    let most = max(rows.first?.difference ?? 0, 1e-9)
    for (index, part) in parts.enumerated() {
      if index > 0 { report.add("… \(grouped(rows.count - 2 * top)) between …") }
      report.add(
        [
          .init("class", .text), .init("wnid", .text), .init("members"), .init("images"), .init("coarse"), .init("fine"), .init("difference"),
          .init("", .bar),
        ],
        part.map { row in
          [
            .text(row.name), .text(row.wnid), .count(row.members), .count(row.images), .share(row.coarse), .share(row.fine),
            .number(row.difference, places: 1), .bar(max(0, Int(nearest: row.difference / most * 24))),
          ]
        })
    }
    addTree(to: &report)
    if let behind { add(behind, to: &report) }
    if let merges { add(merges, to: &report) }
    return report
  }

  private func addTree(to report: inout EvaluationReport) {
    report.add("")
    report.add("by the tree: \(counted(tree.errors, "error")) of \(counted(tree.images, "image"))")
    if let height = tree.meanHeightOfErrors {
      report.add(
        "the lowest common ancestor of truth and error is \(decimals(height, 2)) high on average "
          + "(\(decimals(tree.meanHeight, 2)) over all images); height: the longest way down to a class")
    }
    report.add(
      [.init("depth"), .init("classes"), .init("right there")],
      tree.levels.map { [.text("\($0.depth)"), .count($0.classes), .share($0.accuracy)] })
  }

  private func add(_ behind: Behind, to report: inout EvaluationReport) {
    report.add("")
    report.add("what images of \(behind.name) \(behind.wnid) are taken for")
    report.add(
      [.init("class", .text), .init("is taken for", .text), .init("images")],
      behind.confusions.map { [.text($0.truth), .text($0.prediction), .count($0.images)] })
  }

  private func add(_ merges: MergeProposal, to report: inout EvaluationReport) {
    let suggestion = merges.suggestion
    let how = suggestion.likeness == .confusion
      ? "the share of images taken for each other" : "minus the distance of mean features, in units of the mean distance"
    report.add("")
    report.add("\(counted(suggestion.groups.count, "group")) to join\(merges.alongTree ? " along the tree" : ""): alike by \(how), \(merges.least) or more")
    for group in suggestion.groups { report.add("  \(decimals(group.likeness, 3))  \(group.names.joined(separator: ", "))") }
  }
}
