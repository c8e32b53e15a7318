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
    let (forward, data, weights) =
      switch algorithm(for: shape) {
      case .columns: columnsScratch(shape, batch: batch)
      case .fourByThree: winogradScratch(fourByThree, shape, batch: batch)
      case .twoByFive: winogradScratch(twoByFive, shape, batch: batch)
      }
    return max(scratchFloats(forward), scratchFloats(data), scratchFloats(weights), Self.sumLanes * shape.outputs)
  }

  public func convolutionForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    switch algorithm(for: shape) {
    case .columns: columnsForward(shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
    case .fourByThree:
      winogradForward(
        fourByThree, shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
    case .twoByFive:
      winogradForward(twoByFive, shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
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
        fourByThree, shape, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    case .twoByFive:
      winogradDataGradient(
        twoByFive, shape, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
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
        fourByThree, shape, input: input, outputGradient: outputGradient, weightGradient: weightGradient)
    case .twoByFive:
      winogradWeightGradient(
        twoByFive, shape, input: input, outputGradient: outputGradient, weightGradient: weightGradient)
    }
    if let biasGradient { sumRows(outputGradient, columns: shape.outputs, into: biasGradient) }
  }

  /// sums[j] = Σ of matrix[row, j] over rows, in lanes of neighbouring rows that are added in order.
  private func sumRows(_ matrix: Tensor, columns: Int, into sums: Tensor) {
    let rows = matrix.count / columns
    let lanes = max(1, min(Self.sumLanes, rows / 64))
    withScratch(shared: lanes * columns) { loan in
      parallelFor(lanes) { lane, _ in
        let first = rows * lane / lanes
        let target = loan.shared + lane * columns
        target.update(repeating: 0, count: columns)
        loops.add_rows(matrix.base + first * columns, rows * (lane + 1) / lanes - first, columns, target)
      }
      sums.base.update(repeating: 0, count: columns)
      loops.add_rows(loan.shared, lanes, columns, sums.base)
    }
  }

  private static let sumLanes = 256

  private enum Algorithm { case columns, fourByThree, twoByFive }

  private var fourByThree: WinogradTile { .fourByThree(vectors.loops) }
  private var twoByFive: WinogradTile { .twoByFive(vectors.loops) }

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
