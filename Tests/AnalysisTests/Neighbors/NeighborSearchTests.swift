import Analysis
import Basics
import Kernels
import TestSupport
import Testing

@Suite struct NeighborSearchTests {
  struct Case: CustomTestStringConvertible {
    var queries, gallery, width, k: Int
    var testDescription: String { "\(queries) queries, \(gallery)×\(width), k \(k)" }
  }

  @Test(
    "finds what comparing every pair in double precision finds, in the same order",
    arguments: [
      Case(queries: 1, gallery: 1, width: 1, k: 1), Case(queries: 3, gallery: 10, width: 7, k: 4),
      Case(queries: 2, gallery: 5, width: 3, k: 50), Case(queries: 300, gallery: 700, width: 33, k: 5),
      Case(queries: 7, gallery: 5000, width: 64, k: 20),
    ], Metric.allCases)
  func agreesWithNaiveTwin(example: Case, metric: Metric) throws {
    let queries = vectors(example.queries, example.width, seed: 1)
    let gallery = vectors(example.gallery, example.width, seed: 2)
    try expectExact(queries, gallery, k: example.k, metric)
  }

  @Test("a hair's breadth far from the origin is still told apart", arguments: Metric.allCases)
  func cancellation(metric: Metric) throws {
    // ‖a‖² + ‖b‖² − 2ab has no digit left here: squared distances of 1e-6 beside squared lengths of 1e4.
    let gallery = vectors(3000, 40, seed: 3)
    for i in gallery.elements.indices { gallery.elements[i] = 16 + gallery.elements[i] * 1e-4 }
    let queries = vectors(20, 40, seed: 4)
    for i in queries.elements.indices { queries.elements[i] = 16 + queries.elements[i] * 1e-4 }
    try expectExact(queries, gallery, k: 10, metric)
  }

  @Test("equal vectors come in the gallery's order", arguments: Metric.allCases)
  func ties(metric: Metric) throws {
    let row: [Float] = [0.3, 0.1, 0.7]
    let gallery = Tensor((0..<5000).flatMap { _ in row }, shape: [5000, 3])
    let found = try search(Tensor(row, shape: [1, 3]), gallery, k: 6, metric)
    #expect(found[0].map(\.index) == [0, 1, 2, 3, 4, 5])
    #expect(found[0].allSatisfy { $0.distance < 1e-12 })
  }

  @Test("a query in the gallery is never its own neighbour, though its double may be", arguments: Metric.allCases)
  func excludesItself(metric: Metric) throws {
    let gallery = vectors(50, 8, seed: 5)
    for i in 0..<8 { gallery.elements[7 * 8 + i] = gallery.elements[3 * 8 + i] }
    let found = try search(gallery, gallery, k: 49, metric, excluding: Array(0..<50))
    for (query, neighbors) in found.enumerated() {
      #expect(neighbors.count == 49)
      #expect(!neighbors.map(\.index).contains(query))
    }
    #expect(found[3][0].index == 7 && found[3][0].distance < 1e-7)
    #expect(found[7][0].index == 3)
    #expect(try search(gallery, gallery, k: 1, metric).map { $0[0].index } == (0..<50).map { $0 == 7 ? 3 : $0 })
  }

  @Test(
    "vectors that hold no numbers come last, at an infinite distance",
    arguments: [Float.nan, .infinity, -.infinity], Metric.allCases)
  func hostileVectors(value: Float, metric: Metric) throws {
    let gallery = vectors(6, 4, seed: 6)
    gallery.elements[1] = value
    gallery.elements[4 * 4 + 2] = value
    let found = try search(vectors(2, 4, seed: 7), gallery, k: 6, metric)
    for neighbors in found {
      #expect(neighbors.suffix(2) == [Neighbor(index: 0, distance: .infinity), Neighbor(index: 4, distance: .infinity)])
      #expect(neighbors.prefix(4).allSatisfy { $0.distance.isFinite })
    }
    let hostile = try search(gallery.prefix(1), gallery, k: 3, metric)
    #expect(hostile[0] == (0..<3).map { Neighbor(index: $0, distance: .infinity) })
  }

  @Test("among thousands, vectors that hold no numbers are found only where there is room", arguments: Metric.allCases)
  func hostileAmongMany(metric: Metric) throws {
    let gallery = vectors(5000, 16, seed: 10), clean = vectors(5000, 16, seed: 10)
    let hostile = [0, 1, 9, 2047, 2048, 4999]
    for (row, value) in zip(hostile, [Float.nan, .infinity, .infinity, -.infinity, .nan, .nan]) {
      gallery.elements[row * 16 + row % 16] = value
    }
    for row in [3, 2100] { for i in 0..<16 { gallery.elements[row * 16 + i] = 0 } }
    let queries = vectors(20, 16, seed: 11)
    for k in [5, 4999] {
      let found = try search(queries, gallery, k: k, metric)
      let naive = try search(queries, clean, k: 5000, metric)
      for (neighbors, all) in zip(found, naive) {
        let rest = neighbors.filter { !hostile.contains($0.index) && $0.index != 3 && $0.index != 2100 }
        #expect(rest.prefix(3) == all.filter { !hostile.contains($0.index) && $0.index != 3 && $0.index != 2100 }.prefix(3))
        #expect(neighbors.map(\.distance) == neighbors.map(\.distance).sorted())
        #expect(neighbors.count == k && neighbors.suffix(from: min(k, 4994)).allSatisfy { $0.distance == .infinity })
      }
    }
  }

