import CKernels

/// Convolution as a matrix product (im2col; Chellapilla, Puri, Simard 2006) over pieces of output rows.
///
/// One row of the column matrix holds the inputs to one output pixel, `[kernel, kernel, channels / groups]`, which in NHWC
/// is a few copies of contiguous floats. The output rows of all images are one long list, and a piece is a
/// stretch of it, so that one large image and many small ones are cut alike.
extension CPUBackend {
  /// The scratch memory of forward, data gradient and weight gradient.
  func columnsScratch(
    _ shape: ConvolutionShape, batch: Int
  ) -> (forward: ScratchNeed, data: ScratchNeed, weights: ScratchNeed) {
    let cut = ConvolutionCut(shape, batch: batch)
    let groupOutputs = shape.outputs / shape.groups
    let columns = max(cut.rowsPerPiece * shape.outputWidth * cut.columnStride, MatrixProduct.roomFloats)
    let gradients = product.packedFloats(inner: cut.rowsPerChunk * shape.outputWidth, columns: groupOutputs)
    return (
      (shape.groups * product.packedFloats(inner: shape.fanIn, columns: groupOutputs), columns),
      (shape.groups * product.packedFloats(inner: groupOutputs, columns: shape.fanIn), columns),
      (cut.lanes * shape.outputs * shape.fanIn, cut.rowsPerChunk * shape.outputWidth * cut.partStride + gradients)
    )
  }

