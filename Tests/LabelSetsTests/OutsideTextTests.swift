import Basics
import CImageFixtures
import Datasets
import EngineFixtures
import Files
import Glibc
import LabelSets
import Taxonomy
import TestSupport
import Testing

/// Every parser of text from outside, given what editors and other programs make of one and the same text.
@Suite("Texts from outside")
struct OutsideTextTests {
  private let folder = TemporaryFolder()
  private var home: Home { Home(explicit: folder.path + "/home") }

  enum Parser: String, CaseIterable, CustomTestStringConvertible {
    case list, map, synsets, hierarchy, csv, synsetWords, json, classIndex
    var testDescription: String { rawValue }
  }

  private static let header = "fine wnid,fine name,target index,target wnid,target name\n"
  private static let fashion = ["n02774152", "n02872752", "n03057021", "n03236735", "n03472535", "n03595614", "n04021028", "n04133789", "n04197391", "n04489008"]

  private static func text(_ parser: Parser) -> String {
    switch parser {
    case .list: "n01440764/a.png 0\nn01443537/b.png 1\n"
    case .map: "goldfish\tn01443537\ntench\tn01440764\n"
    case .synsets: "n01440764 tench\nn01443537 goldfish\n"
    case .hierarchy: "n01440764\tfish\nn01443537\tfish\n"
    case .csv: header + fashion.enumerated().map { "\($1),x,\($0),\($1),x\n" }.joined()
    case .synsetWords: fashion.map { "\($0) word\n" }.joined()
    case .json: LabelSetFile.text(try! LabelSet(name: "some", dataset: "fashion-mnist", recipe: [], on: RealTrees.hierarchy("fashion-mnist")))
    case .classIndex: "{" + fashion.enumerated().map { "\"\($0)\": [\"\($1)\", \"x\"]" }.joined(separator: ",\n") + "}\n"
    }
  }

  /// What a parser makes of these bytes, as text.
  private func read(_ parser: Parser, _ bytes: [UInt8], _ name: String = "file.txt") throws(Problem) -> String {
    folder.write(bytes, to: name)
    return try read(parser, at: folder.path + "/" + name)
  }

  private func read(_ parser: Parser, at file: String) throws(Problem) -> String {
    func images(_ recipe: () throws(Problem) -> FolderRecipe) throws(Problem) -> String {
      for path in ["n01440764/a.png", "n01443537/b.png"] { try! folder.write(ImageFixtures.png(6, 5), at: "images/" + path) }
      let catalog = DatasetCatalog(home: home)
      _ = try catalog.add("x", recipe(), wordNet: nil)
      return try catalog.classes(of: "x").map(\.wnid).joined(separator: " ")
    }
    let root = folder.path + "/images"
    switch parser {
    case .list: return try images { () throws(Problem) in try FolderRecipe(path: root, trainList: file) }
    case .map: return "\(try ClassNaming(file: file).wnid(of: "goldfish") ?? "") \(try ClassNaming(file: file).wnid(of: "tench") ?? "")"
    case .synsets:
      folder.write(Array("n01440764/a.png 0\nn01443537/b.png 1\n".utf8), to: "list")
      return try images { () throws(Problem) in try FolderRecipe(path: root, trainList: folder.path + "/list", synsetsFile: file) }
    case .hierarchy: return try images { () throws(Problem) in try FolderRecipe(path: root, hierarchyFile: file) }
    case .csv, .synsetWords, .json, .classIndex:
      return try LabelSetImport(file: file, .init(dataset: "fashion-mnist"), home: home).set.contentHash
    }
  }

  @Test("A byte order mark, CR LF, CR alone, blanks at the ends of lines and no end of the last change nothing", arguments: Parser.allCases)
  func editors(parser: Parser) throws {
    let plain = Self.text(parser)
    let bytes = Array(plain.utf8)
    let expected = try read(parser, bytes)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var variants = [mark + bytes, Array(plain.replacing("\n", with: "\r\n").utf8), mark + Array(plain.replacing("\n", with: "\r\n").utf8)]
    variants += [Array(plain.replacing("\n", with: "\r").utf8), bytes.dropLast(), bytes + Array("\n \n".utf8)]
    // Blanks are part of a CSV field.
    if parser != .csv { variants += [Array(plain.replacing("\n", with: " \t\n").utf8), Array(plain.replacing("\n", with: "  \r\n").utf8)] }
    for variant in variants { #expect(try read(parser, Array(variant)) == expected, "\(String(decoding: variant.prefix(80), as: UTF8.self).debugDescription)") }
  }

  @Test("UTF-16, with or without its mark, is called so, with the line that converts it", arguments: Parser.allCases)
  func utf16(parser: Parser) {
    let units = Array(Self.text(parser).utf16)
    let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    for (bytes, name) in [([0xFF, 0xFE] + little, "UTF-16"), ([0xFE, 0xFF] + big, "UTF-16"), (little, "UTF-16LE"), (big, "UTF-16BE")] {
      let found = problem { _ = try read(parser, bytes, "it's.txt") }
      #expect(found?.found?.hasPrefix(name) == true && found?.place?.hasSuffix("it's.txt") == true, "\(found?.description ?? "none")")
      #expect(found?.advice == "convert it: `iconv -f \(name) -t UTF-8 '\(folder.path)/it'\\''s.txt' > converted.txt`")
    }
  }

  @Test("What is no text, or nothing, is refused in its own words", arguments: Parser.allCases)
  func noText(parser: Parser) {
    func words(_ bytes: [UInt8]) -> String { problem { _ = try read(parser, bytes) }?.description ?? "none" }
    let bytes = Array(Self.text(parser).utf8)
    #expect(words([0x1F, 0x8B, 8, 0] + bytes).contains("found a gzip file; unpack it: `gunzip -k "))
    #expect(words([0x50, 0x4B, 3, 4] + bytes).contains("found a zip file"))
    #expect(words(Array("a\nb".utf8) + [0] + bytes).contains("line 2: expected text, found a NUL byte"))
    #expect(words(Array("n01440764/a.png\0n01443537/b.png\0".utf8)).contains("find -print, not -print0"))
    for empty in ["", "\n", " \t\r\n \n", "\u{FEFF}"] { #expect(words(Array(empty.utf8)).contains("empty"), "\(empty.debugDescription): \(words(Array(empty.utf8)))") }
  }

  @Test("A file that is not there is called as it was written; folders and devices are no files", arguments: Parser.allCases)
  func missing(parser: Parser) {
    for (path, words) in [("no/such file", "No such file"), (folder.path, "a folder"), ("/dev/zero", "a device")] {
      let found = problem { _ = try read(parser, at: path) }
      #expect(found?.place == path && found?.found?.contains(words) == true, "\(found?.description ?? "none")")
      #expect(found?.description.contains("--home") == false)
    }
  }

  @Test("A pipe is read like a file, as a shell makes it of <(command)")
  func pipe() throws {
    var ends: [Int32] = [0, 0]
    #expect(Glibc.pipe(&ends) == 0)
    let bytes = Array(Self.text(.synsetWords).utf8)
    #expect(write(ends[1], bytes, bytes.count) == bytes.count)
    close(ends[1])
    defer { close(ends[0]) }
    let piped = try read(.synsetWords, at: "/dev/fd/\(ends[0])")
    #expect(try piped == read(.synsetWords, bytes))
  }
}
