import CKernels
import COpenBLAS

/// A row-major matrix, possibly a slice of wider rows.
struct Matrix: @unchecked Sendable {
  var base: Floats
  /// Floats from one row to the next.
  var stride: Int
  var transposed = false
}

/// The right operand of a product, inner × columns, in the order in which it is read.
struct PackedMatrix: @unchecked Sendable {
  var base: Floats
  let inner: Int
  /// Columns of a panel: element (k, column) lies at base[column / width · panel + k · step + column % width].
  let width: Int
  let panel: Int
  let step: Int

  /// Some of its rows.
  func rows(_ range: Range<Int>) -> PackedMatrix {
    PackedMatrix(base: base + range.lowerBound * step, inner: range.count, width: width, panel: panel, step: step)
  }

  /// The columns from `column` on, which begins a panel or lies in the only one.
  func panels(from column: Int) -> PackedMatrix {
    let (number, rest) = column.quotientAndRemainder(dividingBy: width)
    return PackedMatrix(base: base + number * panel + rest, inner: inner, width: width, panel: panel, step: step)
  }
}

/// What is done to a product before it is left.
struct ProductEnd: @unchecked Sendable {
  var bias: Floats?
  var relu = false
  static let nothing = ProductEnd()
}

/// What computes products of matrices: this project's own loops, or OpenBLAS.
///
/// An element of a product is a sum of chains of fused multiply-adds, each over ``chain`` neighbouring `inner`s in order: the same bits
/// whatever the vectors are wide and however the rows and columns are cut. OpenBLAS has an order of its own.
struct MatrixProduct: @unchecked Sendable {
  private let own: UnsafePointer<kernels>?
  /// Columns of a panel of the right operand; nil: it is one panel.
  private let panel: Int?

  /// The longest chain. Long ones are quicker, short ones more exact.
  static let chain = 384

  init(_ kernels: UnsafePointer<kernels>) {
    own = kernels
    panel = kernels.pointee.tile_columns
  }

  private init() { (own, panel) = (nil, nil) }
  /// ``MatrixLibrary/openBLAS``, which must have been loaded.
  static let openBLAS = MatrixProduct()

  // MARK: The right operand

  func panelWidth(_ columns: Int) -> Int { panel ?? columns }

  /// The floats of a packed matrix.
  func packedFloats(inner: Int, columns: Int) -> Int {
    let width = panelWidth(columns)
    return columns == 0 ? 0 : ceilDivide(columns, width) * width * inner
  }

  /// The packed matrix at `base`, whose floats may yet have to be written.
  func packed(at base: Floats, inner: Int, columns: Int) -> PackedMatrix {
    let width = panelWidth(columns)
    return PackedMatrix(base: base, inner: inner, width: width, panel: inner * width, step: width)
  }

