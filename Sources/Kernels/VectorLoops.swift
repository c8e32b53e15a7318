// Loops over plain floats in vectors of eight. No fused multiply-add: it would be a library call in a portable build,
// and other bits. Sums run down the rows of a matrix, never across a vector, so that their order is fixed.

typealias Vector = SIMD8<Float>

extension UnsafeMutablePointer<Float> {
  /// The eight floats from `index` on; no alignment needed.
  @inline(__always)
  func vector(_ index: Int) -> Vector {
    UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  func store(_ value: Vector, _ index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Vector.self)
  }

  @inline(__always)
  fileprivate func quartet(_ index: Int) -> SIMD4<Float> {
    UnsafeRawPointer(self + index).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always)
  fileprivate func storeQuartet(_ value: SIMD4<Float>, _ index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: SIMD4<Float>.self)
  }
}

/// Runs `vector` at every multiple of eight below `count` that has eight elements left, and `scalar` at the rest.
@inline(__always)
func forEachVector(_ count: Int, vector: (_ index: Int) -> Void, scalar: (_ index: Int) -> Void) {
  var i = 0
  while i + 8 <= count {
    vector(i)
    i += 8
  }
  while i < count {
    scalar(i)
    i += 1
  }
}

/// target ← source, for the short runs that a call of memcpy would cost more than copying.
@inline(__always)
func copyRun(_ source: Floats, to target: Floats, count: Int) {
  if count >= 8 {
    var i = 0
    while i + 8 <= count {
      target.store(source.vector(i), i)
      i += 8
    }
    // The rest together with a few that were copied already.
    if i < count { target.store(source.vector(count - 8), count - 8) }
  } else if count >= 4 {
    let (first, last) = (source.quartet(0), source.quartet(count - 4))
    target.storeQuartet(first, 0)
    target.storeQuartet(last, count - 4)
  } else {
    if count > 0 { target[0] = source[0] }
    if count > 1 { target[1] = source[1] }
    if count > 2 { target[2] = source[2] }
  }
}

@inline(__always)
func zeroRun(_ target: Floats, count: Int) {
  forEachVector(count, vector: { target.store(Vector(), $0) }, scalar: { target[$0] = 0 })
}

/// target[i] += source[i].
@inline(__always)
func addVector(_ source: Floats, to target: Floats, count: Int) {
  forEachVector(
    count, vector: { target.store(target.vector($0) + source.vector($0), $0) }, scalar: { target[$0] += source[$0] })
}

/// sums[j] += Σ over rows in order of matrix[row, j].
func addRows(_ matrix: Floats, rows: Int, columns: Int, to sums: Floats) {
  for row in 0..<rows { addVector(matrix + row * columns, to: sums, count: columns) }
}

/// target[i] = max(0, target[i]).
@inline(__always)
func clampBelow(_ target: Floats, count: Int) {
  forEachVector(
    count,
    vector: {
      let value = target.vector($0)
      target.store(value.replacing(with: 0, where: value .<= 0), $0)
    },
    scalar: { target[$0] = target[$0] <= 0 ? 0 : target[$0] })
}

/// matrix[row, j] += bias[j] and, if `relu`, max(0, ·).
func addBias(_ bias: Floats, to matrix: Floats, rows: Int, columns: Int, stride: Int, relu: Bool) {
  for row in 0..<rows {
    let target = matrix + row * stride
    if relu {
      forEachVector(
        columns,
        vector: {
          let value = target.vector($0) + bias.vector($0)
          target.store(value.replacing(with: 0, where: value .<= 0), $0)
        },
        scalar: {
          let value = target[$0] + bias[$0]
          target[$0] = value <= 0 ? 0 : value
        })
    } else {
      addVector(bias, to: target, count: columns)
    }
  }
}
