import CPeak
import Kernels

enum FloatingPointPeak {
  /// The most floating-point operations a second that one core was seen to do with these vectors.
  static func measure(_ vectors: ProcessorVectors = .best) -> Double {
    (0..<5).map { _ in
      let start = ContinuousClock.now
      let operations = cpeak_multiply_add(2_000_000, vectors.name == "avx512")
      return operations / ((ContinuousClock.now - start) / .seconds(1))
    }.max()!
  }
}
