import FoundationEssentials
import Glibc
import Taxonomy

/// What a person may do to a run. Each action says why where it cannot be done.
extension RunDirectory {
  public func pause() throws(Problem) { try ask(.pause, of: [.running]) }
  public func stop() throws(Problem) { try ask(.stop, of: [.running, .paused]) }
  public func checkpoint() throws(Problem) { try ask(.checkpoint, of: [.running]) }

  /// Lets a paused run go on; starts a new worker, at the last good checkpoint, where a run has none.
  public func resume(home: Home, executable: String = "/proc/self/exe") throws(Problem) {
    let state = try state()
    if state == .paused { return try control.send(.resume) }
    guard state.isResumable else { throw refusal("resume", state) }
    // What was asked of a worker that is gone was not asked of the next one.
    control.clear()
    try WorkerProcess.start(self, home: home, executable: executable)
  }

  /// - Throws: a ``Problem`` where a worker is on the run.
  public func checkRemovable() throws(Problem) {
    // A run whose files are damaged can still be deleted.
    if let state = try? state(), state.isLive { throw refusal("delete", state) }
  }

  /// Deletes the run, its checkpoints and its curves, and what the home's cache keeps of it.
  public func remove(home: Home) throws(Problem) {
    try checkRemovable()
    // Renamed first: a run is there or it is not.
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let doomed = "\(parent)/.removed-\(id)-\(UInt32.random(in: 0 ... .max))"
    guard rename(path, doomed) == 0 else { throw AtomicFile.failure("cannot delete the run", path) }
    do {
      try FileManager.default.removeItem(atPath: doomed)
    } catch {
      throw AtomicFile.failure("cannot delete the run's files", doomed)
    }
    FeatureCache(home: home).remove(run: id)
    CurveCache(home: home).remove(run: id)
    try? FileManager.default.removeItem(atPath: home.trunkFeatures(of: id))
  }

  private func ask(_ request: RunRequest, of states: [RunState]) throws(Problem) {
    let state = try state()
    guard states.contains(state) else { throw refusal(request.rawValue, state) }
    try control.send(request)
  }

  private func refusal(_ action: String, _ state: RunState) -> Problem {
    Problem(
      "cannot \(action) the run", at: id, found: "a run that is \(state.rawValue)",
      advice: state.isLive
        ? "`imagenet-tui runs stop \(id)` ends it"
        : state.isResumable ? "`imagenet-tui runs resume \(id)` starts it" : nil)
  }
}
