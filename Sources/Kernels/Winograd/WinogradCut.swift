/// A size of tile: how many outputs a side, for which kernel. Six points always: outputs + kernel − 1 = 6.
protocol WinogradTile: Sendable {
  associatedtype Output: WinogradTransform
  associatedtype OutputGradient: WinogradTransform
  associatedtype Kernel: WinogradTransform
  associatedtype KernelGradient: WinogradTransform
}

extension WinogradTile {
  /// Outputs a side.
  static var side: Int { Output.outputs }
}

/// F(4×4, 3×3): 36 products for 16 outputs, where the direct sum takes 144.
enum FourByThree: WinogradTile {
  typealias Output = FourOutputs
  typealias OutputGradient = FourGradients
  typealias Kernel = KernelOfThree
  typealias KernelGradient = KernelGradientOfThree
}

/// F(2×2, 5×5): 36 products for 4 outputs, where the direct sum takes 100.
enum TwoByFive: WinogradTile {
  typealias Output = TwoOutputs
  typealias OutputGradient = TwoGradients
  typealias Kernel = KernelOfFive
  typealias KernelGradient = KernelGradientOfFive
}

/// How a convolution of a batch is cut into tiles, and those into pieces and chunks: by its shape and batch alone.
struct WinogradCut {
  /// What tiles are read from and written to, one image each.
  let input, output: WinogradImage
  let padding, groups: Int
  /// Outputs of a tile's side.
  let side: Int
  let across, tilesOfImage, tiles: Int

  static let points = winogradPoints * winogradPoints
  /// Tiles of one product: enough that packing the kernels is small beside multiplying by them, and for kernels that stay in a
  /// cache few enough that the tiles do as well.
  private var tilesOfPiece: Int { kernelFloats > 1 << 20 ? 128 : 64 }
  /// Tiles whose products are added to a weight gradient at a time: few enough to be in a cache still when they are multiplied.
  private static let tilesOfChunk = 128

  private init(_ input: WinogradImage, _ output: WinogradImage, padding: Int, groups: Int, side: Int, batch: Int) {
    self.input = input
    self.output = output
    self.padding = padding
    self.groups = groups
    self.side = side
    across = ceilDivide(output.width, side)
    tilesOfImage = across * ceilDivide(output.height, side)
    tiles = tilesOfImage * batch
  }

  init(_ shape: ConvolutionShape, side: Int, batch: Int) {
    self.init(
      shape.inputImage, shape.outputImage, padding: shape.padding, groups: shape.groups, side: side, batch: batch)
  }

  /// The data gradient as a convolution of the gradients of the outputs.
  init(gradientOf shape: ConvolutionShape, side: Int, batch: Int) {
    self.init(
      shape.outputImage, shape.inputImage, padding: shape.kernel - 1 - shape.padding, groups: shape.groups, side: side,
      batch: batch)
  }

  var groupInputs: Int { input.channels / groups }
  var groupOutputs: Int { output.channels / groups }

  private var tilesPerPiece: Int { min(tilesOfPiece, max(16, ceilDivide(tiles, 8))) }
  var pieces: Int { ceilDivide(tiles, tilesPerPiece) }
  func tiles(ofPiece piece: Int) -> Range<Int> { piece * tilesPerPiece..<min(tiles, (piece + 1) * tilesPerPiece) }

  var chunks: Int { ceilDivide(tiles, Self.tilesOfChunk) }
  func tiles(ofChunk chunk: Int) -> Range<Int> {
    chunk * Self.tilesOfChunk..<min(tiles, (chunk + 1) * Self.tilesOfChunk)
  }

  /// A tile's image, and its first output.
  @inline(__always)
  func place(_ tile: Int) -> (image: Int, top: Int, left: Int) {
    let (image, rest) = tile.quotientAndRemainder(dividingBy: tilesOfImage)
    let (y, x) = rest.quotientAndRemainder(dividingBy: across)
    return (image, y * side, x * side)
  }

  // MARK: Memory, in floats

  /// From one point's matrix of rows × columns to the next. A line more than it holds: strides that are powers of two would
  /// put all 36 into the same few lines of a cache.
  static func pointStride(rows: Int, columns: Int) -> Int { rows * columns + 16 }

  var kernelStride: Int { Self.pointStride(rows: output.channels, columns: groupInputs) }
  var kernelFloats: Int {
    Self.points * max(kernelStride, Self.pointStride(rows: input.channels, columns: groupOutputs))
  }
  /// The square between a transform's two passes, a pixel of zeros to read and one to write beyond the border.
  var ownFloats: Int { Self.points * 8 + 2 * max(input.channels, output.channels) }
  var pieceFloats: Int { ownFloats + tileFloats(tilesPerPiece) }
  var chunkFloats: Int { tileFloats(min(tiles, Self.tilesOfChunk)) }

  private func tileFloats(_ tiles: Int) -> Int {
    Self.points
      * (Self.pointStride(rows: tiles, columns: input.channels) + Self.pointStride(rows: tiles, columns: output.channels))
  }
}

/// An image in memory, [height, width, channels].
struct WinogradImage {
  var height, width, channels: Int

  var floats: Int { height * width * channels }

  /// Puts the places of a square's pixels into `places`, row by row; `outside` for those beyond the border.
  @inline(__always)
  func find(
    in image: Floats, top: Int, left: Int, side: Int, outside: Floats, _ places: UnsafeMutablePointer<Floats>
  ) {
    var index = 0
    for y in top..<top + side {
      for x in left..<left + side {
        let isInside = y >= 0 && y < height && x >= 0 && x < width
        places[index] = isInside ? image + (y * width + x) * channels : outside
        index += 1
      }
    }
  }
}

extension ConvolutionShape {
  fileprivate var inputImage: WinogradImage { WinogradImage(height: height, width: width, channels: channels) }
  fileprivate var outputImage: WinogradImage {
    WinogradImage(height: outputHeight, width: outputWidth, channels: outputs)
  }
}
