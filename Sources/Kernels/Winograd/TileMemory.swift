/// Transformed tiles in scratch memory: those of the inputs, [point, tile, channels], and those of the outputs or their
/// gradients.
struct TileMemory {
  let cut: WinogradCut
  let tiles: Range<Int>
  private let inputTiles, outputTiles: Floats
  private let inputStride, outputStride: Int
  /// The square between a transform's two passes.
  private let temporary: Floats
  /// Pixels beyond the border: zeros to read, and one whose values nobody reads.
  private let zeros, waste: Floats

  /// The tiles of a piece, all in the memory of a worker.
  init(piece: Int, of cut: WinogradCut, own: Floats) {
    self.init(cut.tiles(ofPiece: piece), cut, tiles: own + cut.ownFloats, own: own)
  }

  /// The tiles of a chunk, in memory for all workers.
  init(chunk: Range<Int>, of cut: WinogradCut, shared: Floats, own: Floats) {
    self.init(chunk, cut, tiles: shared, own: own)
  }

  private init(_ tiles: Range<Int>, _ cut: WinogradCut, tiles memory: Floats, own: Floats) {
    self.cut = cut
    self.tiles = tiles
    inputStride = WinogradCut.pointStride(rows: tiles.count, columns: cut.input.channels)
    outputStride = WinogradCut.pointStride(rows: tiles.count, columns: cut.output.channels)
    inputTiles = memory
    outputTiles = memory + WinogradCut.points * inputStride
    temporary = own
    zeros = own + WinogradCut.points * 8
    waste = zeros + max(cut.input.channels, cut.output.channels)
  }

  /// A point's matrix of tiles × channels of a group.
  func inputs(_ point: Int, _ group: Int) -> Matrix {
    Matrix(base: inputTiles + point * inputStride + group * cut.groupInputs, stride: cut.input.channels)
  }

  func outputs(_ point: Int, _ group: Int) -> Matrix {
    Matrix(base: outputTiles + point * outputStride + group * cut.groupOutputs, stride: cut.output.channels)
  }

  /// `rows` of Bᵀ d B of the tiles in `part`.
  @inline(__always)
  func transformInput(_ input: Floats, _ part: Range<Int>, rows: Range<Int> = 0..<winogradPoints) {
    transform(
      InputTransform.self, rows: rows, cut.input, input, part, offset: -cut.padding, into: inputTiles,
      stride: inputStride)
  }

  /// `rows` of A dy Aᵀ of the tiles in `part`.
  @inline(__always)
  func transformOutputGradient<G: WinogradTransform>(
    _: G.Type, _ gradient: Floats, _ part: Range<Int>, rows: Range<Int>
  ) {
    transform(G.self, rows: rows, cut.output, gradient, part, offset: 0, into: outputTiles, stride: outputStride)
  }

  /// The first or second half of the rows of both.
  func transform<G: WinogradTransform>(
    half: Int, _ input: Floats, _: G.Type, gradient: Floats, _ part: Range<Int>
  ) {
    @inline(__always)
    func both(_ rows: Range<Int>) {
      transformInput(input, part, rows: rows)
      transformOutputGradient(G.self, gradient, part, rows: rows)
    }
    // Two calls, since the compiler leaves out the other half only where it knows which.
    if half == 0 { both(0..<winogradPoints / 2) } else { both(winogradPoints / 2..<winogradPoints) }
  }

  @inline(__always)
  private func transform<S: WinogradTransform>(
    _: S.Type, rows: Range<Int>, _ image: WinogradImage, _ floats: Floats, _ part: Range<Int>, offset: Int,
    into target: Floats, stride pointStride: Int
  ) {
    let channels = image.channels
    zeros.update(repeating: 0, count: channels)
    withUnsafeTemporaryAllocation(of: Floats.self, capacity: S.inputs * S.inputs) { places in
      let places = places.baseAddress!
      for tile in part {
        let place = cut.place(tile)
        image.find(
          in: floats + place.image * image.floats, top: place.top + offset, left: place.left + offset, side: S.inputs,
          outside: zeros, places)
        let target = target + (tile - tiles.lowerBound) * channels
        for channel in stride(from: 0, to: channels, by: 8) {
          S.applyToSquare(
            rows: rows, temporary: temporary, { places[$0].vector(channel) }, { target.store($1, $0 * pointStride + channel) })
        }
      }
    }
  }

  /// Aᵀ m A of every tile, plus the bias, then max(0, ·) if `relu`, into the outputs' pixels.
  func transformOutput<O: WinogradTransform>(_: O.Type, into output: Floats, bias: Floats?, relu: Bool) {
    let channels = cut.output.channels
    withUnsafeTemporaryAllocation(of: Floats.self, capacity: O.outputs * O.outputs) { places in
      let places = places.baseAddress!
      for tile in tiles {
        let place = cut.place(tile)
        cut.output.find(
          in: output + place.image * cut.output.floats, top: place.top, left: place.left, side: O.outputs,
          outside: waste, places)
        let source = outputTiles + (tile - tiles.lowerBound) * channels
        for channel in stride(from: 0, to: channels, by: 8) {
          let shift = bias?.vector(channel) ?? Vector()
          let floor = Vector(repeating: relu ? 0 : -.infinity)
          O.applyToSquare(
            temporary: temporary, { source.vector($0 * outputStride + channel) },
            { index, value in
              let value = value + shift
              places[index].store(value.replacing(with: floor, where: value .<= floor), channel)
            })
        }
      }
    }
  }
}
