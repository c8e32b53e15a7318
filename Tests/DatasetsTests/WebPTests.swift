import Basics
import CImageFixtures
import Datasets
import Glibc
import TestSupport
import Testing

@Suite struct WebPTests {
  static let rgba: [UInt8] = {
    let pixels = ImageFixtures.pixels(21, 13, 3)
    return (0..<21 * 13).flatMap { place -> [UInt8] in Array(pixels[place * 3..<place * 3 + 3]) + [255] }
  }()

  @Test("Lossless WebP decodes exactly")
  func lossless() throws {
    let picture = try ImageCodec.decode(webp(Self.rgba, 21, 13, lossless: true))
    #expect(picture == Picture(width: 21, height: 13, channels: 3, pixels: ImageFixtures.pixels(21, 13, 3)))
  }

  @Test("Lossy WebP decodes within the loss of its quality")
  func lossy() throws {
    let picture = try ImageCodec.decode(webp((0..<32 * 24).flatMap { _ -> [UInt8] in [200, 30, 90, 255] }, 32, 24, lossless: false))
    #expect((picture.width, picture.height, picture.channels) == (32, 24, 3))
    #expect(zip(picture.pixels, (0..<32 * 24).flatMap { _ -> [UInt8] in [200, 30, 90] }).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
  }

  @Test("Transparent pixels are laid on white, as those of PNG are", arguments: [true, false])
  func transparency(lossless: Bool) throws {
    let rgba: [UInt8] = (0..<16 * 16).flatMap { place -> [UInt8] in [0, 100, 200, place < 128 ? 51 : 0] }
    let picture = try ImageCodec.decode(webp(rgba, 16, 16, lossless: lossless))
    let wanted = (0..<16 * 16).flatMap { place -> [UInt8] in place < 128 ? [204, 224, 244] : [255, 255, 255] }
    #expect(zip(picture.pixels, wanted).allSatisfy { abs(Int($0) - Int($1)) <= (lossless ? 0 : 8) })
  }

  @Test("Of an animated WebP the first frame is decoded, on a white canvas")
  func animation() throws {
    let frames = [webp(Self.rgba, 21, 13, lossless: true), webp([UInt8](repeating: 9, count: 21 * 13 * 4), 21, 13, lossless: true)]
    let picture = try ImageCodec.decode(animated(frames, canvas: (25, 15), at: (4, 2)))
    #expect((picture.width, picture.height) == (25, 15))
    let pixels = ImageFixtures.pixels(21, 13, 3)
    for y in 0..<15 {
      for x in 0..<25 {
        let (own, source) = ((y * 25 + x) * 3, ((y - 2) * 21 + x - 4) * 3)
        let isOutside = x < 4 || y < 2
        let wanted: [UInt8] = isOutside ? [255, 255, 255] : Array(pixels[source..<source + 3])
        #expect(Array(picture.pixels[own..<own + 3]) == wanted)
      }
    }
  }

