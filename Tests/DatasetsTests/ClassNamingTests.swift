import Basics
import Datasets
import TestSupport
import Testing

@Suite struct ClassNamingTests {
  @Test("a mapping file resolves names; comments, empty lines and Windows' line ends are fine")
  func mapping() throws {
    let folder = TemporaryFolder()
    folder.write(Array("# my classes\r\n\r\ngoldfish\tn01443537\r\na/abbey\tn02667093\n".utf8), to: "map")
    let naming = try ClassNaming(file: folder.path + "/map")
    #expect(naming.wnid(of: "goldfish") == "n01443537")
    #expect(naming.wnid(of: "a/abbey") == "n02667093")
    #expect(naming.wnid(of: "n02084071") == "n02084071")
    #expect(naming.wnid(of: "deep/n02084071") == "n02084071")
    #expect(naming.wnid(of: "abbey") == nil)
  }

  @Test(
    "a wrong mapping file is refused with its line",
    arguments: [
      ("goldfish n01443537", "line 1", "cannot read the mapping file"),
      ("ok\tn01443537\ngoldfish\tn0144353", "line 2", "cannot read the mapping file"),
      ("a\tn01443537\tmore", "line 1", "cannot read the mapping file"),
      ("\tn01443537", "line 1", "cannot read the mapping file"),
      ("a\tn01443537\na\tn01443538", "line 2", "the mapping file names a folder twice"),
      ("\u{1B}[31m\u{0}", "line 1", "cannot read the mapping file"),
      ("# nothing\n", "map", "the mapping file is empty"),
    ])
  func wrong(text: String, place: String, what: String) {
    let folder = TemporaryFolder()
    folder.write(Array(text.utf8), to: "map")
    let problem = #expect(throws: Problem.self) { try ClassNaming(file: folder.path + "/map") }
    #expect(problem?.what == what)
    #expect(problem?.place?.hasSuffix(place) == true)
    #expect(problem?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
  }

  @Test("a label file with numbers instead of wnids is refused")
  func numbers() {
    let folder = TemporaryFolder()
    folder.write(Array("goldfish\t2\nshark\t3\n".utf8), to: "map")
    #expect(throws: Problem.self) { try ClassNaming(file: folder.path + "/map") }
  }
}
