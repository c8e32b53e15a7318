import Basics
import Taxonomy

/// What a label set comes to: as a line, the most important first and as much as fits, and as rows that leave nothing out.
struct ConsequencesView {
  let facts: Consequences
  var budget: ImageBudget?
  var pace: TrainingPace?
  /// What parts A and B come to, where there are any.
  var parts: [(part: SplitPart, facts: Consequences)] = []
  /// The command line that makes it, where that is shown.
  var command: String?
  /// The name of a class by its target.
  let name: (Int) -> String

  // MARK: A line

  func draw(on canvas: inout Canvas, line area: Rect, isPreview: Bool) {
    guard !area.isEmpty else { return }
    var column = area.column
    for spans in (isPreview ? [[Span("preview", Style(.near))]] : []) + brief {
      let width = spans.reduce(0) { $0 + displayWidth($1.text) }
      guard column + width <= area.endColumn else { break }
      for span in spans { column = canvas.put(span.text, row: area.row, column: column, style: span.style) }
      column += 3
    }
  }

  private var brief: [[Span]] {
    var all: [[Span]] = [[Span(NumberText.grouped(facts.classes), .bold), Span(facts.classes == 1 ? " class" : " classes")]]
    func add(_ spans: Span...) { all.append(spans) }
    if !parts.isEmpty {
      all.append(
        parts.enumerated().flatMap { place, part in
          [
            Span((place > 0 ? " " : "") + part.part.rawValue + " ", Style(.accent, .bold)),
            Span(NumberText.grouped(part.facts.classes)),
          ]
        })
    }
    if let images = facts.images { add(Span(NumberText.grouped(images), .bold), Span(" images")) }
    if let range {
      let histogram = isEven ? [] : [Span(" " + Bar.histogram(facts.spread ?? [], columns: 8), .accent)]
      all.append([Span("per class ", .muted), Span(range)] + histogram)
    }
    if let budget { add(Span("≤ \(NumberText.grouped(budget.perClass)) per fine class", Style(.near))) }
    if facts.classes > 0 { add(Span("chance ", .muted), Span(percent(facts))) }
    if let epoch, let pace { add(Span("epoch ≈ ", .muted), Span(epoch), Span(" on \(pace.network)", .muted)) }
    if let imbalance = facts.imbalance, imbalance > 1 { add(Span("imbalance ", .muted), Span(times(imbalance))) }
    if facts.leftOut > 0 { add(Span("□ \(NumberText.grouped(facts.leftOut)) left out", Style(.near))) }
    if facts.singletons > 0 && facts.singletons < facts.classes {
      add(Span(counted(facts.singletons, "singleton"), .muted))
    }
    if let pace {
      add(Span("last layer ", .muted), Span(NumberText.count(facts.classes * pace.parametersPerClass)), Span(" parameters", .muted))
    }
    if !isEven, let largest = facts.largest { add(Span("largest ", .muted), Span(fit(name(largest.target), 24, .middle))) }
    return all
  }

  // MARK: Rows

  /// All of it, a row each: what it is, and its value.
  var rows: [(title: String, value: [Span])] {
    var rows: [(String, [Span])] = []
    var classes = [Span(NumberText.grouped(facts.classes), .bold), Span(" from \(counted(facts.fineClasses, "fine class"))")]
    if facts.leftOut > 0 { classes.append(Span(", □ \(NumberText.grouped(facts.leftOut)) left out", Style(.near))) }
    classes.append(Span(", \(counted(facts.singletons, "singleton"))", .muted))
    rows.append(("classes", classes))

    var images = [facts.images.map { Span(NumberText.grouped($0), .bold) } ?? Span("none: a list of classes", .muted)]
    if let budget {
      images.append(Span(", at most \(NumberText.grouped(budget.perClass)) per fine class, seed \(budget.seed)", Style(.near)))
    }
    rows.append(("images", images))
    if let range, let median = facts.median {
      let histogram = isEven ? [] : [Span("  " + Bar.histogram(facts.spread ?? [], columns: 16), .accent)]
      rows.append(("per class", [Span(range), Span(", median \(NumberText.grouped(median))", .muted)] + histogram))
    }
    let unit = facts.sizes == nil ? "fine class" : "image"
    if isEven, let any = facts.largest {
      rows.append(("largest", [Span("all have \(counted(any.size, unit))")]))
    } else {
      for (title, extreme) in [("largest", facts.largest), ("smallest", facts.smallest)] {
        guard let extreme else { continue }
        rows.append((title, [Span(name(extreme.target)), Span("  \(counted(extreme.size, unit))", .muted)]))
      }
    }
    for part in parts { rows.append(("part \(part.part.rawValue)", value(of: part.facts))) }
    if facts.classes > 0 {
      if let imbalance = facts.imbalance {
        rows.append(("imbalance", [Span(times(imbalance)), Span(", chance ", .muted), Span(percent(facts))]))
      } else {
        rows.append(("chance", [Span(percent(facts))]))
      }
    }
    let parameters = pace.map { ", \(NumberText.count(facts.classes * $0.parametersPerClass)) parameters of \($0.network)" } ?? ""
    rows.append(("output", [Span(counted(facts.classes, "unit")), Span(parameters, .muted)]))
    rows.append(("epoch", epochSpans))
    return rows
  }

