import Basics
import Kernels

/// How far two feature vectors are apart.
public enum Metric: String, Codable, Sendable, CaseIterable {
  /// ‖a − b‖.
  case l2
  /// 1 − a·b / (‖a‖ ‖b‖), between 0 and 2. A vector without length has no direction: it is at 1 from all.
  case cosine
}

/// A row of a gallery, and how far it is from the query.
public struct Neighbor: Equatable, Codable, Sendable {
  public var index: Int
  /// In the search's metric; infinite where a vector holds NaN or infinity.
  public var distance: Double

  public init(index: Int, distance: Double) {
    self.index = index
    self.distance = distance
  }
}

/// Exact search for the K nearest rows of a gallery.
///
/// Blocks of queries meet blocks of the gallery in one matrix product, ‖a − b‖² = ‖a‖² + ‖b‖² − 2 a·b, in single precision.
/// That formula cancels where a and b are close, so it only decides who cannot be among the nearest: a row whose estimate,
/// less the largest error that the estimate can have, lies beyond the K-th distance so far. Everyone else's
/// distance is computed directly and in double precision, which is what is ranked and reported. The result is therefore
/// that of comparing every pair directly, and in the same order on every machine.
///
/// Memory: K neighbours a query, and for each worker the products of `queryBlock` queries with some hundred rows. Time: about 2 · queries · gallery ·
/// width operations of matrix product.
public struct NeighborSearch {
  public let k: Int
  public let metric: Metric
  let backend: any Backend

  // Large, because a matrix product copies rows of the gallery into an order of its own first, for all queries at once.
  static let queryBlock = 1024
  /// A tile for each worker.
  let galleryBlock: Int
  /// Rows of the gallery that one worker compares with a block of queries, at most.
  private static let tile = 2048

  public init(k: Int, metric: Metric, backend: any Backend) {
    precondition(k > 0, "a search for \(k) neighbours")
    self.k = k
    self.metric = metric
    self.backend = backend
    galleryBlock = Self.tile * max(2, backend.workers)
  }

  /// The nearest rows to each query, nearest first, equal distances in the gallery's order. Fewer than `k` where the gallery is
  /// smaller.
  ///
  /// - Parameters:
  ///   - queries: [count, width].
  ///   - excluding: for each query the row of the gallery that it is itself, or nil; that row is never its neighbour.
  /// - Throws: what the gallery throws.
  public func nearest(
    to queries: Tensor, in gallery: Gallery, excluding: [Int?]? = nil
  ) throws(Problem) -> [[Neighbor]] {
    precondition(
      queries.shape.count == 2 && queries.shape[1] == gallery.width,
      "queries of shape \(queries.shape) in a gallery of vectors of \(gallery.width)")
    let (count, width) = (queries.shape[0], queries.shape[1])
    precondition(excluding == nil || excluding!.count == count, "\(excluding!.count) exclusions for \(count) queries")
    let lengths = squaredLengths(queries)
    var nearest = [NearestList](repeating: NearestList(limit: k), count: count)

    for first in stride(from: 0, to: gallery.count, by: galleryBlock) {
      let block = first..<min(gallery.count, first + galleryBlock)
      let rows = try gallery.rows(block)
      precondition(rows.shape == [block.count, width], "rows of shape \(rows.shape) for \(block)")
      let rowLengths = squaredLengths(rows)
      for firstQuery in stride(from: 0, to: count, by: Self.queryBlock) {
        let batch = firstQuery..<min(count, firstQuery + Self.queryBlock)
        let tile = min(Self.tile, ceilDivide(block.count, backend.workers))
        let tiles = ceilDivide(block.count, tile)
        // What is found in each tile, one after the other; a core looks through the products that it made.
        var found = (0..<tiles).flatMap { _ in nearest[batch].map { NearestList(limit: k, below: $0.bound) } }
        found.withUnsafeMutableBufferPointer { lists in
          nonisolated(unsafe) let lists = lists
          backend.forEachRowProducts(Self.window(queries, batch), rows, tile: tile) { [metric] place, part, products in
            let own = place * batch.count
            var scan = RowScan(metric, width, rowLengths[part])
            for (number, query) in batch.enumerated() {
              let pair = Pair(metric, width, lengths[query])
              let near = scan.candidates(
                pair, products: UnsafeBufferPointer(rebasing: products[number * part.count..<(number + 1) * part.count]),
                excluded: excluding?[query].map { $0 - block.lowerBound - part.lowerBound }, nearest: lists[own + number])
              for row in near {
                let distance = pair.distance(
                  queries.elements, query * width, rows.elements, (part.lowerBound + row) * width, rowLength: rowLengths[part.lowerBound + row])
                lists[own + number].insert(Neighbor(index: block.lowerBound + part.lowerBound + row, distance: distance))
              }
            }
          }
        }
        for (place, list) in found.enumerated() {
          for neighbor in list.neighbors { nearest[batch.lowerBound + place % batch.count].insert(neighbor) }
        }
      }
    }
    return nearest.map(\.neighbors)
  }

  /// Finds the neighbours of some rows of a matrix. They are gathered a gigabyte at a time; the gallery is looked at where it lies.
  /// - Parameters:
  ///   - excluding: of a row, the row of the gallery that it is itself, or nil.
  ///   - body: gets each row with its neighbours, nearest first.
  func forEach(
    _ asked: [Int], of queries: Tensor, in gallery: Gallery, excluding: (Int) -> Int? = { _ in nil }, body: (Int, [Neighbor]) -> Void
  ) throws(Problem) {
    let most = max(1, (1 << 30) / (4 * max(1, queries.shape[1])))
    for start in stride(from: 0, to: asked.count, by: most) {
      let part = asked[start..<min(asked.count, start + most)]
      let vectors = backend.makeTensor([part.count, queries.shape[1]])
      vectors.gather(part, from: queries)
      for (row, neighbors) in zip(part, try nearest(to: vectors, in: gallery, excluding: part.map(excluding))) { body(row, neighbors) }
    }
  }

  private func squaredLengths(_ rows: Tensor) -> [Float] {
    let lengths = backend.makeTensor([rows.shape[0]])
    backend.squaredRowNorms(rows, output: lengths)
    return lengths.array
  }

  private static func window(_ tensor: Tensor, _ rows: Range<Int>) -> Tensor {
    let width = tensor.shape[1]
    return Tensor(
      storage: tensor.storage, offset: tensor.offset + rows.lowerBound * width, shape: [rows.count, width])
  }
}

/// The nearest so far, nearest first.
struct NearestList {
  let limit: Int
  /// What every distance must lie below, where that is known.
  private let ceiling: Double?
  private(set) var neighbors: [Neighbor] = []

  init(limit: Int, below ceiling: Double? = nil) {
    (self.limit, self.ceiling) = (limit, ceiling)
  }

  /// What a distance must lie below to enter; nil while there is room.
  var bound: Double? { neighbors.count < limit ? ceiling : neighbors[limit - 1].distance }

  /// Neighbours come in ascending order of their index, so that one as far as another goes behind it.
  mutating func insert(_ neighbor: Neighbor) {
    if let bound, neighbor.distance >= bound { return }
    if neighbors.count == limit { neighbors.removeLast() }
    var place = neighbors.count
    while place > 0, neighbors[place - 1].distance > neighbor.distance { place -= 1 }
    neighbors.insert(neighbor, at: place)
  }
}
