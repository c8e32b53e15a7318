import Basics
import Kernels
import Settings

extension CPUBackend {
  /// A backend that computes as `training` says.
  package convenience init(workers: Int, for training: TrainingConfiguration) {
    self.init(workers: workers, convolution: training.convolution ?? .columns, matrix: training.matrix ?? .ofProcessor)
  }

  /// The same, seen to compute right on this machine (``BackendCheck``).
  /// - Throws: a ``Problem`` where it does not: nothing may be trained on wrong numbers.
  package static func checked(workers: Int, for training: TrainingConfiguration) throws(Problem) -> CPUBackend {
    try (training.matrix ?? .ofProcessor).checkPresence()
    let backend = CPUBackend(workers: workers, for: training)
    if let failure = BackendCheck.firstFailure(of: backend) { throw failure.problem(matrix: backend.matrixLibrary) }
    return backend
  }
}

extension MatrixLibrary {
  /// - Throws: a ``Problem`` where OpenBLAS is meant and not installed.
  package func checkPresence() throws(Problem) {
    guard self == .openBLAS, let error = Self.openBLASError else { return }
    throw Problem(
      "OpenBLAS was not found", at: "--matrix openblas", expected: "libopenblas.so.0", found: error,
      advice: "apt-get install libopenblas0, or leave --matrix out")
  }
}

extension BackendCheck {
  package func problem(matrix: MatrixLibrary) -> Problem {
    Problem(
      "matrix products are wrong on this processor", at: operation, expected: "what a plain sum gives",
      found: (error.isFinite ? "an error of \(error) of the largest value" : "NaN") + ", computed by \(matrix.numerics)",
      advice: matrix == .openBLAS
        ? "leave --matrix out, or set OPENBLAS_CORETYPE=Haswell (or Nehalem) in the environment"
        : "try --matrix openblas, and tell the developers")
  }
}
