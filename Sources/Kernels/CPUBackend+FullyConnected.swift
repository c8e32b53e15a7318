/// Products of whole matrices, cut into tiles of the result: no partial sums, so that any cut gives a fixed order.
extension CPUBackend {
  public func fullyConnectedForward(
    input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, output: Tensor
  ) {
    let (outputs, inputs) = (weights.shape[0], weights.count / weights.shape[0])
    multiplyInTiles(
      Matrix(base: input.base, stride: inputs),
      Matrix(base: weights.base, stride: inputs, transposed: true),
      into: Matrix(base: output.base, stride: outputs), rows: input.shape[0], columns: outputs, inner: inputs
    ) { rows, columns in
      addBias(
        bias.base + columns.lowerBound, to: output.base + rows.lowerBound * outputs + columns.lowerBound,
        rows: rows.count, columns: columns.count, stride: outputs, relu: relu)
    }
  }

  public func fullyConnectedDataGradient(
    outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let (outputs, inputs) = (weights.shape[0], weights.count / weights.shape[0])
    multiplyInTiles(
      Matrix(base: outputGradient.base, stride: outputs), Matrix(base: weights.base, stride: inputs),
      into: Matrix(base: inputGradient.base, stride: inputs),
      rows: outputGradient.shape[0], columns: inputs, inner: outputs)
  }

  public func fullyConnectedWeightGradient(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor?, biasGradient: Tensor
  ) {
    let (batch, outputs) = (input.shape[0], biasGradient.count)
    if let weightGradient {
      let inputs = weightGradient.count / outputs
      multiplyInTiles(
        Matrix(base: outputGradient.base, stride: outputs, transposed: true),
        Matrix(base: input.base, stride: inputs), into: Matrix(base: weightGradient.base, stride: inputs),
        rows: outputs, columns: inputs, inner: batch)
    }
    let db = biasGradient.base
    db.update(repeating: 0, count: outputs)
    addRows(outputGradient.base, rows: batch, columns: outputs, to: db)
  }

  public func scratchFloats(outputs: Int, inputs: Int) -> Int {
    scratchFloats((shared: 0, each: Self.tileSide(outputs) * Self.tileSide(inputs)))
  }

  public func fullyConnectedUpdate(
    input: Tensor, outputGradient: Tensor, weights: Tensor, velocity: Tensor, rate: Float, momentum: Float, decay: Float,
    nesterov: Bool
  ) {
    forEachGradientTile(input: input, outputGradient: outputGradient) { tile in
      for row in 0..<tile.rows.count {
        let place = (tile.rows.lowerBound + row) * tile.inputs + tile.columns.lowerBound
        descend(
          weights.base + place, gradient: tile.floats + row * tile.columns.count, velocity: velocity.base + place,
          count: tile.columns.count, rate: rate, momentum: momentum, decay: decay, nesterov: nesterov)
      }
    }
  }

  public func fullyConnectedSquaredNorm(input: Tensor, outputGradient: Tensor) -> Double {
    // There are at most 8 × 8 tiles.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { sums in
      sums.initialize(repeating: 0)
      // Each tile writes one sum of its own.
      nonisolated(unsafe) let sums = sums
      forEachGradientTile(input: input, outputGradient: outputGradient) { tile in
        sums[tile.number] = sumOfSquares(tile.floats, count: tile.rows.count * tile.columns.count)
      }
      return sums.reduce(0, +)
    }
  }

  public func rowProducts(_ a: Tensor, _ b: Tensor, output: Tensor) {
    let (rows, columns) = (a.shape[0], b.shape[0])
    guard rows > 0, columns > 0 else { return }
    let inner = a.count / rows
    multiplyInTiles(
      Matrix(base: a.base, stride: inner), Matrix(base: b.base, stride: inner, transposed: true),
      into: Matrix(base: output.base, stride: columns), rows: rows, columns: columns, inner: inner,
      side: columns < 2048 ? 512 : 2048)
  }

  public func squaredRowNorms(_ rows: Tensor, output: Tensor) {
    let count = rows.shape[0]
    guard count > 0 else { return }
    let width = rows.count / count
    parallelStretches(of: count, size: max(1, elementwisePiece / max(width, 1))) { stretch in
      let (x, norms) = (rows.base, output.base)
      for row in stretch { norms[row] = Float(sumOfSquares(x + row * width, count: width)) }
    }
  }

  /// target = a · b in tiles of the result, each followed by `finish` while it is in the cache.
  private func multiplyInTiles(
    _ a: Matrix, _ b: Matrix, into target: Matrix, rows: Int, columns: Int, inner: Int, side: Int? = nil,
    finish: @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void = { _, _ in }
  ) {
    forEachTile(rows: rows, columns: columns, side: side) { _, _, tall, wide in
      var (left, right, part) = (a, b, target)
      left.base += tall.lowerBound * (a.transposed ? 1 : a.stride)
      right.base += wide.lowerBound * (b.transposed ? b.stride : 1)
      part.base += tall.lowerBound * target.stride + wide.lowerBound
      multiply(left, right, into: part, rows: tall.count, columns: wide.count, inner: inner)
      finish(tall, wide)
    }
  }

  /// A tile of a weight gradient, in the memory of a worker.
  private struct GradientTile {
    var number: Int
    var rows, columns: Range<Int>
    /// The columns of the whole gradient.
    var inputs: Int
    /// The tile alone, row by row.
    var floats: Floats
  }

  /// Computes outputGradientᵀ · input in the tiles of ``fullyConnectedWeightGradient``, which are lost again after `body`.
  private func forEachGradientTile(
    input: Tensor, outputGradient: Tensor, _ body: @Sendable (_ tile: GradientTile) -> Void
  ) {
    let batch = input.shape[0]
    let (outputs, inputs) = (outputGradient.shape[1], input.shape[1])
    withScratch(each: Self.tileSide(outputs) * Self.tileSide(inputs)) { loan in
      forEachTile(rows: outputs, columns: inputs) { number, worker, tall, wide in
        let tile = GradientTile(number: number, rows: tall, columns: wide, inputs: inputs, floats: loan.own(worker))
        multiply(
          Matrix(base: outputGradient.base + tall.lowerBound, stride: outputs, transposed: true),
          Matrix(base: input.base + wide.lowerBound, stride: inputs),
          into: Matrix(base: tile.floats, stride: wide.count), rows: tall.count, columns: wide.count, inner: batch)
        body(tile)
      }
    }
  }

  /// Cuts a matrix into tiles and runs `body` for each.
  /// - Parameter side: of a tile. The larger, the better: OpenBLAS copies both operands into an order of its own before
  ///   it multiplies them, which is in proportion to the sides, and the work to the area. But every worker needs one.
  private func forEachTile(
    rows: Int, columns: Int, side: Int? = nil,
    _ body: @Sendable (_ number: Int, _ worker: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    guard rows > 0, columns > 0 else { return }
    let (tileRows, tileColumns) = (side ?? Self.tileSide(rows), side ?? Self.tileSide(columns))
    let across = ceilDivide(columns, tileColumns)
    parallelFor(ceilDivide(rows, tileRows) * across) { piece, worker in
      let (y, x) = piece.quotientAndRemainder(dividingBy: across)
      body(
        piece, worker, y * tileRows..<min(rows, (y + 1) * tileRows), x * tileColumns..<min(columns, (x + 1) * tileColumns))
    }
  }

  /// One side of a result is cut into at most eight equal parts, none under 128.
  private static func tileSide(_ side: Int) -> Int { max(128, (ceilDivide(side, 8) + 15) & ~15) }
}
