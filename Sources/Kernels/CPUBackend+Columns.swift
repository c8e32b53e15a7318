/// Convolution as a matrix product (im2col; Chellapilla, Puri, Simard 2006) over pieces of output rows.
///
/// One row of the column matrix holds the inputs to one output pixel, `[kernel, kernel, channels / groups]`, which in NHWC
/// is a few copies of contiguous floats. The output rows of all images are one long list, and a piece is a
/// stretch of it, so that one large image and many small ones are cut alike.
extension CPUBackend {
  /// The scratch memory of forward, data gradient and weight gradient.
  func columnsScratch(_ shape: ConvolutionShape, batch: Int) -> [(shared: Int, each: Int)] {
    let cut = ConvolutionCut(shape, batch: batch)
    return [(0, cut.columnFloats), (0, cut.imageColumnFloats), (cut.lanes * shape.outputs * shape.fanIn, cut.columnFloats)]
  }

  func columnsForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    let cut = ConvolutionCut(shape, batch: input.shape[0])
    let (outputs, fanIn) = (shape.outputs, shape.fanIn)
    let groupOutputs = outputs / shape.groups
    withScratch(each: cut.columnFloats) { loan in
      parallelFor(cut.pieces) { piece, worker in
        let (x, w, y) = (input.base, weights.base, output.base)
        let rows = cut.rows(piece)
        let pixels = rows.count * shape.outputWidth
        let target = y + rows.lowerBound * shape.outputWidth * outputs
        for group in 0..<shape.groups {
          let columns = cut.columns(of: x, rows: rows, group: group, scratch: loan.own(worker))
          multiply(
            columns, Matrix(base: w + group * groupOutputs * fanIn, stride: fanIn, transposed: true),
            into: Matrix(base: target + group * groupOutputs, stride: outputs),
            rows: pixels, columns: groupOutputs, inner: fanIn)
        }
        if let bias {
          addBias(bias.base, to: target, rows: pixels, columns: outputs, stride: outputs, relu: relu)
        } else if relu {
          clampBelow(target, count: pixels * outputs)
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
    withScratch(each: cut.imageColumnFloats) { loan in
      parallelFor(cut.imagePieces) { piece, worker in
        let (dy, w, dx) = (outputGradient.base, weights.base, inputGradient.base)
        let images = cut.images(piece)
        let rows = images.lowerBound * shape.outputHeight..<images.upperBound * shape.outputHeight
        let pixels = rows.count * shape.outputWidth
        let source = dy + rows.lowerBound * shape.outputWidth * outputs
        let target = dx + images.lowerBound * imageFloats
        if !shape.isPointwise { target.update(repeating: 0, count: images.count * imageFloats) }
        for group in 0..<shape.groups {
          let columns =
            shape.isPointwise
            ? Matrix(base: target + group * fanIn, stride: shape.channels) : Matrix(base: loan.own(worker), stride: fanIn)
          multiply(
            Matrix(base: source + group * groupOutputs, stride: outputs),
            Matrix(base: w + group * groupOutputs * fanIn, stride: fanIn),
            into: columns, rows: pixels, columns: fanIn, inner: groupOutputs)
          if !shape.isPointwise { scatterColumns(shape, columns.base, rows: rows, group: group, into: dx) }
        }
      }
    }
  }

  func columnsWeightGradient(
    _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor
  ) {
    let cut = ConvolutionCut(shape, batch: input.shape[0])
    let (outputs, fanIn) = (shape.outputs, shape.fanIn)
    let groupOutputs = outputs / shape.groups
    let weightCount = outputs * fanIn
    withScratch(shared: cut.lanes * weightCount, each: cut.columnFloats) { loan in
      parallelFor(cut.lanes) { lane, worker in
        let (x, dy) = (input.base, outputGradient.base)
        let partial = loan.shared + lane * weightCount
        for (index, piece) in cut.piecesOfLane(lane).enumerated() {
          let rows = cut.rows(piece)
          let pixels = rows.count * shape.outputWidth
          let source = dy + rows.lowerBound * shape.outputWidth * outputs
          for group in 0..<shape.groups {
            let columns = cut.columns(of: x, rows: rows, group: group, scratch: loan.own(worker))
            multiply(
              Matrix(base: source + group * groupOutputs, stride: outputs, transposed: true), columns,
              into: Matrix(base: partial + group * groupOutputs * fanIn, stride: fanIn),
              rows: groupOutputs, columns: fanIn, inner: pixels, accumulate: index > 0)
          }
        }
      }
      sumLanes(loan, lanes: cut.lanes, stride: weightCount, into: weightGradient)
    }
  }

  /// target[i] = Σ over lanes in order of shared[lane · stride + i].
  private func sumLanes(_ loan: ScratchLoan, lanes: Int, stride: Int, into target: Tensor) {
    parallelStretches(of: target.count, size: elementwisePiece) { stretch in
      let (source, count) = (loan.shared + stretch.lowerBound, stretch.count)
      let target = target.base + stretch.lowerBound
      guard lanes > 0 else { return target.update(repeating: 0, count: count) }
      target.update(from: source, count: count)
      for lane in 1..<lanes { addVector(source + lane * stride, to: target, count: count) }
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
  let rowsPerPiece: Int

  /// Output pixels of one product: enough that packing the weights is small beside multiplying by them.
  static let pixelsPerPiece = 512
  /// Partial sums of a weight gradient.
  static let maximalLanes = 8

  init(_ shape: ConvolutionShape, batch: Int) {
    self.shape = shape
    self.batch = batch
    let wanted = ceilDivide(Self.pixelsPerPiece, shape.outputWidth)
    rowsPerPiece = max(1, min(wanted, ceilDivide(batch * shape.outputHeight, Self.maximalLanes)))
  }

  var allRows: Int { batch * shape.outputHeight }
  var pieces: Int { ceilDivide(allRows, rowsPerPiece) }
  func rows(_ piece: Int) -> Range<Int> { piece * rowsPerPiece..<min(allRows, (piece + 1) * rowsPerPiece) }

  /// A lane adds up the weight gradient of a stretch of pieces.
  var lanes: Int { min(pieces, Self.maximalLanes) }
  func piecesOfLane(_ lane: Int) -> Range<Int> { pieces * lane / lanes..<pieces * (lane + 1) / lanes }

  /// The data gradient overlaps within an image, so that its pieces are whole images.
  var imagesPerPiece: Int { max(1, rowsPerPiece / shape.outputHeight) }
  var imagePieces: Int { ceilDivide(batch, imagesPerPiece) }
  func images(_ piece: Int) -> Range<Int> { piece * imagesPerPiece..<min(batch, (piece + 1) * imagesPerPiece) }

  var columnFloats: Int { shape.isPointwise ? 0 : rowsPerPiece * shape.outputWidth * shape.fanIn }
  var imageColumnFloats: Int {
    shape.isPointwise ? 0 : imagesPerPiece * shape.outputHeight * shape.outputWidth * shape.fanIn
  }

  /// The column matrix of a stretch of output rows, one group: made in `scratch`, or the input itself.
  func columns(of input: Floats, rows: Range<Int>, group: Int, scratch: Floats) -> Matrix {
    if shape.isPointwise {
      let first = rows.lowerBound * shape.width * shape.channels
      return Matrix(base: input + first + group * shape.fanIn, stride: shape.channels)
    }
    gatherColumns(shape, input, rows: rows, group: group, into: scratch)
    return Matrix(base: scratch, stride: shape.fanIn)
  }
}
