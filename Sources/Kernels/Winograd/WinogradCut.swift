import CKernels

/// A size of tile: how many outputs a side, for which kernel. Six points always: outputs + kernel − 1 = 6.
struct WinogradTile: @unchecked Sendable {
  /// Outputs a side.
  let side: Int
  let input, inputFirst, inputSecond, output, gradientFirst, gradientSecond, kernel, kernelGradient: WinogradMap

  /// F(4×4, 3×3): 36 products for 16 outputs, where the direct sum takes 144.
  static func fourByThree(_ loops: UnsafePointer<kernels>) -> WinogradTile {
    WinogradTile(
      loops, side: 4, output: winograd_four_outputs, gradientFirst: winograd_four_gradients_first,
      gradientSecond: winograd_four_gradients_second, kernel: winograd_kernel_of_three,
      kernelGradient: winograd_kernel_gradient_of_three)
  }

  /// F(2×2, 5×5): 36 products for 4 outputs, where the direct sum takes 100.
  static func twoByFive(_ loops: UnsafePointer<kernels>) -> WinogradTile {
    WinogradTile(
      loops, side: 2, output: winograd_two_outputs, gradientFirst: winograd_two_gradients_first,
      gradientSecond: winograd_two_gradients_second, kernel: winograd_kernel_of_five,
      kernelGradient: winograd_kernel_gradient_of_five)
  }

  private init(
    _ loops: UnsafePointer<kernels>, side: Int, output: winograd_transform, gradientFirst: winograd_transform,
    gradientSecond: winograd_transform, kernel: winograd_transform, kernelGradient: winograd_transform
  ) {
    self.side = side
    input = winograd_map_of(loops, winograd_input)!
    inputFirst = winograd_map_of(loops, winograd_input_first)!
    inputSecond = winograd_map_of(loops, winograd_input_second)!
    self.output = winograd_map_of(loops, output)!
    self.gradientFirst = winograd_map_of(loops, gradientFirst)!
    self.gradientSecond = winograd_map_of(loops, gradientSecond)!
    self.kernel = winograd_map_of(loops, kernel)!
    self.kernelGradient = winograd_map_of(loops, kernelGradient)!
  }
}

/// Maps a square of numbers to another, for so many channels of each.
typealias WinogradMap = @convention(c) (
  _ from: UnsafePointer<UnsafePointer<Float>?>?, _ to: UnsafePointer<UnsafeMutablePointer<Float>?>?, _ channels: Int,
  _ bias: UnsafePointer<Float>?, _ relu: Bool
) -> Void

/// The number of points of every transform here, and of a tile's side in the transformed space.
let winogradPoints = 6

/// Where the numbers of the squares lie between which a map maps: room for two of at most 36.
struct WinogradPlaces {
  let from: UnsafeMutablePointer<UnsafePointer<Float>?>
  let to: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>

  /// Runs `body` with such room on the stack.
  @inline(__always)
  static func with(_ body: (WinogradPlaces) -> Void) {
    let most = winogradPoints * winogradPoints
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: most) { from in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: most) { to in
        body(WinogradPlaces(from: from.baseAddress!, to: to.baseAddress!))
      }
    }
  }

  /// The square that is read: its first number and the floats from one to the next.
  @inline(__always)
  func read(_ base: Floats, stride: Int, count: Int) {
    for i in 0..<count { from[i] = UnsafePointer(base + i * stride) }
  }

  @inline(__always)
  func write(_ base: Floats, stride: Int, count: Int) {
    for i in 0..<count { to[i] = base + i * stride }
  }
}

/// How a convolution of a batch is cut into tiles, and those into pieces for so many workers, which no bit depends on, and into chunks,
/// by its shape and batch alone.
struct WinogradCut {
  /// What tiles are read from and written to, one image each.
  let input, output: WinogradImage
  let padding, groups: Int
  /// Outputs of a tile's side.
  let side: Int
  let across, tilesOfImage, tiles: Int
  let workers: Int
  /// Pieces: blocks of tiles, each with so many parts of the groups and of their outputs.
  private let tileBlocks, groupParts, outputParts: Int

  static let points = winogradPoints * winogradPoints
  /// Tiles whose products are added to a weight gradient at a time: few enough to be in a cache still when they are multiplied.
  private static let tilesOfChunk = 128

  private init(_ input: WinogradImage, _ output: WinogradImage, padding: Int, groups: Int, side: Int, batch: Int, workers: Int) {
    self.input = input
    self.output = output
    self.padding = padding
    self.groups = groups
    self.side = side
    across = ceilDivide(output.width, side)
    tilesOfImage = across * ceilDivide(output.height, side)
    tiles = tilesOfImage * batch
    self.workers = workers
    (tileBlocks, groupParts, outputParts) = Self.blocks(
      tiles: tiles, groups: groups, inputs: input.channels / groups, outputs: output.channels / groups, workers: workers)
  }

  init(_ shape: ConvolutionShape, side: Int, batch: Int, workers: Int) {
    self.init(
      shape.inputImage, shape.outputImage, padding: shape.padding, groups: shape.groups, side: side, batch: batch,
      workers: workers)
  }

