import Analysis
import Basics
import Taxonomy

/// Fig. 6: for each coarse class how much better the net tells the class than its members.
package struct CoarseFinePane: EvaluationPane {
  package var minMembers = 5
  private(set) var result: CoarseFineResult?
  private var firstAnswered: EvaluationQuestion?
  private var bars = ListPosition()
  /// The confusions behind a bar, where they are shown.
  package private(set) var behind: (confusions: CoarseFineResult.Behind, list: ListPosition)?
  /// The classes that might be joined, where they are shown.
  package var merges: MergesPage?

  var answered: EvaluationQuestion? { merges.map(\.answered) ?? firstAnswered }
  package var rows: [CoarseFromFine.Row] { result?.result.rows ?? [] }
  private var selected: CoarseFromFine.Row? { rows.indices.contains(bars.selected) ? rows[bars.selected] : nil }
  /// Whether something was measured.
  var hasResult: Bool { result != nil }

  /// The paper's least number of members, or fewer where no class has so many.
  mutating func suit(_ coarse: LabelSet?) { minMembers = max(1, min(5, coarse?.classes.map(\.members.count).max() ?? 5)) }

  func question(_ subject: EvaluationSubject) -> EvaluationQuestion? {
    guard let candidate = subject.candidate, let coarse = subject.coarse else { return nil }
    if let merges { return merges.question(candidate) }
    return EvaluationQuestion(CoarseFineRequest(run: candidate.run.id, labels: coarse.name, minMembers: minMembers), steps: candidate.steps)
  }

  mutating func take(_ answer: any Sendable, to question: EvaluationQuestion?, _ subject: EvaluationSubject) {
    if let proposal = answer as? MergeProposal { merges?.take(proposal, to: question) }
    guard let result = answer as? CoarseFineResult else { return }
    self.result = result
    firstAnswered = question
    bars.select(bars.selected, count: rows.count)
    behind = nil
  }

  mutating func adapt(to subject: EvaluationSubject) {}

  var list: ListPosition {
    get { merges?.list ?? behind?.list ?? bars }
    set {
      if merges != nil { merges!.list = newValue } else if behind != nil { behind!.list = newValue } else { bars = newValue }
    }
  }

  var count: Int {
    if let merges { return merges.proposal?.suggestion.groups.count ?? 0 }
    return behind?.confusions.confusions.count ?? rows.count
  }

  /// The confusion that the cursor is on.
  private var pair: CoarseFineResult.Pair? {
    guard let behind, behind.confusions.confusions.indices.contains(behind.list.selected) else { return nil }
    return behind.confusions.confusions[behind.list.selected]
  }

  func selectedWnid(_ subject: EvaluationSubject) -> String? {
    if let merges {
      guard let groups = merges.proposal?.suggestion.groups, groups.indices.contains(merges.list.selected) else { return nil }
      return groups[merges.list.selected].wnids.first
    }
    return behind == nil ? selected?.wnid : pair?.truthWnid
  }

  mutating func open(_ subject: EvaluationSubject) -> [Effect] {
    if let merges { return merges.openInTree(subject) }
    if behind != nil { return showNeighbors(of: pair?.truthWnid, subject) }
    if let source = result?.source, let selected {
      behind = (CoarseFineResult.Behind(selected.wnid, source.predictions, coarse: source.coarse, limit: 200), ListPosition())
    }
    return []
  }

  func openObstacle(_ subject: EvaluationSubject, treeOf dataset: String) -> String? {
    if let merges {
      if !merges.hasGroups { return "there is nothing to join; - asks for less likeness" }
      return subject.context.dataset.name == dataset ? nil : "the tree shows another dataset"
    }
    if let behind { return behind.confusions.confusions.isEmpty ? "nothing is confused" : nil }
    return selected == nil ? "there is no bar yet" : nil
  }

  var hasPage: Bool { behind != nil || merges != nil }

  mutating func leavePage() { (behind, merges) = (nil, nil) }

  mutating func step(_ steps: Int, _ subject: EvaluationSubject) {
    if merges != nil { merges!.change(by: steps) } else { minMembers = max(1, min(999, minMembers + steps)) }
  }

  var stepObstacle: String? { behind == nil ? nil : "leave the confusions first, with Esc" }

  func command(_ subject: EvaluationSubject) -> ShellCommand? {
    guard let run = subject.run, result != nil else { return nil }
    var words = ["coarse-fine", run] + subject.coarseOption + ["--min-members", "\(minMembers)", "--top", "0"]
    if let behind { words += ["--behind", behind.confusions.wnid] }
    return ShellCommand(words + (merges?.words ?? []))
  }

  func picture(_ subject: EvaluationSubject) -> EvaluationPicture? {
    guard let result, let command = command(subject) else { return nil }
    return .init(command: command, option: "-o", form: .pixels { [bars = result.chart(top: 0)] () throws(Problem) in try bars.compose() })
  }

  func suggestedFile(_ subject: EvaluationSubject) -> String { "\(subject.candidate?.run.name ?? "run")-coarse.png" }
}

