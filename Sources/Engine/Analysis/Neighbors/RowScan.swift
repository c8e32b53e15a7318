/// Finds the rows of a tile that may be among the nearest to a query, by their products alone: the work between a matrix product
/// and the few distances that are computed directly.
struct RowScan {
  private let lengths: ArraySlice<Float>
  /// ``Pair/side(rowLength:)`` of each row, up to a whole vector.
  private var sides: [SIMD8<Float>]
  /// The rows that were found, and what their distances lie between.
  private var found: [(row: Int, lower: Double)] = []
  /// The least upper bounds of the distances to rows, ascending: what is beyond the last of `k` is not among the nearest.
  private var uppers: [Double] = []

  /// - Parameter lengths: the squared length of each row.
  init(_ metric: Metric, _ width: Int, _ lengths: ArraySlice<Float>) {
    self.lengths = lengths
    let pair = Pair(metric, width, 0)
    sides = (0..<lengths.count / 8).map { vector in
      var sides = SIMD8<Float>()
      for lane in 0..<8 { sides[lane] = pair.side(rowLength: lengths[lengths.startIndex + 8 * vector + lane]) }
      return sides
    }
  }

  /// The rows that may enter `nearest`, ascending; a superset of those that do.
  /// - Parameters:
  ///   - products: of the query with each row.
  ///   - excluded: a row that is none.
  mutating func candidates(_ pair: Pair, products: UnsafeBufferPointer<Float>, excluded: Int?, nearest: NearestList) -> [Int] {
    found.removeAll(keepingCapacity: true)
    uppers.removeAll(keepingCapacity: true)
    var limit = nearest.bound ?? .infinity
    let isSum = pair.metric == .l2
    var level = SIMD8(repeating: pair.level(limit))
    let base = UnsafeRawPointer(products.baseAddress!)
    for (vector, side) in sides.enumerated() {
      let eight = base.loadUnaligned(fromByteOffset: 32 * vector, as: SIMD8<Float>.self)
      let isBeyond = eight .< (isSum ? side + level : side * level)
      guard !all(isBeyond) else { continue }
      for lane in 0..<8 where !isBeyond[lane] && 8 * vector + lane != excluded {
        look(at: 8 * vector + lane, pair, product: eight[lane], limit: &limit, k: nearest.limit)
      }
      level = SIMD8(repeating: pair.level(limit))
    }
    for row in 8 * sides.count..<products.count where row != excluded {
      look(at: row, pair, product: products[row], limit: &limit, k: nearest.limit)
    }
    return found.filter { $0.lower <= limit }.map(\.row)
  }

  private mutating func look(at row: Int, _ pair: Pair, product: Float, limit: inout Double, k: Int) {
    guard let bounds = pair.bounds(product: product, rowLength: lengths[lengths.startIndex + row]) else {
      found.append((row, 0))
      return
    }
    guard bounds.lower <= limit else { return }
    found.append((row, bounds.lower))
    guard uppers.count < k || bounds.upper < uppers[k - 1] else { return }
    if uppers.count == k { uppers.removeLast() }
    uppers.insert(bounds.upper, at: uppers.firstIndex { $0 > bounds.upper } ?? uppers.count)
    if uppers.count == k { limit = min(limit, uppers[k - 1].nextUp) }
  }
}
