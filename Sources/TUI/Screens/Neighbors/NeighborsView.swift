import Engine
import Taxonomy

extension NeighborsScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    if let context, let query, !rows.isEmpty {
      let judge = coarse.map { Judge($0, classes: context.dataset.classes) }
      if isZoomed {
        drawZoomed(context, query, judge, on: &canvas, in: area)
      } else {
        drawRows(context, query, judge, on: &canvas, in: area)
      }
    } else {
      drawEmpty(on: &canvas, in: area)
    }
    picker?.list.draw(on: &canvas, in: area)
    if let path {
      let inside = canvas.dialog(in: area, title: "Neighbours of an image file")
      path.draw(on: &canvas, in: inside, placeholder: "the path of a PNG or JPEG file")
    }
  }

  private func drawEmpty(on canvas: inout Canvas, in area: Rect) {
    let lines =
      context == nil && isOpening
      ? ["Looking for runs …"]
      : [
        "No run has a checkpoint yet", "", "2  launch a training; its features can be looked at after the first epoch",
      ]
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, row: area.row + max(1, area.rows / 3) + index, column: area.column + max(2, area.columns / 2 - 32),
        style: index == 0 ? .bold : .muted)
    }
  }

  private func drawRows(
    _ context: NeighborsContext, _ query: ImageReference, _ judge: Judge?, on canvas: inout Canvas, in area: Rect
  ) {
    let layout = NeighborsLayout(rows: rows.count, in: area)
    var rest = area
    var wasTrained = true
    let first = max(0, min(selectedRow - layout.rowsShown + 1, rows.count - layout.rowsShown))
    for index in first..<min(rows.count, first + layout.rowsShown) {
      let isTrained = context.fineClass(of: query).map { rows[index].labelSet.holds($0.wnid) } ?? true
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
    let text = fit(" \(printable(name)) was not a class of its own in training ", rect.columns - 8, .middle)
    canvas.put(text, in: rect, style: .muted, align: .center)
  }

  private func drawTitle(
    _ index: Int, _ context: NeighborsContext, _ query: ImageReference, _ judge: Judge?, _ layout: NeighborsLayout,
    on canvas: inout Canvas, in rect: Rect
  ) {
    let row = rows[index]
    var column = canvas.put(
      index == selectedRow && rows.count > 1 ? "› " : "  ", row: rect.row, column: rect.column,
      style: Style(.accent, .bold))
    column = canvas.put(printable(row.run.name), row: rect.row, column: column, style: .bold, width: rect.columns / 3)
    let facts =
      "  \(NumberText.grouped(row.labelSet.classes.count)) classes, step \(NumberText.count(row.run.progress.step))"
    column = canvas.put(facts, row: rect.row, column: column, style: .muted, width: rect.columns / 3)
    let shown = neighbors(index).prefix(layout.neighborsPerLine * layout.linesPerRow)
    guard !shown.isEmpty, let judge, let label = context.label(of: query) else { return }
    let verdicts = shown.map { judge.verdict(query: label, neighbor: $0.label) }
    let tallies = zip(Verdict.allCases, ["right", "coarse", "wrong"]).map { verdict, word in
      Span(" \(verdict.glyph) \(verdicts.count { $0 == verdict }) \(word) ", Style(verdict.color))
    }
    let width = tallies.reduce(0) { $0 + displayWidth($1.text) }
    guard rect.endColumn - width > column else { return }
    var at = rect.endColumn - width
    for span in tallies { at = canvas.put(span.text, row: rect.row, column: at, style: span.style) }
  }

  private func drawRow(
    _ index: Int, _ context: NeighborsContext, _ query: ImageReference, _ judge: Judge?, _ layout: NeighborsLayout,
    on canvas: inout Canvas, in rect: Rect
  ) {
    PictureCard(
      pictures[query], top: " query ", label: " \(printable(context.name(of: query))) ", style: .plain, isHeavy: false
    ).draw(on: &canvas, in: layout.frame(line: 0, slot: 0, in: rect))
    switch rows[index].standing {
    case .waiting: say("searching …", .muted, layout, on: &canvas, in: rect)
    case .computing(let done, let total):
      let percent = total > 0 ? done * 100 / total : 0
      say(
        "computing \(space.layer(of: rows[index].run.network)) of \(NumberText.grouped(total)) images … \(percent) %   Esc cancels", .accent, layout,
        on: &canvas, in: rect)
      drawBar(percent, layout, on: &canvas, in: rect)
    case .failed(let reason): say("✗ \(printable(reason))", Style(.bad), layout, on: &canvas, in: rect)
    case .found(let images):
      let perLine = layout.neighborsPerLine
      for (place, image) in images.prefix(perLine * layout.linesPerRow).enumerated() {
        let frame = layout.frame(line: place / perLine, slot: 1 + place % perLine, in: rect)
        card(image, context, query, judge, isSelected: index == selectedRow && place == selectedNeighbor)
          .draw(on: &canvas, in: frame)
        canvas.onClick(frame, .key(.pick(index * Self.neighborCount + place)))
      }
    }
  }

  private func card(
    _ image: NeighborImage, _ context: NeighborsContext, _ query: ImageReference, _ judge: Judge?, isSelected: Bool
  ) -> PictureCard {
    let reference = ImageReference(image.split, image.index)
    let distance = " \(NumberText.compact(image.distance)) "
    let name = printable(context.name(of: reference))
    // Without a class of its own, a query's neighbours are neither right nor wrong.
    guard let label = context.label(of: query) else {
      return PictureCard(pictures[reference], top: distance, label: " \(name) ", style: .plain, isSelected: isSelected)
    }
    let verdict = judge?.verdict(query: label, neighbor: image.label) ?? (label == image.label ? .fine : .wrong)
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

  private func drawBar(_ percent: Int, _ layout: NeighborsLayout, on canvas: inout Canvas, in rect: Rect) {
    let area = message(layout, rect).line(3)
    let width = min(50, area.columns - 1)
    guard width > 0 else { return }
    let done = width * percent / 100
    canvas.put(String(repeating: "█", count: done), row: area.row, column: area.column, style: .accent)
    canvas.put(String(repeating: "░", count: width - done), row: area.row, column: area.column + done, style: .muted)
  }

  /// The query and the selected neighbour side by side, as large as the screen allows.
  private func drawZoomed(
    _ context: NeighborsContext, _ query: ImageReference, _ judge: Judge?, on canvas: inout Canvas, in area: Rect
  ) {
    var rest = area
    let words = rest.takeBottom(3)
    let half = rest.takeLeft(rest.columns / 2)
    PictureCard(
      pictures[query], top: " query ", label: " \(printable(context.name(of: query))) ", style: .plain, isHeavy: false
    ).draw(on: &canvas, in: Self.square(in: half))
    say(context, query, on: &canvas, in: Rect(row: words.row, column: half.column, rows: 3, columns: half.columns))
    let images = neighbors(selectedRow)
    guard images.indices.contains(selectedNeighbor) else { return }
    let image = images[selectedNeighbor]
    card(image, context, query, judge, isSelected: false).draw(on: &canvas, in: Self.square(in: rest))
    say(
      context, ImageReference(image.split, image.index), on: &canvas,
      in: Rect(row: words.row, column: rest.column, rows: 3, columns: rest.columns))
  }

  private func say(_ context: NeighborsContext, _ image: ImageReference, on canvas: inout Canvas, in rect: Rect) {
    let fine = context.fineClass(of: image)
    let lines = [
      printable(context.identifier(of: image)),
      fine.map { "\(printable($0.name))  \($0.wnid)" } ?? "",
      fine.flatMap { fine in coarse?.classes.first { $0.members.contains(fine.wnid) } }.map {
        "in \(printable($0.name))"
      } ?? "",
    ]
    for (index, line) in lines.enumerated() {
      canvas.put(line, in: rect.line(index).inset(columns: 1), style: index == 1 ? .bold : .muted)
    }
  }

  private static func square(in rect: Rect) -> Rect {
    let rows = min(rect.rows, (rect.columns - 3) / 2 + 2)
    return Rect(row: rect.row, column: rect.column, rows: rows, columns: min(rect.columns, (rows - 2) * 2 + 2))
  }
}

extension LabelSet {
  /// Whether `fine` is a class of its own.
  fileprivate func holds(_ fine: String) -> Bool { classes.contains { $0.members == [fine] } }
}
