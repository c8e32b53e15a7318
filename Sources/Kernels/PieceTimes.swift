import Glibc

/// How long the pieces of a backend's loops take, one after the other on the calling thread: from which follows how much faster many
/// cores could be at best.
public final class PieceTimes: @unchecked Sendable {
  /// Seconds of each piece, loop by loop.
  public private(set) var loops: [[Double]] = []

  public init() {}

  public func reset() { loops = [] }

  /// Seconds of all loops, one after the other, where each of `workers` takes the next piece as soon as it is free.
  public func makespan(workers: Int) -> Double {
    loops.reduce(0) { total, pieces in
      var busy = [Double](repeating: 0, count: workers)
      for piece in pieces {
        let free = busy.indices.min { busy[$0] < busy[$1] }!
        busy[free] += piece
      }
      return total + busy.max()!
    }
  }

  /// Seconds of all pieces.
  public var sum: Double { loops.reduce(0) { $0 + $1.reduce(0, +) } }

  /// Pieces of the loop that takes longest.
  public var pieces: Int { loops.max { $0.reduce(0, +) < $1.reduce(0, +) }?.count ?? 0 }

  func run(_ pieces: Int, _ body: (_ piece: Int, _ worker: Int) -> Void) {
    var seconds: [Double] = []
    seconds.reserveCapacity(pieces)
    for piece in 0..<pieces {
      let start = Self.now
      body(piece, 0)
      seconds.append(Self.now - start)
    }
    loops.append(seconds)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
