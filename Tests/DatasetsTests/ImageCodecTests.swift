import Basics
import CImageFixtures
import CZlib
import Datasets
import Kernels
import TestSupport
import Testing

@Suite struct ImageCodecTests {
  // MARK: JPEG

  @Test("a grey JPEG decodes to one channel within the loss of its quality")
  func greyJPEG() throws {
    let pixels = ImageFixtures.pixels(31, 17, 1)
    let picture = try ImageCodec.decode(ImageFixtures.jpeg(pixels, 31, 17, FIXTURE_GREY))
    #expect((picture.width, picture.height, picture.channels) == (31, 17, 1))
    #expect(largestDifference(picture.pixels, pixels) <= 12)
  }

  @Test("a colour JPEG decodes to RGB", arguments: [
    FIXTURE_RGB, FIXTURE_PROGRESSIVE, FIXTURE_PLAIN_RGB, FIXTURE_ARITHMETIC, FIXTURE_422, FIXTURE_444,
  ])
  func colourJPEG(kind: fixture_jpeg) throws {
    let red = [UInt8](repeating: 0, count: 24 * 16 * 3).enumerated().map { $0.offset % 3 == 0 ? UInt8(200) : UInt8(30) }
    let picture = try ImageCodec.decode(ImageFixtures.jpeg(red, 24, 16, kind))
    #expect((picture.width, picture.height, picture.channels) == (24, 16, 3))
    #expect(largestDifference(picture.pixels, red) <= 3)
  }

  @Test(
    "CMYK becomes RGB as in Pillow: files hold the light that each ink leaves, with Adobe's marker and without",
    arguments: [
      (FIXTURE_CMYK, [UInt8(0), 255, 255, 255], [UInt8(0), 255, 255]),
      (FIXTURE_CMYK, [255, 0, 0, 255], [255, 0, 0]),
      (FIXTURE_CMYK, [255, 255, 255, 0], [0, 0, 0]),
      (FIXTURE_CMYK, [200, 100, 50, 128], [100, 50, 25]),
      (FIXTURE_ADOBE_CMYK, [0, 255, 255, 255], [0, 255, 255]),
      (FIXTURE_ADOBE_CMYK, [255, 255, 255, 128], [128, 128, 128]),
      (FIXTURE_ADOBE_YCCK, [255, 40, 40, 255], [255, 40, 40]),
      (FIXTURE_ADOBE_YCCK, [200, 100, 50, 128], [100, 50, 25]),
    ])
  func cmyk(kind: fixture_jpeg, ink: [UInt8], rgb: [UInt8]) throws {
    let pixels = (0..<16 * 16).flatMap { _ in ink }
    let picture = try ImageCodec.decode(ImageFixtures.jpeg(pixels, 16, 16, kind))
    #expect(picture.channels == 3)
    #expect(largestDifference(picture.pixels, (0..<16 * 16).flatMap { _ in rgb }) <= 4)
  }

  @Test("a JPEG of two components says that these are no colours")
  func components() throws {
    #expect(try reason(ImageFixtures.jpeg(ImageFixtures.pixels(8, 8, 2), 8, 8, FIXTURE_TWO)) == "a JPEG of 2 components, which are no colours")
  }

  // MARK: PNG

  @Test("grey PNGs of every bit depth are spread over 0…255", arguments: [1, 2, 4, 8, 16], [false, true])
  func greyPNG(depth: Int, interlaced: Bool) throws {
    let width = 16
    let height = 5
    let most = (1 << min(depth, 8)) - 1
    let values: [Int] = (0..<width * height).map { ($0 * 7 + $0 / width) % (most + 1) }
    let picture = try ImageCodec.decode(
      ImageFixtures.png(
        pack(values, depth: depth), width, height, depth: depth, colourType: 0, interlaced: interlaced))
    let spread: [UInt8] = values.map { UInt8($0 * 255 / most) }
    #expect(picture == Picture(width: width, height: height, channels: 1, pixels: spread))
  }