  func columnsForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    let cut = ConvolutionCut(shape, batch: input.shape[0])
    let (outputs, fanIn) = (shape.outputs, shape.fanIn)
    let groupOutputs = outputs / shape.groups
    withScratch(columnsScratch(shape, batch: input.shape[0]).forward) { loan in
      for group in 0..<shape.groups {
        product.pack(
          Matrix(base: weights.base + group * groupOutputs * fanIn, stride: fanIn, transposed: true), columns: 0..<groupOutputs,
          into: packedWeights(loan, group, inner: fanIn, columns: groupOutputs))
      }
      parallelFor(cut.pieces) { piece, worker in
        let rows = cut.rows(piece)
        let pixels = rows.count * shape.outputWidth
        let target = output.base + rows.lowerBound * shape.outputWidth * outputs
        let room = loan.own(worker)
        for group in 0..<shape.groups {
          let first = group * groupOutputs
          let packed = packedWeights(loan, group, inner: fanIn, columns: groupOutputs)
          let result = Matrix(base: target + first, stride: outputs)
          let end = ProductEnd(bias: bias.map { $0.base + first }, relu: relu)
          if shape.isPointwise {
            let place = rows.lowerBound * shape.width * shape.channels + group * fanIn
            product.multiply(
              copying: Matrix(base: input.base + place, stride: shape.channels), packed, into: result, rows: pixels,
              columns: groupOutputs, end: end, room: room)
          } else {
            gatherColumns(loops, shape, input.base, rows: rows, group: group, into: Matrix(base: room, stride: cut.columnStride))
            product.multiply(
              Matrix(base: room, stride: cut.columnStride), packed, into: result, rows: pixels, columns: groupOutputs, end: end)
          }
        }
      }
    }
  }

  func columnsDataGradient(
    _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let cut = ConvolutionCut(shape, batch: outputGradient.shape[0])
    let (outputs, fanIn) = (shape.outputs, shape.fanIn)
    let groupOutputs = outputs / shape.groups
    let imageFloats = shape.height * shape.width * shape.channels
    withScratch(columnsScratch(shape, batch: outputGradient.shape[0]).data) { loan in
      for group in 0..<shape.groups {
        product.pack(
          Matrix(base: weights.base + group * groupOutputs * fanIn, stride: fanIn), columns: 0..<fanIn,
          into: packedWeights(loan, group, inner: groupOutputs, columns: fanIn))
      }
      parallelFor(cut.imagePieces) { piece, worker in
        let (dy, dx, room) = (outputGradient.base, inputGradient.base, loan.own(worker))
        let images = cut.images(piece)
        if !shape.isPointwise { (dx + images.lowerBound * imageFloats).update(repeating: 0, count: images.count * imageFloats) }
        for rows in cut.rows(ofImages: images) {
          let pixels = rows.count * shape.outputWidth
          for group in 0..<shape.groups {
            let source = Matrix(base: dy + rows.lowerBound * shape.outputWidth * outputs + group * groupOutputs, stride: outputs)
            let packed = packedWeights(loan, group, inner: groupOutputs, columns: fanIn)
            if shape.isPointwise {
              let place = rows.lowerBound * shape.width * shape.channels + group * fanIn
              product.multiply(
                copying: source, packed, into: Matrix(base: dx + place, stride: shape.channels), rows: pixels, columns: fanIn, room: room)
            } else {
              let columns = Matrix(base: room, stride: cut.columnStride)
              product.multiply(source, packed, into: columns, rows: pixels, columns: fanIn)
              scatterColumns(loops, shape, columns, rows: rows, group: group, into: dx)
            }
          }
        }
      }
    }
  }

  private func packedWeights(_ loan: ScratchLoan, _ group: Int, inner: Int, columns: Int) -> PackedMatrix {
    product.packed(
      at: loan.shared + group * product.packedFloats(inner: inner, columns: columns), inner: inner, columns: columns)
  }

  /// Each lane adds up its chunks of pixels, for one row of the kernel at a time, into a turned gradient of its own, [fanIn, outputs]:
  /// the columns are then read as they are gathered.
  func columnsWeightGradient(
    _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor
  ) {
    let cut = ConvolutionCut(shape, batch: input.shape[0])
    let (outputs, fanIn) = (shape.outputs, shape.fanIn)
    let groupOutputs = outputs / shape.groups
    let weightCount = outputs * fanIn
    withScratch(columnsScratch(shape, batch: input.shape[0]).weights) { loan in
      parallelFor(cut.lanes * cut.parts) { piece, worker in
        let (lane, part) = piece.quotientAndRemainder(dividingBy: cut.parts)
        let (x, dy, room) = (input.base, outputGradient.base, loan.own(worker))
        let partial = loan.shared + lane * weightCount
        let inputs = cut.inputs(ofPart: part)
        for (index, chunk) in cut.chunksOfLane(lane).enumerated() {
          let rows = cut.chunkRows(chunk)
          let pixels = rows.count * shape.outputWidth
          for group in 0..<shape.groups {
            var left = Matrix(base: room, stride: cut.partStride, transposed: true)
            if shape.isPointwise {
              left.base = x + rows.lowerBound * shape.width * shape.channels + group * fanIn + inputs.lowerBound
              left.stride = shape.channels
            } else {
              gatherColumns(loops, shape, x, rows: rows, group: group, kernelRows: part..<part + 1, into: left)
            }
            let gradients = Matrix(base: dy + rows.lowerBound * shape.outputWidth * outputs + group * groupOutputs, stride: outputs)
            var right = product.inPlace(gradients, inner: pixels)
            if groupOutputs % 16 != 0 {
              right = product.packed(
                at: room + cut.rowsPerChunk * shape.outputWidth * cut.partStride, inner: pixels, columns: groupOutputs)
              product.pack(gradients, columns: 0..<groupOutputs, into: right)
            }
            product.multiply(
              left, right, into: Matrix(base: partial + inputs.lowerBound * outputs + group * groupOutputs, stride: outputs),
              rows: inputs.count, columns: groupOutputs, accumulate: index > 0)
          }
        }
      }
      sumLanes(loan, lanes: cut.lanes, outputs: outputs, fanIn: fanIn, into: weightGradient)
    }
  }

  /// target[output, i] = Σ over lanes in order of shared[lane, i, output].
  private func sumLanes(_ loan: ScratchLoan, lanes: Int, outputs: Int, fanIn: Int, into target: Tensor) {
    guard lanes > 0 else { return target.base.update(repeating: 0, count: target.count) }
    parallelStretches(of: fanIn, size: max(4, ceilDivide(elementwisePiece / outputs, 4) * 4)) { stretch, _ in
      let sums = loan.shared + stretch.lowerBound * outputs
      for lane in 1..<max(1, lanes) { loops.add(sums + lane * outputs * fanIn, sums, stretch.count * outputs, false) }
      pack_columns(sums, outputs, outputs, stretch.count, target.base + stretch.lowerBound, fanIn)
    }
  }
}

