import TUI
import Testing

@Suite struct HeaderTests {
  private static func header(_ columns: Int, edited: Bool = true) throws -> String {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: columns))
    if edited { _ = update(&state, .key("-")) }
    return String(view(state).text.prefix { $0 != "\n" })
  }

  @Test("Dataset and label set stay whole from 56 columns on; the names of the screens give way", arguments: [56, 60, 79, 80, 99, 100, 140])
  func headline(columns: Int) throws {
    let line = try Self.header(columns)
    #expect(line.hasSuffix("fashion-mnist   9 classes ●edited") && line.contains("1 Tree"))
    #expect(line.contains("3 Neighbours") == (columns >= 100) && line.contains("3 Near") == (80..<100 ~= columns))
  }

  @Test("The first edit moves no name", arguments: [60, 80, 100, 120])
  func steady(columns: Int) throws {
    let tabs = { (line: String) in line[..<(line.firstRange(of: "5")?.upperBound ?? line.endIndex)] }
    #expect(tabs(try Self.header(columns)) == tabs(try Self.header(columns, edited: false)))
  }
}
