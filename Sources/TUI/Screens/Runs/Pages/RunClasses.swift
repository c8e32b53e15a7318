import Basics
import Runs
import Training

/// What the classes of a run came to in a validation, on the tree.
package struct RunClasses: Equatable, Sendable {
  package var results: ClassResults
  /// Of the target classes, in their order.
  package var names: [String]
  /// The nodes of the tree that part classes, and the classes themselves.
  package var nodes: [NodeResult]

  package init(results: ClassResults, names: [String], nodes: [NodeResult]) {
    self.results = results
    self.names = names
    self.nodes = nodes
  }

  /// Of the best validation, else the last.
  init(_ run: RunDirectory, _ environment: Environment) throws(Problem) {
    let configuration = try run.configuration()
    let steps = run.classResults.steps()
    let best = run.checkpoints.best()
    guard let step = steps.last(where: { $0 == best }) ?? steps.last else {
      throw Problem(
        "no per-class results yet", at: run.id,
        advice: "wait for the first validation, or run \(ShellCommand("runs", "validate", run.id).inSentence)")
    }
    let set = configuration.labelSet
    let hierarchy = try environment.hierarchy(of: set.dataset, set.policy)
    results = try run.classResults.load(step, of: set)
    names = set.classes.map(\.name)
    nodes = results.nodes(of: set, in: hierarchy).filter(\.isFork)
  }
}

/// The page of a run's classes: nodes of the tree from the worst to the best, and what is taken for what.
package struct RunClassesPage: Equatable, Sendable {
  package let id: String
  /// Nil while they are read.
  package private(set) var classes: RunClasses?
  /// Why there are none.
  package private(set) var problem: String?
  package private(set) var rows: [NodeResult] = []
  package private(set) var list = ListPosition()
  package private(set) var isBestFirst = false

  package init(id: String) { self.id = id }

  package var selected: NodeResult? { rows.indices.contains(list.selected) ? rows[list.selected] : nil }

  mutating func take(_ found: Result<RunClasses, Problem>) {
    switch found {
    case .success(let classes):
      self.classes = classes
      sort()
    case .failure(let problem): self.problem = problem.description
    }
  }

  mutating func reverse() {
    isBestFirst.toggle()
    sort()
  }

  private mutating func sort() {
    rows = (classes?.nodes ?? []).sorted { one, other in
      one.accuracy == other.accuracy
        ? one.node < other.node : isBestFirst ? one.accuracy > other.accuracy : one.accuracy < other.accuracy
    }
    list.select(0, count: rows.count)
  }

  mutating func move(_ key: Key, page: Int) { _ = list.move(key, count: rows.count, page: page) }

  func draw(_ run: RunSummary, _ mark: SeriesMark, on canvas: inout Canvas, in area: Rect) {
    var rest = area
    let title = rest.takeTop(1)
    var column = canvas.put(
      "‹ \(mark.glyph(canvas.look.glyphs)) ", row: title.row, column: title.column + 1, style: Style(mark.color, .bold))
    column = canvas.put(printable(run.name), row: title.row, column: column, style: .bold, width: title.columns / 3) + 2
    guard let classes else {
      let text = problem ?? "reading …"
      for line in wrap(text, rest.columns - 4) { canvas.put(line, in: rest.takeTop(1).inset(columns: 2), style: .muted) }
      return
    }
    let results = classes.results
    let images = results.images.reduce(0) { $0 + Int($1) }
    let right = results.right.reduce(0) { $0 + Int($1) }
    canvas.put(
      "classes after step \(NumberText.grouped(results.step)): \(NumberText.grouped(right)) of \(NumberText.grouped(images)) correct, "
        + (isBestFirst ? "best first" : "worst first"),
      row: title.row, column: column, style: .muted, width: title.endColumn - column - 1)
    if rest.columns >= 100 {
      let matrix = ConfusionMatrix(classes)
      let width = matrix.fits(in: rest.columns - 56, rows: rest.rows) ? matrix.width : rest.columns * 2 / 5
      let side = rest.takeRight(width)
      _ = rest.takeRight(2)
      if matrix.fits(in: width, rows: side.rows) {
        matrix.draw(selected: selectedClass, on: &canvas, in: side)
      } else {
        drawConfusions(classes, on: &canvas, in: side)
      }
    } else if rest.rows >= 12 {
      drawConfusions(classes, on: &canvas, in: rest.takeBottom(rest.rows / 3))
    }
    drawNodes(classes, on: &canvas, in: rest)
  }

  /// The target class that is selected; nil on a node that holds several.
  private var selectedClass: Int? {
    guard let selected, selected.classes == 1 else { return nil }
    return classes?.names.firstIndex(of: selected.name)
  }

  private func drawNodes(_ classes: RunClasses, on canvas: inout Canvas, in rect: Rect) {
    let places = Dictionary(classes.names.enumerated().map { ($1, $0) }) { first, _ in first }
    let top = classes.results.topConfusions()
    func taken(_ node: NodeResult) -> String {
      guard node.classes == 1, let place = places[node.name] else { return counted(node.classes, "class") }
      guard let confusion = top[place] else { return "no errors" }
      let share = Double(confusion.count) / Double(max(1, Int(classes.results.images[place])))
      let name = confusion.prediction.map { classes.names[$0] } ?? "NaN"
      return "\(share < 0.005 ? "<1" : NumberText.fixed(100 * share, 0)) % as \(printable(name))"
    }
    Table<NodeResult>([
      .init("node", width: 12, cut: .middle, isFlexible: true, most: 32, rank: 0) {
        Span(printable($0.name), $0.classes > 1 ? .bold : .plain)
      },
      .init("images", width: 7, align: .right, rank: 3) { Span(NumberText.grouped($0.images)) },
      .init("acc.", width: 7, align: .right, rank: 0) { Span(NumberText.percent($0.accuracy)) },
      .init("", width: 10, rank: 2) { Span(Bar.text($0.accuracy, columns: 10), .accent) },
      .init("confused with", width: 22, isFlexible: true, rank: 1) { Span(taken($0), .muted) },
    ]).draw(rows, selected: list, on: &canvas, in: rect)
  }

  private func drawConfusions(_ classes: RunClasses, on canvas: inout Canvas, in rect: Rect) {
    var rest = rect
    let title = rest.takeTop(1)
    canvas.horizontalRule(title)
    let place = selectedClass
    let name = place.map { "confusions of \(printable(classes.names[$0]))" } ?? "most frequent confusions"
    canvas.put(" \(name) ", row: title.row, column: title.column + 1, style: .bold, width: title.columns - 2)
    let confusions = classes.results.confusions.lazy.filter { place == nil || $0.label == place }.prefix(rest.rows)
    if confusions.isEmpty { canvas.put("none", in: rest.inset(columns: 1), style: .muted) }
    for confusion in confusions {
      var row = rest.takeTop(1).inset(columns: 1)
      canvas.put(NumberText.grouped(confusion.count), in: row.takeLeft(6), align: .right)
      _ = row.takeLeft(2)
      let taken = confusion.prediction.map { classes.names[$0] } ?? "NaN"
      let text = place == nil ? "\(classes.names[confusion.label]) → \(taken)" : taken
      canvas.put(printable(text), in: row, style: .muted, cut: .middle)
    }
  }
}

