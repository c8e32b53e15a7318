import Analysis
import Basics

extension NeighborsScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    if let context, let query, !rows.isEmpty {
      let judge = coarse.map { Judge($0, classes: context.dataset.classes) }
      let (cards, facts) = Self.parts(area)
      if isZoomed {
        drawZoomed(context, query, judge, on: &canvas, in: area)
      } else {
        drawRows(context, query, judge, on: &canvas, in: cards)
        drawFacts(context, query, judge, on: &canvas, in: facts)
      }
    } else {
      drawEmpty(on: &canvas, in: area)
    }
    picker?.list.draw(on: &canvas, in: area)
    if let prompt {
      let (title, hint) =
        if case .query = prompt.kind {
          ("Neighbours of an image file", "the path of a PNG, JPEG, WebP or GIF file")
        } else {
          ("Save the picture as", "the path of a PNG file")
        }
      let inside = canvas.dialog(in: area, title: title)
      prompt.field.draw(on: &canvas, in: inside, placeholder: hint)
    }
    question?.question.draw(on: &canvas, in: area)
  }

  private func drawEmpty(on canvas: inout Canvas, in area: Rect) {
    let lines =
      context == nil && isOpening
      ? ["Looking for runs …"]
      : [
        "No run has a checkpoint yet", "", "2  launch a run; its features are available after the first epoch",
      ]
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, row: area.row + max(1, area.rows / 3) + index, column: area.column + max(2, area.columns / 2 - 32),
        style: index == 0 ? .bold : .muted)
    }
  }

  private func drawRows(
    _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, on canvas: inout Canvas, in area: Rect
  ) {
    let layout = NeighborsLayout(rows: rows.count, in: area)
    var rest = area
    var wasTrained = true
    let first = max(0, min(selectedRow - layout.rowsShown + 1, rows.count - layout.rowsShown))
    for index in first..<min(rows.count, first + layout.rowsShown) {
      let taught = rows[index].labelSet
      // Of imported features nobody may know what their net was taught.
      let isTrained = taught.classes.isEmpty ? wasTrained : context.fineClass(of: query).map { taught.holds($0.wnid) } ?? true
      // What does not fit whole is not begun.
      guard rest.rows >= layout.rowHeight || index == first else { break }
      if wasTrained && !isTrained && rest.rows > 1 {
        drawBoundary(context.name(of: query), isFirst: index == 0, on: &canvas, in: rest.takeTop(1))
      }
      wasTrained = isTrained
      drawTitle(index, context, query, judge, layout, on: &canvas, in: rest.takeTop(1))
      let body = rest.takeTop(layout.rowHeight - 1)
      drawRow(index, context, query, judge, layout, on: &canvas, in: body)
    }
  }

  /// Below this line the query's class was part of a larger class in training.
  private func drawBoundary(_ name: String, isFirst: Bool, on canvas: inout Canvas, in rect: Rect) {
    canvas.fill(rect, "┄", style: .muted)
    let text = fit(" \(printable(name)) was not a separate class in training ", rect.columns - 8, .middle)
    canvas.put(text, in: rect, style: .muted, align: .center)
  }

  private func drawTitle(
    _ index: Int, _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, _ layout: NeighborsLayout,
    on canvas: inout Canvas, in rect: Rect
  ) {
    let row = rows[index]
    var column = canvas.put(
      index == selectedRow && rows.count > 1 ? "› " : "  ", row: rect.row, column: rect.column,
      style: Style(.accent, .bold))
    column = canvas.put(printable(row.run.name), row: rect.row, column: column, style: .bold, width: rect.columns / 3)
    let place = row.steps.count > 1 ? row.place.map { ", \($0 + 1) of \(row.steps.count)" } ?? "" : ""
    let step = row.run.isImportedFeatures ? "" : ", step \(NumberText.count(row.step ?? row.run.progress.step))"
    let facts = "  " + row.run.taughtWords(row.labelSet) + step + place
    column = canvas.put(facts, row: rect.row, column: column, style: .muted, width: rect.columns / 2)
    drawTallies(index, context, query, judge, layout, after: column, on: &canvas, in: rect)
  }

  /// How many of all that were found are right, and which of them are shown.
  private func drawTallies(
    _ index: Int, _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, _ layout: NeighborsLayout, after column: Int,
    on canvas: inout Canvas, in rect: Rect
  ) {
    let images = neighbors(index)
    guard !images.isEmpty, let label = context.label(of: query) else { return }
    let verdicts = images.map { Judge.verdict(judge, query: label, neighbor: $0.label) }
    func spans(_ words: [String]) -> [Span] {
      zip(Verdict.allCases, words).map { verdict, word in
        let style = Style(filter == nil || filter == verdict ? verdict.color : .muted, filter == verdict ? [.bold, .reverse] : [])
        return Span(" \(verdict.glyph) \(verdicts.count { $0 == verdict })\(word) ", style)
      }
    }
    let page = layout.neighborsPerLine * layout.linesPerRow
    let count = shown(index).count
    let first = min(selectedNeighbor / page * page, max(0, count - 1) / page * page)
    let range = count > page ? "  \(first + 1)–\(min(count, first + page)) of \(count)" : filter == nil ? "  of \(count)" : ""
    let choices = [spans([" right", " coarse", " wrong"]) + [Span(range, .muted)], spans([" right", " coarse", " wrong"]), spans(["", "", ""])]
    for spans in choices {
      let width = spans.reduce(0) { $0 + displayWidth($1.text) } + 1
      guard rect.endColumn - width > column else { continue }
      var at = rect.endColumn - width
      for span in spans { at = canvas.put(span.text, row: rect.row, column: at, style: span.style) }
      return
    }
  }

  private func drawRow(
    _ index: Int, _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, _ layout: NeighborsLayout,
    on canvas: inout Canvas, in rect: Rect
  ) {
    PictureCard(
      pictures[query], top: " query ", label: " \(printable(context.name(of: query))) ", style: .plain, isHeavy: false
    ).draw(on: &canvas, in: layout.frame(line: 0, slot: 0, in: rect))
    switch rows[index].standing {
    case .waiting: say("searching …", .muted, layout, on: &canvas, in: rect)
    case .computing(let progress):
      var area = message(layout, rect)
      _ = area.takeTop(1)
      progress.draw(on: &canvas, in: area)
    case .failed(let reason): say("✗ \(printable(reason))", Style(.bad), layout, on: &canvas, in: rect)
    case .found:
      let (perLine, images) = (layout.neighborsPerLine, shown(index))
      if images.isEmpty, let filter { say("none is \(filter.glyph)", .muted, layout, on: &canvas, in: rect) }
      // All rows show the same ranks, those around the selected one.
      let page = perLine * layout.linesPerRow
      let first = min(selectedNeighbor / page * page, max(0, images.count - 1) / page * page)
      for (place, image) in images.enumerated().dropFirst(first).prefix(page) {
        let frame = layout.frame(line: (place - first) / perLine, slot: 1 + (place - first) % perLine, in: rect)
        card(image, context, query, judge, isSelected: index == selectedRow && place == selectedNeighbor)
          .draw(on: &canvas, in: frame)
        canvas.onClick(frame, .key(.pick(index * Self.neighborCount + place)))
      }
    }
  }

  private func card(
    _ image: NeighborImage, _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, isSelected: Bool
  ) -> PictureCard {
    let reference = ImageReference(image.split, image.index)
    let distance = " \(NumberText.compact(image.distance)) "
    let name = printable(context.name(of: reference))
    // Without a class of its own, a query's neighbours are neither right nor wrong.
    guard let label = context.label(of: query) else {
      return PictureCard(pictures[reference], top: distance, label: " \(name) ", style: .plain, isSelected: isSelected)
    }
    let verdict = Judge.verdict(judge, query: label, neighbor: image.label)
    return PictureCard(
      pictures[reference], top: distance, label: "\(verdict.glyph) \(name)", style: Style(verdict.color),
      isSelected: isSelected)
  }

  private func message(_ layout: NeighborsLayout, _ rect: Rect) -> Rect {
    var area = rect
    _ = area.takeLeft(layout.card.columns + 2)
    return area
  }

  private func say(
    _ text: String, _ style: Style, _ layout: NeighborsLayout, on canvas: inout Canvas, in rect: Rect
  ) {
    let area = message(layout, rect)
    for (index, line) in wrap(text, max(1, area.columns - 1)).enumerated() {
      canvas.put(line, in: area.line(1 + index), style: style)
    }
  }

  /// The query and its coarse class, the selected neighbour and its class, with the way down to them in the tree.
  private func drawFacts(
    _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, on canvas: inout Canvas, in area: Rect
  ) {
    guard !area.isEmpty else { return }
    if case .computing(let progress)? = surprises {
      progress.draw(on: &canvas, in: area.inset(columns: 1))
      return
    }
    var spans = [Span("query", .muted)]
    if let fine = context.fineClass(of: query), let coarse {
      let target = coarse.classes.first { $0.members.contains(fine.wnid) }
      let name = target.map { "\(printable($0.name)) " } ?? "no class "
      spans += [Span("  ≈ ", Style(.near)), Span(name), Span("in \(printable(coarse.name)), \(counted(coarse.classes.count, "class"))", .muted)]
    }
    say(spans, context, query, on: &canvas, in: area.line(0))
    let images = shown(selectedRow)
    guard images.indices.contains(selectedNeighbor) else { return }
    let image = images[selectedNeighbor]
    let rank = "\((neighbors(selectedRow).firstIndex(of: image) ?? selectedNeighbor) + 1)"
    spans = [Span(rank + String(repeating: " ", count: max(0, 5 - rank.count)), .muted)]
    if let label = context.label(of: query) {
      let verdict = Judge.verdict(judge, query: label, neighbor: image.label)
      spans.append(Span("  \(verdict.glyph) ", Style(verdict.color)))
    }
    spans.append(Span(NumberText.compact(image.distance)))
    say(spans, context, ImageReference(image.split, image.index), on: &canvas, in: area.line(1))
  }

  /// What an image is: its path in the tree at the right, cut where the root is.
  private func say(
    _ spans: [Span], _ context: FeatureContext, _ image: ImageReference, on canvas: inout Canvas, in line: Rect
  ) {
    var column = line.column + 1
    for span in spans { column = canvas.put(span.text, row: line.row, column: column, style: span.style) }
    column = canvas.put("  \(context.place(of: image))  ", row: line.row, column: column, style: .muted)
    guard let fine = context.fineClass(of: image), column + 8 < line.endColumn else { return }
    let rest = Rect(row: line.row, column: column, rows: 1, columns: line.endColumn - column - 1)
    canvas.put("\(context.path(of: fine))  \(fine.wnid)", in: rest, align: .right, cut: .start)
  }

  /// The query and the selected neighbour side by side, as large as the screen allows.
  private func drawZoomed(
    _ context: FeatureContext, _ query: ImageReference, _ judge: Judge?, on canvas: inout Canvas, in area: Rect
  ) {
    var rest = area
    let words = rest.takeBottom(4)
    let half = rest.takeLeft(rest.columns / 2)
    PictureCard(
      pictures[query], top: " query ", label: " \(printable(context.name(of: query))) ", style: .plain, isHeavy: false
    ).draw(on: &canvas, in: Self.square(in: half))
    say(context, query, on: &canvas, in: Rect(row: words.row, column: half.column, rows: 4, columns: half.columns))
    let images = shown(selectedRow)
    guard images.indices.contains(selectedNeighbor) else { return }
    let image = images[selectedNeighbor]
    var card = card(image, context, query, judge, isSelected: false)
    card.top = " \(selectedNeighbor + 1) of \(images.count) " + card.top
    card.draw(on: &canvas, in: Self.square(in: rest))
    say(
      context, ImageReference(image.split, image.index), on: &canvas,
      in: Rect(row: words.row, column: rest.column, rows: 4, columns: rest.columns))
  }

  private func say(_ context: FeatureContext, _ image: ImageReference, on canvas: inout Canvas, in rect: Rect) {
    let fine = context.fineClass(of: image)
    var lines = [printable(context.identifier(of: image))]
    if let fine {
      lines += ["\(printable(fine.name))  \(fine.wnid)", context.path(of: fine)]
      if let coarse, let target = coarse.classes.first(where: { $0.members.contains(fine.wnid) }) {
        lines.append("in \(printable(target.name)) of \(printable(coarse.name))")
      }
    }
    for (index, line) in lines.enumerated() {
      canvas.put(line, in: rect.line(index).inset(columns: 1), style: index == 1 ? .bold : .muted, cut: index == 2 ? .start : .end)
    }
  }

  private static func square(in rect: Rect) -> Rect {
    let rows = min(rect.rows, (rect.columns - 3) / 2 + 2)
    return Rect(row: rect.row, column: rect.column, rows: rows, columns: min(rect.columns, (rows - 2) * 2 + 2))
  }
}
