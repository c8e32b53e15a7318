import Basics
import CImageFixtures
import Datasets
import Kernels
import Settings
import TestSupport
import Testing

@Suite struct InputTransformTests {
  typealias Augmentation = TrainingConfiguration.Augmentation

  @Test("a picture of the right size becomes its own pixels")
  func identity() throws {
    let picture = Self.picture(6, 4, 3)
    let input = try apply(picture, input: (4, 4, 3), Self.plain(.shortSide, to: 4))
    // The centre of six columns begins at the second.
    #expect(input == Self.window(picture, left: 1, top: 0, side: 4))
  }

  @Test(
    "resizing agrees with Pillow's antialiased bilinear filter to one grey level",
    arguments: [
      (
        4, 3,
        [
          19, 59, 99, 56, 96, 136, 134, 144, 184, 105, 82, 122, 68, 108, 148, 105, 145, 185, 153, 163, 130, 91, 128,
          162,
          117, 157, 197, 154, 194, 193, 126, 109, 108, 133, 168, 131,
        ]
      ),
      (
        9, 8,
        [
          0, 40, 80, 6, 46, 86, 21, 61, 101, 46, 86, 126, 81, 121, 161, 130, 170, 210, 189, 87, 127, 173, 42, 82, 68,
          108,
          148, 14, 54, 94, 20, 60, 100, 35, 75, 115, 60, 100, 140, 95, 135, 175, 144, 184, 224, 140, 101, 141, 112, 56,
          96,
          82, 122, 162, 33, 73, 113, 39, 79, 119, 54, 94, 134, 79, 119, 159, 114, 154, 194, 163, 203, 231, 80, 120, 153,
          35, 75, 115, 101, 141, 181,
        ]
      ),
    ])
  func pillow(width: Int, height: Int, golden: [Int]) throws {
    var pixels: [UInt8] = []
    for y in 0..<5 {
      for x in 0..<7 {
        for channel in 0..<3 { pixels.append(UInt8((x * x * 9 + y * 31 + channel * 40) % 256)) }
      }
    }
    let source = Picture(width: 7, height: 5, channels: 3, pixels: pixels)
    let rows = resample(source, width, height)
    for (found, wanted) in zip(rows, golden) { #expect(abs(found - Float(wanted)) <= 1) }
  }

  @Test("an input is the same bits where only the rows that it needs were decoded", arguments: [
    FIXTURE_GREY, FIXTURE_RGB, FIXTURE_PROGRESSIVE,
  ])
  func neededRows(kind: fixture_jpeg) throws {
    let channels = kind == FIXTURE_GREY ? 1 : 3
    let file = ImageFixtures.jpeg(ImageFixtures.pixels(90, 73, channels), 90, 73, kind)
    let (whole, part) = (PixelBuffer(), PixelBuffer())
    var spared = 0
    for side in [34, 40, 73, 110] {
      var augmentation = Self.plain(.warp, to: side)
      augmentation.padding = side == 40 ? 3 : 0
      let transform = try InputTransform(input: (32, 32, 3), augmentation: augmentation, mean: nil)
      for seed in 0..<30 {
        let random = CounterRandom(seed: UInt64(seed))
        let need = transform.need(random: random)
        try file.withUnsafeBufferPointer { file in
          try whole.decode(file, ImageNeed(leastWidth: need.leastWidth, leastHeight: need.leastHeight), place: "whole")
          try part.decode(file, need, place: "part")
        }
        if Array(part.pixels) != Array(whole.pixels) { spared += 1 }
        #expect(input(of: part, transform, random) == input(of: whole, transform, random))
      }
    }
    #expect(spared > 60)
    // A file without its end is damaged, whatever was needed of it.
    #expect(throws: Problem.self) {
      try file.dropLast(2).withUnsafeBufferPointer { try part.decode($0, ImageNeed(shareOfRows: 0.2), place: "cut") }
    }
  }

  private func input(of buffer: PixelBuffer, _ transform: InputTransform, _ random: CounterRandom) -> [Float] {
    let output = FloatStorage(count: 32 * 32 * 3)
    transform.apply(buffer, random: random, scratch: TransformScratch(), to: output.elements)
    return Array(output.elements)
  }

