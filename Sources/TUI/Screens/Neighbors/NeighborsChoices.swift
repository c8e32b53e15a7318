import Analysis
import Basics

/// What is chosen from lists and typed.
extension NeighborsScreen {
  mutating func openPicker(_ action: Action) {
    guard let context else { return }
    switch action {
    case .chooseClass:
      picker = (.fineClass, Picker("Class of the query", Self.classItems(context), selected: query.flatMap(context.fineClass)?.wnid))
    case .chooseRuns:
      let items = context.runs.map {
        Picker.Item(
          id: $0.run.id, text: printable($0.run.name), note: $0.run.taughtWords($0.labelSet))
      }
      picker = (.runs, Picker("Runs to compare", items, selected: rows.first?.run.id, ticked: Set(rows.map(\.run.id))))
    default:
      let items = context.coarseSets.map {
        Picker.Item(
          id: $0.name, text: printable($0.name), note: counted($0.classes.count, "class"))
      }
      picker = (.coarse, Picker("Coarse classes (orange)", items, selected: coarse?.name))
    }
  }

  /// The tree with its inner nodes, any image below which may become the query; without a tree the classes.
  private static func classItems(_ context: FeatureContext) -> [Picker.Item] {
    guard let tree = context.hierarchy else {
      return context.dataset.classes.map { Picker.Item(id: $0.wnid, text: printable($0.name), note: $0.wnid) }
    }
    return tree.nodes.filter { !tree.hasSingleChild($0) || tree.fineClass($0) != nil }.map { node in
      let fine = tree.fineClass(node)
      let name = fine.map { context.dataset.classes[$0].name } ?? tree.name(node)
      // The depth among what is listed: chains of single children are passed over.
      let depth = tree.chain(node).dropFirst().count { !tree.hasSingleChild($0) || tree.fineClass($0) != nil }
      let count = fine == nil ? "\(counted(tree.fineClassesBelow(node), "class"))  " : ""
      return Picker.Item(
        id: tree.wnid(node), text: String(repeating: "  ", count: depth) + (fine == nil ? "▾ " : "· ") + printable(name),
        note: count + tree.wnid(node))
    }
  }

  // MARK: Surprising queries

  /// Looks for them, or shows those that were found.
  mutating func lookForSurprises() -> [Effect] {
    if case .found(let queries)? = surprises, !queries.isEmpty {
      showSurprises(queries)
      return []
    }
    guard let context, let query, rows.count > 1, surprising == nil else { return [] }
    let cancellation = Cancellation()
    surprising = cancellation
    let runs = [rows[0], rows[rows.count - 1]].map { NeighborsRequest.Run(id: $0.run.id, step: $0.step) }
    let request = NeighborsRequest(
      query: query, runs: runs, space: space, metric: metric, gallery: gallery, k: SurprisingQuery.neighbors)
    return [.neighbors(.surprise(context, request, cancellation))]
  }

  mutating func showSurprises(_ queries: [SurprisingQuery]) {
    guard let context, let fine = rows.first, let coarse = rows.last else { return }
    let items = queries.map { query in
      let right = query.isCoarseRight ? coarse.run.name : fine.run.name
      let name = context.name(of: .image(.val, query.image))
      return Picker.Item(
        id: "\(query.image)", text: printable("\(name)  val/\(query.image)"),
        note: printable("✓ only \(right)  \(query.coarse) vs \(query.fine) of \(SurprisingQuery.neighbors)"))
    }
    var selected: String?
    if case .image(.val, let index)? = query { selected = "\(index)" }
    let title = "Surprising: \(printable(coarse.run.name)) vs \(printable(fine.run.name))"
    picker = (.surprising, Picker(title, items, selected: selected))
  }

  // MARK: Keys

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    if let asked = question {
      guard let answer = asked.question.answer(key) else { return [] }
      question = nil
      guard answer == .yes, let context else { return [] }
      return [.neighbors(.writePicture(context, asked.montage, path: asked.path, mayReplace: true))]
    }
    if prompt != nil { return type(key) }
    guard var open = picker, let context else { return [] }
    let outcome = open.list.take(key)
    picker = outcome == .stay ? open : nil
    guard case .chosen(let ids) = outcome, let first = ids.first else { return [] }
    switch open.choice {
    case .fineClass: return randomImage(below: first).map { go(to: $0) } ?? []
    case .runs:
      setRuns(ids)
      if !hasChosenCoarse { coarse = context.coarseClasses(taught: rows.map(\.labelSet)) }
      return searchAgain()
    case .coarse:
      coarse = context.coarseSets.first { $0.name == first }
      hasChosenCoarse = true
      clampSelection()
      return []
    case .surprising: return Int(first).map { go(to: .image(.val, $0)) } ?? []
    }
  }

  private mutating func type(_ key: Key) -> [Effect] {
    guard var open = prompt else { return [] }
    let answer = open.field.answer(key)
    prompt = answer == .typing ? open : nil
    guard case .entered(let text) = answer, !text.isEmpty else { return [] }
    switch open.kind {
    case .query:
      lastPath = text
      return [.neighbors(.openFile(path: text))]
    case .picture(let montage):
      return context.map { [.neighbors(.writePicture($0, montage, path: text, mayReplace: false))] } ?? []
    }
  }
}
