import Basics
import Taxonomy

/// What the verbs do to the label set, and what follows from it.
extension TreeScreen {
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

  /// Joins all targets into one class, or takes them out of the one that they are all in already.
  mutating func toggleJoined() -> [Effect] {
    guard let cutView, let hierarchy, let cut = history?.current.cut else { return [] }
    let targets = targets
    guard let first = targets.first else { return [] }
    if let group = sharedGroup(of: targets, cutView) {
      let nodes = Set(targets.flatMap { $0.chain.filter { cutView.groupOfNode[$0] == group } })
      return change("separate \(hierarchy.name(first.node)) from its merged class", at: first.node) { $0.separate(nodes) }
    }
    let nodes = targets.map { line in
      line.chain.first { cut.isCollapsed($0) } ?? (hierarchy.isLeaf(line.node) ? line.node : nodeToFold(in: line))
    }
    return change("join \(TargetClass.name(joining: nodes.map { hierarchy.name($0) }))", at: first.node) { $0.join(nodes) }
  }

  /// The group of joined classes that all lines are in.
  func sharedGroup(of lines: [TreeOutline.Line], _ cutView: CutView) -> Int? {
    let groups = Set(lines.map { cutView.group(along: $0.chain) })
    return groups.count == 1 ? groups.first ?? nil : nil
  }

  /// Leaves all targets out, or takes them in where all are out already.
  mutating func toggleLeftOut() -> [Effect] {
    guard let cutView else { return [] }
    let targets = targets
    let takesIn = targets.allSatisfy { cutView.marks[$0.node] == .leftOut }
    return change(takesIn ? "take in" : "leave out", targets) { cut, line in
      if takesIn { cut.takeIn(line.top) } else { cut.leaveOut(line.top) }
    }
  }

  mutating func toggleMark() -> [Effect] {
    guard let line else { return [] }
    if marked.remove(line.node) == nil { marked.insert(line.node) }
    return move(.down, 1)
  }

  mutating func change(_ title: String, at node: Int? = nil, _ edit: (inout Cut) -> Void) -> [Effect] {
    guard var cut = history?.current.cut else { return [] }
    edit(&cut)
    // What gives the same classes is nothing to take back.
    guard recentViews.view(of: cut).partition != cutView?.partition else { return Self.nothingChanges(title) }
    history?.change(to: cut, title, at: node)
    return edited()
  }

  static func nothingChanges(_ title: String) -> [Effect] {
    [.send(.notice(Notice(.unavailable, "No change: \(printable(title))")))]
  }

  /// One step back or on, to where that was, and what it was.
  mutating func travel(_ words: String, _ step: (inout TreeHistory) -> TreeHistory.Version?) -> [Effect] {
    guard history != nil, let changed = step(&history!) else { return [] }
    let effects = edited()
    if let node = changed.node, changed.cut.hierarchy === hierarchy { reveal(node) }
    return effects + settle() + [.send(.notice(Notice(.done, "\(words): \(printable(changed.title))")))]
  }

  mutating func change(
    _ verb: String, _ lines: [TreeOutline.Line], _ edit: (inout Cut, TreeOutline.Line) -> Void
  ) -> [Effect] {
    guard let hierarchy, let first = lines.first else { return [] }
    let more = lines.count > 1 ? " and \(lines.count - 1) more" : ""
    return change("\(verb) \(hierarchy.name(first.node))\(more)", at: first.node) { cut in
      for line in lines { edit(&cut, line) }
    }
  }

  /// After an edit: as ``changed()``, and the draft is kept once edits pause.
  mutating func edited() -> [Effect] {
    edits += 1
    return changed() + [.later(milliseconds: 1000, .keepDraft(edit: edits))] + (side == .collage || side == .consequences ? settle() : [])
  }

  /// After anything that gives another cut: what it comes to, and the lines.
  mutating func changed() -> [Effect] {
    guard let cut = history?.current.cut else { return [] }
    let node = line?.node
    let before = cutView?.partition.hierarchy
    let isOtherTree = cut.hierarchy !== before
    let view = recentViews.view(of: cut)
    cutView = view
    history?.note(classes: view.classCount)
    if isOtherTree { turn(to: cut.hierarchy, from: before) }
    count()
    let kept = isOtherTree ? before.flatMap { before in node.flatMap { cut.hierarchy.node(before.id($0)) } } : node
    if isOtherTree || order.followsEdits || unfolded != outlined { rebuildOutline(keeping: kept) }
    if isOtherTree { detailed = line?.node }
    return []
  }

  /// What was unfolded and marked, as far as the other tree has it; everything else that is about nodes is gone.
  private mutating func turn(to hierarchy: Hierarchy, from before: Hierarchy?) {
    func there(_ nodes: Set<Int>) -> Set<Int> { before.map { before in Set(nodes.compactMap { hierarchy.node(before.id($0)) }) } ?? [] }
    unfolded = before == nil ? TreeOutline.start(hierarchy) : there(filter?.unfoldedBefore ?? unfolded)
    marked = there(marked)
    imagesBelow = nil
    policyMoves = nil
    hits = []
    jumps = []
    filter = nil
    pointed = nil
  }

  /// After another cut, or other counts of images.
  mutating func count() {
    guard let version = history?.current else { return }
    if imagesBelow == nil || countedBudget != version.budget {
      countedBudget = version.budget
      imagesBelow = images(version).map { counts in
        version.cut.hierarchy.sums(ofFine: version.budget.map { budget in counts.map { min($0, budget.perClass) } } ?? counts)
      }
    }
    consequences = imagesPerFine.map { recentViews.consequences(of: version, $0) } ?? cutView?.consequences
    splitView = version.parts.isEmpty ? nil : cutView.map { SplitView(version.parts, of: $0.partition) }
    partConsequences = cutView.map { Consequences.parts(of: version, targets: $0.partition.targets, imagesPerFine: imagesPerFine) } ?? []
  }

  /// The images of each fine class, where they were counted for these.
  private func images(_ version: TreeHistory.Version) -> [Int]? {
    imagesPerFine?.count == version.cut.hierarchy.fineClasses.count ? imagesPerFine : nil
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
    outlined = unfolded
    cursor.select(index, count: outline.lines.count)
  }
}
