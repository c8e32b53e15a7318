import Datasets
import TUI
import Testing

@Suite("PictureView")
struct PictureViewTests {
  /// A ramp from black (left) to white (right), the lower half inverted.
  private var ramp: ScaledPicture {
    let up = (0..<6).map { UInt8($0 * 51) }
    let down = Array(up.reversed())
    return ScaledPicture(Picture(width: 6, height: 4, channels: 1, pixels: up + up + down + down), columns: 6, rows: 2)
  }

  private func canvas(_ look: Look) -> Canvas {
    var canvas = Canvas(Size(rows: 2, columns: 6), look: look)
    canvas.draw(ramp, row: 0, column: 0)
    return canvas
  }

  @Test(
    "in colour a cell shows two pixels, the upper as its foreground", arguments: [ColorDepth.trueColor, .palette256])
  func halfBlocks(depth: ColorDepth) {
    let picture = ScaledPicture(
      Picture(width: 1, height: 2, channels: 3, pixels: [255, 0, 0, 0, 0, 255]), columns: 1, rows: 1)
    var canvas = Canvas(Size(rows: 1, columns: 1), look: Look(colors: depth))
    canvas.draw(picture, row: 0, column: 0)
    #expect(canvas.text == "▀")
    #expect(canvas[0, 0].style == Style(.rgb(255, 0, 0), on: .rgb(0, 0, 255)))
  }

  @Test("without enough colours, brightness becomes shades", arguments: [ColorDepth.mono, .ansi16])
  func shades(depth: ColorDepth) {
    #expect(canvas(Look(glyphs: .unicode, colors: depth)).text == " ·░▒▓█\n█▓▒░·")
    #expect(canvas(Look(glyphs: .ascii, colors: depth)).text == " .-+#@\n@#+-.")
  }

  @Test("a terminal with colours and no Unicode shows whole cells")
  func blocks() {
    let canvas = canvas(Look(glyphs: .ascii, colors: .palette256))
    #expect(canvas.text == "\n")
    #expect(canvas[0, 1].style.background == .rgb(51, 51, 51))
  }

  @Test("what does not fit the canvas is clipped", arguments: [(-1, -3), (1, 4), (50, 50)])
  func clipped(row: Int, column: Int) {
    var canvas = Canvas(Size(rows: 2, columns: 6), look: Look(glyphs: .unicode, colors: .mono))
    canvas.draw(ramp, row: row, column: column)
    #expect(canvas.text.count <= 13)
  }
}
