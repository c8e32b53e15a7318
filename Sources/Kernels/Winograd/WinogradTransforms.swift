// The one-dimensional transforms of Winograd's minimal filtering (Lavin and Gray 2016, arXiv:1509.09308) through the six
// points 0, 1, −1, 2, −2, ∞, on vectors of eight channels. The two-dimensional ones apply them to columns, then rows.

/// A linear map of `inputs` numbers to `outputs` numbers.
protocol WinogradTransform: Sendable {
  static var inputs: Int { get }
  static var outputs: Int { get }
  static func apply(_ load: (_ index: Int) -> Vector, _ store: (_ index: Int, _ value: Vector) -> Void)
}

extension WinogradTransform {
  /// Maps an inputs × inputs square to `rows` of an outputs × outputs square, both row-major.
  /// - Parameters:
  ///   - rows: a constant, so that nothing is computed for the others.
  ///   - temporary: eight floats for each of outputs · inputs numbers.
  @inline(__always)
  static func applyToSquare(
    rows: Range<Int> = 0..<outputs, temporary: Floats, _ load: (_ index: Int) -> Vector,
    _ store: (_ index: Int, _ value: Vector) -> Void
  ) {
    for column in 0..<inputs {
      apply(
        { load($0 * inputs + column) },
        { if $0 >= rows.lowerBound, $0 < rows.upperBound { temporary.store($1, ($0 * inputs + column) * 8) } })
    }
    for row in rows {
      apply({ temporary.vector((row * inputs + $0) * 8) }, { store(row * outputs + $0, $1) })
    }
  }
}

private let (quarter, third, twoThirds): (Float, Float, Float) = (1 / 4, 1 / 3, 2 / 3)
private let (sixth, twelfth, twentyFourth): (Float, Float, Float) = (1 / 6, 1 / 12, 1 / 24)

/// The number of points of every transform here, and of a tile's side in the transformed space.
let winogradPoints = 6

/// Bᵀ: a tile of the input.
enum InputTransform: WinogradTransform {
  static let inputs = 6, outputs = 6

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (a, b, c, d, e, f) = (load(0), load(1), load(2), load(3), load(4), load(5))
    let (even, odd) = (e - 4 * c, d - 4 * b)
    let (far, wide) = (e - c, 2 * (d - b))
    store(0, 4 * (a - c) + (e - c))
    store(1, even + odd)
    store(2, even - odd)
    store(3, far + wide)
    store(4, far - wide)
    store(5, 4 * (b - d) + (f - d))
  }
}

/// Aᵀ for four outputs.
enum FourOutputs: WinogradTransform {
  static let inputs = 6, outputs = 4

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (p, q, r, s) = (load(1), load(2), load(3), load(4))
    let (ones, onesOdd, twos, twosOdd) = (p + q, p - q, r + s, r - s)
    store(0, load(0) + ones + twos)
    store(1, onesOdd + 2 * twosOdd)
    store(2, ones + 4 * twos)
    store(3, onesOdd + 8 * twosOdd + load(5))
  }
}

/// A, the transpose of ``FourOutputs``: four gradients of outputs.
enum FourGradients: WinogradTransform {
  static let inputs = 4, outputs = 6

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (a, b, c, d) = (load(0), load(1), load(2), load(3))
    let (even, odd) = (a + c, b + d)
    let (evenTwo, oddTwo) = (a + 4 * c, 2 * b + 8 * d)
    store(0, a)
    store(1, even + odd)
    store(2, even - odd)
    store(3, evenTwo + oddTwo)
    store(4, evenTwo - oddTwo)
    store(5, d)
  }
}

/// Aᵀ for two outputs.
enum TwoOutputs: WinogradTransform {
  static let inputs = 6, outputs = 2

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (p, q, r, s) = (load(1), load(2), load(3), load(4))
    store(0, load(0) + (p + q) + (r + s))
    store(1, (p - q) + 2 * (r - s) + load(5))
  }
}

/// A, the transpose of ``TwoOutputs``.
enum TwoGradients: WinogradTransform {
  static let inputs = 2, outputs = 6

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (a, b) = (load(0), load(1))
    store(0, a)
    store(1, a + b)
    store(2, a - b)
    store(3, a + 2 * b)
    store(4, a - 2 * b)
    store(5, b)
  }
}

/// G for a kernel of three.
enum KernelOfThree: WinogradTransform {
  static let inputs = 3, outputs = 6

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (a, b, c) = (load(0), load(1), load(2))
    let (ones, twos) = ((a + c) * -sixth, a * twentyFourth + c * sixth)
    store(0, a * quarter)
    store(1, ones - b * sixth)
    store(2, ones + b * sixth)
    store(3, twos + b * twelfth)
    store(4, twos - b * twelfth)
    store(5, c)
  }
}

/// Gᵀ, the transpose of ``KernelOfThree``.
enum KernelGradientOfThree: WinogradTransform {
  static let inputs = 6, outputs = 3

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (p, q, r, s) = (load(1), load(2), load(3), load(4))
    let (ones, twos) = ((p + q) * -sixth, r + s)
    store(0, load(0) * quarter + ones + twos * twentyFourth)
    store(1, (q - p) * sixth + (r - s) * twelfth)
    store(2, ones + twos * sixth + load(5))
  }
}

/// G for a kernel of five.
enum KernelOfFive: WinogradTransform {
  static let inputs = 5, outputs = 6

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (a, b, c, d, e) = (load(0), load(1), load(2), load(3), load(4))
    let even: Vector = (a + c + e) * -sixth
    let odd: Vector = (b + d) * sixth
    let evenTwo: Vector = a * twentyFourth + c * sixth + e * twoThirds
    let oddTwo: Vector = b * twelfth + d * third
    store(0, a * quarter)
    store(1, even - odd)
    store(2, even + odd)
    store(3, evenTwo + oddTwo)
    store(4, evenTwo - oddTwo)
    store(5, e)
  }
}

/// Gᵀ, the transpose of ``KernelOfFive``.
enum KernelGradientOfFive: WinogradTransform {
  static let inputs = 6, outputs = 5

  @inline(__always)
  static func apply(_ load: (Int) -> Vector, _ store: (Int, Vector) -> Void) {
    let (p, q, r, s) = (load(1), load(2), load(3), load(4))
    let (ones, onesOdd) = ((p + q) * -sixth, (q - p) * sixth)
    let (twos, twosOdd) = (r + s, r - s)
    store(0, load(0) * quarter + ones + twos * twentyFourth)
    store(1, onesOdd + twosOdd * twelfth)
    store(2, ones + twos * sixth)
    store(3, onesOdd + twosOdd * third)
    store(4, ones + twos * twoThirds + load(5))
  }
}