/// Rows are what images are, columns what they are taken for, in percent of the row.
struct ConfusionMatrix {
  private let names: [String]
  private let counts: [[Int]]
  private static let label = 14
  private static let cell = 4

  init(_ classes: RunClasses) {
    names = classes.names
    // Larger ones fit no screen.
    guard names.count <= 60 else {
      counts = []
      return
    }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
    for (place, right) in classes.results.right.enumerated() { counts[place][place] = Int(right) }
    for confusion in classes.results.confusions {
      if let prediction = confusion.prediction { counts[confusion.label][prediction] += confusion.count }
    }
    self.counts = counts
  }

  var width: Int { Self.label + 4 + Self.cell * names.count }

  func fits(in columns: Int, rows: Int) -> Bool { !counts.isEmpty && width <= columns && names.count + 2 <= rows }

  func draw(selected: Int?, on canvas: inout Canvas, in rect: Rect) {
    var rest = rect
    var head = rest.takeTop(1)
    canvas.put("% of the row", in: head.takeLeft(Self.label + 4), style: .muted)
    for place in names.indices { canvas.put(String(place + 1), in: head.takeLeft(Self.cell), style: .muted, align: .right) }
    for (place, name) in names.enumerated() {
      let line = rest.takeTop(1)
      var row = line
      canvas.put(String(place + 1), in: row.takeLeft(3), style: .muted, align: .right)
      _ = row.takeLeft(1)
      canvas.put(printable(name), in: row.takeLeft(Self.label), cut: .middle)
      let total = max(1, counts[place].reduce(0, +))
      for (other, count) in counts[place].enumerated() {
        let percent = (100 * count + total / 2) / total
        let style: Style = place == other ? Style(.good, .bold) : percent >= 20 ? Style(.bad) : percent >= 5 ? Style(.near) : .muted
        canvas.put(count == 0 ? "·" : percent == 0 ? "<1" : String(percent), in: row.takeLeft(Self.cell), style: style, align: .right)
      }
      if place == selected { canvas.restyle(line) { $0.background = .selection } }
    }
  }
}
