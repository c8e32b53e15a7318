import Analysis
import Basics
import Datasets
import Runs
import Taxonomy

/// One image of the dataset that the screen is on, or a file from elsewhere, which has no class.
package enum ImageReference: Hashable, Sendable {
  case image(Split, Int)
  case file(path: String)

  package init(_ split: Split, _ index: Int) { self = .image(split, index) }

  /// As it is asked about.
  package var asked: NeighborQueries {
    switch self {
    case .image(let split, let index): .image(split, index)
    case .file(let path): .picture(file: path)
    }
  }
}

/// Screen 3: the nearest neighbours of an image in the features of one or several runs, green, orange or red.
package struct NeighborsScreen: Screen {
  package enum Action: Hashable, Sendable {
    case right, left, up, down
    /// Make the selected neighbour the query; go back to the one before.
    case walk, back
    case random, surprising, nextImage, previousImage
    case chooseClass, chooseRuns, chooseCoarse
    case openFile
    /// Look at another checkpoint of the selected run.
    case earlier, later
    case metric, space, gallery, filter
    case zoom, showInTree, evaluate, writePicture
    case cancel
  }

  package enum Event: Sendable {
    /// Look at the neighbours in the features of these runs, of one dataset.
    case open(runs: [String])
    /// Take an image of a class, or of any below a node, as the query.
    case queryBelow(wnid: String)
    case opened(FeatureContext)
    /// Nothing could be opened; the user was told why.
    case closed
    case found(ticket: Int, FoundRow)
    case searched(ticket: Int)
    case surprising(Surprises?)
    case pictures([ImageReference: Thumbnail])
    /// A picture from elsewhere was read, and becomes the query.
    case file(path: String, Thumbnail)
    /// There is such a file; nothing was written.
    case pictureExists(NeighborsMontage, path: String)
  }

  /// One run's neighbours.
  package struct Row: Sendable, Equatable {
    package enum Standing: Sendable, Equatable {
      case waiting
      /// Features of so many images are computed.
      case computing(WorkProgress)
      case found([NeighborImage])
      case failed(String)
    }
    package var run: RunSummary
    package var labelSet: LabelSet
    /// The steps of its checkpoints, rising.
    package var steps: [Int] = []
    /// The checkpoint that is looked at; nil: the best in validation.
    package var step: Int?
    package var standing = Standing.waiting
    /// Whether what it shows is of another question.
    var isStale = true
  }

  package enum Choice: Sendable, Equatable {
    case fineClass, runs, coarse, surprising
  }

  /// Text that is being typed.
  package enum Prompt: Sendable {
    /// The path of a picture that becomes the query.
    case query
    /// The path to which the montage is written.
    case picture(NeighborsMontage)
  }

  /// The queries that the first and the last run disagree about.
  package enum Surprises: Sendable, Equatable {
    case computing(WorkProgress)
    case found([SurprisingQuery])
  }

  package internal(set) var context: FeatureContext?
  /// From fine label sets to coarse ones.
  package internal(set) var rows: [Row] = []
  package internal(set) var query: ImageReference?
  package internal(set) var history: [ImageReference] = []
  package internal(set) var metric = Metric.l2
  package internal(set) var space = NeighborSpace.features
  package internal(set) var gallery = Split.train
  /// Only neighbours of this verdict are shown; nil: all.
  package internal(set) var filter: Verdict?
  /// Decides orange; nil while none is known.
  package internal(set) var coarse: LabelSet?
  package internal(set) var selectedRow = 0
  package internal(set) var selectedNeighbor = 0
  package internal(set) var isZoomed = false
  package internal(set) var pictures: [ImageReference: Thumbnail] = [:]
  package internal(set) var picker: (choice: Choice, list: Picker)?
  package internal(set) var prompt: (kind: Prompt, field: TextField)?
  /// Whether to write over a file.
  package internal(set) var question: (question: Question, montage: NeighborsMontage, path: String)?
  package internal(set) var surprises: Surprises?
  /// What ends the search for surprising queries.
  var surprising: Cancellation?
  var lastPath = ""
  private var wantedRuns: [String] = []
  var wantedClass: String?
  var hasChosenCoarse = false
  /// Where it was left, until runs are known.
  var recalled: Place?
  package private(set) var isOpening = false
  var randomState: UInt64 = 0x5EED
  private var ticket = 0
  private(set) var search: (ticket: Int, cancellation: Cancellation)?
  /// The pictures that are being fetched, and what ends that.
  private var fetching = Cancellation()
  private var pending: Set<ImageReference> = []

  /// More neighbours than any screen shows.
  static let neighborCount = 24
  private static let picturesKept = 600

  package init() {}

  package var capture: [KeyHint]? {
    if let question { return question.question.hints }
    if let prompt {
      let verb = if case .query = prompt.kind { "find its neighbours" } else { "save it" }
      return [KeyHint("Enter", verb), KeyHint("Esc", "cancel")]
    }
    return picker?.list.hints
  }

  package func headline(_ session: Session) -> [Span] {
    guard let query, let context else { return [] }
    return [
      Span("query ", .muted), Span(printable(context.name(of: query))),
      Span(" \(context.place(of: query))", .muted), Span("  \(spaceName)  \(metric == .l2 ? "L2" : "cosine")"),
    ] + (coarse.map { [Span("  coarse ", .muted), Span(printable($0.name))] } ?? [])
  }

  /// What the net of the selected row calls the activation that is compared.
  package var spaceName: String {
    guard rows.indices.contains(selectedRow), let context else { return space.layer(of: "") }
    return context.layer(space, of: rows[selectedRow].run)
  }

  /// The neighbours of a row that has them.
  package func neighbors(_ row: Int) -> [NeighborImage] {
    guard rows.indices.contains(row), case .found(let images) = rows[row].standing else { return [] }
    return images
  }

  /// Those among them that are of the verdict that is asked for.
  package func shown(_ row: Int) -> [NeighborImage] {
    let images = neighbors(row)
    guard let filter, let context, let query, let label = context.label(of: query) else { return images }
    let judge = coarse.map { Judge($0, classes: context.dataset.classes) }
    return images.filter { Judge.verdict(judge, query: label, neighbor: $0.label) == filter }
  }

  package var selected: ImageReference? {
    let images = shown(selectedRow)
    return images.indices.contains(selectedNeighbor)
      ? ImageReference(images[selectedNeighbor].split, images[selectedNeighbor].index) : nil
  }

  // MARK: What comes back

  package mutating func appeared(_ session: Session) -> [Effect] {
    guard !isOpening else { return [] }
    isOpening = true
    return [.neighbors(.open(known: context, run: wantedRuns.first ?? rows.first?.run.id, dataset: session.dataset))]
  }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .open(let runs):
      wantedRuns = runs
      return appeared(session)
    case .queryBelow(let wnid):
      wantedClass = wnid
      return [.send(.perform(.show(.neighbors)))] + (isOpening || context == nil ? [] : goToWanted())
    case .opened(let context):
      isOpening = false
      return take(context)
    case .closed:
      isOpening = false
      return []
    case .found(let ticket, let found):
      guard ticket == self.ticket, let row = rows.firstIndex(where: { $0.run.id == found.run }) else { return [] }
      if case .computing = found.standing {
        rows[row].standing = found.standing
        return []
      }
      // An answer to a question that is not asked any more.
      if rows[row].isStale { return [] }
      rows[row].standing = found.standing
      rows[row].step = found.step ?? rows[row].step
      clampSelection()
      return fetchPictures()
    case .searched(let ticket):
      if search?.ticket == ticket { search = nil }
      return search == nil && rows.contains(where: \.isStale) ? startSearch() : []
    case .surprising(let found):
      surprises = found
      guard case .found(let queries)? = found else { return [] }
      surprising = nil
      if queries.isEmpty {
        return [.send(.notice(Notice(.unavailable, "Both nets are right on the same images, out of at most \(SurprisingQuery.asked) queries")))]
      }
      return [.send(.notice(Notice(.done, "Found \(queries.count) images on which the two nets differ: s lists them")))]
    case .pictures(let fetched):
      pictures.merge(fetched) { $1 }
      pending.subtract(fetched.keys)
      return []
    case .file(let path, let picture):
      pictures[.file(path: path)] = picture
      return go(to: .file(path: path))
    case .pictureExists(let montage, let path):
      question = (
        Question("Replace the file?", detail: "The file \(printable(path)) exists.", yes: "replace"), montage, path
      )
      return []
    }
  }

  private mutating func take(_ context: FeatureContext) -> [Effect] {
    let isOther = context.dataset.name != self.context?.dataset.name
    self.context = context
    if isOther {
      pictures = [:]
      history = []
      query = nil
      surprises = nil
    }
    let known = rows.map(\.run.id)
    let wanted = wantedRuns
    wantedRuns = []
    if !wanted.isEmpty {
      if !wanted.allSatisfy(known.contains) { setRuns(wanted) }
    } else if rows.isEmpty, let place = recalled, context.runs.contains(where: { place.runs.contains($0.run.id) }) {
      goOn(from: place, context)
    } else if rows.isEmpty, let newest = context.runs.first {
      setRuns([newest.run.id])
    }
    // A run that went on has newer features; one that was deleted has none.
    rows = rows.compactMap { row in
      context.run(row.run.id).map { candidate in
        var row = row
        (row.run, row.labelSet, row.steps) = (candidate.run, candidate.labelSet, candidate.steps)
        if let step = row.step, !row.steps.isEmpty, !row.steps.contains(step) { (row.step, row.isStale) = (nil, true) }
        return row
      }
    }
    selectedRow = max(0, min(selectedRow, rows.count - 1))
    if !hasChosenCoarse || coarse.map({ $0.dataset != context.dataset.name }) ?? true {
      coarse = context.coarseClasses(taught: rows.map(\.labelSet))
    }
    if query == nil { query = randomImage { _ in true } }
    if wantedClass != nil { return goToWanted() }
    guard rows.contains(where: \.isStale) else { return fetchPictures() }
    return fetchPictures() + (search == nil ? startSearch() : [])
  }

  private mutating func goOn(from place: Place, _ context: FeatureContext) {
    recalled = nil
    setRuns(place.runs)
    if let chosen = context.coarseSets.first(where: { $0.name == place.coarse }) {
      coarse = chosen
      hasChosenCoarse = true
    }
    guard let split = place.split, let index = place.index, context.dataset.labels(split).indices.contains(index) else { return }
    query = .image(split, index)
  }

  mutating func setRuns(_ ids: [String]) {
    guard let context else { return }
    let known = Dictionary(rows.map { ($0.run.id, $0) }) { first, _ in first }
    rows = context.runs.filter { ids.contains($0.run.id) }
      .map { known[$0.run.id] ?? Row(run: $0.run, labelSet: $0.labelSet, steps: $0.steps) }
      .sorted { $0.labelSet.classes.count > $1.labelSet.classes.count }
    selectedRow = min(selectedRow, max(0, rows.count - 1))
    selectedNeighbor = 0
    surprises = nil
  }

  mutating func clampSelection() {
    selectedNeighbor = max(0, min(selectedNeighbor, shown(selectedRow).count - 1))
  }

  // MARK: Searching

  /// Another question: what every row shows is of the one before.
  mutating func searchAgain() -> [Effect] {
    for row in rows.indices { (rows[row].standing, rows[row].isStale) = (.waiting, true) }
    selectedNeighbor = 0
    // Nobody waits any more for pictures of the question before.
    fetching.cancel()
    (fetching, pending) = (Cancellation(), [])
    return fetchPictures() + (search == nil ? startSearch() : [])
  }

  /// Another checkpoint of one row: what it shows stays until the answer is there, so that one sees borders change.
  mutating func search(row: Int, step: Int) -> [Effect] {
    (rows[row].step, rows[row].isStale) = (step, true)
    surprises = nil
    return search == nil ? startSearch() : []
  }

  /// The number of the search under way.
  package var searchTicket: Int? { search?.ticket }

  /// Whether there is something that Esc can stop.
  package var isSearching: Bool { search?.cancellation.isCancelled == false || surprising?.isCancelled == false }

  /// One search at a time: computing features takes long, and what it makes serves the next query as well.
  private mutating func startSearch() -> [Effect] {
    guard let context, let query, !rows.isEmpty else { return [] }
    ticket += 1
    let cancellation = Cancellation()
    search = (ticket, cancellation)
    let asked = rows.filter(\.isStale).map { NeighborsRequest.Run(id: $0.run.id, step: $0.step) }
    for row in rows.indices { rows[row].isStale = false }
    let request = NeighborsRequest(
      query: query, runs: asked, space: space, metric: metric, gallery: gallery, k: Self.neighborCount)
    return [.neighbors(.search(context, request, ticket: ticket, cancellation))]
  }

  /// What is shown first comes first.
  private mutating func fetchPictures() -> [Effect] {
    guard let context else { return [] }
    var wanted = query.map { [$0] } ?? []
    let found = rows.indices.map { neighbors($0) }
    for place in 0..<(found.map(\.count).max() ?? 0) {
      for images in found where place < images.count { wanted.append(ImageReference(images[place].split, images[place].index)) }
    }
    if pictures.count > Self.picturesKept {
      let kept = Set(wanted)
      pictures = pictures.filter { kept.contains($0.key) }
    }
    var missing: [ImageReference] = []
    for image in wanted where pictures[image] == nil && pending.insert(image).inserted { missing.append(image) }
    return missing.isEmpty ? [] : [.neighbors(.pictures(context, missing, fetching))]
  }
}