  /// The data gradient as a convolution of the gradients of the outputs.
  init(gradientOf shape: ConvolutionShape, side: Int, batch: Int, workers: Int) {
    self.init(
      shape.outputImage, shape.inputImage, padding: shape.kernel - 1 - shape.padding, groups: shape.groups, side: side,
      batch: batch, workers: workers)
  }

  var groupInputs: Int { input.channels / groups }
  var groupOutputs: Int { output.channels / groups }

  // MARK: Pieces

  /// The cut that by this count ends first: what the busiest worker multiplies, transforms and reads of the kernels, in cycles of a
  /// core that multiplies 32 pairs in each.
  private static func blocks(tiles: Int, groups: Int, inputs: Int, outputs: Int, workers: Int) -> (Int, Int, Int) {
    guard tiles > 0 else { return (0, 1, 1) }
    var best = (blocks: 1, groups: 1, outputs: 1), least = Int.max
    for groupParts in [1, groups] {
      for outputParts in 1...(groupParts == groups ? max(1, outputs / 64) : 1) {
        for height in stride(from: 14, through: 56, by: 14) {
          let blocks = ceilDivide(tiles, height)
          let rows = ceilDivide(tiles, blocks)
          let (ofGroups, ofOutputs) = (groups / groupParts, (ceilDivide(outputs, outputParts) + 31) & ~31)
          let products = rows * inputs * min(outputs, ofOutputs) / 32
          let transforms = rows * (inputs + min(outputs, ofOutputs)) / 6
          let kernels = inputs * min(outputs, ofOutputs) / 4
          let rounds = ceilDivide(blocks * groupParts * outputParts, workers)
          let cost = rounds * ofGroups * (products + transforms + kernels)
          if cost < least { (best, least) = ((blocks, groupParts, outputParts), cost) }
        }
        if workers == 1 { break }
      }
      if groups == 1 { break }
    }
    return best
  }

  var pieces: Int { tileBlocks * groupParts * outputParts }

  /// What a piece computes: some tiles, groups, and of a group's outputs some.
  func piece(_ number: Int) -> (tiles: Range<Int>, groups: Range<Int>, outputs: Range<Int>) {
    // Neighbours share their part of the kernels.
    let (part, block) = number.quotientAndRemainder(dividingBy: tileBlocks)
    let (groupPart, outputPart) = part.quotientAndRemainder(dividingBy: outputParts)
    let ofGroups = groups / groupParts
    let width = outputsOfPiece
    return (
      tiles * block / tileBlocks..<tiles * (block + 1) / tileBlocks, groupPart * ofGroups..<(groupPart + 1) * ofGroups,
      min(groupOutputs, outputPart * width)..<min(groupOutputs, (outputPart + 1) * width)
    )
  }

  /// Whole panels of the kernels.
  private var outputsOfPiece: Int { (ceilDivide(groupOutputs, outputParts) + 31) & ~31 }

  // MARK: Chunks

  var chunks: Int { ceilDivide(tiles, Self.tilesOfChunk) }
  /// Chunks that are transformed together: more for more workers, who would else wait for one another after every few products.
  var chunksOfRound: Int { max(1, min(4, workers / 8)) }
  func tiles(ofChunks chunks: Range<Int>) -> Range<Int> {
    chunks.lowerBound * Self.tilesOfChunk..<min(tiles, chunks.upperBound * Self.tilesOfChunk)
  }

  /// Parts of a point's product of a chunk, so that every worker has some.
  var gradientParts: Int { max(1, min(groupOutputs / 28, ceilDivide(2 * workers, Self.points * groups))) }
  /// Tiles of a chunk that are transformed in one piece.
  var tilesOfTransform: Int { workers > 8 ? 4 : 16 }

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
  /// A pixel of zeros to read and one to write beyond the border.
  var ownFloats: Int { 2 * max(input.channels, output.channels) }
  var pieceFloats: Int {
    let groups = groups / groupParts
    return ownFloats
      + tileFloats(
        tileBlocks > 0 ? ceilDivide(tiles, tileBlocks) : 0, groups * groupInputs, groups * min(groupOutputs, outputsOfPiece))
  }
  var roundFloats: Int { tileFloats(min(tiles, Self.tilesOfChunk * chunksOfRound), input.channels, output.channels) }

  private func tileFloats(_ tiles: Int, _ inputs: Int, _ outputs: Int) -> Int {
    Self.points * (Self.pointStride(rows: tiles, columns: inputs) + Self.pointStride(rows: tiles, columns: outputs))
  }
}

/// An image in memory, [height, width, channels].
struct WinogradImage {
  var height, width, channels: Int

  var floats: Int { height * width * channels }

  /// Runs `body` with the place of each pixel of a square, row by row; `outside` for those beyond the border.
  @inline(__always)
  func forEachPlace(
    in image: Floats, top: Int, left: Int, side: Int, outside: Floats, _ body: (_ index: Int, _ place: Floats) -> Void
  ) {
    var index = 0
    for y in top..<top + side {
      for x in left..<left + side {
        let isInside = y >= 0 && y < height && x >= 0 && x < width
        body(index, isInside ? image + (y * width + x) * channels : outside)
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
