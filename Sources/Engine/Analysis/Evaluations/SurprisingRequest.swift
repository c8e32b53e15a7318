import Basics
import Datasets
import Kernels

/// Asks which validation images two nets disagree about: whose nearest neighbour is of their class under the one on finer classes or the one on coarser
/// classes alone.
public struct SurprisingRequest: Evaluation {
  /// The one that was taught the most classes and the one that was taught the fewest are compared.
  public var runs: [String]
  /// Whose images are looked at; nil: each run's own, which has to be the same.
  public var dataset: String?
  /// As ``EvaluationContext/features(_:space:of:)`` takes it.
  public var space: String?
  public var metric: Metric
  /// Where neighbours are searched.
  public var gallery: Split
  /// How many images of either kind are told.
  public var limit: Int

  public init(runs: [String], dataset: String? = nil, space: String? = nil, metric: Metric = .l2, gallery: Split = .train, limit: Int = 25) {
    precondition(runs.count > 1, "\(runs) cannot disagree")
    (self.runs, self.dataset, self.space, self.metric, self.gallery, self.limit) = (runs, dataset, space, metric, gallery, limit)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (SurprisingResult) -> Void
  ) throws(Problem) -> SurprisingResult {
    let finders = try NeighborFinder.fromFineToCoarse(runs, space: space, of: dataset, in: context)
    let (fine, coarse) = (finders[0], finders[finders.count - 1])
    var answers: [[Int: [Int32]]] = []
    for finder in [fine, coarse] {
      for split in Set([Split.val, gallery]).sorted(by: { $0.rawValue > $1.rawValue }) {
        try finder.prepare(split) { (done) throws(Problem) in try finder.features.report(split, done, to: progress) }
      }
      let images = try finder.evenly(SurprisingQuery.asked, of: .val)
      var found: [Int: [Int32]] = [:]
      for start in stride(from: 0, to: images.count, by: 100) {
        try progress("\(finder.features.id): neighbours", start, images.count)
        let part = Array(images[start..<min(images.count, start + 100)])
        for (image, neighbors) in zip(part, try finder.nearest(to: part, of: .val, in: gallery, k: SurprisingQuery.neighbors, metric: metric)) {
          found[Int(image)] = neighbors.map(\.label)
        }
      }
      answers.append(found)
    }
    let labels = fine.dataset.labels(.val)
    // An image that one net could not read is asked of neither.
    let images = answers[0].keys.filter { answers[1][$0] != nil }.sorted()
    let all = SurprisingQuery.ranked(
      images: images, labels: images.map { labels[$0] }, fine: images.map { answers[0][$0]! }, coarse: images.map { answers[1][$0]! }, limit: images.count)
    let (onlyCoarse, onlyFine) = (all.filter(\.isCoarseRight), all.filter { !$0.isCoarseRight })
    return SurprisingResult(
      fine: fine.features.id, coarse: coarse.features.id, dataset: fine.dataset.name, metric: metric, gallery: gallery, images: images.count,
      onlyFine: onlyFine.count, onlyCoarse: onlyCoarse.count, queries: Array(onlyCoarse.prefix(limit) + onlyFine.prefix(limit)),
      classes: fine.dataset.classes)
  }
}

/// The validation images that two nets disagree about.
public struct SurprisingResult: EvaluationResult {
  /// The nets on finer and on coarser classes.
  package var fine, coarse: String
  package var dataset: String
  package var metric: Metric
  package var gallery: Split
  /// That were asked about.
  package var images: Int
  /// How many of them have a nearest neighbour of their class under one net only.
  package var onlyFine, onlyCoarse: Int
  /// Those that differ most: first those that the net on coarser classes has right.
  public var queries: [SurprisingQuery]
  /// Of the dataset; no part of the JSON.
  private var classes: [FineClass] = []

  private enum CodingKeys: String, CodingKey { case fine, coarse, dataset, metric, gallery, images, onlyFine, onlyCoarse, queries }

  init(
    fine: String, coarse: String, dataset: String, metric: Metric, gallery: Split, images: Int, onlyFine: Int, onlyCoarse: Int, queries: [SurprisingQuery],
    classes: [FineClass]
  ) {
    (self.fine, self.coarse, self.dataset, self.metric, self.gallery, self.images) = (fine, coarse, dataset, metric, gallery, images)
    (self.onlyFine, self.onlyCoarse, self.queries, self.classes) = (onlyFine, onlyCoarse, queries, classes)
  }

  public var metrics: [(name: String, value: Double)] {
    func share(_ count: Int) -> Double { images > 0 ? Double(count) / Double(images) : .nan }
    return [(name: "disagreement", value: share(onlyFine + onlyCoarse)), (name: "onlyCoarse", value: share(onlyCoarse)), (name: "onlyFine", value: share(onlyFine))]
  }

  public var report: EvaluationReport {
    var report = EvaluationReport()
    report.add("validation images whose nearest neighbour is of their class under one of \(fine) and \(coarse) only")
    report.add("of \(counted(images, "image")), \(grouped(onlyCoarse)) under \(coarse) only, \(grouped(onlyFine)) under \(fine) only")
    report.add(
      [
        .init("image"), .init("class", .text), .init("wnid", .text), .init("right is", .text), .init("of \(SurprisingQuery.neighbors): \(fine)"), .init(coarse),
      ],
      queries.map { query in
        let known = classes.indices.contains(Int(query.label)) ? classes[Int(query.label)] : FineClass(wnid: "", name: "\(query.label)")
        return [
          .count(query.image), .text(known.name), .text(known.wnid), .text(query.isCoarseRight ? coarse : fine), .count(query.fine), .count(query.coarse),
        ]
      })
    return report
  }
}
