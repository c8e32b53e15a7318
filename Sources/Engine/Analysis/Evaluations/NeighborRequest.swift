import Basics
import Datasets
import Kernels
import LabelSets
import Taxonomy

/// Asks for the nearest neighbours of images in the features of several nets (Huh, Agrawal, Efros 2016, Fig. 5): of one image, which they are; of
/// validation images, how many are of their class, finely or coarsely.
public struct NeighborRequest: Evaluation {
  public var runs: [String]
  public var queries: NeighborQueries
  /// Whose images are searched; nil: each run's own, which has to be the same.
  public var dataset: String?
  /// As ``EvaluationContext/features(_:space:of:)`` takes it.
  public var space: String?
  public var metric: Metric
  /// Where neighbours are searched.
  public var gallery: Split
  public var k: Int
  /// The label set that decides what is coarsely right; nil: the coarsest that joins classes among those that the nets were taught, else what the
  /// dataset's tree suggests, else none.
  public var labels: String?

  public init(
    runs: [String], queries: NeighborQueries, dataset: String? = nil, space: String? = nil, metric: Metric = .l2, gallery: Split = .train, k: Int = 10,
    labels: String? = nil
  ) {
    precondition(k > 0, "\(k) neighbours")
    (self.runs, self.queries, self.dataset, self.space) = (runs, queries, dataset, space)
    (self.metric, self.gallery, self.k, self.labels) = (metric, gallery, k, labels)
  }

  /// - Parameter partial: gets the runs that are done, after each.
  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (NeighborResult) -> Void
  ) throws(Problem) -> NeighborResult {
    let finders = try NeighborFinder.fromFineToCoarse(runs, space: space, of: dataset, in: context)
    let dataset = finders[0].dataset
    let coarse = try coarse(finders, dataset, context)
    let judge = coarse.map { Judge($0, classes: dataset.classes) }
    let single = try queries.single(of: dataset)
    var result = NeighborResult(
      dataset: dataset.name, queries: queries, k: k, metric: metric, gallery: gallery, coarse: coarse.map { ($0.name, $0.classes.count) })
    result.source = NeighborResult.Source(query: single?.query, label: single?.label, coarse: coarse, dataset: dataset)
    for finder in finders {
      try finder.prepare(gallery) { (done) throws(Problem) in try finder.features.report(gallery, done, to: progress) }
      var row = NeighborResult.Row(finder.features, images: finder.count(gallery))
      if let single {
        let found = try finder.nearest(to: single.query, in: gallery, k: k, metric: metric)
        row.study = NeighborStudy(
          finder, metric: metric, gallery: gallery, query: single.name, label: single.label, neighbors: found, coarse: coarse, judge: judge)
        if let label = single.label { row.count(label: label, found, judge) }
        result.source?.found.append(
          .init(run: finder.features.name, labelSet: finder.features.labelSet, step: finder.step, space: finder.space, neighbors: found))
      } else if case .validation(let count) = queries {
        try finder.prepare(.val) { (done) throws(Problem) in try finder.features.report(.val, done, to: progress) }
        try finder.forEachNearest(count ?? .max, in: gallery, k: k, metric: metric, progress: progress) { label, found in row.count(label: label, found, judge) }
      }
      result.rows.append(row)
      partial(result)
    }
    return result
  }

  private func coarse(_ finders: [NeighborFinder], _ dataset: any Dataset, _ context: some EvaluationContext) throws(Problem) -> LabelSet? {
    if let labels { return try context.labelSet(labels, for: dataset.name) }
    // Those of a run on another dataset's classes say nothing of these.
    let taught = finders.map(\.features).filter { ($0 as? RunFeatures).map { $0.configuration.dataset == dataset.name } ?? true }.map(\.labelSet)
    if let known = LabelSet.coarseClasses(taught: taught) { return known }
    // Without WordNet there is just no suggestion.
    return (try? context.suggestedCoarseClasses(of: dataset.name, finders[0].features.labelSet.policy)) ?? nil
  }
}

extension NeighborFinder {
  /// The features of several nets, of one dataset, those that were taught more classes first.
  /// - Throws: a ``Problem`` where they are of several datasets.
  static func fromFineToCoarse(
    _ runs: [String], space: String?, of name: String?, in context: some EvaluationContext
  ) throws(Problem) -> [NeighborFinder] {
    var finders: [NeighborFinder] = []
    for run in runs { finders.append(NeighborFinder(try context.features(run, space: space, of: name))) }
    let order = finders.indices.sorted {
      (finders[$1].features.labelSet.classes.count, $0) < (finders[$0].features.labelSet.classes.count, $1)
    }
    guard finders.allSatisfy({ $0.dataset.name == finders[0].dataset.name }) else {
      throw Problem(
        "the runs are of several datasets", at: runs.joined(separator: ", "), expected: "one", advice: "name it with --dataset", kind: .usage)
    }
    return order.map { finders[$0] }
  }

  /// Finds the neighbours of some validation images, evenly drawn, or all of them; their features are kept.
  /// - Parameter body: gets each image's class and neighbours, in the images' order.
  func forEachNearest(
    _ count: Int, in gallery: Split, k: Int, metric: Metric, progress: EvaluationProgress, body: (Int32, [NeighborImage]) -> Void
  ) throws(Problem) {
    let images = try evenly(count, of: .val)
    let labels = dataset.labels(.val)
    // A pass over the gallery for each.
    let block = 8192
    for start in stride(from: 0, to: images.count, by: block) {
      try progress("\(features.id): neighbours", start, images.count)
      let part = Array(images[start..<min(images.count, start + block)])
      for (image, found) in zip(part, try nearest(to: part, of: .val, in: gallery, k: k, metric: metric)) { body(labels[Int(image)], found) }
    }
  }
}
