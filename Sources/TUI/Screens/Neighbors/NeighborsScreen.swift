import Engine
import Taxonomy

/// One image of the dataset that the screen is on, or a file from elsewhere, which has no class.
package enum ImageReference: Hashable, Sendable {
  case image(Split, Int)
  case file(path: String)

  package init(_ split: Split, _ index: Int) { self = .image(split, index) }
}

/// Screen 3: the nearest neighbours of an image in the features of one or several runs, green, orange or red.
package struct NeighborsScreen: Screen {
  package enum Action: Hashable, Sendable {
    case right, left, up, down
    /// Make the selected neighbour the query; go back to the one before.
    case walk, back
    case random, nextImage, previousImage
    case chooseClass, chooseRuns, chooseCoarse
    case openFile
    case metric, space, gallery
    case zoom, showInTree
    case cancel
  }

  package enum Event: Sendable {
    /// Look at the neighbours in this run's features.
    case open(run: String)
    case opened(NeighborsContext)
    /// Nothing could be opened; the user was told why.
    case closed
    case found(ticket: Int, FoundRow)
    case searched(ticket: Int)
    case pictures([ImageReference: Thumbnail])
    /// A picture from elsewhere was read, and becomes the query.
    case file(path: String, Thumbnail)
  }

  /// One run's neighbours.
  package struct Row: Sendable, Equatable {
    package enum Standing: Sendable, Equatable {
      case waiting
      /// Features of so many images are computed.
      case computing(done: Int, of: Int)
      case found([NeighborImage])
      case failed(String)
    }
    package var run: RunSummary
    package var labelSet: LabelSet
    package var standing = Standing.waiting
  }

  package enum Choice: Sendable, Equatable {
    case fineClass, runs, coarse
  }

  package private(set) var context: NeighborsContext?
  /// From fine label sets to coarse ones.
  package private(set) var rows: [Row] = []
  package private(set) var query: ImageReference?
  package private(set) var history: [ImageReference] = []
  package internal(set) var metric = Metric.l2
  package internal(set) var space = NeighborSpace.features
  package internal(set) var gallery = Split.train
  /// Decides orange; nil while none is known.
  package private(set) var coarse: LabelSet?
  package private(set) var selectedRow = 0
  package private(set) var selectedNeighbor = 0
  package private(set) var isZoomed = false
  package private(set) var pictures: [ImageReference: Thumbnail] = [:]
  package private(set) var picker: (choice: Choice, list: Picker)?
  /// The path of a picture, while it is typed.
  package private(set) var path: TextField?
  private var lastPath = ""
  private var wantedRun: String?
  private(set) var hasChosenCoarse = false
  /// Where it was left, until runs are known.
  var recalled: Place?
  package private(set) var isOpening = false
  private var randomState: UInt64 = 0x5EED
  private var ticket = 0
  private var search: (ticket: Int, cancellation: Cancellation)?
  private var needsSearch = false

  /// More neighbours than any screen shows.
  static let neighborCount = 24
  private static let picturesKept = 600

  package init() {}

  package var capture: [KeyHint]? {
    path == nil ? picker?.list.hints : [KeyHint("Enter", "look for its neighbours"), KeyHint("Esc", "cancel")]
  }

  package func headline(_ session: Session) -> [Span] {
    guard let query, let context else { return [] }
    return [
      Span("query ", .muted), Span(printable(context.name(of: query))),
      Span(" \(context.place(of: query))", .muted), Span("  \(spaceName)  \(metric == .l2 ? "L2" : "cosine")"),
    ] + (coarse.map { [Span("  coarse ", .muted), Span(printable($0.name))] } ?? [])
  }

  /// What the net of the selected row calls the activation that is compared.
  package var spaceName: String { space.layer(of: rows.indices.contains(selectedRow) ? rows[selectedRow].run.network : "") }

  /// The neighbours of a row that has them.
  package func neighbors(_ row: Int) -> [NeighborImage] {
    guard rows.indices.contains(row), case .found(let images) = rows[row].standing else { return [] }
    return images
  }

  package var selected: ImageReference? {
    let images = neighbors(selectedRow)
    return images.indices.contains(selectedNeighbor)
      ? ImageReference(images[selectedNeighbor].split, images[selectedNeighbor].index) : nil
  }

  // MARK: What comes back

  package mutating func appeared(_ session: Session) -> [Effect] {
    guard !isOpening else { return [] }
    isOpening = true
    return [.neighbors(.open(known: context, dataset: session.dataset))]
  }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .open(let run):
      wantedRun = run
      return appeared(session)
    case .opened(let context):
      isOpening = false
      return take(context)
    case .closed:
      isOpening = false
      return []
    case .found(let ticket, let found):
      guard ticket == self.ticket, let row = rows.firstIndex(where: { $0.run.id == found.run }) else { return [] }
      rows[row].standing = found.standing
      selectedNeighbor = max(0, min(selectedNeighbor, max(0, neighbors(selectedRow).count - 1)))
      return fetchPictures()
    case .searched(let ticket):
      if search?.ticket == ticket { search = nil }
      return needsSearch ? startSearch() : []
    case .pictures(let fetched):
      pictures.merge(fetched) { $1 }
      return []
    case .file(let path, let picture):
      pictures[.file(path: path)] = picture
      return go(to: .file(path: path))
    }
  }

  private mutating func take(_ context: NeighborsContext) -> [Effect] {
    let isOther = context.dataset.name != self.context?.dataset.name
    self.context = context
    if isOther {
      pictures = [:]
      history = []
      query = nil
    }
    let known = rows.map(\.run.id)
    if let wanted = wantedRun {
      wantedRun = nil
      if !known.contains(wanted) { setRuns([wanted]) }
    } else if rows.isEmpty, let place = recalled, context.runs.contains(where: { place.runs.contains($0.run.id) }) {
      goOn(from: place, context)
    } else if rows.isEmpty, let newest = context.runs.first {
      setRuns([newest.run.id])
    }
    // A run that went on has newer features; one that was deleted has none.
    rows = rows.compactMap { row in
      context.runs.first { $0.run.id == row.run.id }.map {
        Row(run: $0.run, labelSet: $0.labelSet, standing: row.standing)
      }
    }
    if !hasChosenCoarse || coarse.map({ $0.dataset != context.dataset.name }) ?? true {
      coarse = context.coarseClasses(for: rows)
    }
    if query == nil { query = randomImage(ofClass: nil) }
    guard rows.contains(where: { $0.standing == .waiting }) else { return fetchPictures() }
    return searchAgain()
  }

  private mutating func goOn(from place: Place, _ context: NeighborsContext) {
    recalled = nil
    setRuns(place.runs)
    if let chosen = context.coarseSets.first(where: { $0.name == place.coarse }) {
      coarse = chosen
      hasChosenCoarse = true
    }
    guard let split = place.split, let index = place.index, context.dataset.labels(split).indices.contains(index) else { return }
    query = .image(split, index)
  }

  private mutating func setRuns(_ ids: [String]) {
    guard let context else { return }
    let standing = Dictionary(rows.map { ($0.run.id, $0.standing) }) { first, _ in first }
    rows = context.runs.filter { ids.contains($0.run.id) }
      .map { Row(run: $0.run, labelSet: $0.labelSet, standing: standing[$0.run.id] ?? .waiting) }
      .sorted { $0.labelSet.classes.count > $1.labelSet.classes.count }
    selectedRow = min(selectedRow, max(0, rows.count - 1))
    selectedNeighbor = 0
  }

  // MARK: Searching

  private mutating func searchAgain() -> [Effect] {
    for row in rows.indices { rows[row].standing = .waiting }
    selectedNeighbor = 0
    needsSearch = true
    return fetchPictures() + (search == nil ? startSearch() : [])
  }

  package var isSearching: Bool { search != nil }

  /// One search at a time: computing features takes long, and what it makes serves the next query as well.
  private mutating func startSearch() -> [Effect] {
    guard let context, let query, !rows.isEmpty else { return [] }
    needsSearch = false
    ticket += 1
    let cancellation = Cancellation()
    search = (ticket, cancellation)
    let request = NeighborsRequest(
      query: query, runs: rows.map(\.run.id), space: space, metric: metric, gallery: gallery, k: Self.neighborCount)
    return [.neighbors(.search(context, request, ticket: ticket, cancellation))]
  }

  private mutating func fetchPictures() -> [Effect] {
    guard let context else { return [] }
    var wanted = query.map { [$0] } ?? []
    for row in rows.indices { wanted += neighbors(row).map { ImageReference($0.split, $0.index) } }
    let missing = wanted.filter { pictures[$0] == nil }
    if pictures.count > Self.picturesKept {
      let kept = Set(wanted)
      pictures = pictures.filter { kept.contains($0.key) }
    }
    return missing.isEmpty ? [] : [.neighbors(.pictures(context, missing))]
  }

  // MARK: Keys

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .right: selectedNeighbor = min(selectedNeighbor + 1, max(0, neighbors(selectedRow).count - 1))
    case .left: selectedNeighbor = max(0, selectedNeighbor - 1)
    case .down: move(1, session)
    case .up: move(-1, session)
    case .walk: return selected.map { go(to: $0) } ?? []
    case .back:
      guard let last = history.popLast() else { return [] }
      query = last
      return searchAgain()
    case .random: return randomImage(ofClass: nil).map { go(to: $0) } ?? []
    case .nextImage: return step(1)
    case .previousImage: return step(-1)
    case .chooseClass, .chooseRuns, .chooseCoarse: openPicker(action)
    case .openFile: path = TextField(lastPath)
    case .metric:
      metric = metric == .l2 ? .cosine : .l2
      return searchAgain()
    case .space:
      space = space == .features ? .scores : .features
      return searchAgain()
    case .gallery:
      gallery = gallery == .train ? .val : .train
      return searchAgain()
    case .zoom: isZoomed.toggle()
    case .showInTree:
      guard let context, let query, let fine = context.fineClass(of: query) else { return [] }
      return [.send(.perform(.show(.tree))), .send(.tree(.show(wnid: fine.wnid)))]
    case .cancel:
      if isZoomed {
        isZoomed = false
      } else if let search {
        search.cancellation.cancel()
      } else {
        return perform(.back, session)
      }
    }
    return []
  }

  /// A click selects a neighbour; one on the selected neighbour makes it the query.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    let (row, place) = (index / Self.neighborCount, index % Self.neighborCount)
    guard rows.indices.contains(row), place < neighbors(row).count else { return [] }
    if (row, place) == (selectedRow, selectedNeighbor) { return perform(.walk, session) }
    (selectedRow, selectedNeighbor) = (row, place)
    return []
  }

  /// Up and down go over the lines of a run's neighbours, then on to the next run.
  private mutating func move(_ step: Int, _ session: Session) {
    let columns = NeighborsLayout(rows: rows.count, in: session.body).neighborsPerLine
    let lines = NeighborsLayout(rows: rows.count, in: session.body).linesPerRow
    let line = selectedNeighbor / columns + step
    let count = min(neighbors(selectedRow).count, columns * lines)
    if line >= 0, line * columns < count {
      selectedNeighbor = min(selectedNeighbor + step * columns, count - 1)
    } else if rows.indices.contains(selectedRow + step) {
      selectedRow += step
      selectedNeighbor = min(selectedNeighbor % columns, max(0, neighbors(selectedRow).count - 1))
    }
  }

  private mutating func go(to image: ImageReference) -> [Effect] {
    if let query, query != image { history.append(query) }
    query = image
    return searchAgain()
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

  private mutating func randomImage(ofClass label: Int32?) -> ImageReference? {
    guard let context else { return nil }
    for split in [Split.val, .train] {
      let labels = context.dataset.labels(split)
      let candidates = label == nil ? Array(labels.indices) : labels.indices.filter { labels[$0] == label }
      guard !candidates.isEmpty else { continue }
      // Xorshift (Marsaglia 2003): the next image is a function of the state, so that a session can be replayed.
      randomState ^= randomState << 13
      randomState ^= randomState >> 7
      randomState ^= randomState << 17
      return ImageReference(split, candidates[Int(randomState % UInt64(candidates.count))])
    }
    return nil
  }

  // MARK: Choosing

  private mutating func type(_ key: Key) -> [Effect] {
    switch key {
    case .escape: path = nil
    case .enter:
      lastPath = path?.text ?? ""
      path = nil
      return lastPath.isEmpty ? [] : [.neighbors(.openFile(path: lastPath))]
    default: path?.take(key)
    }
    return []
  }

  private mutating func openPicker(_ action: Action) {
    guard let context else { return }
    switch action {
    case .chooseClass:
      let items = context.dataset.classes.map { Picker.Item(id: $0.wnid, text: printable($0.name), note: $0.wnid) }
      picker = (.fineClass, Picker("Class of the query", items, selected: query.flatMap(context.fineClass)?.wnid))
    case .chooseRuns:
      let items = context.runs.map {
        Picker.Item(
          id: $0.run.id, text: printable($0.run.name), note: "\(NumberText.grouped($0.labelSet.classes.count)) classes")
      }
      picker = (.runs, Picker("Runs to compare", items, selected: rows.first?.run.id, ticked: Set(rows.map(\.run.id))))
    default:
      let items = context.coarseSets.map {
        Picker.Item(
          id: $0.name, text: printable($0.name), note: "\(NumberText.grouped($0.classes.count)) classes")
      }
      picker = (.coarse, Picker("Coarse classes (orange)", items, selected: coarse?.name))
    }
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    if path != nil { return type(key) }
    guard let open = picker, let context else { return [] }
    var list = open.list
    let outcome = list.take(key)
    picker = (open.choice, list)
    guard outcome != .stay else { return [] }
    picker = nil
    guard case .chosen(let ids) = outcome, let first = ids.first else { return [] }
    switch open.choice {
    case .fineClass:
      guard let label = context.dataset.classes.firstIndex(where: { $0.wnid == first }),
        let image = randomImage(ofClass: Int32(label))
      else { return [] }
      return go(to: image)
    case .runs:
      setRuns(ids)
      if !hasChosenCoarse { coarse = context.coarseClasses(for: rows) }
      return searchAgain()
    case .coarse:
      coarse = context.coarseSets.first { $0.name == first }
      hasChosenCoarse = true
      return []
    }
  }
}