  private func value(of part: Consequences) -> [Span] {
    var spans = [Span(counted(part.classes, "class"), .bold)]
    if let images = part.images { spans.append(Span(", \(counted(images, "image"))")) }
    if let imbalance = part.imbalance { spans.append(Span(", imbalance \(times(imbalance))", .muted)) }
    if part.classes > 0 { spans.append(Span(", chance \(percent(part))", .muted)) }
    return spans
  }

  private var epochSpans: [Span] {
    if let epoch, let pace, let speed = pace.imagesPerSecond {
      return [Span("≈ \(epoch)"), Span(" at the last run's \(NumberText.grouped(Int(nearest: speed))) images/s", .muted)]
    }
    return [Span(facts.images == nil ? "unknown without images" : "unknown until a run trained on this machine", .muted)]
  }

  /// The rows for so many lines: where there are fewer, both parts share one, and so do what is left of the training.
  private func rows(atMost count: Int) -> [(title: String, value: [Span])] {
    var rows = rows
    func join(_ one: String, _ other: String, as title: String) {
      guard rows.count > count, let first = rows.firstIndex(where: { $0.title == one }),
        let second = rows.firstIndex(where: { $0.title == other })
      else { return }
      // What has lost its title says what it is.
      let words = title == one ? ", \(other) " : ", "
      rows[first] = (title, [rows[first].value[0], Span(words, .muted), rows[second].value[0]])
      rows.remove(at: second)
    }
    join("part A", "part B", as: "A, B")
    join("output", "epoch", as: "output")
    return rows
  }

  /// A row a line; where there are lines to spare, a value that is too long goes on below.
  func draw(on canvas: inout Canvas, rows area: Rect) {
    let rows = rows(atMost: area.rows)
    var spare = max(0, area.rows - rows.count - (command == nil ? 0 : 1))
    var rest = area
    for row in rows {
      var line = rest.takeTop(1)
      canvas.put(row.title, in: line.takeLeft(10), style: .muted)
      func goOn() {
        spare -= 1
        line = rest.takeTop(1)
        _ = line.takeLeft(10)
      }
      for span in row.value {
        var text = span.text
        if displayWidth(text) > line.columns, line.columns < area.columns - 10, spare > 0 {
          goOn()
          text = String(text.drop { $0 == "," || $0 == " " })
        }
        let pieces = displayWidth(text) > line.columns ? wrap(text, line.columns, most: spare + 1) : [text]
        for (place, piece) in pieces.enumerated() {
          if place > 0 { goOn() }
          canvas.put(piece, in: line, style: span.style)
          _ = line.takeLeft(displayWidth(piece))
        }
      }
    }
    if rest.rows > 0, let command { draw(command, on: &canvas, in: rest) }
  }

  private func draw(_ command: String, on canvas: inout Canvas, in area: Rect) {
    var area = area
    canvas.put("same as", in: area.takeLeft(10), style: .muted)
    for (index, line) in wrap(command, area.columns, most: area.rows).enumerated() {
      canvas.put(line, in: area.line(index), style: .accent)
    }
  }

  // MARK: Words

  private var isEven: Bool { facts.largest?.size == facts.smallest?.size }

  private var range: String? {
    guard facts.sizes != nil, let low = facts.smallest?.size, let high = facts.largest?.size else { return nil }
    return low == high ? NumberText.grouped(low) : "\(NumberText.grouped(low))–\(NumberText.grouped(high))"
  }

  private func percent(_ facts: Consequences) -> String {
    let percent = facts.chance * 100
    return (percent < 0.1 ? NumberText.compact(percent) : NumberText.fixed(percent, percent < 1 ? 2 : 1)) + " %"
  }

  private var epoch: String? {
    guard let images = facts.images, images > 0, let speed = pace?.imagesPerSecond else { return nil }
    return NumberText.duration(seconds: Double(images) / speed)
  }

  private func times(_ imbalance: Double) -> String { NumberText.fixed(imbalance, imbalance < 10 ? 1 : 0) + "×" }
}
