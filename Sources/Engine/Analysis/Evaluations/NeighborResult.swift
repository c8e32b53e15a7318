import Basics
import Datasets
import Kernels
import Taxonomy

/// The neighbours of one image under several nets, or the shares of those of many that are of their class, as they are told: in words, as JSON and as a table.
public struct NeighborResult: EvaluationResult {
  /// One net's.
  package struct Row: Codable, Sendable {
    package var run: String
    /// Nil for imported features.
    package var step: Int?
    package var space: String
    /// What the net was taught.
    package var labels: String
    package var trainedClasses: Int
    /// That were searched.
    package var images: Int
    /// That have a class.
    package private(set) var queries = 0
    /// Neighbours of the same fine class (green), of the same coarse one only (orange), and of neither (red).
    package private(set) var right = 0, coarselyRight = 0, wrong = 0
    /// Where one image was asked about.
    package var study: NeighborStudy?

    init(_ features: any ImageFeatures, images: Int) {
      (run, step, space, self.images) = (features.id, features.checkpoint, features.space, images)
      (labels, trainedClasses) = (features.labelSet.name, features.labelSet.classes.count)
    }

    /// - Parameter judge: nil: there are no coarse classes.
    mutating func count(label: Int32, _ neighbors: [NeighborImage], _ judge: Judge?) {
      queries += 1
      for neighbor in neighbors {
        // A vector that holds no numbers is nobody's neighbour.
        switch neighbor.distance.isFinite ? Judge.verdict(judge, query: label, neighbor: neighbor.label) : .wrong {
        case .fine: right += 1
        case .coarse: coarselyRight += 1
        case .wrong: wrong += 1
        }
      }
    }

    /// The share of neighbours of a verdict, from 0 to 1; that of the right ones is the precision at k.
    package func share(_ verdict: Verdict) -> Double {
      let all = right + coarselyRight + wrong
      let count = switch verdict {
      case .fine: right
      case .coarse: coarselyRight
      case .wrong: wrong
      }
      return all > 0 ? Double(count) / Double(all) : .nan
    }
  }

  /// What it was made of, where it has just been; no part of the JSON.
  package struct Source: Sendable {
    /// The one image that was asked about, and its class; nil for many, and for a picture from outside.
    package var query: NeighborQuery?
    package var label: Int32?
    package var coarse: LabelSet?
    package var dataset: any Dataset
    /// What each net found, from fine to coarse.
    package var found: [NeighborMontage.Found] = []

    /// The query with the neighbours below each other, as the paper's Fig. 5.
    /// - Throws: a ``Problem`` where an image cannot be decoded, or none was asked about.
    package func montage(_ metric: Metric, size: Int) throws(Problem) -> NeighborMontage {
      let picture: Picture
      switch query {
      case .image(let split, let index): picture = try dataset.picture(split, index)
      case .picture(let own): picture = own
      case nil: throw Problem("a picture shows the neighbours of one image", expected: "a query", kind: .usage)
      }
      return try NeighborMontage(query: picture, label: label, found: found, metric: metric, coarse: coarse, dataset: dataset, size: size)
    }
  }

  package var dataset: String
  package var queries: NeighborQueries
  package var k: Int
  package var metric: Metric
  package var gallery: Split
  /// The label set that decides what is coarsely right; nil: none does.
  package var coarseLabels: String?
  package var coarseClasses: Int?
  /// From fine label sets to coarse ones.
  package internal(set) var rows: [Row] = []
  package internal(set) var source: Source?

  private enum CodingKeys: String, CodingKey { case dataset, queries, k, metric, gallery, coarseLabels, coarseClasses, rows }

  init(dataset: String, queries: NeighborQueries, k: Int, metric: Metric, gallery: Split, coarse: (name: String, classes: Int)?) {
    (self.dataset, self.queries, self.k, self.metric, self.gallery) = (dataset, queries, k, metric, gallery)
    (coarseLabels, coarseClasses) = (coarse?.name, coarse?.classes)
  }

  /// Of the net that was taught the most classes.
  public var metrics: [(name: String, value: Double)] {
    guard let row = rows.first else { return [] }
    return [(name: "precision", value: row.share(.fine)), (name: "coarse", value: row.share(.coarse)), (name: "wrong", value: row.share(.wrong))]
  }

  public var report: EvaluationReport {
    var report = EvaluationReport()
    if case .validation = queries {
      addShares(to: &report)
    } else {
      for row in rows { row.study?.add(to: &report) }
    }
    return report
  }

