import Basics
import Datasets
import Runs

extension LaunchForm {
  package func draw(on canvas: inout Canvas, in area: Rect) {
    let width = min(area.columns - 2, 92)
    var rest = Rect(row: area.row, column: area.column + (area.columns - width) / 2, rows: area.rows, columns: width)
    let isRoomy = rest.rows >= 24
    canvas.coverClicks()
    if isRoomy { _ = rest.takeTop(1) }
    let title = isClone ? "Train like \(printable(original?.name ?? "another run"))" : "Train a network"
    let titleRow = rest.takeTop(1)
    canvas.put(title, in: titleRow, style: .bold)
    if isRoomy { _ = rest.takeTop(1) }
    let reasons = Dictionary(obstacles.map { ($0.field, $0.reason) }, uniquingKeysWith: { first, _ in first })
    // On a small screen the fields around the cursor, and a line for what they come to.
    let all = fields
    let shell = printable(command.text(options: options))
    // What they come to, and the command whole where it leaves half of the rows to the fields.
    let below = max(5, min(rest.rows / 2, (isRoomy ? 2 : 0) + 3 + wrap(shell, rest.columns).count))
    let shown = ListPosition(all.firstIndex(of: focus)!).window(count: all.count, rows: min(all.count, max(1, rest.rows - below)))
    if shown.count < all.count {
      var area = titleRow
      _ = area.takeLeft(min(area.columns, displayWidth(title) + 2))
      canvas.put("\(all.count - shown.count) more fields: ↑↓", in: area, style: .muted)
    }
    for index in shown {
      let line = rest.takeTop(1)
      canvas.onClick(line, .key(.pick(index)))
      draw(all[index], reasons[all[index]], on: &canvas, in: line)
    }
    if isRoomy { _ = rest.takeTop(1) }
    drawOutlook(on: &canvas, in: &rest)
    if isRoomy { _ = rest.takeTop(1) }
    let heading =
      isSaved ? "The same from a shell:" : "The same from a shell, once the label set is saved (s in the tree):"
    canvas.put(heading, in: rest.takeTop(1), style: .muted)
    drawText(shell, on: &canvas, in: &rest, style: .muted)
  }

  private func drawOutlook(on canvas: inout Canvas, in rest: inout Rect) {
    if isStarting { return canvas.put("starting …", in: rest.takeTop(1), style: .accent) }
    switch outlook {
    case nil:
      if obstacles.isEmpty { canvas.put("checking …", in: rest.takeTop(1), style: .muted) }
    case .failure(let problem):
      drawText("✗ \(problem.description)", on: &canvas, in: &rest, style: Style(.bad))
    case .success(let outlook):
      var parts = [
        counted(outlook.classes, "class"),
        counted(outlook.trainingImages, "training image"),
        "\(NumberText.grouped(outlook.validationImages)) for validation", counted(outlook.steps, "step"),
        "\(NumberText.count(outlook.parameters)) parameters", "about \(outlook.memory / 1_000_000) MB of memory",
      ]
      if let seconds = seconds(outlook) { parts.append("about \(NumberText.duration(seconds: seconds))") }
      drawText(parts.joined(separator: ", "), on: &canvas, in: &rest, style: .plain)
      for remark in outlook.remarks { drawText("≈ \(printable(remark))", on: &canvas, in: &rest, style: Style(.near)) }
    }
  }

  private func drawText(_ text: String, on canvas: inout Canvas, in rest: inout Rect, style: Style) {
    for line in wrap(text, rest.columns, most: rest.rows) { canvas.put(line, in: rest.takeTop(1), style: style) }
  }

  private func draw(_ field: Field, _ reason: String?, on canvas: inout Canvas, in row: Rect) {
    var rest = row
    let isFocused = field == focus
    canvas.put(isFocused ? "›" : " ", in: rest.takeLeft(2), style: Style(.accent, .bold))
    canvas.put(field.title, in: rest.takeLeft(22), style: isFocused ? .accent : .muted)
    let isShort = !field.isChoice && field != .name && field != .from && field != .schedule && field != .sbatch
    let value = rest.takeLeft(reason == nil ? rest.columns : isShort ? 12 : rest.columns / 2)
    if field.isChoice {
      let (text, note) = choice(field)
      let end = canvas.put(
        isFocused ? "‹ \(text) ›" : "  \(text)", row: value.row, column: value.column,
        style: isFocused ? Style(.accent, .bold) : .plain, width: value.columns)
      var rest = value
      _ = rest.takeLeft(end + 2 - value.column)
      canvas.put(note, in: rest, style: .muted)
    } else if isFocused {
      texts[field]!.draw(on: &canvas, in: value.inset(columns: 2), placeholder: placeholder(field))
    } else {
      let text = texts[field]!.text
      let isUnused = field == .epochs && !texts[.iterations]!.text.isEmpty
      var area = value.inset(columns: 2)
      canvas.put(
        text.isEmpty ? placeholder(field) : printable(text), in: area,
        style: isUnused ? Style(.muted, .strike) : text.isEmpty ? .muted : .plain)
      if isUnused {
        _ = area.takeLeft(min(area.columns, displayWidth(printable(text)) + 2))
        canvas.put("unused: iterations are given", in: area, style: .muted)
      }
    }
    if let reason {
      let isWaiting = problem == nil && facts == nil && field == .dataset
      canvas.put(
        isWaiting ? reason : "✗ \(reason)", in: rest, style: isWaiting ? .muted : Style(.bad), cut: .end)
    }
  }

  private func placeholder(_ field: Field) -> String {
    switch field {
    case .workers: "all cores"
    case .from: "random; or a run (←→), or a checkpoint file"
    case .iterations: "set by epochs"
    case .sbatch: "the cluster's own; or --time=24:00:00 --mem=8G, …"
    case .setting(let flag):
      switch flag {
      case "recipe": "the net's own"
      case "init": (model?.initialization).map(\.text) ?? "as the net's authors did"
      case "keep": "2"
      case "rate-factor": "1 for every layer; or LAYER=FACTOR, …"
      default: TrainingSetting.named(flag)!.texts(in: model ?? architecture.recipe).first ?? ""
      }
    default: ""
    }
  }

  private func choice(_ field: Field) -> (text: String, note: String) {
    switch field {
    case .dataset: return (printable(dataset), "")
    case .labels:
      guard let set = chosenLabelSet else { return ("–", "") }
      let place = labelSets.count > 1 ? ", \(labelSet + 1) of \(labelSets.count)" : ""
      return (printable(set.name), "\(counted(set.classes.count, "class"))\(place)")
    case .network:
      let input = architecture.input
      return (architecture.name, "\(input.height)×\(input.width)×\(input.channels)  \(architecture.summary)")
    case .tune:
      let choice = tuneChoices[part]
      let note =
        switch part {
        case 0: "every layer"
        case 1: "only the classifier; the rest is frozen"
        default: "this layer and all behind it; the rest is frozen"
        }
      return (choice.hasPrefix("from:") ? "from \(choice.dropFirst(5))" : choice, note)
    case .begin:
      switch start {
      case .now: return ("at once", "")
      case .queue: return ("in the queue", "when its turn comes")
      case .cluster: return ("as a job of Slurm", "on the cluster; goes on in the same job when its time is up")
      }
    default: return ("", "")
    }
  }
}
