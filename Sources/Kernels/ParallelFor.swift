import Dispatch
import Synchronization

/// Runs `body` for every piece, up to `workers` of them at a time; returns when all are done.
///
/// Every other worker takes pieces from the front, the rest from the back, until they meet: where loops that follow each other
/// are cut alike, most of what a core wrote is read by the same core. But where they meet is left to chance: a body may use the
/// memory of its worker as scratch, and must leave its results where its piece says. The only parallel loop of this program.
///
/// Bodies capture tensors and take the pointers out inside: a `@Sendable` closure that does not escape costs no
/// allocation where one worker works, and two small blocks otherwise.
@inline(__always)
package func parallelFor(_ pieces: Int, workers: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
  let givesWay = LowPriority.isOn
  let crew = min(min(workers, pieces), givesWay ? LowPriority.workers : .max)
  guard crew > 1 else {
    for piece in 0..<pieces { body(piece, 0) }
    return
  }
  if givesWay { return LowPriority.share(pieces, crew: crew, body) }
  let taken = Atomic(0)
  let front = Atomic(0)
  let back = Atomic(pieces)
  DispatchQueue.concurrentPerform(iterations: crew) { worker in
    while taken.wrappingAdd(1, ordering: .relaxed).oldValue < pieces {
      let piece =
        worker % 2 == 0
        ? front.wrappingAdd(1, ordering: .relaxed).oldValue : back.wrappingSubtract(1, ordering: .relaxed).newValue
      body(piece, worker)
    }
  }
}

extension CPUBackend {
  @inline(__always)
  func parallelFor(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
    if let pieceTimes { return pieceTimes.run(pieces, body) }
    Kernels.parallelFor(pieces, workers: workers, body)
  }

  /// Cuts 0..<count into stretches of `size` and runs `body` on each.
  @inline(__always)
  func parallelStretches(of count: Int, size: Int, _ body: @Sendable (_ stretch: Range<Int>, _ worker: Int) -> Void) {
    parallelFor(ceilDivide(count, size)) { piece, worker in
      body(piece * size..<min(count, (piece + 1) * size), worker)
    }
  }
}

/// Elements of an elementwise operation that make one piece: short enough to stay in a core's cache, long enough that
/// handing it out costs nothing.
let elementwisePiece = 1 << 15
