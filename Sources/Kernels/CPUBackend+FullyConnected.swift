import CKernels

/// Products of whole matrices, cut into tiles of the result: no partial sums, so that any cut gives the same bits.
extension CPUBackend {
  public func fullyConnectedForward(
    input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, output: Tensor
  ) {
    let (outputs, inputs) = (weights.shape[0], weights.count / weights.shape[0])
    let batch = input.shape[0]
    // output = weights · inputᵀ, turned at the end: the larger operand is then the left one, which is read as it lies.
    let rowsOfPiece = min(MatrixProduct.roomRows, evenPiece(outputs, step: 14))
    withScratch(forwardScratch(inputs: inputs, batch: batch)) { loan in
      let packed = product.packed(at: loan.shared, inner: inputs, columns: batch)
      parallelStretches(of: inputs, size: 256) { stretch, _ in
        product.pack(
          Matrix(base: input.base + stretch.lowerBound, stride: inputs, transposed: true), columns: 0..<batch, into: packed.rows(stretch))
      }
      parallelStretches(of: outputs, size: rowsOfPiece) { stretch, worker in
        let room = loan.own(worker)
        let turned = Matrix(base: room + MatrixProduct.roomFloats, stride: turnedStride(batch))
        product.multiply(
          copying: Matrix(base: weights.base + stretch.lowerBound * inputs, stride: inputs), packed, into: turned,
          rows: stretch.count, columns: batch, room: room)
        turn(turned, bias.base + stretch.lowerBound, relu: relu, to: output.base + stretch.lowerBound, stride: outputs, rows: stretch.count, columns: batch)
      }
    }
  }

  private func forwardScratch(inputs: Int, batch: Int) -> ScratchNeed {
    (
      product.packedFloats(inner: inputs, columns: batch),
      MatrixProduct.roomFloats + MatrixProduct.roomRows * turnedStride(batch)
    )
  }

  /// From one output's row to the next.
  private func turnedStride(_ batch: Int) -> Int { (batch + 15) & ~15 }

  /// target[column, row] = source[row, column] + bias[row], then max(0, ·) if `relu`.
  private func turn(_ source: Matrix, _ bias: Floats, relu: Bool, to target: Floats, stride: Int, rows: Int, columns: Int) {
    for column in 0..<columns {
      let (from, to) = (source.base + column, target + column * stride)
      for row in 0..<rows {
        let value = from[row * source.stride] + bias[row]
        to[row] = relu && value <= 0 ? 0 : value
      }
    }
  }

  public func fullyConnectedDataGradient(
    outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let (outputs, inputs) = (weights.shape[0], weights.count / weights.shape[0])
    let batch = outputGradient.shape[0]
    let columnsOfPiece = min(Self.gradientColumns, evenPiece(inputs, step: 32))
    withScratch(shared: batch * apart(outputs), each: Self.gradientColumns * MatrixProduct.chain) { loan in
      let gradient = copyApart(outputGradient, rows: batch, columns: outputs, to: loan.shared)
      parallelStretches(of: inputs, size: columnsOfPiece) { stretch, worker in
        let target = Matrix(base: inputGradient.base + stretch.lowerBound, stride: inputs)
        for k in MatrixProduct.chains(outputs) {
          let part = product.packed(at: loan.own(worker), inner: k.count, columns: stretch.count)
          product.pack(
            Matrix(base: weights.base + k.lowerBound * inputs + stretch.lowerBound, stride: inputs), columns: 0..<stretch.count, into: part)
          product.multiply(
            Matrix(base: gradient.base + k.lowerBound, stride: gradient.stride), part, into: target, rows: batch,
            columns: stretch.count, accumulate: k.lowerBound > 0)
        }
      }
    }
  }

  public func fullyConnectedWeightGradient(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor?, biasGradient: Tensor
  ) {
    let (batch, outputs) = (input.shape[0], biasGradient.count)
    if let weightGradient {
      let inputs = weightGradient.count / outputs
      forEachGradientTile(input: input, outputGradient: outputGradient) { tile in
        product.multiply(
          tile.left, tile.right, into: Matrix(base: weightGradient.base + tile.place, stride: inputs), rows: tile.rows,
          columns: tile.columns)
      }
    }
    let db = biasGradient.base
    db.update(repeating: 0, count: outputs)
    loops.add_rows(outputGradient.base, batch, outputs, db)
  }

  public func scratchFloats(outputs: Int, inputs: Int, batch: Int) -> Int {
    max(
      scratchFloats(forwardScratch(inputs: inputs, batch: batch)),
      scratchFloats((shared: batch * apart(outputs), each: Self.gradientColumns * MatrixProduct.chain)),
      scratchFloats(GradientTiles(self, outputs: outputs, inputs: inputs, batch: batch).scratch))
  }

