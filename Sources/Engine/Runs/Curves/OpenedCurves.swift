import Basics
import Dispatch
import Files
import Synchronization

/// The curves that somebody looks at. Those that nobody asked for in a minute are dropped, and long ones are kept by
/// ``CurveCache``, from where they open again without being parsed or held in memory.
package final class OpenedCurves: Sendable {
  private let runs: String
  private let cache: CurveCache
  private let opened = Mutex<[String: Opened]>([:])

  private struct Opened {
    var curves: RunCurves
    var asked: Double
    /// Bytes of event files that were parsed since the cache was written.
    var parsed: Int
    var isNew: Bool
  }

  /// Seconds.
  private static let patience = 60.0
  /// Parsing fewer bytes takes no time worth a file.
  private let worthKeeping: Int

  package init(home: Home, worthKeeping: Int = 16 << 20) {
    self.worthKeeping = worthKeeping
    runs = home.runs
    cache = CurveCache(home: home)
  }

  package func refresh(_ id: String, smoothing: Double, of metrics: [RunMetric], atMost: Int) throws(Problem) -> RunCurves {
    let now = steadyTime()
    var known = opened.withLock { opened in
      opened = opened.filter { now - $0.value.asked < Self.patience }
      return opened.removeValue(forKey: id)
    }
    if known?.curves.isDamaged ?? false {
      cache.remove(run: id)
      known = nil
    }
    var current = known ?? Opened(
      curves: cache.open(run: id, in: runs) ?? RunCurves(folder: "\(runs)/\(id)"), asked: now, parsed: 0, isNew: true)
    let start = current.curves.readBytes
    try current.curves.refresh(atMost: atMost)
    current.curves.smooth(metrics, weight: smoothing)
    current.asked = now
    current.parsed += current.curves.readBytes - start
    if current.curves.unreadBytes == 0 {
      // What is opened for the first time shall open quickly the next time; what grows is kept now and then.
      let enough = current.isNew ? worthKeeping : max(worthKeeping, current.curves.readBytes / 8)
      current.isNew = false
      if current.parsed >= enough {
        current.parsed = 0
        keep(current.curves, id)
      }
    }
    let result = current
    opened.withLock { $0[id] = result }
    return result.curves
  }

  private func keep(_ curves: RunCurves, _ id: String) {
    DispatchQueue.global(qos: .utility).async { [self] in
      guard (try? cache.keep(curves, run: id)) != nil else { return }
      // The next look opens the file, and what it holds leaves the memory.
      opened.withLock { $0[id] = nil }
    }
  }
}
