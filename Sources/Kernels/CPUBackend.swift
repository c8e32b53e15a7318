import CKernels
import Synchronization

/// The operations of ``Backend`` on the processor's own cores: matrix products (``MatrixProduct``), and loops over
/// contiguous channels for the rest.
///
/// A product is computed by one worker. Each takes whole pieces of an operation (rows of output pixels, images,
/// tiles of a product), which keeps most of what it reads in its own caches and makes the bits
/// independent of the number of workers.
///
/// Scratch memory grows to what the largest operation so far needed and is then kept, so that a step that ran
/// once, or whose convolutions were reserved, allocates nothing. Calls from several threads are safe, and those that
/// need scratch memory take turns.
public final class CPUBackend: Backend {
  public let workers: Int
  public let method: ConvolutionMethod
  public let matrixLibrary: MatrixLibrary
  public let vectors: ProcessorVectors
  let product: MatrixProduct
  let pieceTimes: PieceTimes?
  let scratch = Mutex(Scratch())

  /// - Parameters:
  ///   - workers: how many pieces run at the same time; the number of cores is a good choice.
  ///   - convolution: which way convolutions are computed. Decides the bits of the results.
  ///   - matrix: whose matrix product is used. Decides the bits of the results. OpenBLAS must be there (``MatrixLibrary/openBLASError``).
  ///   - vectors: what loops are run with; no result depends on it.
  ///   - pieceTimes: is told how long each piece takes, for which they run one after the other.
  public init(
    workers: Int, convolution method: ConvolutionMethod = .winograd, matrix: MatrixLibrary = .ofProcessor,
    vectors: ProcessorVectors = .best, pieceTimes: PieceTimes? = nil
  ) {
    precondition(workers >= 1, "a backend of \(workers) workers cannot work")
    self.workers = workers
    precondition(matrix != .openBLAS || MatrixLibrary.openBLASError == nil, "OpenBLAS was not found")
    self.method = method
    self.pieceTimes = pieceTimes
    (matrixLibrary, self.vectors) = (matrix, vectors)
    product = matrix == .own ? MatrixProduct(vectors.loops) : .openBLAS
  }

  var loops: kernels { vectors.loops.pointee }

  public func makeTensor(_ shape: [Int]) -> Tensor { Tensor(shape) }

  public func reserve(_ floats: Int) {
    scratch.withLock { _ = $0.floats(floats) }
  }

  /// The scratch memory that was made so far.
  package var scratchBytes: Int {
    scratch.withLock { $0.count * MemoryLayout<Float>.stride }
  }

  /// The floats of a loan of `shared` floats and `each` floats for every worker.
  func scratchFloats(_ need: ScratchNeed) -> Int {
    wholeLines(need.shared) + wholeLines(need.each) * workers
  }

  /// Lends `shared` floats for all workers and `each` floats to every worker; their content is undefined.
  @inline(__always)
  func withScratch(shared: Int = 0, each: Int = 0, _ body: (_ loan: ScratchLoan) -> Void) {
    withScratch((shared, each), body)
  }

  @inline(__always)
  func withScratch(_ need: ScratchNeed, _ body: (_ loan: ScratchLoan) -> Void) {
    let (shared, each) = need
    scratch.withLock { scratch in
      let base = scratch.floats(scratchFloats((shared, each)))
      body(ScratchLoan(shared: base, first: base + wholeLines(shared), part: wholeLines(each)))
    }
  }
}

/// Floats for all workers, and for each of them.
typealias ScratchNeed = (shared: Int, each: Int)

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
