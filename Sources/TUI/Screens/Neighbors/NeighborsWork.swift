import Engine
import Glibc
import Synchronization
import Taxonomy

/// What the neighbours screen works with: a dataset, the runs on it, and their networks once they are opened.
package struct NeighborsContext: Sendable {
  package struct Candidate: Sendable {
    package var run: RunSummary
    package var labelSet: LabelSet

    package init(run: RunSummary, labelSet: LabelSet) {
      self.run = run
      self.labelSet = labelSet
    }
  }

  package var dataset: any Dataset
  /// Those with a checkpoint, newest first.
  package var runs: [Candidate]
  /// What can decide orange, without duplicates.
  package var coarseSets: [LabelSet]
  /// The names of those among them that a command knows.
  package var saved: Set<String>
  /// What the tree suggests for it.
  private let suggestedCoarse: LabelSet?
  let finders: FinderShelf

  package init(
    dataset: any Dataset, runs: [Candidate], coarseSets: [LabelSet], suggestedCoarse: LabelSet? = nil,
    saved: Set<String> = []
  ) {
    self.dataset = dataset
    self.runs = runs
    self.coarseSets = coarseSets
    self.saved = saved
    self.suggestedCoarse = suggestedCoarse
    finders = FinderShelf()
  }

  /// Reads what is there now; `known` keeps the dataset and the networks that are open.
  init(known: NeighborsContext?, dataset name: String, _ environment: Environment) throws(Problem) {
    let reader = RunsReader(home: environment.home)
    let summaries = reader.refresh().filter { $0.progress.step > 0 }
    // The dataset of the newest run, where the one the program was opened on has none.
    let chosen = summaries.contains { $0.dataset == name } ? name : summaries.first?.dataset ?? name
    dataset =
      if let known, known.dataset.name == chosen { known.dataset } else {
        try DatasetCatalog(home: environment.home).open(chosen)
      }
    finders = known?.finders ?? FinderShelf()
    runs = summaries.filter { $0.dataset == chosen }.compactMap { summary in
      let directory = RunDirectory(summary.path)
      guard !directory.checkpoints.steps().isEmpty, let configuration = try? directory.configuration() else {
        return nil
      }
      return Candidate(run: summary, labelSet: configuration.labelSet)
    }
    let store = LabelSetStore(home: environment.home)
    let stored = store.names().compactMap { try? store.load($0, for: chosen) }
    saved = Set(stored.map(\.name))
    // Without WordNet there is just no suggestion.
    suggestedCoarse = runs.first.flatMap { newest in
      try? .suggestedCoarseClasses(
        dataset: chosen, on: environment.hierarchy(of: chosen, newest.labelSet.policy))
    }
    var seen: Set<String> = []
    coarseSets = (stored + runs.map(\.labelSet) + (suggestedCoarse.map { [$0] } ?? [])).filter {
      seen.insert($0.name).inserted
    }
    .sorted { ($0.classes.count, $0.name) < ($1.classes.count, $1.name) }
  }

  package func fineClass(of image: ImageReference) -> FineClass? {
    guard let label = label(of: image), dataset.classes.indices.contains(Int(label)) else { return nil }
    return dataset.classes[Int(label)]
  }

  /// Nil for a picture from outside.
  func label(of image: ImageReference) -> Int32? {
    guard case .image(let split, let index) = image else { return nil }
    let labels = dataset.labels(split)
    return labels.indices.contains(index) ? labels[index] : -1
  }

  /// The name of its class, or of its file.
  func name(of image: ImageReference) -> String {
    switch image {
    case .image: fineClass(of: image)?.name ?? "?"
    case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
    }
  }

  /// In few words, where it lies.
  func place(of image: ImageReference) -> String {
    switch image {
    case .image(let split, let index): "\(split.rawValue)/\(index)"
    case .file: "file"
    }
  }

  func identifier(of image: ImageReference) -> String {
    switch image {
    case .image(let split, let index): dataset.identifier(split, index)
    case .file(let path): path
    }
  }

  func picture(_ image: ImageReference) throws(Problem) -> Picture {
    switch image {
    case .image(let split, let index): try dataset.picture(split, index)
    case .file(let path): try Picture(file: path)
    }
  }

  /// What decides orange for these rows, until somebody chooses.
  func coarseClasses(for rows: [NeighborsScreen.Row]) -> LabelSet? {
    .coarseClasses(taught: rows.map(\.labelSet)) ?? suggestedCoarse
  }
}

/// The networks and features that are open: a few, since each holds the features of a whole dataset.
final class FinderShelf: Sendable {
  private struct Key: Hashable {
    var run: String
    var step: Int
    var space: String
  }
  private struct Shelf {
    var finders: [(key: Key, finder: NeighborFinder)] = []
  }
  private static let kept = 4
  private let shelf = Mutex(Shelf())