  private func addShares(to report: inout EvaluationReport) {
    report.add("the \(k) nearest \(gallery == .train ? "training images" : "other validation images") of validation images of \(dataset), \(metric.rawValue)")
    report.add(
      "\(Verdict.fine.glyph) of the same fine class (precision at \(k)), \(Verdict.coarse.glyph) of the same coarse class only"
        + (coarseLabels.map { " (\($0), \(counted(coarseClasses ?? 0, "class")))" } ?? " (no coarse classes are known)") + ", \(Verdict.wrong.glyph) of neither")
    report.add("")
    report.add(
      [
        .init("run", .text), .init("step"), .init("space", .text), .init("labels", .text), .init("classes"), .init("queries"), .init("images"),
        .init("precision"), .init("coarse"), .init("wrong"), .init("", .bar),
      ],
      rows.map { row in
        [
          .text(row.run), row.step.map(EvaluationTable.Cell.count) ?? .share(.nan), .text(row.space), .text(row.labels), .count(row.trainedClasses),
          .count(row.queries), .count(row.images), .share(row.share(.fine)), .share(row.share(.coarse)), .share(row.share(.wrong)),
          .bar(row.queries > 0 ? Int(nearest: row.share(.fine) * 20) : 0),
        ]
      })
  }
}

/// One query and its neighbours under one net, as they are printed.
package struct NeighborStudy: Codable, Sendable {
  package struct Class: Codable, Sendable {
    package var wnid, name: String
  }

  package struct Row: Codable, Sendable {
    package var rank: Int
    /// Nil where the query has no class.
    package var verdict: Verdict?
    package var distance: Double
    package var fineClass: Class
    package var image: String
    package var index: Int
  }

  package var run: String
  /// Nil for imported features.
  package var step: Int?
  package var space: String
  package var metric: Metric
  package var gallery: Split
  /// How many images were searched.
  package var images: Int
  package var query: String
  package var queryClass: Class?
  /// The label set that decides what is coarsely right, its number of classes, and the query's class in it.
  package var coarseLabels: String?
  package var coarseClasses: Int?
  package var coarseClass: Class?
  package var neighbours: [Row]

  init(
    _ finder: NeighborFinder, metric: Metric, gallery: Split, query: String, label: Int32?, neighbors: [NeighborImage], coarse: LabelSet?, judge: Judge?
  ) {
    let dataset = finder.dataset
    func fine(_ label: Int32) -> Class {
      let found = dataset.classes[Int(label)]
      return Class(wnid: found.wnid, name: found.name)
    }
    (run, step, space, self.metric, self.gallery) = (finder.features.id, finder.step, finder.space, metric, gallery)
    (images, self.query) = (finder.count(gallery), query)
    queryClass = label.map(fine)
    (coarseLabels, coarseClasses) = (coarse?.name, coarse?.classes.count)
    if let label, let coarse, let judge, judge.coarse[Int(label)] >= 0 {
      let target = coarse.classes[Int(judge.coarse[Int(label)])]
      coarseClass = Class(wnid: target.wnid, name: target.name)
    }
    neighbours = neighbors.enumerated().map { rank, neighbor in
      Row(
        rank: rank + 1, verdict: label.map { Judge.verdict(judge, query: $0, neighbor: neighbor.label) }, distance: neighbor.distance,
        fineClass: fine(neighbor.label), image: dataset.identifier(neighbor.split, neighbor.index), index: neighbor.index)
    }
  }

  /// What stands above the neighbours.
  package var heading: [String] {
    func text(_ found: Class?) -> String { found.map { "\($0.name) \($0.wnid)" } ?? "unknown" }
    var lines = ["query    \(query)  \(text(queryClass))"]
    if let coarseLabels, let coarseClasses { lines.append("coarse   \(text(coarseClass))  in \(coarseLabels), \(counted(coarseClasses, "class"))") }
    lines.append("run      \(run)  \(step.map { "step \($0)  " } ?? "")\(space)  \(metric.rawValue)  \(counted(images, "\(gallery.rawValue) image"))")
    return lines
  }

  /// How many are right; nil where the query has no class.
  package var tally: String? {
    guard queryClass != nil else { return nil }
    return Verdict.allCases.map { verdict in
      let count = neighbours.count { $0.verdict == verdict }
      return "\(verdict.glyph) \(count) \(verdict == .fine ? "right" : verdict == .coarse ? "coarsely right" : "wrong")"
    }.joined(separator: "   ")
  }

  fileprivate func add(to report: inout EvaluationReport) {
    if !report.parts.isEmpty { report.add("") }
    for line in heading { report.add(line) }
    report.add(
      [.init("rank"), .init("", .text), .init("distance"), .init("class", .text), .init("wnid", .text), .init("image", .text)],
      neighbours.map { row in
        [
          .count(row.rank), .text(row.verdict?.glyph ?? " "), .number(row.distance, places: 4), .text(row.fineClass.name), .text(row.fineClass.wnid),
          .text(row.image),
        ]
      })
    if let tally { report.add(tally) }
  }
}
