/// Loss, optimiser and plain vectors.
extension CPUBackend {
  public func dropout(_ data: Tensor, probability: Float, key: UInt64) {
    precondition(probability >= 0 && probability < 1, "dropout of \(probability) keeps nothing")
    let random = CounterRandom(key)
    // uniform(i) ≥ probability, with the comparison done on the 24 bits that uniform(_:) takes.
    let threshold = UInt64((probability * 0x1p24).rounded(.up))
    let factor = 1 / (1 - probability)
    parallelStretches(of: data.count, size: elementwisePiece) { stretch, _ in
      let x = data.base
      for i in stretch { x[i] = random.bits(i) >> 40 >= threshold ? x[i] * factor : 0 }
    }
  }

  public func softmaxCrossEntropy(
    logits: Tensor, labels: [Int32], smoothing: Float, gradientScale: Float, losses: Tensor, gradient: Tensor
  ) {
    let classes = logits.shape[1]
    precondition(labels.count >= logits.shape[0], "\(labels.count) labels for \(logits.shape[0]) images")
    parallelStretches(of: logits.shape[0], size: max(1, 4096 / classes)) { images, _ in
      let (z, loss, dz) = (logits.base, losses.base, gradient.base)
      for image in images {
        let label = Int(labels[image])
        precondition(label >= 0 && label < classes, "label \(label) of \(classes) classes")
        let (row, target) = (z + image * classes, dz + image * classes)
        var largest = -Float.infinity
        for i in 0..<classes { largest = row[i] > largest ? row[i] : largest }
        var sum = 0.0
        for i in 0..<classes {
          let power = Float(exponential(Double(row[i] - largest)))
          target[i] = power
          sum += Double(power)
        }
        loss[image] = Float(naturalLogarithm(sum)) - (row[label] - largest)
        let factor = gradientScale / Float(sum)
        for i in 0..<classes { target[i] *= factor }
        target[label] -= (1 - smoothing) * gradientScale
        if smoothing > 0 {
          var rest = 0.0
          for i in 0..<classes { rest += naturalLogarithm(sum) - Double(row[i] - largest) }
          loss[image] = (1 - smoothing) * loss[image] + smoothing * Float(rest / Double(classes))
          for i in 0..<classes { target[i] -= smoothing / Float(classes) * gradientScale }
        }
      }
    }
  }

  public func sgdUpdate(
    weights: Tensor, gradient: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float, nesterov: Bool
  ) {
    parallelStretches(of: weights.count, size: elementwisePiece) { stretch, _ in
      let first = stretch.lowerBound
      descend(
        weights.base + first, gradient: gradient.base + first, velocity: velocity.base + first, count: stretch.count,
        learningRate: learningRate, momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
    }
  }

  public func copy(_ source: Tensor, to target: Tensor) {
    precondition(source.count == target.count, "a copy of \(source.shape) into \(target.shape)")
    parallelStretches(of: source.count, size: elementwisePiece) { stretch, _ in
      let (from, to) = (source.base, target.base)
      (to + stretch.lowerBound).update(from: from + stretch.lowerBound, count: stretch.count)
    }
  }

  public func fill(_ tensor: Tensor, with value: Float) {
    tensor.base.update(repeating: value, count: tensor.count)
  }

  public func add(_ source: Tensor, to target: Tensor, relu: Bool) {
    precondition(source.count == target.count, "a sum of \(source.shape) and \(target.shape)")
    parallelStretches(of: source.count, size: elementwisePiece) { stretch, _ in
      let (from, to) = (source.base + stretch.lowerBound, target.base + stretch.lowerBound)
      loops.add(from, to, stretch.count, relu)
    }
  }

  public func squaredNorm(_ tensor: Tensor) -> Double {
    let count = tensor.count
    // At most 64 partial sums, so that they fit the stack.
    let size = max(elementwisePiece, ceilDivide(count, 64))
    let pieces = ceilDivide(count, size)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { sums in
      // Each piece writes one sum of its own.
      nonisolated(unsafe) let sums = sums
      parallelFor(pieces) { piece, _ in
        sums[piece] = sumOfSquares(tensor.base + piece * size, count: min(size, count - piece * size))
      }
      return sums[..<pieces].reduce(0, +)
    }
  }
}

/// One step of ``CPUBackend/sgdUpdate(weights:gradient:velocity:learningRate:momentum:weightDecay:nesterov:)`` for so many weights.
@inline(__always)
func descend(
  _ w: Floats, gradient g: Floats, velocity v: Floats, count: Int, learningRate: Float, momentum: Float, weightDecay: Float,
  nesterov: Bool
) {
  if nesterov {
    for i in 0..<count {
      let step = momentum * v[i] + learningRate * (g[i] + weightDecay * w[i])
      w[i] -= step + momentum * (step - v[i])
      v[i] = step
    }
    return
  }
  for i in 0..<count {
    let step = momentum * v[i] + learningRate * (g[i] + weightDecay * w[i])
    v[i] = step
    w[i] -= step
  }
}

/// Σ x² in double precision, in eight interleaved sums that are added in order.
func sumOfSquares(_ x: Floats, count: Int) -> Double {
  var sums = SIMD8<Double>()
  let whole = count & ~7
  var i = 0
  while i < whole {
    let values = SIMD8<Double>(UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self))
    sums += values * values
    i += 8
  }
  var total = 0.0
  for lane in 0..<8 { total += sums[lane] }
  while i < count {
    total += Double(x[i]) * Double(x[i])
    i += 1
  }
  return total
}
