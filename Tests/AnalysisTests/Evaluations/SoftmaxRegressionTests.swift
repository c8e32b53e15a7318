import Analysis
import Basics
import Kernels
import Testing

@Suite struct SoftmaxRegressionTests {
  private let width = 7, classes = 4
  private let features: Tensor
  private let labels: [Int32]
  private let rows: [Int]

  /// Overlapping clouds, of which every fifth row is left out; the last feature never changes.
  init() {
    let features = Tensor([1500, 7])
    let random = CounterRandom(seed: 5)
    for row in 0..<1500 {
      for i in 0..<7 {
        let noise = random.uniform(row * 7 + i) + random.uniform(100_000 + row * 7 + i) - 1
        features.elements[row * 7 + i] = i == 6 ? 3 : 20 * noise * Float(i + 1) + Float(row % 4 == i ? 16 * (i + 1) : 0) + 50
      }
    }
    self.features = features
    rows = (0..<1500).filter { $0 % 5 != 2 }
    labels = rows.map { Int32($0 % 4) }
  }

  private func fitted(workers: Int, strength: Double = 1e-3) throws -> SoftmaxRegression {
    var probe = SoftmaxRegression(classes: classes, standardising: rows, of: features, backend: CPUBackend(workers: workers))
    try probe.fit(rows, of: features, labels: labels, strength: strength)
    return probe
  }

  @Test("The gradient is what the loss changes by", arguments: [0, 0.3])
  func gradient(strength: Double) {
    let probe = SoftmaxRegression(classes: classes, standardising: rows, of: features, backend: CPUBackend(workers: 2))
    let random = CounterRandom(seed: 9)
    let parameters = (0..<classes * (width + 1)).map { Double(random.uniform($0)) - 0.5 }
    var (gradient, unused) = (parameters, parameters)
    func loss(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
      probe.evaluate(rows, of: features, labels: labels, strength: strength, at: parameters, gradient: &gradient)
    }
    _ = loss(parameters, &gradient)
    for i in parameters.indices {
      var (up, down) = (parameters, parameters)
      up[i] += 1.0 / 64
      down[i] -= 1.0 / 64
      let slope = (loss(up, &unused) - loss(down, &unused)) * 32
      #expect(abs(slope - gradient[i]) < 2e-4, "parameter \(i): \(gradient[i]), but \(slope)")
    }
  }

  @Test("The same bits for any number of workers")
  func workers() throws {
    let one = try fitted(workers: 1)
    for workers in [2, 3, 5] {
      let other = try fitted(workers: workers)
      #expect(other.parameters == one.parameters && other.loss == one.loss && other.iterations == one.iterations)
    }
  }

  @Test("What it ends at is the minimum: its gradient, computed row by row in double precision, is nothing")
  func minimum() throws {
    let strength = 1e-3
    let probe = try fitted(workers: 2, strength: strength)
    #expect(probe.largestGradient <= 1e-5, "\(probe.largestGradient) after \(probe.iterations)")
    let x = rows.map { row in (0..<width).map { Double(features.elements[row * width + $0]) } }
    let n = Double(rows.count)
    let means = (0..<width).map { i in x.reduce(0) { $0 + $1[i] } / n }
    let scales = (0..<width).map { i -> Double in
      let variance = x.reduce(0) { $0 + ($1[i] - means[i]) * ($1[i] - means[i]) } / n
      return variance > 0 ? 1 / variance.squareRoot() : 0
    }
    var gradient = [Double](repeating: 0, count: classes * (width + 1))
    for (place, row) in x.enumerated() {
      let z = (0..<width).map { (row[$0] - means[$0]) * scales[$0] }
      let scores = (0..<classes).map { c in
        (0..<width).reduce(probe.parameters[classes * width + c]) { $0 + probe.parameters[c * width + $1] * z[$1] }
      }
      let powers = scores.map { exponential($0 - scores.max()!) }
      for c in 0..<classes {
        let error = powers[c] / powers.reduce(0, +) - (Int32(c) == labels[place] ? 1 : 0)
        for i in 0..<width { gradient[c * width + i] += error * z[i] / n }
        gradient[classes * width + c] += error / n
      }
    }
    for i in 0..<classes * width { gradient[i] += strength * probe.parameters[i] }
    #expect(gradient.allSatisfy { abs($0) < 5e-5 }, "\(gradient)")
    // The feature that never changes has no weight.
    #expect((0..<classes).allSatisfy { probe.parameters[$0 * width + 6] == 0 })
    let predictions = probe.predict(rows, of: features)
    let right = zip(predictions, labels).count { $0 == $1 }
    #expect(right > rows.count / 2, "\(right) of \(rows.count)")
  }

  @Test("More regularisation makes smaller weights, and what progress throws ends the fit")
  func strength() throws {
    func length(_ probe: SoftmaxRegression) -> Double { probe.parameters.prefix(classes * width).reduce(0) { $0 + $1 * $1 } }
    let (weak, strong) = (try fitted(workers: 2), try fitted(workers: 2, strength: 1))
    #expect(length(strong) < length(weak) / 4)
    var probe = SoftmaxRegression(classes: classes, standardising: rows, of: features, backend: CPUBackend(workers: 1))
    #expect(throws: Problem.cancelled) {
      try probe.fit(rows, of: features, labels: labels, strength: 0) { done throws(Problem) in if done == 2 { throw .cancelled } }
    }
    #expect(probe.iterations == 2)
  }
}
