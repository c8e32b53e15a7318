/// Convolution with stride 1 through Winograd's minimal filtering: tiles of the input and the kernels are transformed, multiplied
/// point by point (for each point one matrix product over all channels), and transformed back.
///
/// With d the tile of the input, g the kernel: y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A (Lavin and Gray 2016, eq. 10). The gradient of
/// the input is the same with the kernel turned by 180° and inputs and outputs exchanged; that of the kernel is its transpose,
/// dg = Gᵀ [(A dy Aᵀ) ⊙ (Bᵀ d B)] G, summed over tiles.
extension CPUBackend {
  func winogradForward(
    _ tile: WinogradTile, _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    let cut = WinogradCut(shape, side: tile.side, batch: input.shape[0], workers: workers)
    let kernels = kernels(of: cut)
    withScratch(tilesScratch(cut, kernels)) { loan in
      kernels.transform(tile, shape, weights.base, on: self, loan)
      multiplyTiles(tile, cut, kernels, loan, from: input, to: output, bias: bias?.base, relu: relu)
    }
  }

  func winogradDataGradient(
    _ tile: WinogradTile, _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let cut = WinogradCut(gradientOf: shape, side: tile.side, batch: outputGradient.shape[0], workers: workers)
    let kernels = kernels(of: cut)
    withScratch(tilesScratch(cut, kernels)) { loan in
      kernels.transformTurned(tile, shape, weights.base, on: self, loan)
      multiplyTiles(tile, cut, kernels, loan, from: outputGradient, to: inputGradient, bias: nil, relu: false)
    }
  }

  private func multiplyTiles(
    _ tile: WinogradTile, _ cut: WinogradCut, _ kernels: WinogradKernels, _ loan: ScratchLoan, from input: Tensor, to output: Tensor,
    bias: Floats?, relu: Bool
  ) {
    nonisolated(unsafe) let bias = bias
    parallelFor(cut.pieces) { number, worker in
      let piece = cut.piece(number)
      guard !piece.outputs.isEmpty else { return }
      let work = TileMemory(piece: piece, of: cut, own: loan.own(worker))
      work.transformInput(tile, input.base)
      for point in 0..<WinogradCut.points {
        for group in piece.groups {
          product.multiply(
            work.inputs(point, group), kernels.packed(loan, point, group).panels(from: piece.outputs.lowerBound),
            into: work.outputs(point, group, output: piece.outputs.lowerBound), rows: work.tiles.count, columns: piece.outputs.count)
        }
      }
      work.transformOutput(tile, into: output.base, bias: bias, relu: relu)
    }
  }

  /// Chunk by chunk: all its tiles are transformed, then each point's product is added to the point's gradient. No partial sums
  /// are kept, and the chunks' order is that of the sum. Both loops have the points' first half in front and the second behind:
  /// a core mostly multiplies what it transformed itself, which matters most where the cores share no cache.
  func winogradWeightGradient(
    _ tile: WinogradTile, _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor
  ) {
    let cut = WinogradCut(shape, side: tile.side, batch: input.shape[0], workers: workers)
    withScratch(shared: cut.kernelFloats + cut.roundFloats, each: cut.ownFloats) { loan in
      if cut.chunks == 0 { loan.shared.update(repeating: 0, count: cut.kernelFloats) }
      for first in stride(from: 0, to: cut.chunks, by: cut.chunksOfRound) {
        let chunks = first..<min(cut.chunks, first + cut.chunksOfRound)
        let tiles = cut.tiles(ofChunks: chunks)
        let parts = ceilDivide(tiles.count, cut.tilesOfTransform)
        parallelFor(2 * parts) { piece, worker in
          let work = TileMemory(chunks: chunks, of: cut, shared: loan.shared + cut.kernelFloats, own: loan.own(worker))
          let (half, place) = piece.quotientAndRemainder(dividingBy: parts)
          let first = tiles.lowerBound + place * cut.tilesOfTransform
          let part = first..<min(tiles.upperBound, first + cut.tilesOfTransform)
          work.transform(half: half, tile, input.base, gradient: outputGradient.base, part)
        }
        parallelFor(WinogradCut.points * cut.groups * cut.gradientParts) { piece, worker in
          let work = TileMemory(chunks: chunks, of: cut, shared: loan.shared + cut.kernelFloats, own: loan.own(worker))
          let (matrix, part) = piece.quotientAndRemainder(dividingBy: cut.gradientParts)
          let (point, group) = matrix.quotientAndRemainder(dividingBy: cut.groups)
          let outputs = cut.groupOutputs * part / cut.gradientParts..<cut.groupOutputs * (part + 1) / cut.gradientParts
          let sum = loan.shared + point * cut.kernelStride + (group * cut.groupOutputs + outputs.lowerBound) * cut.groupInputs
          for chunk in chunks {
            let own = cut.tiles(ofChunks: chunk..<chunk + 1)
            let from = own.lowerBound - tiles.lowerBound
            var gradients = work.outputs(point, group, from: from, output: outputs.lowerBound)
            gradients.transposed = true
            product.multiply(
              gradients, product.inPlace(work.inputs(point, group, from: from), inner: own.count),
              into: Matrix(base: sum, stride: cut.groupInputs), rows: outputs.count, columns: cut.groupInputs, accumulate: chunk > 0)
          }
        }
      }
      parallelFor(shape.outputs) { output, _ in
        WinogradPlaces.with { places in
          places.read(loan.shared + output * cut.groupInputs, stride: cut.kernelStride, count: WinogradCut.points)
          places.write(
            weightGradient.base + output * shape.fanIn, stride: cut.groupInputs, count: shape.kernel * shape.kernel)
          tile.kernelGradient(places.from, places.to, cut.groupInputs, nil, false)
        }
      }
    }
  }

  /// The scratch memory of forward, data gradient and weight gradient.
  func winogradScratch(
    _ tile: WinogradTile, _ shape: ConvolutionShape, batch: Int
  ) -> (forward: ScratchNeed, data: ScratchNeed, weights: ScratchNeed) {
    let forward = WinogradCut(shape, side: tile.side, batch: batch, workers: workers)
    let data = WinogradCut(gradientOf: shape, side: tile.side, batch: batch, workers: workers)
    return (
      tilesScratch(forward, kernels(of: forward)), tilesScratch(data, kernels(of: data)),
      (forward.kernelFloats + forward.roundFloats, forward.ownFloats)
    )
  }

  private func kernels(of cut: WinogradCut) -> WinogradKernels {
    WinogradKernels(product, inputs: cut.groupInputs, outputs: cut.groupOutputs, groups: cut.groups)
  }

  private func tilesScratch(_ cut: WinogradCut, _ kernels: WinogradKernels) -> ScratchNeed {
    (kernels.floats, max(cut.pieceFloats, kernels.ownFloats))
  }
}