  public func fullyConnectedUpdate(
    input: Tensor, outputGradient: Tensor, weights: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float,
    nesterov: Bool
  ) {
    let rule = descent(rate: learningRate, momentum: momentum, decay: weightDecay, nesterov: nesterov)
    let inputs = input.shape[1]
    forEachGradientTile(input: input, outputGradient: outputGradient) { tile in
      product.descend(
        tile.left, tile.right, rule: rule, weights: Matrix(base: weights.base + tile.place, stride: inputs),
        velocity: velocity.base + tile.place, rows: tile.rows, columns: tile.columns, temporary: tile.own)
    }
  }

  public func fullyConnectedSquaredNorm(input: Tensor, outputGradient: Tensor) -> Double {
    let tiles = GradientTiles(self, outputs: outputGradient.shape[1], inputs: input.shape[1], batch: input.shape[0])
    // At the end of the scratch memory's shared part, a sum for each tile.
    nonisolated(unsafe) var total = 0.0
    forEachGradientTile(input: input, outputGradient: outputGradient, finish: { sums in
      for number in 0..<tiles.count { total += sums[number] }
    }) { tile in
      product.multiply(
        tile.left, tile.right, into: Matrix(base: tile.own, stride: tile.columns), rows: tile.rows, columns: tile.columns)
      tile.sums[tile.number] = sumOfSquares(tile.own, count: tile.rows * tile.columns)
    }
    return total
  }

  public func rowProducts(_ a: Tensor, _ b: Tensor, output: Tensor) {
    let (rows, columns) = (a.shape[0], b.shape[0])
    guard rows > 0, columns > 0 else { return }
    let columnsOfPiece = min(Self.gradientColumns, evenPiece(columns, step: 32))
    withScratch(each: Self.gradientColumns * MatrixProduct.chain + MatrixProduct.roomFloats) { loan in
      parallelStretches(of: columns, size: columnsOfPiece) { stretch, worker in
        multiplyRows(
          a, b, stretch, into: Matrix(base: output.base + stretch.lowerBound, stride: columns), packed: loan.own(worker),
          room: loan.own(worker) + Self.gradientColumns * MatrixProduct.chain)
      }
    }
  }

  public func forEachRowProducts(
    _ a: Tensor, _ b: Tensor, tile: Int,
    _ body: @Sendable (_ tile: Int, _ columns: Range<Int>, _ products: UnsafeBufferPointer<Float>) -> Void
  ) {
    let (rows, columns) = (a.shape[0], b.shape[0])
    guard rows > 0, columns > 0 else { return }
    let inner = a.count / rows
    let packedFloats = Self.gradientColumns * MatrixProduct.chain
    withScratch(each: packedFloats + MatrixProduct.roomFloats + rows * Self.gradientColumns) { loan in
      parallelStretches(of: columns, size: tile) { stretch, worker in
        let room = loan.own(worker) + packedFloats
        let products = room + MatrixProduct.roomFloats
        for first in stride(from: stretch.lowerBound, to: stretch.upperBound, by: Self.gradientColumns) {
          let block = first..<min(stretch.upperBound, first + Self.gradientColumns)
          if rows < Self.fewRows {
            // Packing would take longer than multiplying.
            for row in 0..<rows {
              loops.dot_rows(
                a.base + row * inner, b.base + block.lowerBound * inner, block.count, inner, products + row * block.count)
            }
          } else {
            multiplyRows(a, b, block, into: Matrix(base: products, stride: block.count), packed: loan.own(worker), room: room)
          }
          body(stretch.lowerBound / tile, block, UnsafeBufferPointer(start: products, count: rows * block.count))
        }
      }
    }
  }

  /// target = a · bᵀ for some rows of b, packed a chain of their columns at a time.
  private func multiplyRows(_ a: Tensor, _ b: Tensor, _ block: Range<Int>, into target: Matrix, packed: Floats, room: Floats) {
    let (rows, inner) = (a.shape[0], a.count / a.shape[0])
    for k in MatrixProduct.chains(inner) {
      let part = product.packed(at: packed, inner: k.count, columns: block.count)
      product.pack(
        Matrix(base: b.base + block.lowerBound * inner + k.lowerBound, stride: inner, transposed: true), columns: 0..<block.count,
        into: part)
      product.multiply(
        copying: Matrix(base: a.base + k.lowerBound, stride: inner), part, into: target, rows: rows, columns: block.count,
        accumulate: k.lowerBound > 0, room: room)
    }
  }

