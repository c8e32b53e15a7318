import CKernels

/// Batch normalisation. A tensor is seen as rows of channels, cut into pieces that stay in a core's cache, so that what a piece
/// needs twice is read from memory once.
extension CPUBackend {
  public func batchNormForward(
    _ norm: BatchNorm, input: Tensor, weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor,
    fromBatch: Bool, relu: Bool, statistics: Tensor, output: Tensor
  ) {
    let cut = RowCut(input, channels: weight.count)
    let channels = cut.channels
    if fromBatch {
      moments(cut, norm, of: input, runningMean: runningMean, runningVariance: runningVariance, into: statistics)
    } else {
      let (mean, deviation) = (statistics.base, statistics.base + channels)
      mean.update(from: runningMean.base, count: channels)
      for c in 0..<channels { deviation[c] = 1 / (runningVariance.base[c] + norm.epsilon).squareRoot() }
    }
    withScratch(shared: channels) { loan in
      let factor = loan.shared
      for c in 0..<channels { factor[c] = weight.base[c] * statistics.base[channels + c] }
      parallelFor(cut.pieces) { piece, _ in
        let (mean, factor, shift) = (statistics.base, loan.shared, bias.base)
        let rows = cut.rows(piece)
        var normalised = normalised_rows(
          count: rows.count, columns: channels, mean: mean, factor: factor, shift: shift, slope: nil, relu: relu)
        let first = rows.lowerBound * channels
        loops.normalise(&normalised, input.base + first, output.base + first)
      }
    }
  }

  /// Mean and variance of every channel. Each piece finds those of its rows; together they are
  /// mean = Σ nᵢ meanᵢ / n and n · variance = Σ nᵢ variance_i + nᵢ (meanᵢ − mean)², which does not cancel as Σx² − n·mean² does.
  private func moments(
    _ cut: RowCut, _ norm: BatchNorm, of input: Tensor, runningMean: Tensor, runningVariance: Tensor,
    into statistics: Tensor
  ) {
    let channels = cut.channels
    withScratch(shared: cut.pieces * 2 * channels) { loan in
      parallelFor(cut.pieces) { piece, _ in
        let rows = cut.rows(piece)
        let x = input.base + rows.lowerBound * channels
        let mean = loan.shared + piece * 2 * channels
        let squares = mean + channels
        mean.update(repeating: 0, count: 2 * channels)
        loops.add_rows(x, rows.count, channels, mean)
        let share = 1 / Float(rows.count)
        for c in 0..<channels { mean[c] *= share }
        loops.add_squared_differences(x, mean, rows.count, channels, squares)
      }
      parallelStretches(of: channels, size: RowCut.channelPiece) { stretch, _ in
        let (mean, deviation) = (statistics.base, statistics.base + channels)
        let (averageMean, averageVariance) = (runningMean.base, runningVariance.base)
        let count = Double(cut.rows)
        for c in stretch {
          let ofPiece = loan.shared + c
          var sum = 0.0
          for piece in 0..<cut.pieces { sum += Double(ofPiece[piece * 2 * channels]) * Double(cut.rows(piece).count) }
          let average = sum / count
          var squares = 0.0
          for piece in 0..<cut.pieces {
            let difference = Double(ofPiece[piece * 2 * channels]) - average
            squares += Double(ofPiece[(piece * 2 + 1) * channels])
              + Double(cut.rows(piece).count) * difference * difference
          }
          mean[c] = Float(average)
          deviation[c] = Float(1 / (squares / count + Double(norm.epsilon)).squareRoot())
          averageMean[c] += norm.momentum * (Float(average) - averageMean[c])
          averageVariance[c] += norm.momentum * (Float(squares / max(count - 1, 1)) - averageVariance[c])
        }
      }
    }
  }

  /// With x̂ = (x − mean) · d and d = 1 / √(variance + ε): ∂weight = Σ g·x̂, ∂bias = Σ g, and
  /// ∂x = weight · d · (g − (Σ g) / n − x̂ · (Σ g·x̂) / n), or weight · d · g where mean and variance were not the batch's.
  public func batchNormGradient(
    input: Tensor, weight: Tensor, statistics: Tensor, outputGradient: Tensor, fromBatch: Bool,
    inputGradient: Tensor?, weightGradient: Tensor?, biasGradient: Tensor?
  ) {
    // Without them nothing is summed.
    let areWanted = weightGradient != nil
    precondition(areWanted || !fromBatch, "gradients through a batch's statistics are sums")
    let cut = RowCut(input, channels: weight.count)
    let channels = cut.channels
    withScratch(shared: (cut.pieces * 2 + 3) * channels) { loan in
      if areWanted {
        parallelFor(cut.pieces) { piece, _ in
          let mean = statistics.base
          let sums = loan.shared + piece * 2 * channels
          let products = sums + channels
          sums.update(repeating: 0, count: 2 * channels)
          let rows = cut.rows(piece)
          var normalised = normalised_rows(
            count: rows.count, columns: channels, mean: mean, factor: nil, shift: nil, slope: nil, relu: false)
          let first = rows.lowerBound * channels
          loops.add_normalised_gradients(&normalised, input.base + first, outputGradient.base + first, sums, products)
        }
      }
      let constants = loan.shared + cut.pieces * 2 * channels
      for c in 0..<channels {
        let deviation = statistics.base[channels + c]
        let ofPiece = loan.shared + c
        var (sum, product) = (0.0, 0.0)
        for piece in 0..<(areWanted ? cut.pieces : 0) {
          sum += Double(ofPiece[piece * 2 * channels])
          product += Double(ofPiece[(piece * 2 + 1) * channels])
        }
        biasGradient?.base[c] = Float(sum)
        weightGradient?.base[c] = Float(product) * deviation
        let share = fromBatch ? 1 / Double(cut.rows) : 0
        constants[c] = weight.base[c] * deviation
        constants[channels + c] = Float(sum * share)
        constants[2 * channels + c] = Float(product * share) * deviation * deviation
      }
      guard let inputGradient else { return }
      parallelFor(cut.pieces) { piece, _ in
        let mean = statistics.base
        let factor = loan.shared + cut.pieces * 2 * channels
        let (shift, slope) = (factor + channels, factor + 2 * channels)
        let rows = cut.rows(piece)
        var normalised = normalised_rows(
          count: rows.count, columns: channels, mean: mean, factor: factor, shift: shift, slope: slope, relu: false)
        let first = rows.lowerBound * channels
        loops.normalised_gradient(&normalised, input.base + first, outputGradient.base + first, inputGradient.base + first)
      }
    }
  }
}

/// How a tensor [n, …, channels] is cut into rows: by its shape alone.
private struct RowCut {
  let rows, channels, rowsPerPiece: Int

  /// Channels that one worker adds up over the pieces at a time.
  static let channelPiece = 16

  init(_ tensor: Tensor, channels: Int) {
    self.channels = channels
    rows = tensor.count / channels
    rowsPerPiece = max(1, elementwisePiece / channels)
  }

  var pieces: Int { ceilDivide(rows, rowsPerPiece) }
  func rows(_ piece: Int) -> Range<Int> { piece * rowsPerPiece..<min(rows, (piece + 1) * rowsPerPiece) }
}