// MARK: Drawing

extension CoarseFinePane {
  func draw(_ standing: EvaluationStanding, _ subject: EvaluationSubject, on canvas: inout Canvas, in area: Rect) {
    var area = area
    if let merges { return merges.draw(standing, on: &canvas, in: area) }
    if let behind { return draw(behind.confusions, behind.list, on: &canvas, in: area) }
    if subject.coarse == nil {
      return canvas.put("The tree suggests no coarse classes: o chooses a label set", in: area.line(1), style: .muted)
    }
    if standing.draw(hasAnswer: result != nil, on: &canvas, in: &area) { return }
    guard let study = result else { return }
    let words = "coarse − fine accuracy in percentage points, \(printable(study.labels)), \(counted(study.minMembers, "member")) or more"
    canvas.put(words, in: area.takeTop(1), style: .bold)
    let left = study.result.small > 0 ? ", \(counted(study.result.small, "class", "has")) fewer" : ""
    canvas.put(
      "\(study.step.map { "step \(NumberText.count($0)), " } ?? "")\(counted(study.images, "image")), every member weighs the same\(left)",
      in: area.takeTop(1), style: .muted)
    if area.columns >= 108 {
      var side = area.takeRight(36)
      canvas.verticalRule(side.takeLeft(1))
      _ = side.takeLeft(1)
      drawTree(study.tree, on: &canvas, in: side)
      _ = area.takeRight(1)
    } else if area.rows >= 12 {
      drawTreeLines(study.tree, on: &canvas, in: area.takeBottom(3))
    }
    if study.result.rows.isEmpty {
      return canvas.put("No coarse class has \(counted(study.minMembers, "member")); - asks for fewer", in: area.line(1), style: .muted)
    }
    drawBars(study.result.rows, on: &canvas, in: area)
  }

  /// The most columns that a class's name takes.
  private static let mostName = 32

  private func drawBars(_ rows: [CoarseFromFine.Row], on canvas: inout Canvas, in area: Rect) {
    let most = max(rows.map(\.difference).max() ?? 0, 1e-9)
    let width = max(6, (area.columns - 46) / 2, area.columns - 46 - Self.mostName)
    var table = Table<CoarseFromFine.Row>([
      .init("class", width: 12, cut: .middle, isFlexible: true, most: Self.mostName, rank: 0) { Span(printable($0.name)) },
      .init("members", width: 7, align: .right, rank: 3) { Span(NumberText.grouped($0.members)) },
      .init("images", width: 7, align: .right, rank: 4) { Span(NumberText.grouped($0.images)) },
      .init("coarse", width: 6, align: .right, rank: 2) { Span(NumberText.fixed(100 * $0.coarse, 1), .muted) },
      .init("fine", width: 6, align: .right, rank: 2) { Span(NumberText.fixed(100 * $0.fine, 1), .muted) },
      .init("points", width: 6, align: .right, rank: 0) { Span(NumberText.fixed($0.difference, 1), .bold) },
      .init("", width: width, rank: 1) { Span(Bar.text($0.difference / most, columns: width), .accent) },
    ])
    table.selectedColumns = 1
    table.draw(rows, selected: bars, on: &canvas, in: area)
  }

