import Synchronization

/// The operations of ``Backend`` on the processor's own cores: OpenBLAS for matrix products, loops over
/// contiguous channels for the rest.
///
/// OpenBLAS runs single-threaded. Each worker takes whole pieces of an operation (rows of output pixels, images,
/// tiles of a product), which beats its own threading on most shapes of a network and makes the bits
/// independent of the number of workers.
///
/// Scratch memory grows to what the largest operation so far needed and is then kept, so that a step that ran
/// once, or whose convolutions were reserved, allocates nothing. Calls from several threads are safe, and those that
/// need scratch memory take turns.
public final class CPUBackend: Backend {
  public let workers: Int
  public let method: ConvolutionMethod
  let scratch = Mutex(Scratch())

  /// - Parameters:
  ///   - workers: how many pieces run at the same time; the number of cores is a good choice.
  ///   - convolution: which way convolutions are computed. Decides the bits of the results.
  public init(workers: Int, convolution method: ConvolutionMethod = .winograd) {
    precondition(workers >= 1, "a backend of \(workers) workers cannot work")
    self.workers = workers
    self.method = method
  }

  public func makeTensor(_ shape: [Int]) -> Tensor { Tensor(shape) }

  public func reserve(_ floats: Int) {
    scratch.withLock { _ = $0.floats(floats) }
  }

  /// The scratch memory that was made so far.
  package var scratchBytes: Int {
    scratch.withLock { $0.count * MemoryLayout<Float>.stride }
  }

  /// The floats of a loan of `shared` floats and `each` floats for every worker.
  func scratchFloats(_ need: (shared: Int, each: Int)) -> Int {
    wholeLines(need.shared) + wholeLines(need.each) * workers
  }

  /// Lends `shared` floats for all workers and `each` floats to every worker; their content is undefined.
  @inline(__always)
  func withScratch(shared: Int = 0, each: Int = 0, _ body: (_ loan: ScratchLoan) -> Void) {
    scratch.withLock { scratch in
      let base = scratch.floats(scratchFloats((shared, each)))
      body(ScratchLoan(shared: base, first: base + wholeLines(shared), part: wholeLines(each)))
    }
  }
}

/// Scratch memory for one operation: a part for all workers, and one for each.
struct ScratchLoan: @unchecked Sendable {
  let shared: Floats
  fileprivate let first: Floats
  fileprivate let part: Int

  func own(_ worker: Int) -> Floats { first + worker * part }
}

typealias Floats = UnsafeMutablePointer<Float>

/// Memory that is only ever enlarged.
struct Scratch: ~Copyable {
  private var storage = FloatStorage(count: 0)

  var count: Int { storage.elements.count }

  mutating func floats(_ count: Int) -> Floats {
    if storage.elements.count < count { storage = FloatStorage(count: count) }
    return storage.elements.baseAddress!
  }
}

extension Tensor {
  @inline(__always)
  var base: Floats { storage.elements.baseAddress! + offset }
}

/// A number of floats, rounded up to whole cache lines.
private func wholeLines(_ floats: Int) -> Int { (floats + 15) & ~15 }

/// The quotient, rounded up.
package func ceilDivide(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