extension ConvolutionShape {
  /// A kernel of one pixel without padding or stride: the input is its own column matrix.
  var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }
}

/// How a convolution is cut into pieces: by its shape and batch alone.
struct ConvolutionCut {
  let shape: ConvolutionShape
  let batch: Int
  /// Output rows of one product, and of one chain of a weight gradient.
  let rowsPerPiece, rowsPerChunk: Int
  let lanes: Int

  init(_ shape: ConvolutionShape, batch: Int) {
    self.shape = shape
    self.batch = batch
    let allRows = batch * shape.outputHeight
    // Columns that stay in the second cache until they are multiplied.
    let pixels = max(56, min(512, (1 << 16) / shape.fanIn))
    rowsPerPiece = max(1, min(pixels / shape.outputWidth, ceilDivide(allRows, Self.mostLanes)))
    rowsPerChunk = max(1, min(MatrixProduct.chain / shape.outputWidth, ceilDivide(allRows, Self.mostLanes)))
    // Partial sums of a weight gradient: many, unless they would take too much memory.
    let affordable = max(8, (1 << 21) / (shape.outputs * shape.fanIn))
    lanes = min(ceilDivide(allRows, rowsPerChunk), min(Self.mostLanes, affordable))
  }

  private static let mostLanes = 32

  var allRows: Int { batch * shape.outputHeight }
  var pieces: Int { ceilDivide(allRows, rowsPerPiece) }
  func rows(_ piece: Int) -> Range<Int> { piece * rowsPerPiece..<min(allRows, (piece + 1) * rowsPerPiece) }

  /// From one row of columns to the next: an odd number of cache lines, so that they do not meet in one place of a cache.
  var columnStride: Int { Self.oddLines(shape.fanIn) }
  private static func oddLines(_ floats: Int) -> Int { ceilDivide(floats, 16) / 2 * 32 + 16 }

  // MARK: The data gradient: it overlaps within an image, so that its pieces are whole images.

  private var imagesPerPiece: Int { max(1, rowsPerPiece / shape.outputHeight) }
  var imagePieces: Int { ceilDivide(batch, imagesPerPiece) }
  func images(_ piece: Int) -> Range<Int> { piece * imagesPerPiece..<min(batch, (piece + 1) * imagesPerPiece) }

  func rows(ofImages images: Range<Int>) -> some Sequence<Range<Int>> {
    let end = images.upperBound * shape.outputHeight
    return stride(from: images.lowerBound * shape.outputHeight, to: end, by: rowsPerPiece).lazy.map {
      $0..<min(end, $0 + rowsPerPiece)
    }
  }

  // MARK: The weight gradient: lanes add up a stretch of chunks each, for a part of the fan-in at a time.

  var chunks: Int { ceilDivide(allRows, rowsPerChunk) }
  func chunkRows(_ chunk: Int) -> Range<Int> { chunk * rowsPerChunk..<min(allRows, (chunk + 1) * rowsPerChunk) }
  func chunksOfLane(_ lane: Int) -> Range<Int> { chunks * lane / lanes..<chunks * (lane + 1) / lanes }

  /// A row of the kernel; of pointwise kernels some channels.
  var parts: Int { shape.isPointwise ? ceilDivide(shape.fanIn, 126) : shape.kernel }
  func inputs(ofPart part: Int) -> Range<Int> {
    shape.fanIn * part / parts..<shape.fanIn * (part + 1) / parts
  }
  var partStride: Int { shape.isPointwise ? 0 : Self.oddLines(shape.fanIn / shape.kernel) }
}