  @Test("every channel is divided by its deviation, mirrored or not")
  func std() throws {
    let picture = Self.picture(4, 4, 3)
    var augmentation = Self.plain(.shortSide, to: 4)
    augmentation.scale = 2
    let plain = try apply(picture, input: (4, 4, 3), augmentation)
    augmentation.std = [1, 2, 4]
    let divided = try apply(picture, input: (4, 4, 3), augmentation)
    for index in plain.indices { #expect(divided[index] == plain[index] / [1, 2, 4][index % 3]) }
    augmentation.std = [1, 2]
    #expect(throws: Problem.self) { try self.apply(picture, input: (4, 4, 3), augmentation) }
  }

  @Test("a plain picture stays plain at any size", arguments: [1, 3, 28, 50, 97], [1, 3])
  func constant(side: Int, channels: Int) throws {
    let picture = Picture(
      width: 37, height: 23, channels: channels, pixels: [UInt8](repeating: 77, count: 37 * 23 * channels))
    for resize in [Augmentation.Resize.warp, .shortSide] {
      let input = try apply(picture, input: (side, side, channels), Self.plain(resize, to: side))
      for value in input { #expect(abs(value - 77) < 1e-3) }
    }
  }

  @Test("padding is black, and the mean is taken from it as well")
  func padding() throws {
    var augmentation = Self.plain(.warp, to: 2)
    augmentation.padding = 1
    augmentation.scale = 0.5
    let picture = Picture(width: 2, height: 2, channels: 1, pixels: [10, 20, 30, 40])
    let input = try apply(picture, input: (4, 4, 1), augmentation, mean: Tensor([4], shape: [1]))
    #expect(input == [-2, -2, -2, -2, -2, 3, 8, -2, -2, 13, 18, -2, -2, -2, -2, -2])
  }

  @Test("a mean image is subtracted where the crop lies")
  func meanImage() throws {
    let picture = Self.picture(6, 6, 1)
    let mean = Tensor((0..<36).map(Float.init), shape: [6, 6, 1])
    let input = try apply(picture, input: (4, 4, 1), Self.plain(.warp, to: 6), mean: mean)
    let pixels = Self.window(picture, left: 1, top: 1, side: 4)
    let means = Self.window(
      Picture(width: 6, height: 6, channels: 1, pixels: (0..<36).map { UInt8($0) }), left: 1, top: 1, side: 4)
    #expect(input == zip(pixels, means).map { $0 - $1 })
  }

  @Test("grey fills all channels; colour becomes luma")
  func channels() throws {
    let grey = Picture(width: 2, height: 1, channels: 1, pixels: [5, 200])
    #expect(try apply(grey, input: (1, 1, 3), Self.plain(.shortSide, to: 1)) == [5, 5, 5])
    let colour = Picture(width: 1, height: 1, channels: 3, pixels: [100, 50, 200])
    let luma = try apply(colour, input: (1, 1, 1), Self.plain(.warp, to: 1))
    #expect(abs(luma[0] - 82.05) < 1e-3)
  }

  @Test("random crops reach every place, mirrored or not, and depend on the key alone", arguments: [1, 3])
  func random(channels: Int) throws {
    let picture = Self.picture(6, 6, channels)
    var augmentation = Self.plain(.warp, to: 6)
    augmentation.mirror = true
    var seen: Set<[Float]> = []
    for key in 0..<400 {
      let random = CounterRandom(seed: 1, key)
      let input = try apply(picture, input: (4, 4, channels), augmentation, random: random)
      #expect(input == (try apply(picture, input: (4, 4, channels), augmentation, random: random)))
      seen.insert(input)
    }
    var expected: Set<[Float]> = []
    for top in 0..<3 {
      for left in 0..<3 {
        for mirrored in [false, true] {
          expected.insert(Self.window(picture, left: left, top: top, side: 4, mirrored: mirrored))
        }
      }
    }
    #expect(seen == expected)
  }

  @Test("a mirrored crop with a mean image is the mirror of the plain one")
  func mirroredMean() throws {
    let picture = Self.picture(3, 3, 1)
    var augmentation = Self.plain(.warp, to: 3)
    augmentation.mirror = true
    augmentation.padding = 1
    let mean = Tensor((0..<9).map { Float($0 * $0) }, shape: [3, 3, 1])
    var inputs: Set<[Float]> = []
    for key in 0..<40 {
      let random = CounterRandom(seed: 2, key)
      inputs.insert(try apply(picture, input: (5, 5, 1), augmentation, mean: mean, random: random))
    }
    #expect(inputs.count == 2)
    let plain = try apply(picture, input: (5, 5, 1), augmentation, mean: mean)
    var reversed: [Float] = []
    for line in 0..<5 { reversed += plain[line * 5..<line * 5 + 5].reversed() }
    #expect(inputs == [plain, reversed])
    // Beyond its border the mean image goes on as its border.
    #expect(plain.first == 0)
    #expect(plain.last == -64)
  }

  @Test("extreme shapes are resized without trouble", arguments: [(1, 3000), (3000, 1), (1, 1), (2999, 2)])
  func extremes(width: Int, height: Int) throws {
    let picture = Picture(
      width: width, height: height, channels: 3, pixels: [UInt8](repeating: 9, count: width * height * 3))
    for resize in [Augmentation.Resize.warp, .shortSide] {
      let input = try apply(picture, input: (24, 24, 3), Self.plain(resize, to: 32), random: CounterRandom(seed: 4, 4))
      #expect(input.allSatisfy { abs($0 - 9) < 1e-3 })
    }
  }

  @Test("what cannot fit is refused in words")
  func refusals() {
    let plain = Self.plain(.warp, to: 8)
    #expect(throws: Problem.self) { try InputTransform(input: (9, 9, 1), augmentation: plain, mean: nil) }
    #expect(throws: Problem.self) { try InputTransform(input: (8, 8, 2), augmentation: plain, mean: nil) }
    #expect(throws: Problem.self) { try InputTransform(input: (8, 8, 1), augmentation: plain, mean: Tensor([3])) }
    #expect(throws: Problem.self) {
      try InputTransform(input: (8, 8, 1), augmentation: Self.plain(.warp, to: 0), mean: nil)
    }
  }

  private static func plain(_ resize: Augmentation.Resize, to side: Int) -> Augmentation {
    Augmentation(resize: resize, resizeTo: side, padding: 0, mirror: false, mean: .channel, scale: 1)
  }

  /// The values of a square part of a picture.
  private static func window(
    _ picture: Picture, left: Int, top: Int, side: Int, mirrored: Bool = false
  ) -> [Float] {
    var values: [Float] = []
    for y in top..<top + side {
      for x in 0..<side {
        let column = left + (mirrored ? side - 1 - x : x)
        let place = (y * picture.width + column) * picture.channels
        for channel in 0..<picture.channels { values.append(Float(picture.pixels[place + channel])) }
      }
    }
    return values
  }

  private static func picture(_ width: Int, _ height: Int, _ channels: Int) -> Picture {
    Picture(width: width, height: height, channels: channels, pixels: ImageFixtures.pixels(width, height, channels))
  }

  private func apply(
    _ picture: Picture, input: InputShape, _ augmentation: Augmentation, mean: Tensor? = nil,
    random: CounterRandom? = nil
  ) throws -> [Float] {
    let buffer = PixelBuffer()
    buffer.copy(picture)
    let output = Tensor([input.height, input.width, input.channels])
    try InputTransform(input: input, augmentation: augmentation, mean: mean)
      .apply(buffer, random: random, scratch: TransformScratch(), to: output.elements)
    return output.array
  }

  private func resample(_ picture: Picture, _ width: Int, _ height: Int) -> [Float] {
    var resampler = Resampler()
    var rows: [Float] = []
    let row = Tensor([width * 3])
    picture.pixels.withUnsafeBufferPointer { pixels in
      resampler.forEachRow(
        of: pixels, width: picture.width, height: picture.height, channels: 3, targetWidth: width, targetHeight: height,
        x: 0..<width, y: 0..<height, row: row.elements
      ) { rows += $1.prefix(width * 3) }
    }
    return rows
  }
}
