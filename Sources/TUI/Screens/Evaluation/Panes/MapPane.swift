import Analysis
import Basics
import Pictures
import Taxonomy

/// Where the validation images lie along the two directions in which their features differ most.
package struct MapPane: EvaluationPane {
  package var space = NeighborSpace.features
  /// The depth of the tree by which it is coloured.
  package private(set) var depth = 0
  /// By the coarse label set instead.
  private var byLabelSet = false
  private var map: FeatureMap?
  private(set) var answered: EvaluationQuestion?
  /// As it is shown.
  package private(set) var coloured: ColouredMap?
  /// The group that is looked at.
  var list = ListPosition()

  func question(_ subject: EvaluationSubject) -> EvaluationQuestion? {
    subject.candidate.map { EvaluationQuestion(FeatureMapRequest(run: $0.run.id, space: space.rawValue), steps: $0.steps) }
  }

  mutating func take(_ answer: any Sendable, to question: EvaluationQuestion?, _ subject: EvaluationSubject) {
    guard let map = answer as? FeatureMap else { return }
    if self.map == nil, let tree = subject.context.hierarchy { depth = FeatureMap.Colouring.depth(of: tree) }
    self.map = map
    answered = question
    adapt(to: subject)
  }

  /// Shows the map in the colours that are chosen now.
  mutating func adapt(to subject: EvaluationSubject) {
    guard let map else {
      coloured = nil
      return
    }
    let colouring: FeatureMap.Colouring? =
      if let tree = subject.context.hierarchy, !byLabelSet {
        .init(depth: depth, of: tree)
      } else {
        subject.coarse.map { .init($0, classes: subject.context.dataset.classes) }
      }
    coloured = colouring.map { ColouredMap(map, $0) }
    list.select(list.selected, count: count)
  }

  mutating func changeColours(_ subject: EvaluationSubject) {
    byLabelSet.toggle()
    list = ListPosition()
    adapt(to: subject)
  }

  var count: Int { coloured?.legend.count ?? 0 }

  func selectedWnid(_ subject: EvaluationSubject) -> String? {
    guard let tree = subject.context.hierarchy, let coloured, coloured.legend.indices.contains(list.selected) else { return nil }
    let group = coloured.legend[list.selected].group
    if byLabelSet { return subject.coarse?.classes[group].wnid }
    guard let fine = coloured.colouring.groupOfFine.firstIndex(of: group) else { return nil }
    return tree.wnid(tree.ancestor(Int(tree.nodeOfFine[fine]), atDepth: depth))
  }

  func open(_ subject: EvaluationSubject) -> [Effect] { showNeighbors(of: selectedWnid(subject), subject) }

  func openObstacle(_ subject: EvaluationSubject, treeOf dataset: String) -> String? {
    selectedWnid(subject) == nil ? "nothing of the tree is selected" : nil
  }

  mutating func step(_ steps: Int, _ subject: EvaluationSubject) {
    depth = max(0, min(subject.context.hierarchy?.deepest ?? 0, depth + steps))
    list = ListPosition()
    adapt(to: subject)
  }

  var stepObstacle: String? { byLabelSet ? "the map is coloured by a label set; L goes back to the tree" : nil }

  func command(_ subject: EvaluationSubject) -> ShellCommand? {
    guard let run = subject.run, map != nil else { return nil }
    return ShellCommand(["features", run, "--layer", space.rawValue] + (byLabelSet ? subject.coarseOption : ["--depth", "\(depth)"]))
  }

  var printingWords: [String] { ["--text"] }

  func picture(_ subject: EvaluationSubject) -> EvaluationPicture? {
    guard let coloured, let command = command(subject) else { return nil }
    return .init(command: command, option: "--map", form: .pixels { [picture = coloured.picture] () throws(Problem) in try picture.compose() })
  }

  func suggestedFile(_ subject: EvaluationSubject) -> String { "\(subject.candidate?.run.name ?? "run")-map.png" }

  func draw(_ standing: EvaluationStanding, _ subject: EvaluationSubject, on canvas: inout Canvas, in area: Rect) {
    var area = area
    if standing.draw(hasAnswer: map != nil, on: &canvas, in: &area) { return }
    guard let found = map, let coloured else { return }
    canvas.put(
      "\(found.space) of \(NumberText.grouped(found.points.count)) \(found.split.rawValue) images, by \(printable(coloured.colouring.words))",
      in: area.takeTop(1), style: .bold)
    let shares = found.shares.map { NumberText.fixed(100 * $0, 1) + " %" }.joined(separator: " and ")
    canvas.put("→ ↑ the two directions of most variance: \(shares)   + - the level", in: area.takeTop(1), style: .muted)
    let legend = coloured.legend
    var side = area.takeRight(area.columns >= 70 ? min(36, area.columns / 3) : 0)
    let selected = list.selected
    for (row, rank) in list.window(count: legend.count, rows: side.rows).enumerated() {
      let line = side.line(row)
      canvas.onClick(line, .key(.pick(rank)))
      var text = line
      _ = text.takeLeft(1)
      canvas.put(String(ScatterPicture.letter(rank)), in: text.takeLeft(2), style: Style(Self.color(rank), .bold))
      canvas.put(NumberText.grouped(legend[rank].points), in: text.takeRight(7), style: .muted, align: .right)
      canvas.put(printable(legend[rank].name), in: text, cut: .middle)
      if rank == selected { canvas.restyle(line) { $0.background = .selection } }
    }
    side = area
    canvas.box(side)
    let inside = side.inset(rows: 1, columns: 1)
    for (place, rank) in coloured.cells(columns: inside.columns, rows: inside.rows).enumerated() {
      guard let rank else { continue }
      // What is selected stands out without colours too.
      let style = rank == selected ? Style(Self.color(rank), [.bold, .reverse]) : Style(Self.color(rank))
      canvas.put(
        String(ScatterPicture.letter(rank)), row: inside.row + place / inside.columns, column: inside.column + place % inside.columns, style: style)
    }
  }

  private static func color(_ rank: Int) -> Color { .series(UInt8(rank % 8)) }
}
