import Basics
import Kernels

/// Softmax regression (a linear classifier) with L2 regularisation: the minimum of
/// mean cross-entropy + λ/2 · ‖W‖² over weights W [classes, features] and biases, which are not regularised.
///
/// Features are standardised: each less its mean, divided by its standard deviation over the training rows. The minimum is found by L-BFGS (Nocedal
/// and Wright 2006, Algorithm 7.5). Products are the backend's, in single precision; sums over rows are cut by shapes alone and added in order, so
/// that the same rows give the same bits for any number of workers.
package struct SoftmaxRegression {
  let width, classes: Int
  /// Of each feature what is subtracted from it, and what the rest is multiplied by.
  private let means, scales: [Float]
  private let backend: any Backend

  /// Weights [classes, width], then biases [classes].
  package private(set) var parameters: [Double]
  package private(set) var iterations = 0
  /// At ``parameters``.
  package private(set) var loss = Double.infinity
  /// The largest derivative by a parameter, without its sign.
  package private(set) var largestGradient = Double.infinity

  /// Rows that go through the products at a time: a constant, since it cuts the sums.
  private static let batch = 1024
  /// Pairs of steps and changes of the gradient that L-BFGS remembers.
  private static let memory = 10

  /// - Parameters:
  ///   - rows: of `features` [images, width], which are looked at; one or more.
  package init(classes: Int, standardising rows: [Int], of features: Tensor, backend: any Backend) {
    let width = features.shape[1]
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    let values = features.elements
    for row in rows { for i in 0..<width { sums[i] += Double(values[row * width + i]) } }
    let means = sums.map { Float($0 / Double(rows.count)) }
    for row in rows {
      for i in 0..<width {
        let rest = Double(values[row * width + i] - means[i])
        squares[i] += rest * rest
      }
    }
    // A feature that never changes tells nothing, and stays 0.
    scales = squares.map { $0 > 0 ? Float((Double(rows.count) / $0).squareRoot()) : 0 }
    (self.means, self.width, self.classes, self.backend) = (means, width, classes, backend)
    parameters = [Double](repeating: 0, count: classes * (width + 1))
  }

  /// Walks to the minimum.
  /// - Parameters:
  ///   - labels: of `rows`.
  ///   - strength: λ.
  ///   - tolerance: how large the largest derivative may be at the end.
  ///   - progress: hears how many iterations are done; what it throws ends the work.
  package mutating func fit(
    _ rows: [Int], of features: Tensor, labels: [Int32], strength: Double, tolerance: Double = 1e-5, most: Int = 1000,
    progress: (Int) throws(Problem) -> Void = { _ in }
  ) throws(Problem) {
    var gradient = [Double](repeating: 0, count: parameters.count)
    loss = evaluate(rows, of: features, labels: labels, strength: strength, at: parameters, gradient: &gradient)
    var pairs: [(step: [Double], change: [Double], curvature: Double)] = []
    iterations = 0
    while true {
      largestGradient = gradient.reduce(0) { max($0, abs($1)) }
      guard largestGradient > tolerance, iterations < most else { return }
      try progress(iterations)
      var direction = Self.direction(gradient, pairs)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {
        pairs = []
        direction = gradient.map { -$0 }
        slope = Self.dot(direction, gradient)
      }
      var length = pairs.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1
      var next = parameters, nextGradient = gradient, nextLoss = loss
      var isLower = false
      // Half the length until the loss falls as far as it should (Armijo's condition). Near the minimum single precision cannot tell by the
      // loss, but by the slope there (Hager and Zhang 2005, the approximate Wolfe conditions).
      for _ in 0..<30 {
        for i in next.indices { next[i] = parameters[i] + length * direction[i] }
        nextLoss = evaluate(rows, of: features, labels: labels, strength: strength, at: next, gradient: &nextGradient)
        isLower = nextLoss <= loss + 1e-4 * length * slope
          || nextLoss <= loss + 1e-6 * abs(loss) && Self.dot(direction, nextGradient) <= (2e-4 - 1) * slope
        if isLower { break }
        length /= 2
      }
      // No lower loss can be told apart: this is the minimum.
      guard isLower else { return }
      let step = zip(next, parameters).map { $0 - $1 }
      let change = zip(nextGradient, gradient).map { $0 - $1 }
      let curvature = Self.dot(step, change)
      if curvature > 1e-12 * Self.dot(change, change) {
        pairs.append((step, change, curvature))
        if pairs.count > Self.memory { pairs.removeFirst() }
      }
      (parameters, gradient, loss) = (next, nextGradient, nextLoss)
      iterations += 1
    }
  }

  /// −H · gradient, where H estimates the inverse of the second derivatives by the last steps.
  private static func direction(_ gradient: [Double], _ pairs: [(step: [Double], change: [Double], curvature: Double)]) -> [Double] {
    var result = gradient.map { -$0 }
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = dot(pair.step, result) / pair.curvature
      factors.append(factor)
      for i in result.indices { result[i] -= factor * pair.change[i] }
    }
    if let last = pairs.last {
      let scale = last.curvature / dot(last.change, last.change)
      for i in result.indices { result[i] *= scale }
    }
    for (pair, factor) in zip(pairs, factors.reversed()) {
      let rest = factor - dot(pair.change, result) / pair.curvature
      for i in result.indices { result[i] += rest * pair.step[i] }
    }
    return result
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  /// The loss and its gradient at some parameters.
  package func evaluate(
    _ rows: [Int], of features: Tensor, labels: [Int32], strength: Double, at parameters: [Double], gradient: inout [Double]
  ) -> Double {
    let (weights, biases) = tensors(parameters)
    let batch = min(Self.batch, rows.count)
    let (weightGradient, biasGradient) = (backend.makeTensor([classes, width]), backend.makeTensor([classes]))
    let (errors, losses) = (backend.makeTensor([batch, classes]), backend.makeTensor([batch]))
    var loss = 0.0
    for i in gradient.indices { gradient[i] = 0 }
    forEachBatch(rows, of: features, weights, biases) { places, input, logits in
      let (error, part) = (errors.prefix(places.count), losses.prefix(places.count))
      backend.softmaxCrossEntropy(
        logits: logits, labels: Array(labels[places]), smoothing: 0, gradientScale: 1, losses: part, gradient: error)
      backend.fullyConnectedWeightGradient(input: input, outputGradient: error, weightGradient: weightGradient, biasGradient: biasGradient)
      for value in part.elements { loss += Double(value) }
      let (weightSums, biasSums) = (weightGradient.elements, biasGradient.elements)
      gradient.withUnsafeMutableBufferPointer { gradient in
        for i in 0..<weightSums.count { gradient[i] += Double(weightSums[i]) }
        for i in 0..<biasSums.count { gradient[weightSums.count + i] += Double(biasSums[i]) }
      }
    }
    let count = Double(rows.count)
    var squares = 0.0
    for i in gradient.indices {
      gradient[i] /= count
      guard i < classes * width else { continue }
      gradient[i] += strength * parameters[i]
      squares += parameters[i] * parameters[i]
    }
    return loss / count + strength / 2 * squares
  }

  /// The class of each of some rows: the first with the highest score.
  package func predict(_ rows: [Int], of features: Tensor) -> [Int32] {
    let (weights, biases) = tensors(parameters)
    var predictions: [Int32] = []
    forEachBatch(rows, of: features, weights, biases) { places, _, logits in
      let scores = logits.elements
      for place in 0..<places.count {
        var best = 0
        for index in 1..<classes where scores[place * classes + index] > scores[place * classes + best] { best = index }
        predictions.append(Int32(best))
      }
    }
    return predictions
  }

  private func tensors(_ parameters: [Double]) -> (weights: Tensor, biases: Tensor) {
    let (weights, biases) = (backend.makeTensor([classes, width]), backend.makeTensor([classes]))
    let (w, b) = (weights.elements, biases.elements)
    for i in 0..<w.count { w[i] = Float(parameters[i]) }
    for i in 0..<b.count { b[i] = Float(parameters[w.count + i]) }
    return (weights, biases)
  }

  /// Hands out batches of rows: their places among `rows`, their standardised features [count, width] and their scores [count, classes].
  private func forEachBatch(
    _ rows: [Int], of features: Tensor, _ weights: Tensor, _ biases: Tensor, body: (Range<Int>, Tensor, Tensor) -> Void
  ) {
    let batch = min(Self.batch, rows.count)
    let (width, means, scales) = (width, means, scales)
    let (input, logits) = (backend.makeTensor([batch, width]), backend.makeTensor([batch, classes]))
    for start in stride(from: 0, to: rows.count, by: Self.batch) {
      let places = start..<min(rows.count, start + Self.batch)
      let (part, scores) = (input.prefix(places.count), logits.prefix(places.count))
      parallelFor(ceilDivide(places.count, 32), workers: backend.workers) { piece, _ in
        let (target, source) = (part.elements, features.elements)
        for place in piece * 32..<min(places.count, piece * 32 + 32) {
          let (to, from) = (place * width, rows[start + place] * width)
          for i in 0..<width { target[to + i] = (source[from + i] - means[i]) * scales[i] }
        }
      }
      backend.fullyConnectedForward(input: part, weights: weights, bias: biases, relu: false, output: scores)
      body(places, part, scores)
    }
  }
}