  /// Packs `columns`, which begin a panel, and as many rows as `target` has, of a matrix whose first row and column is `matrix.base`.
  func pack(_ matrix: Matrix, columns: Range<Int>, into target: PackedMatrix) {
    for first in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: target.width) {
      let (count, place) = (min(target.width, columns.upperBound - first), target.panels(from: first).base)
      if matrix.transposed {
        pack_columns(matrix.base + first * matrix.stride, matrix.stride, target.inner, count, place, target.step)
      } else {
        pack_rows(matrix.base + first, matrix.stride, target.inner, count, place, target.step)
      }
    }
  }

  /// A matrix that is read as it lies, at no cost but slower: its columns are of whole vectors, or at least 16 floats are readable
  /// behind its last.
  func inPlace(_ matrix: Matrix, inner: Int) -> PackedMatrix {
    PackedMatrix(base: matrix.base, inner: inner, width: panel ?? .max, panel: panel ?? 0, step: matrix.stride)
  }

  // MARK: Products

  /// target = a · b, or target + a · b if `accumulate`, then the end; a is rows × inner after transposition.
  func multiply(
    _ a: Matrix, _ b: PackedMatrix, into target: Matrix, rows: Int, columns: Int, accumulate: Bool = false,
    end: ProductEnd = .nothing
  ) {
    guard let own else {
      openblas_multiply(
        a.transposed, rows, columns, b.inner, a.base, a.stride, b.base, b.step, accumulate, target.base, target.stride)
      return end.apply(target, rows: rows, columns: columns)
    }
    var block = Self.block(a, b, target, rows: rows, columns: columns)
    var k = 0
    repeat {
      block.inner = min(Self.chain, b.inner - k)
      block.a = UnsafePointer(a.base + k * block.a_step)
      block.b = UnsafePointer(b.base + k * b.step)
      block.accumulate = accumulate || k > 0
      k += block.inner
      if k == b.inner { (block.bias, block.relu) = (end.bias.map { UnsafePointer($0) }, end.relu) }
      own.pointee.multiply(&block)
    } while k < b.inner
  }

  /// What the loops are told of a product as a whole.
  private static func block(_ a: Matrix, _ b: PackedMatrix, _ target: Matrix, rows: Int, columns: Int) -> matrix_block {
    var block = matrix_block()
    (block.rows, block.columns, block.inner) = (rows, columns, b.inner)
    (block.a_row, block.a_step) = a.transposed ? (1, a.stride) : (a.stride, 1)
    (block.b_panel, block.b_step) = (b.panel, b.step)
    (block.a, block.b) = (UnsafePointer(a.base), UnsafePointer(b.base))
    (block.c, block.c_row) = (target.base, target.stride)
    return block
  }

  /// The same for a row-major `a` whose rows may be so far apart that they would meet in one place of a cache: some of them at a time are
  /// copied to `room`, ``roomFloats`` floats.
  func multiply(
    copying a: Matrix, _ b: PackedMatrix, into target: Matrix, rows: Int, columns: Int, accumulate: Bool = false,
    end: ProductEnd = .nothing, room: Floats
  ) {
    let stride = Self.chain + 16
    for first in Swift.stride(from: 0, to: rows, by: Self.roomRows) {
      let count = min(Self.roomRows, rows - first)
      let part = Matrix(base: target.base + first * target.stride, stride: target.stride)
      for k in Self.chains(b.inner) {
        for row in 0..<count {
          (room + row * stride).update(from: a.base + (first + row) * a.stride + k.lowerBound, count: k.count)
        }
        multiply(
          Matrix(base: room, stride: stride), b.rows(k), into: part, rows: count, columns: columns,
          accumulate: accumulate || k.lowerBound > 0, end: k.upperBound == b.inner ? end : .nothing)
      }
    }
  }

  /// Tiles of 14 and nearly of 6.
  static let roomRows = 112
  static let roomFloats = roomRows * (chain + 16)

  /// `inner` cut into chains.
  static func chains(_ inner: Int) -> some Sequence<Range<Int>> {
    Swift.stride(from: 0, to: inner, by: chain).lazy.map { $0..<min(inner, $0 + chain) }
  }

  /// Changes the weights and velocities at `weights` and `velocity` by a · b as their gradient, whose `inner` is within one chain.
  func descend(
    _ a: Matrix, _ b: PackedMatrix, rule: descent, weights: Matrix, velocity: Floats, rows: Int, columns: Int,
    temporary: @autoclosure () -> Floats
  ) {
    guard let own, b.inner <= Self.chain else {
      let gradient = Matrix(base: temporary(), stride: columns)
      multiply(a, b, into: gradient, rows: rows, columns: columns)
      for row in 0..<rows {
        let place = row * weights.stride
        Kernels.descend(
          weights.base + place, gradient: gradient.base + row * columns, velocity: velocity + place, count: columns, learningRate: rule.rate,
          momentum: rule.momentum, weightDecay: rule.decay, nesterov: rule.nesterov)
      }
      return
    }
    var block = Self.block(a, b, weights, rows: rows, columns: columns)
    block.velocity = velocity
    withUnsafePointer(to: rule) {
      block.descent = $0
      own.pointee.multiply(&block)
    }
  }
}

extension ProductEnd {
  func apply(_ target: Matrix, rows: Int, columns: Int) {
    guard bias != nil || relu else { return }
    for row in 0..<rows {
      let target = target.base + row * target.stride
      for column in 0..<columns {
        var value = target[column]
        if let bias { value += bias[column] }
        target[column] = relu && value <= 0 ? 0 : value
      }
    }
  }
}
