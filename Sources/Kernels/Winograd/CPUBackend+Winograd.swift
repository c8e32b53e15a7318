/// Convolution with stride 1 through Winograd's minimal filtering: tiles of the input and the kernels are transformed, multiplied
/// point by point (for each point one matrix product over all channels), and transformed back.
///
/// With d the tile of the input, g the kernel: y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A (Lavin and Gray 2016, eq. 10). The gradient of
/// the input is the same with the kernel turned by 180° and inputs and outputs exchanged; that of the kernel is its transpose,
/// dg = Gᵀ [(A dy Aᵀ) ⊙ (Bᵀ d B)] G, summed over tiles.
extension CPUBackend {
  func winogradForward<T: WinogradTile>(
    _: T.Type, _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    let cut = WinogradCut(shape, side: T.side, batch: input.shape[0])
    withScratch(shared: cut.kernelFloats, each: cut.pieceFloats) { loan in
      transformKernels(T.Kernel.self, shape, weights, isTurned: false, loan, stride: cut.kernelStride)
      parallelFor(cut.pieces) { piece, worker in
        let work = TileMemory(piece: piece, of: cut, own: loan.own(worker))
        work.transformInput(input.base, work.tiles)
        for point in 0..<WinogradCut.points {
          for group in 0..<cut.groups {
            let kernel = loan.shared + point * cut.kernelStride + group * cut.groupOutputs * cut.groupInputs
            multiply(
              work.inputs(point, group), Matrix(base: kernel, stride: cut.groupInputs, transposed: true),
              into: work.outputs(point, group), rows: work.tiles.count, columns: cut.groupOutputs,
              inner: cut.groupInputs)
          }
        }
        work.transformOutput(T.Output.self, into: output.base, bias: bias?.base, relu: relu)
      }
    }
  }

  func winogradDataGradient<T: WinogradTile>(
    _: T.Type, _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let batch = outputGradient.shape[0]
    let kernelStride = WinogradCut(shape, side: T.side, batch: batch).kernelStride
    let cut = WinogradCut(gradientOf: shape, side: T.side, batch: batch)
    withScratch(shared: cut.kernelFloats, each: cut.pieceFloats) { loan in
      transformKernels(T.Kernel.self, shape, weights, isTurned: true, loan, stride: kernelStride)
      parallelFor(cut.pieces) { piece, worker in
        let work = TileMemory(piece: piece, of: cut, own: loan.own(worker))
        work.transformInput(outputGradient.base, work.tiles)
        for point in 0..<WinogradCut.points {
          for group in 0..<cut.groups {
            let kernel = loan.shared + point * kernelStride + group * cut.groupInputs * cut.groupOutputs
            multiply(
              work.inputs(point, group), Matrix(base: kernel, stride: cut.groupOutputs),
              into: work.outputs(point, group), rows: work.tiles.count, columns: cut.groupOutputs,
              inner: cut.groupInputs)
          }
        }
        work.transformOutput(T.Output.self, into: inputGradient.base, bias: nil, relu: false)
      }
    }
  }

  /// Chunk by chunk: all its tiles are transformed, then each point's product is added to the point's gradient. No partial sums
  /// are kept, and the chunks' order is that of the sum. Both loops have the points' first half in front and the second behind:
  /// a core mostly multiplies what it transformed itself, which matters most where the cores share no cache.
  func winogradWeightGradient<T: WinogradTile>(
    _: T.Type, _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor
  ) {
    let cut = WinogradCut(shape, side: T.side, batch: input.shape[0])
    withScratch(shared: cut.kernelFloats + cut.chunkFloats, each: cut.ownFloats) { loan in
      if cut.chunks == 0 { loan.shared.update(repeating: 0, count: cut.kernelFloats) }
      for chunk in 0..<cut.chunks {
        let tiles = cut.tiles(ofChunk: chunk)
        let parts = ceilDivide(tiles.count, 16)
        parallelFor(2 * parts) { piece, worker in
          let work = TileMemory(chunk: tiles, of: cut, shared: loan.shared + cut.kernelFloats, own: loan.own(worker))
          let (half, place) = piece.quotientAndRemainder(dividingBy: parts)
          let first = tiles.lowerBound + place * 16
          let part = first..<min(tiles.upperBound, first + 16)
          work.transform(half: half, input.base, T.OutputGradient.self, gradient: outputGradient.base, part)
        }
        parallelFor(WinogradCut.points * cut.groups) { piece, worker in
          let work = TileMemory(chunk: tiles, of: cut, shared: loan.shared + cut.kernelFloats, own: loan.own(worker))
          let (point, group) = piece.quotientAndRemainder(dividingBy: cut.groups)
          let sum = loan.shared + point * cut.kernelStride + group * cut.groupOutputs * cut.groupInputs
          var gradients = work.outputs(point, group)
          gradients.transposed = true
          multiply(
            gradients, work.inputs(point, group), into: Matrix(base: sum, stride: cut.groupInputs),
            rows: cut.groupOutputs, columns: cut.groupInputs, inner: tiles.count, accumulate: chunk > 0)
        }
      }
      parallelFor(shape.outputs) { output, worker in
        let source = loan.shared + output * cut.groupInputs
        let target = weightGradient.base + output * shape.fanIn
        for channel in stride(from: 0, to: cut.groupInputs, by: 8) {
          T.KernelGradient.applyToSquare(
            temporary: loan.own(worker), { source.vector($0 * cut.kernelStride + channel) },
            { target.store($1, $0 * cut.groupInputs + channel) })
        }
      }
    }
  }

  /// The scratch memory of forward, data gradient and weight gradient.
  func winogradScratch<T: WinogradTile>(_: T.Type, _ shape: ConvolutionShape, batch: Int) -> [(shared: Int, each: Int)] {
    let forward = WinogradCut(shape, side: T.side, batch: batch)
    let back = WinogradCut(gradientOf: shape, side: T.side, batch: batch)
    return [
      (forward.kernelFloats, forward.pieceFloats), (back.kernelFloats, back.pieceFloats),
      (forward.kernelFloats + forward.chunkFloats, forward.ownFloats),
    ]
  }

  /// loan.shared ← G g Gᵀ, [point, outputs, channels / groups], of the weights [outputs, kernel, kernel, channels / groups],
  /// turned by 180° for the data gradient.
  private func transformKernels<K: WinogradTransform>(
    _: K.Type, _ shape: ConvolutionShape, _ weights: Tensor, isTurned: Bool, _ loan: ScratchLoan, stride pointStride: Int
  ) {
    let channels = shape.channels / shape.groups
    let last = shape.kernel * shape.kernel - 1
    parallelFor(shape.outputs) { output, worker in
      let source = weights.base + output * shape.fanIn
      let target = loan.shared + output * channels
      for channel in stride(from: 0, to: channels, by: 8) {
        K.applyToSquare(
          temporary: loan.own(worker), { source.vector((isTurned ? last - $0 : $0) * channels + channel) },
          { target.store($1, $0 * pointStride + channel) })
      }
    }
  }
}