  @Test("numbers whose squares are no Float are ranked like others", arguments: Metric.allCases, [1e18, 1e19, 3e20, 3e38 as Float])
  func hugeVectors(metric: Metric, scale: Float) throws {
    let (gallery, queries) = (vectors(500, 12, seed: 13), vectors(9, 12, seed: 14))
    for i in gallery.elements.indices { gallery.elements[i] *= scale }
    // Small ones among them.
    for row in [0, 7, 499] { for i in 0..<12 { gallery.elements[row * 12 + i] /= scale } }
    for i in queries.elements.indices where i / 12 != 4 { queries.elements[i] *= scale }
    try expectExact(queries, gallery, k: 20, metric)
    try expectExact(vectors(2, 12, seed: 15), gallery, k: 500, metric)
  }

  @Test("a vector without length is at cosine distance 1 from all")
  func zeroVectors() throws {
    let gallery = Tensor([0, 0, 1, 0, -1, 0, 1e-30, 1e-30], shape: [4, 2])
    let found = try search(Tensor([0, 0, 2, 0], shape: [2, 2]), gallery, k: 4, .cosine)
    #expect(found[0] == (0..<4).map { Neighbor(index: $0, distance: 1) })
    #expect(found[1].map(\.index) == [1, 0, 3, 2])
    #expect(found[1].map(\.distance) == [0, 1, 1, 2])
  }

  @Test("a gallery handed out in stretches, through one buffer, gives what the whole gives")
  func galleryInStretches() throws {
    let gallery = vectors(5000, 9, seed: 8)
    let queries = vectors(30, 9, seed: 9)
    var asked: [Range<Int>] = []
    let buffer = Tensor([5000, 9])
    let stretches = Gallery(count: 5000, width: 9) { range in
      asked.append(range)
      let rows = buffer.prefix(range.count)
      for i in rows.elements.indices { rows.elements[i] = gallery.elements[range.lowerBound * 9 + i] }
      return rows
    }
    let search = NeighborSearch(k: 7, metric: .l2, backend: CPUBackend(workers: 2))
    #expect(try search.nearest(to: queries, in: stretches) == search.nearest(to: queries, in: Gallery(gallery)))
    #expect(asked.flatMap { Array($0) } == Array(0..<5000))
    #expect(asked.allSatisfy { $0.count <= 4096 })
  }

  @Test("an empty gallery and no queries give nothing")
  func nothing() throws {
    #expect(try search(vectors(2, 3, seed: 1), Tensor([0, 3]), k: 2, .l2) == [[], []])
    #expect(try search(Tensor([0, 3]), vectors(2, 3, seed: 1), k: 2, .l2) == [])
  }

  @Test("a problem of the gallery comes out")
  func galleryFails() {
    let gallery = Gallery(count: 10, width: 2) { _ throws(Problem) in throw Problem("cannot read the features") }
    #expect(throws: Problem("cannot read the features")) {
      try NeighborSearch(k: 1, metric: .l2, backend: CPUBackend(workers: 1)).nearest(to: Tensor([1, 2]), in: gallery)
    }
  }

  // MARK: The naive twin

  private func search(
    _ queries: Tensor, _ gallery: Tensor, k: Int, _ metric: Metric, excluding: [Int?]? = nil
  ) throws -> [[Neighbor]] {
    try NeighborSearch(k: k, metric: metric, backend: CPUBackend(workers: 2))
      .nearest(to: queries, in: Gallery(gallery), excluding: excluding)
  }

  private func expectExact(_ queries: Tensor, _ gallery: Tensor, k: Int, _ metric: Metric) throws {
    let found = try search(queries, gallery, k: k, metric)
    let width = gallery.shape[1]
    let (a, b) = (queries.array.map(Double.init), gallery.array.map(Double.init))
    for query in 0..<queries.shape[0] {
      let x = a[query * width..<(query + 1) * width]
      let all = (0..<gallery.shape[0]).map { row in
        Neighbor(index: row, distance: distance(x, b[row * width..<(row + 1) * width], metric))
      }
      let expected = all.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(k)
      #expect(found[query].map(\.index) == expected.map(\.index))
      #expect(zip(found[query], expected).allSatisfy { abs($0.distance - $1.distance) <= 1e-9 * max($1.distance, 1e-6) })
    }
  }

  private func distance(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>, _ metric: Metric) -> Double {
    func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    switch metric {
    case .l2: return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    case .cosine: return max(0, 1 - dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot())
    }
  }

  private func vectors(_ count: Int, _ width: Int, seed: Int) -> Tensor {
    let tensor = Tensor([count, width])
    let random = CounterRandom(seed: 23, seed)
    for i in tensor.elements.indices { tensor.elements[i] = random.uniform(i) }
    return tensor
  }
}
