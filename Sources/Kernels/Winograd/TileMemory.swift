/// Transformed tiles in scratch memory: those of the inputs, [point, tile, channels], and those of the outputs or their
/// gradients.
struct TileMemory {
  let cut: WinogradCut
  let tiles: Range<Int>
  /// The channels of the images that are here.
  private let inputChannels, outputChannels: Range<Int>
  private let inputTiles, outputTiles: Floats
  private let inputStride, outputStride: Int
  /// Pixels beyond the border: zeros to read, and one whose values nobody reads.
  private let zeros, waste: Floats

  /// The tiles of a piece, all in the memory of a worker.
  init(piece: (tiles: Range<Int>, groups: Range<Int>, outputs: Range<Int>), of cut: WinogradCut, own: Floats) {
    let (first, last) = (piece.groups.lowerBound, piece.groups.upperBound - 1)
    self.init(
      piece.tiles, cut, inputs: first * cut.groupInputs..<(last + 1) * cut.groupInputs,
      outputs: first * cut.groupOutputs + piece.outputs.lowerBound..<last * cut.groupOutputs + piece.outputs.upperBound,
      tiles: own + cut.ownFloats, own: own)
  }

  /// The tiles of some chunks, in memory for all workers.
  init(chunks: Range<Int>, of cut: WinogradCut, shared: Floats, own: Floats) {
    self.init(
      cut.tiles(ofChunks: chunks), cut, inputs: 0..<cut.input.channels, outputs: 0..<cut.output.channels, tiles: shared, own: own)
  }

  private init(
    _ tiles: Range<Int>, _ cut: WinogradCut, inputs: Range<Int>, outputs: Range<Int>, tiles memory: Floats, own: Floats
  ) {
    self.cut = cut
    self.tiles = tiles
    (inputChannels, outputChannels) = (inputs, outputs)
    inputStride = WinogradCut.pointStride(rows: tiles.count, columns: inputs.count)
    outputStride = WinogradCut.pointStride(rows: tiles.count, columns: outputs.count)
    inputTiles = memory
    outputTiles = memory + WinogradCut.points * inputStride
    zeros = own
    waste = zeros + max(cut.input.channels, cut.output.channels)
  }

  /// A point's matrix of tiles × channels of a group, of the tiles from `tile` on.
  func inputs(_ point: Int, _ group: Int, from tile: Int = 0) -> Matrix {
    Matrix(
      base: inputTiles + point * inputStride + tile * inputChannels.count + group * cut.groupInputs - inputChannels.lowerBound,
      stride: inputChannels.count)
  }

  /// - Parameter output: the first of the group's.
  func outputs(_ point: Int, _ group: Int, from tile: Int = 0, output: Int = 0) -> Matrix {
    Matrix(
      base: outputTiles + point * outputStride + tile * outputChannels.count + group * cut.groupOutputs + output
        - outputChannels.lowerBound, stride: outputChannels.count)
  }

  /// Bᵀ d B of the piece's tiles.
  func transformInput(_ tile: WinogradTile, _ input: Floats) {
    transform(
      tile.input, side: winogradPoints, cut.input, inputChannels, input, tiles, offset: -cut.padding, into: inputTiles,
      stride: inputStride)
  }

  /// The first or second half of the rows of Bᵀ d B and A dy Aᵀ of the tiles in `part`.
  func transform(half: Int, _ tile: WinogradTile, _ input: Floats, gradient: Floats, _ part: Range<Int>) {
    transform(
      half == 0 ? tile.inputFirst : tile.inputSecond, side: winogradPoints, cut.input, inputChannels, input, part,
      offset: -cut.padding, into: inputTiles, stride: inputStride)
    transform(
      half == 0 ? tile.gradientFirst : tile.gradientSecond, side: tile.side, cut.output, outputChannels, gradient, part, offset: 0,
      into: outputTiles, stride: outputStride)
  }

  private func transform(
    _ map: WinogradMap, side: Int, _ image: WinogradImage, _ channels: Range<Int>, _ floats: Floats, _ part: Range<Int>,
    offset: Int, into target: Floats, stride: Int
  ) {
    zeros.update(repeating: 0, count: channels.count)
    WinogradPlaces.with { places in
      for tile in part {
        let place = cut.place(tile)
        image.forEachPlace(
          in: floats + place.image * image.floats + channels.lowerBound, top: place.top + offset, left: place.left + offset,
          side: side, outside: zeros
        ) { places.from[$0] = UnsafePointer($1) }
        places.write(target + (tile - tiles.lowerBound) * channels.count, stride: stride, count: WinogradCut.points)
        map(places.from, places.to, channels.count, nil, false)
      }
    }
  }

  /// Aᵀ m A of every tile, plus the bias, then max(0, ·) if `relu`, into the outputs' pixels.
  func transformOutput(_ tile: WinogradTile, into output: Floats, bias: Floats?, relu: Bool) {
    let (image, first) = (cut.output, outputChannels.lowerBound)
    WinogradPlaces.with { places in
      for number in tiles {
        let place = cut.place(number)
        places.read(outputTiles + (number - tiles.lowerBound) * outputChannels.count, stride: outputStride, count: WinogradCut.points)
        image.forEachPlace(
          in: output + place.image * image.floats + first, top: place.top, left: place.left, side: tile.side, outside: waste
        ) { places.to[$0] = $1 }
        tile.output(places.from, places.to, outputChannels.count, bias.map { $0 + first }, relu)
      }
    }
  }
}
