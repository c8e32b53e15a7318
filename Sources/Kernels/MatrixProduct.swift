import COpenBLAS

extension CPUBackend {
  /// The kind of processor that OpenBLAS has chosen its kernels for: `Haswell`, `Zen`, `SkylakeX`.
  public static var kernelProcessor: String { String(cString: openblas_get_corename()) }
}

/// A row-major matrix for ``multiply(_:_:into:rows:columns:inner:accumulate:)``, possibly a slice of wider rows.
struct Matrix: @unchecked Sendable {
  var base: Floats
  /// Floats from one row to the next.
  var stride: Int
  var transposed = false
}

/// target = a · b, or target + a · b if `accumulate`; a is rows × inner and b inner × columns after transposition.
@inline(__always)
func multiply(
  _ a: Matrix, _ b: Matrix, into target: Matrix, rows: Int, columns: Int, inner: Int, accumulate: Bool = false
) {
  cblas_sgemm(
    CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
    Int32(rows), Int32(columns), Int32(inner), 1, a.base, Int32(a.stride), b.base, Int32(b.stride),
    accumulate ? 1 : 0, target.base, Int32(target.stride))
}
