/// Which way a convolution is computed.
public enum ConvolutionMethod: String, Codable, CaseIterable, Sendable {
  /// Winograd's minimal filtering where it is faster, else a matrix product. Its rounding errors are larger: up to 4·10⁻⁵ of the
  /// largest result for kernels of three, 3·10⁻⁴ in the weight gradients for kernels of five.
  case winograd
  /// Always the matrix product over columns (im2col).
  case columns
}

extension CPUBackend {
  public func scratchFloats(_ shape: ConvolutionShape, batch: Int) -> Int {
    let needs =
      switch algorithm(for: shape) {
      case .columns: columnsScratch(shape, batch: batch)
      case .fourByThree: winogradScratch(FourByThree.self, shape, batch: batch)
      case .twoByFive: winogradScratch(TwoByFive.self, shape, batch: batch)
      }
    return needs.map(scratchFloats).max()!
  }

  public func convolutionForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    switch algorithm(for: shape) {
    case .columns: columnsForward(shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
    case .fourByThree:
      winogradForward(
        FourByThree.self, shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
    case .twoByFive:
      winogradForward(TwoByFive.self, shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
    }
  }

  public func convolutionDataGradient(
    _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    switch algorithm(for: shape) {
    case .columns:
      columnsDataGradient(shape, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    case .fourByThree:
      winogradDataGradient(
        FourByThree.self, shape, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    case .twoByFive:
      winogradDataGradient(
        TwoByFive.self, shape, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
  }

  public func convolutionWeightGradient(
    _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor?
  ) {
    switch algorithm(for: shape) {
    case .columns:
      columnsWeightGradient(shape, input: input, outputGradient: outputGradient, weightGradient: weightGradient)
    case .fourByThree:
      winogradWeightGradient(
        FourByThree.self, shape, input: input, outputGradient: outputGradient, weightGradient: weightGradient)
    case .twoByFive:
      winogradWeightGradient(
        TwoByFive.self, shape, input: input, outputGradient: outputGradient, weightGradient: weightGradient)
    }
    if let biasGradient { sumRows(outputGradient, columns: shape.outputs, into: biasGradient) }
  }

  /// sums[j] = Σ over rows in order of matrix[row, j], in stripes of columns.
  private func sumRows(_ matrix: Tensor, columns: Int, into sums: Tensor) {
    let rows = matrix.count / columns
    let stripe = 64
    parallelFor(ceilDivide(columns, stripe)) { piece, _ in
      let first = piece * stripe
      let count = min(stripe, columns - first)
      let (source, target) = (matrix.base + first, sums.base + first)
      target.update(repeating: 0, count: count)
      for row in 0..<rows { addVector(source + row * columns, to: target, count: count) }
    }
  }

  private enum Algorithm { case columns, fourByThree, twoByFive }

  /// The choice depends on the geometry alone, not on the batch: an image's result does not depend on its neighbours.
  private func algorithm(for shape: ConvolutionShape) -> Algorithm {
    let (inputs, outputs) = (shape.channels / shape.groups, shape.outputs / shape.groups)
    guard
      method == .winograd, shape.stride == 1, shape.padding < shape.kernel,
      inputs % 8 == 0, outputs % 8 == 0, min(inputs, outputs) >= 32
    else { return .columns }
    switch shape.kernel {
    case 3: return .fourByThree
    case 5: return .twoByFive
    default: return .columns
    }
  }
}
