import CKernels

/// Transformed kernels in scratch memory: for each point and group a packed matrix of inputs × outputs.
struct WinogradKernels {
  private let product: MatrixProduct
  private let inputs, outputs, groups: Int
  /// The floats of one packed matrix.
  private let matrixFloats: Int
  private let points = WinogradCut.points

  /// Outputs that are transformed before they are packed.
  private static let block = 8

  init(_ product: MatrixProduct, inputs: Int, outputs: Int, groups: Int) {
    self.product = product
    (self.inputs, self.outputs, self.groups) = (inputs, outputs, groups)
    // A line more than it holds: strides that are powers of two would put all 36 into the same few lines of a cache.
    matrixFloats = product.packedFloats(inner: inputs, columns: outputs) + 16
  }

  var floats: Int { points * groups * matrixFloats }
  /// A block of transformed kernels.
  var ownFloats: Int { points * Self.block * inputs }

  @inline(__always)
  func packed(_ loan: ScratchLoan, _ point: Int, _ group: Int) -> PackedMatrix {
    product.packed(at: loan.shared + (point * groups + group) * matrixFloats, inner: inputs, columns: outputs)
  }

  /// G g Gᵀ of the weights [outputs, kernel, kernel, inputs] of each group.
  func transform(_ tile: WinogradTile, _ shape: ConvolutionShape, _ weights: Floats, on backend: CPUBackend, _ loan: ScratchLoan) {
    nonisolated(unsafe) let weights = weights
    let blocks = ceilDivide(outputs, Self.block)
    backend.parallelFor(groups * blocks) { piece, worker in
      let (group, block) = piece.quotientAndRemainder(dividingBy: blocks)
      let columns = block * Self.block..<min(outputs, (block + 1) * Self.block)
      let transformed = loan.own(worker)
      WinogradPlaces.with { places in
        for output in columns {
          places.read(
            weights + (group * outputs + output) * shape.fanIn, stride: inputs, count: shape.kernel * shape.kernel)
          places.write(
            transformed + (output - columns.lowerBound) * inputs, stride: Self.block * inputs, count: points)
          tile.kernel(places.from, places.to, inputs, nil, false)
        }
      }
      for point in 0..<points {
        let target = packed(loan, point, group).panels(from: columns.lowerBound)
        pack_columns(transformed + point * Self.block * inputs, inputs, inputs, columns.count, target.base, target.step)
      }
    }
  }

  /// The same for the data gradient: turned by 180°, with the weights' outputs as the inputs of this product.
  func transformTurned(
    _ tile: WinogradTile, _ shape: ConvolutionShape, _ weights: Floats, on backend: CPUBackend, _ loan: ScratchLoan
  ) {
    nonisolated(unsafe) let weights = weights
    let last = shape.kernel * shape.kernel - 1
    backend.parallelFor(groups * inputs) { piece, worker in
      let (group, input) = piece.quotientAndRemainder(dividingBy: inputs)
      let source = weights + piece * shape.fanIn
      let target = packed(loan, 0, group)
      WinogradPlaces.with { places in
        // Panel by panel, whose numbers lie side by side.
        for first in stride(from: 0, to: outputs, by: target.width) {
          places.read(source + last * outputs + first, stride: -outputs, count: last + 1)
          places.write(target.panels(from: first).base + input * target.step, stride: groups * matrixFloats, count: points)
          tile.kernel(places.from, places.to, min(target.width, outputs - first), nil, false)
        }
      }
    }
  }
}