  private func drawTree(_ tree: HierarchicalError, on canvas: inout Canvas, in area: Rect) {
    var rest = area
    canvas.put("by the tree", in: rest.takeTop(1), style: .bold)
    canvas.put("\(counted(tree.errors, "error")) of \(counted(tree.images, "image"))", in: rest.takeTop(1))
    canvas.put("height where truth and error meet", in: rest.takeTop(1), style: .muted)
    let height = tree.meanHeightOfErrors.map { "\(NumberText.fixed($0, 2)) of errors, " } ?? ""
    canvas.put(height + "\(NumberText.fixed(tree.meanHeight, 2)) of all", in: rest.takeTop(1))
    canvas.put("depth  classes  right there", in: rest.takeTop(1), style: .muted)
    for level in tree.levels {
      guard rest.rows > 0 else { return }
      var line = rest.takeTop(1)
      canvas.put("\(level.depth)", in: line.takeLeft(5), align: .right)
      canvas.put(NumberText.grouped(level.classes), in: line.takeLeft(9), align: .right)
      canvas.put(NumberText.fixed(100 * level.accuracy, 1) + " %", in: line.takeLeft(9), align: .right)
      _ = line.takeLeft(1)
      canvas.put(Bar.text(level.accuracy, columns: line.columns), in: line, style: .accent)
    }
  }

  /// The same in three lines.
  private func drawTreeLines(_ tree: HierarchicalError, on canvas: inout Canvas, in area: Rect) {
    canvas.horizontalRule(area.line(0))
    canvas.put(" by the tree ", row: area.row, column: area.column + 1, style: .bold)
    let height = tree.meanHeightOfErrors.map { "height where truth and error meet: \(NumberText.fixed($0, 2)) of errors, \(NumberText.fixed(tree.meanHeight, 2)) of all" }
    canvas.put(height ?? "no errors", in: area.line(1))
    // Depths at which nothing changes say nothing.
    var levels: [String] = []
    var last: Double?
    for level in tree.levels where level.accuracy != last && level.classes > 1 {
      levels.append("\(level.depth): \(NumberText.fixed(100 * level.accuracy, 1)) %")
      last = level.accuracy
    }
    func text() -> String { "right at depth " + levels.joined(separator: "  ") }
    // Where there is no room for all, every second one, and the last.
    while displayWidth(text()) > area.columns, levels.count > 2 {
      levels = levels.enumerated().filter { ($0.offset + levels.count) % 2 == 1 }.map(\.element)
    }
    canvas.put(text(), in: area.line(2), style: .muted)
  }

  private func draw(_ behind: CoarseFineResult.Behind, _ list: ListPosition, on canvas: inout Canvas, in area: Rect) {
    var area = area
    canvas.put("‹ what images of \(printable(behind.name)) are taken for", in: area.takeTop(1), style: .bold)
    if behind.confusions.isEmpty { return canvas.put("for nothing else", in: area.line(0), style: .muted) }
    let most = behind.confusions.map(\.images).max() ?? 1
    let width = max(4, area.columns / 4, area.columns - 15 - 2 * Self.mostName)
    var table = Table<CoarseFineResult.Pair>([
      .init("class", width: 12, cut: .middle, isFlexible: true, most: Self.mostName, rank: 0) { Span(printable($0.truth)) },
      .init("is taken for", width: 12, cut: .middle, isFlexible: true, most: Self.mostName, rank: 0) { Span("→ \(printable($0.prediction))") },
      .init("images", width: 7, align: .right, rank: 0) { Span(NumberText.grouped($0.images)) },
      .init("", width: width, rank: 1) { Span(Bar.text(Double($0.images) / Double(most), columns: width), .accent) },
    ])
    table.selectedColumns = 2
    table.draw(behind.confusions, selected: list, on: &canvas, in: area)
  }
}