  func finder(_ run: RunDirectory, _ dataset: any Dataset, _ space: String, _ home: Home) throws(Problem)
    -> NeighborFinder
  {
    let key = Key(run: run.path, step: run.checkpoints.best() ?? -1, space: space)
    if let known = shelf.withLock({ shelf in shelf.finders.first { $0.key == key }?.finder }) { return known }
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let made = try NeighborFinder(run, dataset: dataset, home: home, space: space, workers: cores)
    shelf.withLock { shelf in
      shelf.finders.append((key, made))
      if shelf.finders.count > Self.kept { shelf.finders.removeFirst() }
    }
    return made
  }
}

/// Which activation is compared, whatever each net calls it: rows may show different nets.
package enum NeighborSpace: String, Codable, Sendable {
  /// The last activation before the classifier.
  case features
  /// What the classes are read from.
  case scores

  /// The layer's name; a net that is not known has no other than the usual one.
  package func layer(of network: String) -> String {
    guard let architecture = try? Architecture.named(network) else { return self == .features ? "fc7" : "fc8" }
    return self == .features ? architecture.features : architecture.layers(2).last?.name ?? architecture.features
  }
}

package struct NeighborsRequest: Sendable, Equatable {
  package var query: ImageReference
  package var runs: [String]
  package var space: NeighborSpace
  package var metric: Metric
  package var gallery: Split
  package var k: Int
}

package struct FoundRow: Sendable {
  package var run: String
  package var standing: NeighborsScreen.Row.Standing

  package init(run: String, standing: NeighborsScreen.Row.Standing) {
    self.run = run
    self.standing = standing
  }
}

/// Ends work that takes long.
package final class Cancellation: Sendable {
  private let flag = Atomic(false)
  func cancel() { flag.store(true, ordering: .relaxed) }
  package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

extension NeighborsScreen {
  package enum Work: ScreenWork {
    case open(known: NeighborsContext?, dataset: String)
    case search(NeighborsContext, NeighborsRequest, ticket: Int, Cancellation)
    case pictures(NeighborsContext, [ImageReference])
    /// Reads a picture from elsewhere; `~/` is the user's home.
    case openFile(path: String)

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .open(let known, let dataset):
        do throws(Problem) {
          send(.neighbors(.opened(try NeighborsContext(known: known, dataset: dataset, environment))))
        } catch {
          send(.neighbors(.closed))
          throw error
        }
      case .search(let context, let request, let ticket, let cancellation):
        for run in request.runs {
          let standing = Self.search(context, request, run, environment, cancellation) { standing in
            send(.neighbors(.found(ticket: ticket, FoundRow(run: run, standing: standing))))
          }
          send(.neighbors(.found(ticket: ticket, FoundRow(run: run, standing: standing))))
        }
        send(.neighbors(.searched(ticket: ticket)))
      case .pictures(let context, let images):
        // Text and borders are there already; pictures follow as they are decoded.
        for start in stride(from: 0, to: images.count, by: 8) {
          var fetched: [ImageReference: Thumbnail] = [:]
          for image in images[start..<min(start + 8, images.count)] {
            // A picture that cannot be decoded leaves its frame empty.
            fetched[image] = (try? context.picture(image)).map(Thumbnail.init)
          }
          send(.neighbors(.pictures(fetched)))
        }
      case .openFile(let typed):
        let path = expandingHome(typed)
        send(.neighbors(.file(path: path, Thumbnail(try Picture(file: path)))))
      }
    }

    private static func search(
      _ context: NeighborsContext, _ request: NeighborsRequest, _ run: String, _ environment: Environment,
      _ cancellation: Cancellation, progress: (Row.Standing) -> Void
    ) -> Row.Standing {
      do throws(Problem) {
        let network = context.runs.first { $0.run.id == run }?.run.network ?? ""
        let finder = try context.finders.finder(
          RunDirectory(environment.home.runs + "/" + run), context.dataset, request.space.layer(of: network), environment.home)
        let total = finder.count(request.gallery)
        var reported = 0
        try finder.prepare(request.gallery) { (done) throws(Problem) in
          if cancellation.isCancelled { throw Problem("cancelled", advice: "any new query starts it again") }
          // A hundred frames are enough.
          guard reported == 0 || done - reported >= max(1, total / 100) else { return }
          reported = done
          progress(.computing(done: done, of: total))
        }
        let query: NeighborQuery =
          switch request.query {
          case .image(let split, let index): .image(split, index)
          case .file(let path): .picture(try Picture(file: path))
          }
        return .found(
          try finder.nearest(to: query, in: request.gallery, k: request.k, metric: request.metric))
      } catch {
        return .failed(error.description)
      }
    }
  }
}
