import Runs

/// The runs of a home as one look found them, newest first. What a frame or a key asks of them is found out once, beside the terminal's
/// thread, since there may be ten thousand.
package struct FoundRuns: Sendable {
  package let all: [RunSummary]
  /// Directories that were not read yet, older ones by their names.
  let unread: Int
  /// With a worker, and in the queue.
  package let live, waiting: Int
  /// Whether something will become of one without anybody's doing.
  let isMoving: Bool
  private let places: [String: Int]

  package init(_ runs: [RunSummary] = [], unread: Int = 0) {
    all = runs
    self.unread = unread
    places = Dictionary(runs.enumerated().map { ($1.id, $0) }) { first, _ in first }
    live = runs.count { $0.state.isLive }
    waiting = runs.count { $0.queuePlace != nil }
    isMoving = live > 0 || runs.contains { $0.state == .queued }
  }

  package subscript(id: String) -> RunSummary? { places[id].map { all[$0] } }

  func holds(_ id: String) -> Bool { places[id] != nil }

  /// Those of these runs that are there, newest first.
  func among(_ ids: Set<String>) -> [RunSummary] { ids.compactMap { places[$0] }.sorted().map { all[$0] } }
}
