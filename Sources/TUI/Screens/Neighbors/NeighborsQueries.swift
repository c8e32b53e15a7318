import Analysis
import Basics
import Datasets

/// What the keys do: ways from query to query, and what is looked at.
extension NeighborsScreen {
  /// What is searched, to the keys that are about it.
  static let answer = "the neighbours"

  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? {
    let isAboutAnswer =
      switch action {
      case .right, .left, .up, .down, .walk, .filter, .zoom, .earlier, .later, .writePicture, .cancel: true
      case nil: if case .pick = key { capture == nil } else { false }
      default: false
      }
    return (isAboutAnswer ? underWay : underWay.subtracting([Self.answer])).first
  }

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .right: selectedNeighbor = min(selectedNeighbor + 1, max(0, shown(selectedRow).count - 1))
    case .left: selectedNeighbor = max(0, selectedNeighbor - 1)
    case .down: move(1, session)
    case .up: move(-1, session)
    case .walk: return selected.map { go(to: $0) } ?? []
    case .back:
      guard let last = history.popLast() else { return [] }
      query = last
      return searchAgain()
    case .random: return randomImage { _ in true }.map { go(to: $0) } ?? []
    case .surprising: return lookForSurprises()
    case .nextImage: return step(1)
    case .previousImage: return step(-1)
    case .chooseClass, .chooseRuns, .chooseCoarse: openPicker(action)
    case .openFile: prompt = (.query, TextField(lastPath))
    case .earlier: return scrub(-1)
    case .later: return scrub(1)
    case .metric:
      metric = metric == .l2 ? .cosine : .l2
      return ask()
    case .space:
      space = space == .features ? .scores : .features
      return ask()
    case .gallery:
      gallery = gallery == .train ? .val : .train
      return ask()
    case .filter:
      let order: [Verdict?] = [nil] + Verdict.allCases
      filter = order[(order.firstIndex(of: filter)! + 1) % order.count]
      selectedNeighbor = 0
    case .zoom: isZoomed.toggle()
    case .showInTree:
      guard let context, let query, let fine = context.fineClass(of: query) else { return [] }
      return [.send(.perform(.show(.tree))), .send(.tree(.show(wnid: fine.wnid)))]
    case .evaluate:
      guard rows.indices.contains(selectedRow) else { return [] }
      return [.send(.evaluation(.open(run: rows[selectedRow].run.id))), .send(.perform(.show(.evaluation)))]
    case .writePicture:
      if let montage { prompt = (.picture(montage), TextField("\(rows[0].run.name)-neighbours.png")) }
    case .cancel:
      if isZoomed {
        isZoomed = false
      } else if let surprising, !surprising.isCancelled {
        surprising.cancel()
      } else if let search, !search.cancellation.isCancelled {
        search.cancellation.cancel()
      } else if filter != nil {
        filter = nil
        selectedNeighbor = 0
      } else {
        return perform(.back, session)
      }
    }
    return []
  }

  /// The question was changed in more than its query.
  private mutating func ask() -> [Effect] {
    surprises = nil
    return searchAgain()
  }

  /// A click selects a neighbour; one on the selected neighbour makes it the query.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    let (row, place) = (index / Self.neighborCount, index % Self.neighborCount)
    guard rows.indices.contains(row), place < shown(row).count else { return [] }
    if (row, place) == (selectedRow, selectedNeighbor) { return perform(.walk, session) }
    (selectedRow, selectedNeighbor) = (row, place)
    return []
  }

  /// Up and down go over the lines of a run's neighbours, then on to the next run.
  private mutating func move(_ step: Int, _ session: Session) {
    let layout = NeighborsLayout(rows: rows.count, in: Self.parts(session.body).cards)
    let page = layout.neighborsPerLine * layout.linesPerRow
    let line = selectedNeighbor % page / layout.neighborsPerLine + step
    let images = shown(selectedRow).count
    let first = selectedNeighbor / page * page
    if !isZoomed, line >= 0, line < layout.linesPerRow, first + line * layout.neighborsPerLine < images {
      selectedNeighbor = min(selectedNeighbor + step * layout.neighborsPerLine, images - 1)
    } else if rows.indices.contains(selectedRow + step) {
      selectedRow += step
      // The line that is nearest, in the same column.
      if !isZoomed, layout.linesPerRow > 1 {
        let column = selectedNeighbor % layout.neighborsPerLine
        selectedNeighbor = first + column + (step > 0 ? 0 : (layout.linesPerRow - 1) * layout.neighborsPerLine)
      }
      clampSelection()
    }
  }

  mutating func go(to image: ImageReference) -> [Effect] {
    if let query, query != image { history.append(query) }
    query = image
    // What has no class has no verdict.
    if case .file = image { filter = nil }
    return searchAgain()
  }

  /// The query that was asked for while nothing was open.
  mutating func goToWanted() -> [Effect] {
    guard let context, let wnid = wantedClass else { return [] }
    wantedClass = nil
    guard let image = randomImage(below: wnid) else {
      let words = "\(context.dataset.name) has no image of this class"
      return [.send(.notice(Notice(.unavailable, printable(words))))] + searchAgain()
    }
    return go(to: image)
  }

  /// The next image of the query's class in its split, round and round.
  private mutating func step(_ step: Int) -> [Effect] {
    guard let context, case .image(let split, let start) = query else { return [] }
    let labels = context.dataset.labels(split)
    guard labels.indices.contains(start) else { return [] }
    var index = start
    repeat { index = (index + step + labels.count) % labels.count } while labels[index] != labels[start]
    return index == start ? [] : go(to: ImageReference(split, index))
  }

  /// The checkpoint before or after the one that the selected row shows.
  private mutating func scrub(_ step: Int) -> [Effect] {
    guard let next = checkpoint(step) else { return [] }
    return search(row: selectedRow, step: next)
  }

  func checkpoint(_ step: Int) -> Int? {
    guard rows.indices.contains(selectedRow), let at = rows[selectedRow].place else { return nil }
    let steps = rows[selectedRow].steps
    return steps.indices.contains(at + step) ? steps[at + step] : nil
  }

  /// A random image of one of these fine classes, out of the validation images if they have one.
  mutating func randomImage(_ isWanted: (Int32) -> Bool) -> ImageReference? {
    guard let context else { return nil }
    for split in [Split.val, .train] {
      let labels = context.dataset.labels(split)
      let candidates = labels.indices.filter { isWanted(labels[$0]) }
      guard !candidates.isEmpty else { continue }
      // Xorshift (Marsaglia 2003): the next image is a function of the state, so that a session can be replayed.
      randomState ^= randomState << 13
      randomState ^= randomState >> 7
      randomState ^= randomState << 17
      return ImageReference(split, candidates[Int(randomState % UInt64(candidates.count))])
    }
    return nil
  }

  /// Of a class, or of any class below a node of the tree.
  mutating func randomImage(below wnid: String) -> ImageReference? {
    guard let context else { return nil }
    var wanted: Set<Int32> = []
    if let tree = context.hierarchy, let node = tree.node(wnid: wnid) {
      let range = tree.subtree(node)
      for (fine, place) in tree.nodeOfFine.enumerated() where range.contains(Int(place)) { wanted.insert(Int32(fine)) }
    } else if let fine = context.dataset.classes.firstIndex(where: { $0.wnid == wnid }) {
      wanted = [Int32(fine)]
    }
    return wanted.isEmpty ? nil : randomImage { wanted.contains($0) }
  }

  /// What a picture of the rows shows: the nearest ten, as the command takes by itself.
  var montage: NeighborsMontage? {
    guard let context, let query else { return nil }
    let found = rows.indices.compactMap { row -> NeighborMontage.Found? in
      let images = neighbors(row)
      guard !images.isEmpty, rows[row].step != nil || rows[row].run.isImportedFeatures else { return nil }
      return NeighborMontage.Found(
        run: rows[row].run.name, labelSet: rows[row].labelSet, step: rows[row].step, space: context.layer(space, of: rows[row].run),
        neighbors: Array(images.prefix(10)))
    }
    guard !found.isEmpty, found.count == rows.count, let command = command(neighbors: 10) else { return nil }
    return NeighborsMontage(
      query: query, label: context.label(of: query), found: found, metric: metric, coarse: coarse, command: command)
  }
}

extension NeighborsScreen {
  /// Why there is no other checkpoint of the selected row to look at.
  var noCheckpoints: String? {
    rows.indices.contains(selectedRow) && rows[selectedRow].run.isImportedFeatures ? "imported features have no checkpoints" : nil
  }
}

extension NeighborsScreen.Row {
  /// The place of the checkpoint that is looked at among all of them.
  var place: Int? { step.flatMap { steps.firstIndex(of: $0) } }
}
