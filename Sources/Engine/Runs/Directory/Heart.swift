import Basics
import Dispatch
import Files
import Synchronization

/// Writes a worker's heartbeat every second, on a thread of its own: a long step is no silence.
final class Heart: Sendable {
  private let run: RunDirectory
  private let heartbeat: Mutex<Heartbeat>
  private let isUsurped = Atomic(false)
  private let queue = DispatchQueue(label: "heartbeat")
  private let meter = Mutex(UsageMeter())
  /// Made and cancelled by the owner alone.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  init(_ run: RunDirectory, session: Int, progress: RunProgress) throws(Problem) {
    self.run = run
    let first = Heartbeat(
      worker: .current, session: session, time: unixTime(), isPaused: false, progress: progress,
      directory: FileStamp(run.path)?.inode, job: ClusterJob.current?.id)
    heartbeat = Mutex(first)
    timer = DispatchSource.makeTimerSource(queue: queue)
    try RunJSON.write(first, to: run.heartbeatFile, durable: false)
    timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(50))
    timer.setEventHandler { [weak self] in self?.beat() }
    timer.resume()
  }

  /// Ends the beating. Nothing is written after it returns.
  func stop() {
    timer.cancel()
    queue.sync {}
  }

  var progress: RunProgress { heartbeat.withLock { $0.progress } }

  func update(_ change: (inout Heartbeat) -> Void) { heartbeat.withLock { change(&$0) } }

  /// - Throws: a ``Problem`` where another worker has taken the run over, which file systems without locks cannot
  ///   prevent.
  func checkOwnership() throws(Problem) {
    guard isUsurped.load(ordering: .relaxed) else { return }
    throw Problem("another worker has taken the run over", at: run.id, kind: .temporary)
  }

  private func beat() {
    let usage = meter.withLock { $0.read() }
    let current = heartbeat.withLock {
      $0.time = unixTime()
      $0.usage = usage
      return $0
    }
    if let found = run.heartbeat(), found.worker != current.worker, found.session >= current.session {
      isUsurped.store(true, ordering: .relaxed)
      return
    }
    do throws(Problem) {
      try RunJSON.write(current, to: run.heartbeatFile, durable: false)
    } catch {
      // On a full disk there is no room for a file beside the old one, but the old one's own blocks can be written over.
      // A reader may, once in a long while, see half of it, and looks again.
      RunJSON.overwrite(current, at: run.heartbeatFile)
    }
  }
}
