import Analysis
import Basics
import Datasets
import Files
import Glibc
import Runs
import Synchronization

/// The networks and features that are open: a few, since each holds a network and looks at the features of a whole dataset.
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

  /// - Parameter step: of a checkpoint; nil takes the best in validation.
  func finder(
    _ run: RunDirectory, _ dataset: any Dataset, _ space: String, step: Int?, _ home: Home
  ) throws(Problem) -> NeighborFinder {
    let key = Key(run: run.path, step: step ?? run.checkpoints.best() ?? -1, space: space)
    if let known = shelf.withLock({ shelf in shelf.finders.first { $0.key == key }?.finder }) { return known }
    let made = try NeighborFinder(
      run, dataset: dataset, home: home, space: space, step: step, workers: ProgressReport.cores, givesWay: true)
    keep(made, key)
    return made
  }

  /// Imported features.
  func finder(imported name: String, _ dataset: any Dataset, _ space: NeighborSpace, _ environment: Environment) throws(Problem) -> NeighborFinder {
    let store = FeatureStore(home: environment.home, wordNet: environment.wordNet)
    // Those of the same name that were imported anew are others.
    let key = Key(run: ImportedFeatures.prefix + name, step: Int(try store.description(name).created), space: space.rawValue)
    if let known = shelf.withLock({ shelf in shelf.finders.first { $0.key == key }?.finder }) { return known }
    let made = NeighborFinder(
      try ImportedFeatures(name, in: store, dataset: dataset, space: space.rawValue, workers: ProgressReport.cores))
    keep(made, key)
    return made
  }

  private func keep(_ made: NeighborFinder, _ key: Key) {
    shelf.withLock { shelf in
      shelf.finders.append((key, made))
      if shelf.finders.count > Self.kept { shelf.finders.removeFirst() }
    }
  }
}

extension FeatureContext {
  /// Opens the features of a run.
  func finder(_ run: String, _ space: NeighborSpace, step: Int? = nil, _ environment: Environment) throws(Problem) -> NeighborFinder {
    if case .imported(let name)? = try? NamedFeatures(run, in: environment.home), run.hasPrefix(ImportedFeatures.prefix) {
      return try finders.finder(imported: name, dataset, space, environment)
    }
    let network = self.run(run)?.run.network ?? ""
    return try finders.finder(
      RunDirectory(environment.home.runs + "/" + run), dataset, space.layer(of: network), step: step, environment.home)
  }
}

/// Ends work that takes long.
package final class Cancellation: Sendable {
  private let flag = Atomic(false)
  func cancel() { flag.store(true, ordering: .relaxed) }
  package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
