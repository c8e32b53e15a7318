import Basics
import CImageFixtures
import Datasets
import TestSupport
import Testing

@Suite struct GIFTests {
  /// Red, green, blue, and what is between.
  private static let palette: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 40, 50, 60]

  private func indices(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 7 / 3 % 4) } }

  private func colours(_ indices: [UInt8]) -> [UInt8] { indices.flatMap { Array(Self.palette[Int($0) * 3..<Int($0) * 3 + 3]) } }

  @Test("A GIF decodes exactly, its lines in order or interlaced", arguments: [(21, 13), (1, 1), (3, 2), (40, 9)], [true, false])
  func exact(size: (Int, Int), interlaced: Bool) throws {
    let (width, height) = size
    let indices = indices(width * height)
    let picture = try ImageCodec.decode(ImageFixtures.gif(indices, width, height, palette: Self.palette, interlaced: interlaced))
    #expect(picture == Picture(width: width, height: height, channels: 3, pixels: colours(indices)))
  }

  @Test("What is transparent, or outside of the first frame, is white; a frame that does not fit makes the picture larger")
  func white() throws {
    let gif = ImageFixtures.gif([0, 1, 2, 1], 2, 2, palette: Self.palette, transparent: 1, at: (1, 0), screen: (4, 3))
    let white: [UInt8] = [255, 255, 255], (red, blue) = ([255, 0, 0] as [UInt8], [0, 0, 255] as [UInt8])
    let rows = [white, red, white, white, white, blue, white, white, white, white, white, white]
    #expect(try ImageCodec.decode(gif) == Picture(width: 4, height: 3, channels: 3, pixels: rows.flatMap { $0 }))
    let larger = try ImageCodec.decode(ImageFixtures.gif([0, 0, 0, 0], 2, 2, palette: Self.palette, at: (3, 1), screen: (2, 2)))
    #expect(larger.width == 5 && larger.height == 3)
  }

  @Test("A GIF under another name is an image: .jpg, .gif and none")
  func names() throws {
    let tree = MadeTree("*/")
    let gif = ImageFixtures.gif(indices(30), 6, 5, palette: Self.palette)
    for name in ["a.jpg", "b.gif", "c"] { tree.put(gif, at: "n02084071/" + name) }
    #expect(try tree.add().entry.train == 5)
    #expect(try DatasetCheck.run(tree.catalog.open("made"), workers: 1).isEmpty)
  }

  @Test("What is cut short or damaged is refused, or another picture, and nothing crashes")
  func damaged() throws {
    let gif = ImageFixtures.gif(indices(21 * 13), 21, 13, palette: Self.palette, transparent: 2, interlaced: true)
    // The last bytes end the frame and the file; what is before them is needed.
    for length in 0..<gif.count - 4 { #expect(throws: Problem.self, "\(length)") { try ImageCodec.decode(Array(gif.prefix(length))) } }
    for place in gif.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var bytes = gif
        bytes[place] = value
        _ = try? ImageCodec.decode(bytes)
      }
    }
    let giant = ImageFixtures.gif([0], 1, 1, palette: Self.palette, screen: (60_000, 60_000))
    #expect(problem { _ = try ImageCodec.decode(giant) }?.found == "60000 x 60000 pixels, more than 65500 a side or 100000000 in all")
  }
}
