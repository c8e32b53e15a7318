import Engine
import Glibc
import Synchronization
import Taxonomy

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
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let made = try NeighborFinder(run, dataset: dataset, home: home, space: space, step: step, workers: cores)
    shelf.withLock { shelf in
      shelf.finders.append((key, made))
      if shelf.finders.count > Self.kept { shelf.finders.removeFirst() }
    }
    return made
  }
}

extension FeatureContext {
  /// Opens the features of a run.
  func finder(_ run: String, _ space: NeighborSpace, step: Int? = nil, _ environment: Environment) throws(Problem) -> NeighborFinder {
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

/// Says how far work is, a hundred times at most for each thing that is done.
struct ProgressReport {
  private let cancellation: Cancellation
  private var last: WorkProgress?

  init(_ cancellation: Cancellation) { self.cancellation = cancellation }

  /// - Throws: a ``Problem`` once the work is cancelled.
  mutating func say(_ work: String, _ done: Int, of total: Int, to send: (WorkProgress) -> Void) throws(Problem) {
    if cancellation.isCancelled { throw Problem("cancelled") }
    let progress = WorkProgress(work: work, done: done, total: total)
    guard last?.work != work || last?.percent != progress.percent else { return }
    last = progress
    send(progress)
  }
}

/// How far work beside the keys is.
package struct WorkProgress: Equatable, Sendable {
  /// What is done: "fc7 of val".
  package var work: String
  package var done, total: Int

  package init(work: String, done: Int, total: Int) {
    (self.work, self.done, self.total) = (work, done, total)
  }

  package var percent: Int { total > 0 ? min(100, done * 100 / total) : 0 }

  /// `fc7 of train, 60,000 … 34 %   Esc cancels`, and a bar below where there is room.
  func draw(on canvas: inout Canvas, in area: Rect) {
    let text = "\(printable(work)), \(NumberText.grouped(total)) … \(percent) %   Esc cancels"
    let lines = wrap(text, max(1, area.columns - 1))
    for (index, line) in lines.prefix(area.rows).enumerated() { canvas.put(line, in: area.line(index), style: .accent) }
    guard lines.count + 1 < area.rows else { return }
    let bar = area.line(lines.count + 1)
    let width = min(50, bar.columns - 1)
    guard width > 0 else { return }
    let done = width * percent / 100
    canvas.put(String(repeating: "█", count: done), row: bar.row, column: bar.column, style: .accent)
    canvas.put(String(repeating: "░", count: width - done), row: bar.row, column: bar.column + done, style: .muted)
  }
}
