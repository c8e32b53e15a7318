import Basics
import Taxonomy

/// What comes back from the work beside the terminal.
extension TreeScreen {
  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .show(let wnid):
      if let node = hierarchy?.node(wnid: wnid) { reveal(node) }
      return [.send(.perform(.show(.tree)))] + settle()
    case .unreadable(let problem):
      self.problem = problem
      return [.send(.problem(problem))]
    case .opened(let hierarchy, let classNames, let pascal, let remembered):
      problem = nil
      self.pascal = pascal
      self.classNames = classNames
      history = TreeHistory(Cut(hierarchy))
      // Counting images is for later: it would hold up the tree on a machine of few cores.
      let effects = changed() + [.tree(.countImages)]
      guard let remembered else { return effects + settle() }
      let search = recall(remembered)
      // A comparison is of two sets that nobody kept together.
      return effects + search + settle() + [.send(.recall(remembered.places ?? Places(), on: remembered.screen.tab))]
    case .paced(let pace):
      self.pace = pace
      return []
    case .counted(let counts):
      imagesPerFine = counts
      recentViews.forgetImages()
      imagesBelow = nil
      count()
      // An order by images was waiting for this.
      if order.followsEdits { rebuildOutline(keeping: line?.node) }
      return []
    case .found(let text, let hits, let best):
      guard sought == text else { return [] }
      sought = nil
      searched = text
      self.hits = hits
      if let node = filteredAt {
        filteredAt = nil
        return startFilter(at: node)
      }
      if filter != nil { _ = hits.isEmpty ? endFilter() : startFilter() }
      // What was typed on the way here leaves no trace.
      if let from = searchedFrom, filter == nil {
        unfolded = from.unfolded
        if best == nil { reveal(from.node) }
      }
      if let best { reveal(best) }
      guard case .search = mode else { return endSearch() + settle() }
      return settle()
    case .settled(let node):
      guard let line, line.node == node, let hierarchy else { return [] }
      detailed = node
      return fetchPictures(node, hierarchy)
    case .pictures(let wnid, let found):
      // A few hundred small pictures at most.
      if pictures.count > 50 { pictures = [:] }
      pictures[wnid] = found
      return []
    case .collage(let collage):
      self.collage = collage
      return fetchCollage()
    case .restored(let before, let after, let place):
      guard (before + after).allSatisfy({ $0.cut.hierarchy === hierarchy }) else { return [] }
      history?.restore(before: before, after: after, at: place)
      return []
    case .told(let command, let version):
      sameAs = (version, printable(String(command.text(options: session.options).prefix(4000))))
      return []
    case .exists(let name, let saved):
      mode = .overwrite(name: name, saved)
      return []
    case .madeCounted(let facts, let version):
      guard case .made(var menu) = mode, menu.facts == nil, menu.version.isSame(as: version) else { return [] }
      let outcome = menu.receive(facts)
      mode = .made(menu)
      return follow(outcome)
    case .previewed(let preview, let ticket):
      guard case .made(var menu) = mode else { return [] }
      let outcome = menu.receive(preview, ticket: ticket)
      mode = .made(menu)
      return follow(outcome)
    case .moved(let moves, let hierarchy):
      guard self.hierarchy === hierarchy else { return [] }
      policyMoves = moves
      if case .policy(var menu) = mode {
        menu.moves = moves
        mode = .policy(menu)
      }
      return []
    case .outlook(let outlook, let version):
      guard case .policy(var menu) = mode, history?.current.isSame(as: version) == true else { return [] }
      menu.outlook = outlook
      mode = .policy(menu)
      return []
    case .saved(let name, let saved, let command, let replaced):
      if saved == .whole { history?.markSaved(as: name) } else { history?.markPartsSaved() }
      let words = saved == .parts ? "Saved as \(name)-A and \(name)-B" : "Saved as \(name)"
      let trash = replaced == 0 ? "" : "; the old \(replaced == 1 ? "one is" : "ones are") in the trash, and u on screen 4 restores them"
      return [.send(.notice(Notice(.done, words + trash, sameAs: command)))]
    case .listed(let sets):
      let items = sets.map { Picker.Item(id: $0.name, text: $0.name, note: ($0.isUsable ? "" : "✗ ") + printable($0.summary)) }
      mode = .saved(Picker("Open a label set", items, selected: history?.name))
      return []
    case .datasets(let found):
      let items = found.map { Picker.Item(id: $0.name, text: $0.name, note: $0.name == dataset ? "open" : $0.hasImages ? "" : "classes only") }
      mode = .datasets(Picker("Open a dataset", items, selected: dataset))
      return []
    case .compare(let name): return compare(with: name)
    case .loaded(let set, let cut):
      history?.open(set, cut)
      return edited() + showJoined() + [.send(.notice(Notice(.done, "Opened \(set.name)")))]
    case .suggested(let set, let cut, let title):
      history?.change(to: TreeHistory.Version(cut, recipe: set.recipe, budget: set.imageBudget, title: title))
      let words = "\(counted(set.classes.count, "class")): edit them, save with s, undo with u"
      return [.send(.perform(.show(.tree)))] + edited() + showJoined() + [.send(.notice(Notice(.done, words)))]
    }
  }
}