  /// Of so few rows the products are sums of their own.
  private static let fewRows = 4

  public func squaredRowNorms(_ rows: Tensor, output: Tensor) {
    let count = rows.shape[0]
    guard count > 0 else { return }
    let width = rows.count / count
    parallelStretches(of: count, size: max(1, elementwisePiece / max(width, 1))) { stretch, _ in
      let (x, norms) = (rows.base, output.base)
      for row in stretch { norms[row] = Float(sumOfSquares(x + row * width, count: width)) }
    }
  }

  /// Columns of a right operand that a worker packs for itself, a chain of rows at a time: they stay in the second cache.
  private static let gradientColumns = 256

  // MARK: Weight gradients

  /// A tile of a weight gradient: left · right.
  private struct GradientTile {
    var number, rows, columns: Int
    var left: Matrix
    var right: PackedMatrix
    /// Its first element in the whole gradient.
    var place: Int
    /// Memory of the worker for the whole tile.
    var own: Floats
    /// A sum for each tile, in the memory of all.
    var sums: UnsafeMutablePointer<Double>
  }

  /// How a weight gradient is cut: by its shape alone, since the sum of its squares is added up tile by tile.
  private struct GradientTiles {
    static let rows = 56, columns = 1152
    let across, count: Int
    let scratch: ScratchNeed
    let packed: Int
    let gradient: Int

    init(_ backend: CPUBackend, outputs: Int, inputs: Int, batch: Int) {
      across = ceilDivide(inputs, Self.columns)
      count = ceilDivide(outputs, Self.rows) * across
      packed = backend.product.packedFloats(inner: batch, columns: inputs)
      gradient = (batch * backend.apart(outputs) + 15) & ~15
      scratch = (packed + gradient + 2 * count, Self.rows * Self.columns)
    }
  }

  /// Runs `body` for the tiles of outputGradientᵀ · input, then `finish` with the sums that it left.
  private func forEachGradientTile(
    input: Tensor, outputGradient: Tensor, finish: (_ sums: UnsafeMutablePointer<Double>) -> Void = { _ in },
    _ body: @Sendable (_ tile: GradientTile) -> Void
  ) {
    let batch = input.shape[0]
    let (outputs, inputs) = (outputGradient.shape[1], input.shape[1])
    let tiles = GradientTiles(self, outputs: outputs, inputs: inputs, batch: batch)
    withScratch(tiles.scratch) { loan in
      let right = product.packed(at: loan.shared, inner: batch, columns: inputs)
      parallelStretches(of: inputs, size: 256) { stretch, _ in
        product.pack(Matrix(base: input.base, stride: inputs), columns: stretch, into: right)
      }
      let left = copyApart(outputGradient, rows: batch, columns: outputs, to: loan.shared + tiles.packed)
      nonisolated(unsafe) let sums = UnsafeMutableRawPointer(loan.shared + tiles.packed + tiles.gradient)
        .assumingMemoryBound(to: Double.self)
      let down = ceilDivide(outputs, GradientTiles.rows)
      parallelFor(tiles.count) { piece, worker in
        // Neighbours share their columns, which are packed and in a cache.
        let (x, y) = piece.quotientAndRemainder(dividingBy: down)
        let (row, column) = (y * GradientTiles.rows, x * GradientTiles.columns)
        body(
          GradientTile(
            number: y * tiles.across + x, rows: min(GradientTiles.rows, outputs - row),
            columns: min(GradientTiles.columns, inputs - column),
            left: Matrix(base: left.base + row, stride: left.stride, transposed: true), right: right.panels(from: column),
            place: row * inputs + column, own: loan.own(worker), sums: sums))
      }
      finish(sums)
    }
  }

  // MARK: Cutting

  /// The floats from one row to the next of a copy whose rows do not meet in one place of a cache.
  private func apart(_ columns: Int) -> Int { ((columns + 15) & ~15) + 16 }

  private func copyApart(_ source: Tensor, rows: Int, columns: Int, to target: Floats) -> Matrix {
    let stride = apart(columns)
    nonisolated(unsafe) let target = target
    parallelStretches(of: rows, size: 8) { stretch, _ in
      for row in stretch { (target + row * stride).update(from: source.base + row * columns, count: columns) }
    }
    return Matrix(base: target, stride: stride)
  }

  /// A piece of `count` that gives every worker several, in whole steps.
  private func evenPiece(_ count: Int, step: Int) -> Int {
    max(1, ceilDivide(count, workers * 4 * step)) * step
  }
}