  @Test("palette PNGs of every bit depth become RGB", arguments: [1, 2, 4, 8], [false, true])
  func palettePNG(depth: Int, interlaced: Bool) throws {
    let palette: [UInt8] = (0..<768).map { UInt8($0 * 5 % 256) }
    let colours = 1 << depth
    let values: [Int] = (0..<48).map { $0 * 3 % colours }
    let picture = try ImageCodec.decode(
      ImageFixtures.png(
        pack(values, depth: depth), 16, 3, depth: depth, colourType: 3, interlaced: interlaced, palette: palette))
    let colour: [UInt8] = values.flatMap { palette[$0 * 3..<$0 * 3 + 3] }
    #expect(picture.pixels == colour)
  }

  @Test("RGB of 8 and 16 bits, interlaced or not, decodes exactly", arguments: [8, 16], [false, true])
  func colourPNG(depth: Int, interlaced: Bool) throws {
    let pixels = ImageFixtures.pixels(13, 9, 3)
    let rows = depth == 8 ? pixels : pixels.flatMap { [$0, $0] }
    let file = ImageFixtures.png(rows, 13, 9, depth: depth, colourType: 2, interlaced: interlaced)
    #expect(try ImageCodec.decode(file) == Picture(width: 13, height: 9, channels: 3, pixels: pixels))
  }

  @Test("transparent pixels are laid on white")
  func transparency() throws {
    let rgba: [UInt8] = [10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 51]
    let colour = try ImageCodec.decode(ImageFixtures.png(rgba, 3, 1, depth: 8, colourType: 6))
    #expect(colour.pixels == [10, 20, 30, 255, 255, 255, 204, 224, 244])
    let grey = try ImageCodec.decode(ImageFixtures.png([0, 255, 0, 0, 0, 128], 3, 1, depth: 8, colourType: 4))
    #expect(grey == Picture(width: 3, height: 1, channels: 1, pixels: [0, 255, 127]))
    let palette = [UInt8](repeating: 0, count: 768)
    let indexed = try ImageCodec.decode(
      ImageFixtures.png([0, 1, 2], 3, 1, depth: 8, colourType: 3, palette: palette, alphas: [255, 0]))
    #expect(indexed.pixels == [0, 0, 0, 255, 255, 255, 0, 0, 0])
  }

  @Test("an encoded PNG decodes to the same picture", arguments: [1, 3])
  func roundTrip(channels: Int) throws {
    let picture = Picture(width: 7, height: 4, channels: channels, pixels: ImageFixtures.pixels(7, 4, channels))
    #expect(try ImageCodec.decode(ImageCodec.png(picture)) == picture)
  }

  // MARK: Hostile files

  @Test("every truncation of every kind of file is an error, never a picture")
  func truncated() {
    for file in Self.files {
      for length in 0..<file.count {
        #expect(throws: Problem.self) { try ImageCodec.decode(Array(file.prefix(length))) }
      }
    }
  }

  @Test("absurd sizes are refused by the header alone, in words")
  func giant() throws {
    var png = ImageFixtures.png(8, 8)
    png.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
    fixChecksums(&png)
    #expect(try reason(png) == "65536 x 65536 pixels, more than 65500 a side or 100000000 in all")
    var jpeg = ImageFixtures.jpeg(ImageFixtures.pixels(8, 8, 3), 8, 8, FIXTURE_RGB)
    let frame = try #require((0..<jpeg.count - 1).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
    #expect(try reason(jpeg) == "65280 x 65280 pixels, more than 65500 a side or 100000000 in all")
  }

  @Test("what is no image says so")
  func otherFormats() throws {
    #expect(try reason([]) == "an empty file")
    #expect(try reason(Array("II*\0 and no more".utf8)) == "TIFF")
    #expect(try reason(Array("\u{89}PNG".utf8)) == "neither PNG, JPEG, WebP nor GIF")
  }

