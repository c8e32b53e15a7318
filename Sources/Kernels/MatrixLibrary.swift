import CKernels
import COpenBLAS

/// Whose matrix product is used.
public enum MatrixLibrary: String, Codable, CaseIterable, Sendable {
  /// This project's own: the same bits on every processor.
  case own
  /// The system's OpenBLAS: bits of its own for every kind of processor.
  case openBLAS = "openblas"

  /// What serves this processor best: without fused multiply-add the own one is slow.
  public static var ofProcessor: MatrixLibrary {
    processor_has_fused_multiply_add() || openBLASError != nil ? .own : .openBLAS
  }

  /// What decides the bits of a product: `own`, `OpenBLAS for SkylakeX`.
  public var numerics: String {
    switch self {
    case .own: "own"
    case .openBLAS: openblas_load() ? "OpenBLAS for \(String(cString: openblas_kernels()))" : "OpenBLAS"
    }
  }

  /// What OpenBLAS would have chosen by itself, where this program knows better; nil: its choice was kept.
  public static var correctedChoice: String? {
    openblas_load() ? openblas_own_choice().map { String(cString: $0) } : nil
  }

  /// Why OpenBLAS cannot be used; nil: it can.
  public static var openBLASError: String? { openblas_load() ? nil : String(cString: openblas_error()) }
}

/// The vectors that loops are run with, as a table of functions. All give the same bits.
public struct ProcessorVectors: Equatable, @unchecked Sendable {
  let loops: UnsafePointer<kernels>

  /// What this processor can run, the fastest first.
  public static let supported: [ProcessorVectors] = {
    var found: [ProcessorVectors] = []
    var next = kernels_of_processor()!
    while let kernels = next.pointee {
      found.append(ProcessorVectors(loops: kernels))
      next += 1
    }
    return found
  }()

  public static let best = supported[0]

  /// `avx512`, `avx2`, `plain`.
  public var name: String { String(cString: loops.pointee.name) }

  public static func == (one: ProcessorVectors, other: ProcessorVectors) -> Bool { one.loops == other.loops }
}
