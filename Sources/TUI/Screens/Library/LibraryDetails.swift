import Basics

/// Everything about the selected label set.
struct LibraryDetails {
  let entry: LibraryEntry
  /// Nil until they are read.
  let facts: LibraryFacts?
  let session: Session

  private static let labelWidth = 9

  func draw(on canvas: inout Canvas, in area: Rect) {
    var rest = area
    var title = rest.takeTop(1)
    let tags = entry.summary.tags.map { "#" + $0 }.joined(separator: " ")
    canvas.put(tags, in: title.takeRight(min(title.columns / 2, displayWidth(tags))), style: .muted, align: .right)
    _ = title.takeRight(1)
    canvas.put(entry.id, in: title, style: .bold, cut: .middle)
    if let obstacle = entry.obstacle {
      for line in wrap("✗ " + printable(obstacle), rest.columns).prefix(3) {
        canvas.put(line, in: rest.takeTop(1), style: Style(.near))
      }
    }
    for fact in lines where rest.rows > 0 {
      let room = min(fact.most, rest.rows)
      let lines = wrap(fact.text, rest.columns - Self.labelWidth)
      for (index, line) in lines.prefix(room).enumerated() {
        var row = rest.takeTop(1)
        canvas.put(index == 0 ? fact.label : "", in: row.takeLeft(Self.labelWidth), style: .muted)
        canvas.put(index == room - 1 && lines.count > room ? line + " …" : line, in: row, style: fact.style)
      }
    }
  }

  /// The most important first; each takes no more lines than it says.
  private var lines: [(label: String, text: String, most: Int, style: Style)] {
    var lines: [(String, String, Int, Style)] = []
    func add(_ label: String, _ text: String, _ most: Int = 1, _ style: Style = .plain) { lines.append((label, text, most, style)) }
    let summary = entry.summary
    if let recipe = summary.recipe { add("recipe", printable(recipe), 2) }
    if let classes = summary.classes, let fine = summary.fineClasses {
      var size = "\(counted(classes, "class")) of \(NumberText.grouped(fine)) fine classes of \(printable(summary.dataset ?? ""))"
      if let out = summary.leftOut, out > 0 { size += ", \(NumberText.grouped(out)) left out" }
      if let images = summary.images { size += ", \(counted(images, "image"))" }
      add("size", size)
    }
    if let command = facts?.command { add("same as", printable(String(command.text(options: session.options).prefix(2000))), 2, .accent) }
    if !summary.runs.isEmpty {
      add("runs", printable(summary.runs.joined(separator: ", ")) + "   (R go)")
    }
    if let hash = summary.hash { add("hash", hash) }
    guard let groups = facts?.groups, let last = groups.last else { return lines }
    if groups.count > 1 {
      add("largest", groups.prefix(4).map(Self.size).joined(separator: " · "))
      add("smallest", groups.suffix(4).reversed().map(Self.size).joined(separator: " · "))
    } else {
      add("class", Self.size(last))
    }
    let joined = groups.filter { $0.fineClasses > 1 }.prefix(40).map { group in
      let more = group.fineClasses > group.members.count ? ", …" : ""
      return "\(printable(group.name)): \(group.members.map(printable).joined(separator: ", "))\(more)"
    }
    add("members", joined.isEmpty ? "only singleton classes" : joined.joined(separator: " · "), .max, .muted)
    return lines
  }

  private static func size(_ group: LibraryFacts.Group) -> String {
    let images = group.images.map { ", \(counted($0, "image"))" } ?? ""
    return "\(printable(group.name)) \(NumberText.grouped(group.fineClasses))\(images)"
  }
}
