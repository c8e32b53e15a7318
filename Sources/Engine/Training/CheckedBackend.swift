import Kernels
import Taxonomy

extension CPUBackend {
  /// A backend that was seen to compute right on this machine (``BackendCheck``).
  /// - Throws: a ``Problem`` where it does not: nothing may be trained on wrong numbers.
  package static func checked(workers: Int, convolution: ConvolutionMethod = .winograd) throws(Problem) -> CPUBackend {
    let backend = CPUBackend(workers: workers, convolution: convolution)
    if let failure = BackendCheck.firstFailure(of: backend) { throw failure.problem(processor: kernelProcessor) }
    return backend
  }
}

extension BackendCheck {
  /// - Parameter processor: the one that OpenBLAS has chosen its kernels for.
  package func problem(processor: String) -> Problem {
    Problem(
      "OpenBLAS computes wrong results on this processor", at: operation,
      expected: "what a plain sum gives", found: error.isFinite ? "an error of \(error) of the largest value" : "no number",
      advice: "it runs its kernels for \(processor); set OPENBLAS_CORETYPE=Haswell (or Nehalem) in the environment and try again")
  }
}
