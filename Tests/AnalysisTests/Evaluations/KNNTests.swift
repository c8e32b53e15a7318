import Analysis
import Basics
import FoundationEssentials
import Kernels
import Testing

@Suite struct KNNTests {
  private let backend = CPUBackend(workers: 2)

  /// For L2 whole numbers, so that many distances are equal.
  private func vectors(_ count: Int, _ width: Int, seed: Int, _ metric: Metric) -> Tensor {
    let tensor = Tensor([count, width])
    let random = CounterRandom(seed: 17, seed)
    for i in tensor.elements.indices { tensor.elements[i] = metric == .l2 ? Float(random.below(4, i)) : random.uniform(i) - 0.4 }
    return tensor
  }

  @Test("Each image gets the class that comparing every pair and counting votes by hand gives it", arguments: Metric.allCases, [1, 2, 5, 400])
  func agreesWithNaiveTwin(metric: Metric, k: Int) throws {
    let width = 3
    let (queries, gallery) = (vectors(60, width, seed: 1, metric), vectors(300, width, seed: 2, metric))
    let labels = (0..<300).map { Int32($0 * 7 % 5) }
    let rows = Array(stride(from: 0, to: 60, by: 2))
    let found = try KNNRequest.classify(rows, of: queries, among: Gallery(gallery), labels: labels, k: k, metric: metric, backend: backend)
    #expect(found.count == rows.count)
    for (place, query) in rows.enumerated() {
      let nearest = (0..<300).sorted { a, b in
        let (x, y) = (distance(queries, query, gallery, a, metric), distance(queries, query, gallery, b, metric))
        return (x, a) < (y, b)
      }.prefix(k)
      let votes = (0..<5).map { label in nearest.count { labels[$0] == Int32(label) } }
      let tied = (0..<5).filter { votes[$0] == votes.max()! }
      let first = nearest.first { tied.contains(Int(labels[$0])) }!
      #expect(found[place] == labels[first], "query \(query)")
    }
  }

  private func distance(_ a: Tensor, _ row: Int, _ b: Tensor, _ other: Int, _ metric: Metric) -> Double {
    let width = a.shape[1]
    let x = (0..<width).map { Double(a.elements[row * width + $0]) }, y = (0..<width).map { Double(b.elements[other * width + $0]) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return metric == .l2
      ? zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      : max(0, 1 - dot(x, y) / (dot(x, x).squareRoot() * dot(y, y).squareRoot()))
  }

  @Test("Two classes with as many votes: the nearer image decides; a vector that holds no numbers has no class")
  func ties() throws {
    let gallery = Tensor([1, 2, 4, 8], shape: [4, 1])
    let queries = Tensor([0, 9, .nan], shape: [3, 1])
    let found = try KNNRequest.classify(
      [0, 1, 2], of: queries, among: Gallery(gallery), labels: [0, 1, 0, 1], k: 4, metric: .l2, backend: backend)
    #expect(found == [0, 1, -1])
  }

  @Test("Top-1 counts images, mean class accuracy counts classes, and those without images count in neither")
  func recognition() {
    let found = Recognition(
      truths: [0, 0, 0, 0, 1], predictions: [0, 0, 0, 1, -1], classes: [("a", "a"), ("b", "b"), ("c", "c")])
    #expect(found.top1 == 0.6 && found.meanClassAccuracy.value == 0.375 && found.classes.map(\.right) == [3, 0, 0])
  }

  @Test("A result comes back from JSON as it was, and its table says the same to people and as comma-separated values")
  func report() throws {
    let recognition = Recognition(truths: [0, 0, 1], predictions: [0, 1, 1], classes: [("a", "a"), ("b", "b, c")])
    let result = KNNResult(
      run: "r", step: 1200, dataset: "d", space: "fc7", labels: nil, k: 3, metric: .l2, trainingImages: 9, recognition: recognition)
    let back = try JSONDecoder().decode(KNNResult.self, from: JSONEncoder().encode(result))
    #expect(back.recognition == recognition && back.metrics.map(\.name) == ["accuracy", "top1"])
    let table = result.report.tables[0]
    #expect(table.rows[0].map(\.shown).contains("66.7 %") && table.rows[0].map(\.shown).contains("1,200"))
    #expect(result.report.csv.split(separator: "\n").count == 2 && result.report.csv.contains("mean class accuracy,95 % low,95 % high\n"))
    #expect(result.report.csv.contains(",1200,") && result.report.csv.contains("0.75"))
    #expect(result.report(perClass: true).tables[1].csv.contains("\"b, c\""))
    let request = KNNRequest(run: "r@5", metric: .cosine, k: 7, labels: "four")
    #expect(try JSONDecoder().decode(KNNRequest.self, from: JSONEncoder().encode(request)) == request)
  }
}
