import Basics
import Datasets
import LabelSets
import Taxonomy
import TestSupport
import Testing

@Suite struct CollageTests {
  /// Three classes with 1, 4 and 40 training images.
  private struct Numbers: Dataset {
    let name = "numbers", summary = "numbers", fingerprint = "0"
    let imageSize: (height: Int, width: Int, channels: Int)? = nil
    let classes = ["n00000001", "n00000002", "n00000003"].map { FineClass(wnid: $0, name: $0) }
    func labels(_ split: Split) -> [Int32] { [0] + Array(repeating: 1, count: 4) + Array(repeating: 2, count: 40) }
    func identifier(_ split: Split, _ index: Int) -> String { "\(index)" }
    func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { throw Problem("not used") }
    func prepare(_ split: Split) {}
    func load(_ split: Split, _ index: Int, _ need: ImageNeed, into buffer: PixelBuffer) throws(Problem) { throw Problem("not used") }
  }

  private static func set(_ classes: [[String]], budget: ImageBudget? = nil) -> LabelSet {
    LabelSet(
      name: "a", dataset: "numbers", policy: .name, recipe: [],
      classes: classes.map { TargetClass(wnid: $0[0], name: $0[0], members: $0) }, leftOut: [], imageBudget: budget)
  }

  private static let each = set([["n00000001"], ["n00000002"], ["n00000003"]])

  private static func draw(_ set: LabelSet, _ count: Int, seed: UInt64 = 1) throws -> [(image: Int, label: Int)] {
    Array(try CollageDraw(set, of: Numbers(), seed: seed).prefix(count))
  }

  @Test("Every class is drawn before one is drawn again, no image twice, and all come in the end")
  func fair() throws {
    let all = try Self.draw(Self.each, 1000)
    #expect(Set(all.map(\.image)).count == 45 && all.count == 45)
    #expect(Set(all.prefix(3).map(\.label)) == [0, 1, 2])
    #expect(Set(all[3..<5].map(\.label)) == [1, 2])
    let labels = Numbers().labels(.train)
    #expect(all.allSatisfy { Int(labels[$0.image]) == $0.label })
  }

  @Test("A seed always draws the same, fewer are the first of more, and other seeds draw others")
  func seeded() throws {
    let ten = try Self.draw(Self.each, 10).map(\.image)
    #expect(try Self.draw(Self.each, 5).map(\.image) == Array(ten.prefix(5)))
    #expect(try Self.draw(Self.each, 10, seed: 2).map(\.image) != ten)
  }

  @Test("A label set's budget of images holds, what it leaves out is not drawn, and no image at all is said")
  func budget() throws {
    let few = Self.set([["n00000002", "n00000003"]], budget: ImageBudget(perClass: 3, seed: 1))
    #expect(try Self.draw(few, 100).count == 6)
    #expect(throws: Problem.self) { try CollageDraw(Self.set([["n00000009"]]), of: Numbers(), seed: 1) }
  }

  @Test("Tiles stand in rows, with white between and after them; grey becomes RGB")
  func pixels() throws {
    let grey = Picture(width: 2, height: 2, channels: 1, pixels: [10, 10, 10, 10])
    let red = Picture(width: 1, height: 1, channels: 3, pixels: [200, 0, 0])
    let sheet = try CollageSheet(columns: 2, size: 4, gap: 1).compose([grey, red, grey])
    #expect(sheet.width == 9 && sheet.height == 9 && sheet.channels == 3)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(sheet.pixels[(y * 9 + x) * 3..<(y * 9 + x) * 3 + 3]) }
    #expect(pixel(0, 0) == [10, 10, 10] && pixel(3, 3) == [10, 10, 10] && pixel(0, 8) == [10, 10, 10])
    #expect(pixel(5, 0) == [200, 0, 0] && pixel(8, 3) == [200, 0, 0])
    for (x, y) in [(4, 0), (0, 4), (5, 5), (8, 8)] { #expect(pixel(x, y) == [255, 255, 255]) }
    let both = try CollageSheet.beside([sheet, red], gap: 3)
    #expect(both.width == 13 && both.height == 9)
    #expect(Array(both.pixels[36..<39]) == [200, 0, 0] && Array(both.pixels[27..<30]) == [255, 255, 255])
  }

  @Test("What cannot be laid out is refused", arguments: [(0, 4, 1), (1, 3, 1), (1, 4, -1), (1, 4000, 1)])
  func wrong(columns: Int, size: Int, gap: Int) {
    #expect(throws: Problem.self) { try CollageSheet(columns: columns, size: size, gap: gap) }
  }
}
