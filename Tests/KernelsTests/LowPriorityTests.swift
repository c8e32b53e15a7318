import Glibc
import Kernels
import Synchronization
import Testing

@Suite(.serialized) struct LowPriorityTests {
  private static var niceness: Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

  /// The nicenesses of the threads that a loop runs on, and their number.
  private static func loop(workers: Int) -> (nicenesses: Set<Int32>, threads: Int) {
    let seen = Mutex((Set<Int32>(), Set<UInt>()))
    parallelFor(64, workers: workers) { _, _ in
      seen.withLock {
        $0.0.insert(niceness)
        $0.1.insert(UInt(pthread_self()))
      }
      usleep(500)
    }
    return seen.withLock { ($0.0, $0.1.count) }
  }

  @Test("Work at low priority has threads of its own for its loops, and leaves the common ones as they are")
  func threads() {
    let before = Self.niceness
    let inside = LowPriority.run { Self.loop(workers: 3) }
    #expect(inside.nicenesses == [max(before, 10)])
    // Fewer where another test limits such work meanwhile.
    #expect((1...3).contains(inside.threads))
    #expect(!LowPriority.isOn && Self.niceness == before)
    #expect(Self.loop(workers: 3).nicenesses == [before])
    let detached = Mutex<Int32?>(nil)
    LowPriority.detach { detached.withLock { $0 = Self.niceness } }
    while detached.withLock({ $0 }) == nil { usleep(1000) }
    #expect(detached.withLock { $0 } == max(before, 10))
  }

  @Test("Fewer threads do the same work, and every piece once")
  func fewer() {
    let before = LowPriority.workers
    defer { LowPriority.workers = before }
    LowPriority.workers = 0
    #expect(LowPriority.run { Self.loop(workers: 3) }.threads == 1)
    LowPriority.workers = 2
    let done = Mutex([Int](repeating: 0, count: 100))
    LowPriority.run { parallelFor(100, workers: 4) { piece, worker in done.withLock { $0[piece] += worker < 2 ? 1 : 100 } } }
    #expect(done.withLock { $0 } == [Int](repeating: 1, count: 100))
  }

  @Test("Such work rests in proportion to what it has worked, and other work never")
  func rests() {
    let before = LowPriority.restFactor
    defer { LowPriority.restFactor = before }
    LowPriority.restFactor = 3
    let clock = ContinuousClock()
    #expect(LowPriority.run { clock.measure { LowPriority.rest(after: 0.05) } } >= .milliseconds(140))
    LowPriority.restFactor = 0
    let without = LowPriority.run { clock.measure { LowPriority.rest(after: 3600) } }
    LowPriority.restFactor = 3
    #expect(min(without, clock.measure { LowPriority.rest(after: 3600) }) < .seconds(600))
  }

  private struct Reason: Error, Equatable {}

  @Test("What the work throws is thrown where it was asked for")
  func thrown() {
    #expect(throws: Reason()) { try LowPriority.run { () throws(Reason) in throw Reason() } }
    #expect(LowPriority.run { LowPriority.run { LowPriority.isOn } })
  }
}