  @Test("Every truncation of a WebP is an error, never a picture")
  func truncated() {
    let still = [true, false].map { webp(Self.rgba, 21, 13, lossless: $0) }
    for file in still + [animated([still[0], still[1]], canvas: (25, 15), at: (4, 2))] {
      for length in 0..<file.count { #expect(throws: Problem.self) { try ImageCodec.decode(Array(file.prefix(length))) } }
    }
  }

  @Test("Changed bytes of a WebP are an error or another picture, and nothing crashes")
  func damaged() {
    let still = [true, false].map { webp(Self.rgba, 21, 13, lossless: $0) }
    for file in still + [animated([still[0]], canvas: (25, 15), at: (4, 2))] {
      for place in file.indices {
        for value in [0, 0x7F, 0xFF] as [UInt8] {
          var bytes = file
          bytes[place] = value
          _ = try? ImageCodec.decode(bytes)
        }
      }
    }
  }

  @Test("A canvas beyond the limits is refused by the header alone, and one without its frame too")
  func giant() {
    let file = animated([webp(Self.rgba, 21, 13, lossless: true)], canvas: (60_000, 60_000), at: (0, 0))
    #expect(problem(file)?.found == "60000 x 60000 pixels, more than 65500 a side or 100000000 in all")
    #expect(problem(animated([webp(Self.rgba, 21, 13, lossless: true)], canvas: (21, 13), at: (4, 2))) != nil)
    #expect(problem(animated([], canvas: (21, 13), at: (0, 0))) != nil)
  }

  @Test("What Pillow makes of the same files", arguments: ["RGB", "RGBA"])
  func pillow(mode: String) throws {
    let python = ".build/python/bin/python"
    let script = """
      import sys, io
      from PIL import Image
      folder, mode = sys.argv[1:]
      for name, size in (('a', (37, 23)), ('b', (160, 121))):
          im = Image.new(mode, size)
          im.putdata([tuple((x * k * 3 + y * 5 + x * y // 7) % 256 for k in range(1, len(mode) + 1)) for y in range(size[1]) for x in range(size[0])])
          for kind in ({'quality': 80}, {'quality': 30, 'method': 6}, {'lossless': True, 'exact': True}):
              b = io.BytesIO(); im.save(b, 'WEBP', **kind)
              n = f"{folder}/{name}-{'-'.join(kind)}"
              open(n + '.webp', 'wb').write(b.getvalue())
              back = Image.open(b)
              over = Image.new('RGBA', size, (255, 255, 255, 255)); over.alpha_composite(back.convert('RGBA'))
              open(n + '.rgb', 'wb').write(over.convert('RGB').tobytes())
      """
    guard access(python, X_OK) == 0, system("\(python) -c 'import PIL' 2>/dev/null") == 0 else {
      print("Pillow is not here: WebP is not compared with it (scripts/setup test)")
      return
    }
    let folder = TemporaryFolder()
    folder.write(Array(script.utf8), to: "make.py")
    #expect(system("\(python) \(folder.path)/make.py \(folder.path) \(mode)") == 0)
    let names = folder.names.filter { $0.hasSuffix(".webp") }
    #expect(names.count == 6)
    for name in names {
      let picture = try ImageCodec.decode(folder.bytes(of: name))
      let wanted = folder.bytes(of: name.dropLast(5) + ".rgb")
      #expect(picture.pixels.count == wanted.count)
      // Where there is alpha, the two round it differently.
      #expect(zip(picture.pixels, wanted).allSatisfy { abs(Int($0) - Int($1)) <= (mode == "RGB" ? 0 : 1) }, "\(name)")
    }
  }

  // MARK: Helpers

  private func problem(_ file: [UInt8]) -> Problem? {
    do throws(Problem) {
      _ = try ImageCodec.decode(file)
      return nil
    } catch {
      return error
    }
  }

  private func webp(_ rgba: [UInt8], _ width: Int, _ height: Int, lossless: Bool) -> [UInt8] {
    ImageFixtures.webp(rgba, width, height, lossless: lossless)
  }

  /// Still WebPs without alpha as the frames of an animation.
  private func animated(_ frames: [[UInt8]], canvas: (Int, Int), at offset: (Int, Int)) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 0xFF) } }
    func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
      Array(name.utf8) + number(body.count, 4) + body + (body.count % 2 == 1 ? [0] : [])
    }
    var body = Array("WEBP".utf8)
    body += chunk("VP8X", [2, 0, 0, 0] + number(canvas.0 - 1, 3) + number(canvas.1 - 1, 3))
    body += chunk("ANIM", [0, 0, 0, 0, 0, 0])
    for frame in frames {
      let picture = try! ImageCodec.decode(frame)
      body += chunk(
        "ANMF",
        number(offset.0 / 2, 3) + number(offset.1 / 2, 3) + number(picture.width - 1, 3) + number(picture.height - 1, 3)
          + number(100, 3) + [0] + frame.dropFirst(12))
    }
    return Array("RIFF".utf8) + number(body.count, 4) + body
  }
}
