import Basics
import Files
import FoundationEssentials
import Glibc

/// What a person may do to a run. Each action says why where it cannot be done.
extension RunDirectory {
  /// - Throws: a ``Problem`` where the run is not running, or cannot be asked.
  public func pause() throws(Problem) { try ask(.pause, of: [.running]) }
  /// Ends the run's worker at a checkpoint; takes a run that waits out of the queue, or its job out of Slurm's.
  /// - Throws: a ``Problem`` where the run neither runs nor waits, or cannot be asked.
  public func stop(home: Home) throws(Problem) {
    if try RunQueue(home: home).remove(id) { return }
    let state = try state()
    if !state.isLive, state != .finished, let standing = try standingJob() {
      try Slurm().cancel(standing.id, cluster: try job()?.cluster)
      // No worker is there to say so.
      try end(.stopped, session: sessions(), problem: nil)
      return
    }
    try ask(.stop, of: [.running, .paused])
  }
  /// Keeps a checkpoint now, and goes on.
  /// - Throws: a ``Problem`` where the run is not running, or cannot be asked.
  public func checkpoint() throws(Problem) { try ask(.checkpoint, of: [.running]) }

  /// Lets a paused run go on; starts a new worker, at the last good checkpoint, where a run has none.
  /// - Throws: a ``Problem`` where the run is at its end, a worker is on it, or none can be started.
  public func resume(home: Home, executable: String = "/proc/self/exe") throws(Problem) {
    let state = try state()
    if state == .paused { return try control.send(.resume) }
    guard state.isResumable else { throw refusal("resume", state) }
    _ = try configuration()
    try checkNoJob("resume")
    // What was asked of a worker that is gone was not asked of the next one.
    control.clear()
    try WorkerProcess.start(self, home: home, executable: executable)
  }

  /// - Throws: a ``Problem`` where a job of Slurm will go on with the run.
  func checkNoJob(_ action: String) throws(Problem) {
    guard let standing = try standingJob(), standing.id != ClusterJob.current?.id else { return }
    throw Problem(
      "cannot \(action) the run", at: id, found: "job \(standing.id), which is \(standing.text)",
      advice: "\(ShellCommand("runs", "stop", id).inSentence) cancels it")
  }

  /// - Throws: a ``Problem`` where a worker is on the run, or a job will be.
  public func checkRemovable() throws(Problem) {
    var found: RunState?
    do throws(Problem) {
      found = try state()
    } catch where error.isOfNewerVersion {
      throw error
    } catch {
      // A run whose files are damaged can still be deleted.
    }
    if let found, found.isLive { throw refusal("delete", found) }
    if found != .finished { try checkNoJob("delete") }
  }

  private func ask(_ request: RunRequest, of states: [RunState]) throws(Problem) {
    let state = try state()
    guard states.contains(state) else { throw refusal(request.rawValue, state) }
    try control.send(request)
  }

  private func refusal(_ action: String, _ state: RunState) -> Problem {
    guard !isImported else { return ImportedRun.refusal(action, id) }
    return Problem(
      "cannot \(action) the run", at: id, found: "a run that is \(state.rawValue)",
      advice: state.isLive
        ? "\(ShellCommand("runs", "stop", id).inSentence) ends it"
        : state.isResumable ? "\(ShellCommand("runs", "resume", id).inSentence) starts it" : nil)
  }
}
