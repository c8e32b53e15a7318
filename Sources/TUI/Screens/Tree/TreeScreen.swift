import Basics
import Taxonomy

/// Screen 1: the tree of a dataset's classes, folded by hand into a label set, with what that comes to.
package struct TreeScreen: Screen {
  /// Nil until the tree is read.
  package var history: TreeHistory?
  /// Why it cannot be read.
  package var problem: Problem?
  /// What the current cut means for each node.
  package var cutView: CutView?
  var recentViews = RecentCutViews()
  /// What it means for a training.
  package var consequences: Consequences?
  /// What parts A and B mean; empty where nothing is in a part.
  package var partConsequences: [Consequences] = []
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
  /// What was unfolded, and where the cursor was, before the search that is typed or sought.
  var searchedFrom: (unfolded: Set<Int>, node: Int)?
  /// What gave the hits.
  var searched = ""
  /// Where the cursor was when the screens were left with a filter, until what that was of is found again.
  var filteredAt: Int?
  /// The nodes that were marked: what is done, is done to all of them.
  package var marked: Set<Int> = []
  /// The wnids of nodes to come back to, in the order in which they were set.
  package var bookmarks: [String] = []
  /// Where the cursor jumped from, the last one at the end.
  package var jumps: [Int] = []
  /// Which part each subtree is in; nil where nothing is in a part.
  package var splitView: SplitView?
  package var order = TreeOrder.fineClasses
  package var filter: TreeFilter?
  /// Counts the edits, so that the draft is written once they pause.
  package var edits = 0
  package var side = TreeSide.node
  /// The ticket of the last preview of a made set.
  var lastPreview = 0
  package var mode: TreeMode?
  /// The dataset's own words for its fine classes.
  var classNames: [String] = []
  /// Training images of each fine class, once counted.
  var imagesPerFine: [Int]?
  var imagesBelow: [Int]?
  /// The budget that `imagesBelow` was counted with.
  var countedBudget: ImageBudget?
  /// The classes that the other hypernym policy moves, once they are found.
  var policyMoves: [PolicyDifference]?
  var pace: TrainingPace?
  var pictures: [String: [Thumbnail]] = [:]
  /// The last one that came, and the label set that one is under way for.
  var collage: TreeCollage?
  var wantedCollage: TreeHistory.Version?
  /// The command that makes the label set, as much as any screen shows of it, and the version that it was worked out for.
  var sameAs: (version: TreeHistory.Version, text: String)?
  /// The dataset, for what is made of the label set beside the keys.
  var dataset = ""
  var unfolded: Set<Int> = []
  /// What was unfolded when `outline` was made.
  var outlined: Set<Int> = []
  var pascal: [String] = []

  package init() {}

  /// Why there is no tree to do something with.
  var absence: String { problem == nil ? "The tree is not open yet" : "The tree cannot be read" }

  package var capture: [KeyHint]? { mode?.hints }

  package var line: TreeOutline.Line? {
    guard let outline, outline.lines.indices.contains(cursor.selected) else { return nil }
    return outline.lines[cursor.selected]
  }

  package var hierarchy: Hierarchy? { history?.current.cut.hierarchy }

  /// The hypernyms of the class under the cursor that the tree does not show it under.
  package var otherParents: [SynsetID] { line.map { otherParents(of: $0).map(\.parent) } ?? [] }

  func otherParents(of line: TreeOutline.Line) -> [(node: Int, parent: SynsetID)] {
    guard let hierarchy else { return [] }
    return line.chain.flatMap { node in hierarchy.alsoUnder(node).map { (node, $0) } }
  }

  var bookmarkedNodes: Set<Int> { Set(bookmarks.compactMap { hierarchy?.node(wnid: $0) }) }

  static let editedMark = " ●edited"

  package func headline(_ session: Session) -> [Span] {
    var spans = [Span(printable(session.dataset), .bold)]
    guard let history, let cutView else { return spans }
    if let name = history.name {
      spans.append(Span("   " + (session.size.columns < 100 ? "" : "label set ") + name))
    } else {
      spans.append(Span("   \(counted(cutView.classCount, "class"))"))
    }
    if history.isEdited { spans.append(Span(Self.editedMark, Style(.near))) }
    return spans
  }

  package func appeared(_ session: Session) -> [Effect] { [.tree(.measurePace)] }

  // MARK: Keys

  package mutating func started(_ session: Session) -> [Effect] {
    dataset = session.dataset
    return [.tree(.open(nil))]
  }

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    let page = layout(session.body).list.rows - 1
    switch action {
    case .up: return move(.up, page)
    case .down: return move(.down, page)
    case .pageUp: return move(.pageUp, page)
    case .pageDown: return move(.pageDown, page)
    case .halfUp: return move(.pageUp, page / 2)
    case .halfDown: return move(.pageDown, page / 2)
    case .datasets: return [.tree(.listDatasets)]
    case .first: return move(.home, page)
    case .last: return move(.end, page)
    case .left: return goLeft()
    case .right: return goRight()
    case .fold: return toggleClass()
    case .join: return toggleJoined()
    case .leaveOut: return toggleLeftOut()
    case .finer: return change("finer") { $0.finer() }
    case .coarser: return change("coarser") { $0.coarser() }
    case .finerBelow: return change("finer below", targets) { $0.finer(below: $1.top) }
    case .coarserBelow: return change("coarser below", targets) { $0.coarser(below: $1.top) }
    case .mark: return toggleMark()
    case .invertMarks:
      marked = Set(outline?.lines.map(\.node) ?? []).subtracting(marked)
      return []
    case .back:
      if side.isAsked { return show(side) }
      if filter != nil { return endFilter() + remember() }
      if marked.isEmpty { hits = [] } else { marked = [] }
      giveUp()
      return []
    case .sort:
      order = order.next
      rebuildOutline(keeping: line?.node)
      return settle() + remember()
    case .filter: return (filter == nil ? startFilter() : endFilter()) + remember()
    case .unfoldAll: return unfoldAll()
    case .history:
      guard let history else { return [] }
      mode = .history(TreeMenu(history: history))
      return []
    case .undo: return travel("Undone") { $0.undo() }
    case .redo: return travel("Redone") { $0.redo() }
    case .search:
      guard let line else { return [] }
      // What covers the whole screen would cover what is typed.
      if layout(session.body).list.isEmpty { side = .node }
      mode = .search(TextField(), origin: cursor.selected, unfolded: unfolded, start: line.node)
      searchedFrom = (unfolded, line.node)
      sought = nil
      filteredAt = nil
      return []
    case .nextHit: return goToHit(after: 1)
    case .previousHit: return goToHit(after: -1)
    case .make:
      return openMakeMenu()
    case .save:
      mode = .name(TextField(name), .whole)
      return []
    case .open: return [.tree(.list)]
    case .train: return train()
    case .compare: return compare(with: nil)
    case .alsoUnder: return goAlsoUnder()
    case .jumpBack: return jumpBack()
    case .bookmark: return toggleBookmark()
    case .bookmarks: return listBookmarks()
    case .partA: return assign(.a)
    case .partB: return assign(.b)
    case .swapParts: return changeParts("swap parts A and B") { $0.swap() }
    case .clearParts:
      guard let hierarchy else { return [] }
      return changeParts("clear the split") { $0 = HandSplit(hierarchy) }
    case .saveParts:
      mode = .name(TextField(name), .parts)
      return []
    case .policy: return openPolicyMenu()
    case .invert: return change("invert", targets) { $0.invert(below: $1.top) }
    case .details: return show(.node)
    case .consequences: return show(.consequences)
    case .pictures: return show(.pictures)
    case .collage: return show(.collage)
    case .neighbors:
      guard let line, let hierarchy else { return [] }
      return [.send(.neighbors(.queryBelow(wnid: hierarchy.wnid(line.node))))]
    case .writeCollage:
      mode = .name(TextField("\(name).png"), .collage)
      return []
    }
  }

  /// Not beside the keys: what is typed next is for the form.
  private func train() -> [Effect] {
    guard let draft = draft() else { return [] }
    do throws(Problem) {
      // Nobody folded anything: the dataset's own classes, which need no name.
      let set = draft.history.isUntouched ? nil : try draft.whole()
      return [.send(.perform(.show(.runs))), .send(.runs(.launch(set)))]
    } catch {
      return [.send(.problem(error))]
    }
  }

  /// - Parameter name: a saved label set; nil for one that is chosen then.
  func compare(with name: String?) -> [Effect] {
    guard let draft = draft() else { return [] }
    return [.tree(.compare(draft, with: name))]
  }
}
