import Datasets
import TUI
import Testing

@Suite("ScaledPicture")
struct ScaledPictureTests {
  private func grey(_ width: Int, _ height: Int, _ pixels: [UInt8]) -> Picture {
    Picture(width: width, height: height, channels: 1, pixels: pixels)
  }

  @Test("a picture that fits exactly keeps its pixels")
  func identity() {
    let scaled = ScaledPicture(grey(2, 2, [0, 50, 100, 255]), columns: 2, rows: 1)
    #expect(scaled.pixels.map(\.red) == [0, 50, 100, 255])
  }

  @Test("each pixel is the mean of the area that it covers")
  func means() {
    let scaled = ScaledPicture(grey(3, 4, [0, 90, 60, 0, 90, 60, 10, 20, 30, 10, 20, 30]), columns: 2, rows: 1)
    // Aspect 3:4 in 2×2 pixels: 2 across (3 · ½ = 1.5, rounded), 2 down; a column covers one and a half source pixels.
    #expect(scaled.columns == 2 && scaled.rows == 1)
    #expect(scaled.pixels.map(\.red) == [30, 70, 13, 27])
  }

  @Test("colours stay apart")
  func colours() {
    let picture = Picture(width: 1, height: 2, channels: 3, pixels: [255, 0, 10, 0, 128, 20])
    let scaled = ScaledPicture(picture, columns: 1, rows: 1)
    #expect(scaled.pixels == [.init(255, 0, 10), .init(0, 128, 20)])
  }

  @Test(
    "the aspect is kept within the cells given",
    arguments: [
      (28, 28, 20, 10, 20, 10), (28, 28, 40, 10, 20, 10), (28, 28, 9, 10, 9, 5), (500, 250, 20, 20, 20, 5),
      (1, 1000, 20, 5, 1, 5),
      (1000, 1, 20, 5, 20, 1),
    ])
  func aspect(width: Int, height: Int, columns: Int, rows: Int, expectedColumns: Int, expectedRows: Int) {
    let picture = grey(width, height, Array(repeating: 7, count: width * height))
    let scaled = ScaledPicture(picture, columns: columns, rows: rows)
    #expect(scaled.columns == expectedColumns && scaled.rows == expectedRows)
    #expect(scaled.pixels.allSatisfy { $0.red == 7 })
  }

  @Test("no cells and no pixels give an empty picture", arguments: [(0, 5), (5, 0), (-1, 3)])
  func empty(columns: Int, rows: Int) {
    #expect(ScaledPicture(grey(2, 2, [1, 2, 3, 4]), columns: columns, rows: rows).pixels.isEmpty)
    #expect(ScaledPicture(grey(0, 0, []), columns: 4, rows: 4).pixels.isEmpty)
  }
}
