import Engine
import Taxonomy

/// Screen 1: the tree of a dataset's classes, folded by hand into a label set, with what that comes to.
package struct TreeScreen: Screen {
  /// Nil until the tree is read.
  package var history: TreeHistory?
  /// What the current cut means for each node.
  package var cutView: CutView?
  /// What it means for a training.
  package var consequences: Consequences?
  package var outline: TreeOutline?
  /// The line with the cursor.
  package var cursor = ListPosition()
  /// The node that was asked for, by a search or a jump, among those that share the cursor's line.
  var pointed: Int?
  /// The node that path and details are about: the cursor's, once it rests. Moving on costs a slow connection no text.
  var detailed: Int?
  package var hits: [Int] = []
  /// What is being looked for, until it is found or given up.
  package var sought: String?
  /// The nodes that were marked: what is done, is done to all of them.
  package var marked: Set<Int> = []
  package var order = TreeOrder.fineClasses
  package var filter: TreeFilter?
  /// Counts the edits, so that the draft is written once they pause.
  package var edits = 0
  package var showsDetails = true
  package var mode: TreeMode?
  /// The dataset's own words for its fine classes.
  var classNames: [String] = []
  /// Training images of each fine class, once counted.
  var imagesPerFine: [Int]?
  var imagesBelow: [Int]?
  var pace: TrainingPace?
  var pictures: [String: [Thumbnail]] = [:]
  var unfolded: Set<Int> = []
  var pascal: [String] = []

  package init() {}

  package var capture: [KeyHint]? { mode?.hints }

  package var line: TreeOutline.Line? {
    guard let outline, outline.lines.indices.contains(cursor.selected) else { return nil }
    return outline.lines[cursor.selected]
  }

  package var hierarchy: Hierarchy? { history?.current.cut.hierarchy }

  /// The parents of the class under the cursor that the tree does not show it under.
  package var otherParents: [Int] { line.map(otherParents) ?? [] }

  func otherParents(of line: TreeOutline.Line) -> [Int] {
    guard let hierarchy else { return [] }
    return line.chain.flatMap { hierarchy.alsoUnder($0) }.compactMap { hierarchy.node($0) }
  }

  package func headline(_ session: Session) -> [Span] {
    var spans = [Span(printable(session.dataset), .bold)]
    guard let history, let cutView else { return spans }
    if let name = history.name {
      spans.append(Span("   label set \(name)"))
    } else {
      spans.append(Span("   \(NumberText.grouped(cutView.classCount)) classes"))
    }
    if history.isEdited { spans.append(Span(" ●edited", Style(.near))) }
    return spans
  }

  package func appeared(_ session: Session) -> [Effect] { [.tree(.measurePace)] }

  // MARK: Keys

  package mutating func started(_ session: Session) -> [Effect] { [.tree(.open(nil)), .tree(.countImages)] }

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    let page = Self.layout(session.body, showsDetails).list.rows - 1
    switch action {
    case .up: return move(.up, page)
    case .down: return move(.down, page)
    case .pageUp: return move(.pageUp, page)
    case .pageDown: return move(.pageDown, page)
    case .first: return move(.home, page)
    case .last: return move(.end, page)
    case .left: return goLeft()
    case .right: return goRight()
    case .fold: return toggleClass()
    case .leaveOut: return toggleLeftOut()
    case .finer: return change("finer") { $0.finer() }
    case .coarser: return change("coarser") { $0.coarser() }
    case .finerBelow: return change("finer below", targets) { $0.finer(below: $1.chain[0]) }
    case .coarserBelow: return change("coarser below", targets) { $0.coarser(below: $1.chain[0]) }
    case .mark: return toggleMark()
    case .invertMarks:
      marked = Set(outline?.lines.map(\.node) ?? []).subtracting(marked)
      return []
    case .back:
      if filter != nil { return endFilter() }
      if marked.isEmpty { hits = [] } else { marked = [] }
      return []
    case .sort:
      order = order.next
      rebuildOutline(keeping: line?.node)
      return settle()
    case .filter: return filter == nil ? startFilter() : endFilter()
    case .unfoldAll: return unfoldAll()
    case .history:
      guard let history else { return [] }
      mode = .history(TreeMenu(history: history))
      return []
    case .undo:
      history?.undo()
      return edited()
    case .redo:
      history?.redo()
      return edited()
    case .search:
      mode = .search(TextField(), origin: cursor.selected, unfolded: unfolded)
      sought = nil
      return []
    case .nextHit: return goToHit(after: 1)
    case .previousHit: return goToHit(after: -1)
    case .make:
      guard let history else { return [] }
      mode = .made(TreeMenu.made(from: history.current, wordNetPascal: pascal))
      return []
    case .save:
      mode = .name(TextField(history?.name ?? suggestedName))
      return []
    case .open: return [.tree(.list)]
    case .train: return train(session)
    case .alsoUnder:
      if let other = otherParents.first { reveal(other) }
      return settle()
    case .details:
      showsDetails.toggle()
      return []
    }
  }

  mutating func move(_ key: Key, _ page: Int) -> [Effect] {
    pointed = nil
    _ = cursor.move(key, count: outline?.lines.count ?? 0, page: page)
    return settle()
  }

  /// Details are shown and pictures fetched once the cursor rests.
  func settle() -> [Effect] {
    guard let line else { return [] }
    return [.later(milliseconds: 120, .tree(.settled(node: line.node)))]
  }

  mutating func goRight() -> [Effect] {
    guard let line, !line.isLeaf else { return [] }
    if line.isUnfolded { return move(.down, 1) }
    unfolded.insert(line.node)
    rebuildOutline(keeping: line.node)
    return []
  }

  mutating func goLeft() -> [Effect] {
    guard let line, let hierarchy else { return [] }
    if line.isUnfolded {
      unfolded.remove(line.node)
      rebuildOutline(keeping: line.node)
      return []
    }
    guard let parent = hierarchy.parent(line.chain[0]), let index = outline?.index(of: parent) else { return [] }
    cursor.select(index, count: outline?.lines.count ?? 0)
    return settle()
  }

  /// The lines that a verb is for: those that are marked, else the one with the cursor.
  package var targets: [TreeOutline.Line] {
    guard let outline, let hierarchy else { return [] }
    if marked.isEmpty { return line.map { [$0] } ?? [] }
    return marked.sorted().map { node in
      // A mark may be folded away by now.
      outline.index(of: node).map { outline.lines[$0] } ?? TreeOutline.Line(folded: node, in: hierarchy)
    }
  }

  /// Collapses all targets, or expands them where all are collapsed already.
  mutating func toggleClass() -> [Effect] {
    guard let cut = history?.current.cut else { return [] }
    let targets = targets
    func collapsed(_ line: TreeOutline.Line) -> [Int] { line.chain.filter { cut.isCollapsed($0) } }
    let expands = targets.allSatisfy { $0.isLeaf && $0.chain.count == 1 || !collapsed($0).isEmpty }
    for target in targets { if expands { unfolded.insert(target.node) } else { unfolded.remove(target.node) } }
    let folds = Dictionary(targets.map { ($0.node, nodeToFold(in: $0)) }) { first, _ in first }
    return change(expands ? "expand" : "collapse", targets) { cut, line in
      if expands { collapsed(line).forEach { cut.expand($0) } } else { cut.collapse(folds[line.node]!) }
    }
  }

  /// What collapsing a line makes a class of: the node that was asked for, else the lowest that has something below it.
  func nodeToFold(in line: TreeOutline.Line) -> Int {
    guard let hierarchy else { return line.node }
    let inner = line.chain.filter { !hierarchy.isLeaf($0) }
    return inner.first { $0 == pointed } ?? inner.last ?? line.node
  }

  /// Leaves all targets out, or takes them in where all are out already.
  mutating func toggleLeftOut() -> [Effect] {
    guard let cutView else { return [] }
    let targets = targets
    let takesIn = targets.allSatisfy { cutView.marks[$0.node] == .leftOut }
    return change(takesIn ? "take in" : "leave out", targets) { cut, line in
      if takesIn { cut.takeIn(line.chain[0]) } else { cut.leaveOut(line.chain[0]) }
    }
  }

  mutating func toggleMark() -> [Effect] {
    guard let line else { return [] }
    if marked.remove(line.node) == nil { marked.insert(line.node) }
    return move(.down, 1)
  }

  /// Everything below the cursor, or nothing where all is unfolded.
  mutating func unfoldAll() -> [Effect] {
    guard let line, let hierarchy else { return [] }
    let inner = hierarchy.subtree(line.node).filter { !hierarchy.isLeaf($0) }
    if unfolded.isSuperset(of: inner) { unfolded.subtract(inner) } else { unfolded.formUnion(inner) }
    rebuildOutline(keeping: line.node)
    return []
  }

  mutating func change(_ title: String, _ edit: (inout Cut) -> Void) -> [Effect] {
    guard var cut = history?.current.cut else { return [] }
    edit(&cut)
    history?.change(to: cut, title)
    return edited()
  }

  mutating func change(
    _ verb: String, _ lines: [TreeOutline.Line], _ edit: (inout Cut, TreeOutline.Line) -> Void
  ) -> [Effect] {
    guard let hierarchy, let first = lines.first else { return [] }
    let more = lines.count > 1 ? " and \(lines.count - 1) more" : ""
    return change("\(verb) \(hierarchy.name(first.node))\(more)") { cut in
      for line in lines { edit(&cut, line) }
    }
  }

  /// After an edit: as ``changed()``, and the draft is kept once edits pause.
  mutating func edited() -> [Effect] {
    edits += 1
    return changed() + [.later(milliseconds: 1000, .keepDraft(edit: edits))]
  }

  /// After anything that gives another cut: what it comes to, and the lines.
  mutating func changed() -> [Effect] {
    guard let cut = history?.current.cut else { return [] }
    let node = line?.node
    let isOtherTree = cut.hierarchy !== cutView?.partition.hierarchy
    cutView = CutView(cut)
    if isOtherTree {
      unfolded = TreeOutline.start(cut.hierarchy)
      hits = []
      marked = []
      filter = nil
    }
    count()
    rebuildOutline(keeping: isOtherTree ? nil : node)
    if isOtherTree { detailed = line?.node }
    return []
  }

  /// After another cut, or other counts of images.
  mutating func count() {
    imagesBelow = imagesPerFine.flatMap { counts in
      hierarchy.flatMap { $0.fineClasses.count == counts.count ? $0.sums(ofFine: counts) : nil }
    }
    consequences = cutView.map { consequences(of: $0.partition) }
  }

  func consequences(of partition: Partition) -> Consequences {
    Consequences(
      targets: partition.targets, imagesPerFine: imagesPerFine?.count == partition.targets.count ? imagesPerFine : nil)
  }

  mutating func rebuildOutline(keeping node: Int?) {
    guard let hierarchy else { return }
    let isCounted = cutView?.partition.hierarchy === hierarchy
    let sort = isCounted ? order.sort(cutView!, imagesBelow: imagesBelow) : { $0 }
    let outline = TreeOutline(hierarchy, unfolded: unfolded) { [filter] siblings in
      sort(filter.map { filter in siblings.filter { filter.visible.contains($0) } } ?? siblings)
    }
    let index = node.flatMap { outline.index(of: $0) } ?? cursor.selected
    self.outline = outline
    cursor.select(index, count: outline.lines.count)
  }

  /// Moves to a node, unfolding what hides it.
  mutating func reveal(_ node: Int) {
    guard let hierarchy else { return }
    pointed = node
    unfolded.formUnion(hierarchy.chain(node).dropFirst())
    rebuildOutline(keeping: node)
  }

  var suggestedName: String { "\(cutView?.classCount ?? 0)-classes" }

  mutating func train(_ session: Session) -> [Effect] {
    do throws(Problem) {
      guard let history else { return [] }
      // Nobody folded anything: the dataset's own classes, which need no name.
      let isUntouched = history.name == nil && history.current.cut == Cut(history.current.cut.hierarchy)
      let set =
        isUntouched ? nil : try history.labelSet(name: history.name ?? suggestedName, dataset: session.dataset)
      return [.send(.perform(.show(.runs))), .send(.runs(.launch(set)))]
    } catch {
      return [.send(.problem(error))]
    }
  }

  // MARK: What comes back

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .show(let wnid):
      if let node = hierarchy?.node(wnid: wnid) { reveal(node) }
      return [.send(.perform(.show(.tree)))] + settle()
    case .opened(let hierarchy, let classes, let pascal, let remembered):
      self.pascal = pascal
      classNames = classes.map(\.name)
      if history == nil {
        history = TreeHistory(Cut(hierarchy))
      } else {
        history?.change(to: Cut(hierarchy), "parents by \(hierarchy.policy.rawValue)")
      }
      let effects = changed()
      guard let remembered else { return effects + settle() }
      recall(remembered)
      return effects + settle() + [.send(.perform(.show(remembered.screen)))]
    case .paced(let pace):
      self.pace = pace
      return []
    case .counted(let counts):
      imagesPerFine = counts
      count()
      return []
    case .found(let text, let hits, let best):
      guard sought == text else { return [] }
      sought = nil
      self.hits = hits
      if filter != nil { _ = hits.isEmpty ? endFilter() : startFilter() }
      if let best { reveal(best) }
      return mode == nil ? settle() : []
    case .settled(let node):
      guard let line, line.node == node, let hierarchy else { return [] }
      detailed = node
      guard showsDetails else { return [] }
      let wnid = hierarchy.wnid(node)
      guard pictures[wnid] == nil else { return [] }
      let fine = hierarchy.subtree(node).compactMap { hierarchy.fineClass($0) }
      return [.tree(.pictures(wnid: wnid, fineClasses: fine, count: 6))]
    case .pictures(let wnid, let found):
      // A few hundred small pictures at most.
      if pictures.count > 100 { pictures = [:] }
      pictures[wnid] = found
      return []
    case .exists(let name):
      mode = .overwrite(name: name)
      return []
    case .saved(let name):
      history?.markSaved(as: name)
      return [.send(.notice(Notice(.done, "Saved as \(name)")))]
    case .listed(let sets):
      let entries = sets.map { set in
        TreeMenu.Entry(
          title: set.name, detail: printable(set.summary), version: set.isUsable ? history?.current : nil, policy: nil)
      }
      mode = .saved(TreeMenu(title: "Open a label set", entries: entries), sets)
      return []
    case .loaded(let set, let cut):
      history?.open(cut, name: set.name, recipe: set.recipe)
      return edited() + [.send(.notice(Notice(.done, "Opened \(set.name)")))]
    }
  }
}