  @Test("ten thousand damaged files decode or throw, and never crash")
  func fuzz() {
    let random = CounterRandom(seed: 5, 1)
    var counter = 0
    func draw(_ bound: Int) -> Int {
      counter += 1
      return random.below(bound, counter)
    }
    var decoded = 0
    for _ in 0..<10_000 {
      var file = Self.files[draw(Self.files.count)]
      for _ in 0...draw(5) { file[draw(file.count)] = draw(4) == 0 ? 0xFF : UInt8(draw(256)) }
      if draw(5) == 0 { file.removeLast(draw(file.count)) }
      if draw(4) > 0 { fixChecksums(&file) }
      if (try? ImageCodec.decode(file)) != nil { decoded += 1 }
    }
    // Both ways were walked.
    #expect(decoded > 50 && decoded < 5000)
  }

  private static let files: [[UInt8]] =
    [FIXTURE_GREY, FIXTURE_RGB, FIXTURE_CMYK, FIXTURE_ADOBE_CMYK, FIXTURE_ADOBE_YCCK, FIXTURE_PROGRESSIVE].map {
      let components = $0 == FIXTURE_GREY ? 1 : $0 == FIXTURE_RGB || $0 == FIXTURE_PROGRESSIVE ? 3 : 4
      return ImageFixtures.jpeg(ImageFixtures.pixels(19, 11, components), 19, 11, $0, quality: 70)
    }
    + [0, 2, 4, 6].flatMap { type in
      [false, true].map {
        ImageFixtures.png(
          ImageFixtures.pixels(19, 11, [0: 1, 2: 3, 4: 2, 6: 4][type]!), 19, 11, depth: 8, colourType: type,
          interlaced: $0)
      }
    } + [
      ImageFixtures.png(
        (0..<19 * 11).map { UInt8($0 % 256) }, 19, 11, depth: 8, colourType: 3,
        palette: ImageFixtures.pixels(256, 1, 3),
        alphas: [0, 9, 200])
    ]

  private func reason(_ file: [UInt8]) throws -> String {
    let problem = #expect(throws: Problem.self) { try ImageCodec.decode(file) }
    return try #require(problem?.found)
  }

  private func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  private func pack(_ values: [Int], depth: Int) -> [UInt8] {
    if depth == 16 { return values.flatMap { [UInt8($0), UInt8($0)] } }
    let each = 8 / depth
    return stride(from: 0, to: values.count, by: each).map { start in
      UInt8((start..<start + each).reduce(0) { $0 << depth | values[$1] })
    }
  }

  /// Makes a PNG's checksums right again, so that damage reaches what lies behind them.
  private func fixChecksums(_ file: inout [UInt8]) {
    guard file.count > 8, file[0] == 0x89 else { return }
    var place = 8
    while place + 12 <= file.count {
      let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - place - 12 else { return }
      let sum = file[place + 4..<place + 8 + length].withUnsafeBufferPointer {
        crc32(0, $0.baseAddress, UInt32($0.count))
      }
      for byte in 0..<4 { file[place + 8 + length + byte] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * byte)) }
      place += 12 + length
    }
  }

  @Test("A few bytes that are coded arithmetically do not become millions of pixels")
  func pixelsFromNothing() throws {
    var file = ImageFixtures.jpeg(ImageFixtures.pixels(24, 18, 3), 24, 18, FIXTURE_ARITHMETIC)
    let frame = try #require(file.firstRange(of: [0xFF, 0xC9])).lowerBound
    file.replaceSubrange(frame + 5..<frame + 9, with: [0x20, 0x20, 0x18, 0x03])
    let problem = #expect(throws: Problem.self) { try ImageCodec.decode(file) }
    #expect(problem?.found == "6147 × 8224 pixels from a file of \(file.count) bytes")
  }
}
