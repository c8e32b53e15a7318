import Analysis
import Basics
import Datasets
import Glibc
import Taxonomy

/// One query and its neighbours, as they are printed.
struct NeighbourStudy: Encodable {
  struct Class: Encodable {
    var wnid, name: String
  }

  struct Row: Encodable {
    var rank: Int
    /// Nil where the query has no class.
    var verdict: Verdict?
    var distance: Double
    var fineClass: Class
    var image: String
    var index: Int
  }

  var run: String
  /// Nil for imported features.
  var step: Int?
  var space: String
  var metric: Metric
  var gallery: Split
  /// How many images were searched.
  var images: Int
  var query: String
  var queryClass: Class?
  /// The label set that decides what is coarsely right, its number of classes, and the query's class in it.
  var coarseLabels: String?
  var coarseClasses: Int?
  var coarseClass: Class?
  var neighbours: [Row]

  init(
    run: String, step: Int?, space: String, metric: Metric, gallery: Split, images: Int, query: String, label: Int32?,
    neighbors: [NeighborImage], coarse: LabelSet?, dataset: any Dataset
  ) {
    let judge = coarse.map { Judge($0, classes: dataset.classes) }
    func fine(_ label: Int32) -> Class {
      let found = dataset.classes[Int(label)]
      return Class(wnid: found.wnid, name: found.name)
    }
    func verdict(_ neighbor: Int32) -> Verdict? {
      label.map { Judge.verdict(judge, query: $0, neighbor: neighbor) }
    }
    self.run = run
    self.step = step
    self.space = space
    self.metric = metric
    self.gallery = gallery
    self.images = images
    self.query = query
    queryClass = label.map(fine)
    coarseLabels = coarse?.name
    coarseClasses = coarse?.classes.count
    if let label, let coarse, let judge, judge.coarse[Int(label)] >= 0 {
      let target = coarse.classes[Int(judge.coarse[Int(label)])]
      coarseClass = Class(wnid: target.wnid, name: target.name)
    }
    neighbours = neighbors.enumerated().map { rank, neighbor in
      Row(
        rank: rank + 1, verdict: verdict(neighbor.label), distance: neighbor.distance, fineClass: fine(neighbor.label),
        image: dataset.identifier(neighbor.split, neighbor.index), index: neighbor.index)
    }
  }

  func show() {
    func text(_ found: Class?) -> String { found.map { "\($0.name) \($0.wnid)" } ?? "unknown" }
    print(printable("query    \(query)  \(text(queryClass))"))
    if let coarseLabels, let coarseClasses {
      print(printable("coarse   \(text(coarseClass))  in \(coarseLabels), \(counted(coarseClasses, "class"))"))
    }
    let searched = counted(images, "\(gallery.rawValue) image")
    print(printable("run      \(run)  \(step.map { "step \($0)  " } ?? "")\(space)  \(metric.rawValue)  \(searched)"))
    let table = Output.tableText(
      [" rank", "", " distance", "class", "wnid", "image"],
      neighbours.map { row in
        [
          "\(row.rank)", row.verdict?.glyph ?? " ", decimals(row.distance, 4), row.fineClass.name,
          row.fineClass.wnid, row.image,
        ].map(printable)
      })
    for (row, line) in table.split(separator: "\n").enumerated() {
      // The colours steer it; the rows are printable.
      Swift.print(row == 0 ? String(line) : paint(String(line), neighbours[row - 1].verdict))
    }
    guard queryClass != nil else { return }
    let tally = Verdict.allCases.map { verdict in
      let count = neighbours.count { $0.verdict == verdict }
      return "\(verdict.glyph) \(count) \(verdict == .fine ? "right" : verdict == .coarse ? "coarsely right" : "wrong")"
    }
    print(tally.joined(separator: "   "))
  }

  /// Green, orange, red where the terminal shows colour; the glyph says it everywhere.
  private func paint(_ line: String, _ verdict: Verdict?) -> String {
    guard let verdict, Self.hasColour else { return line }
    let code =
      switch verdict {
      case .fine: "32"
      case .coarse: "33"
      case .wrong: "31"
      }
    return "\u{1B}[\(code)m\(line)\u{1B}[m"
  }

  private static let hasColour: Bool = {
    func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").isEmpty && !["", "dumb"].contains(variable("TERM"))
  }()
}
