import Engine
import FoundationEssentials
import Taxonomy
import TestSupport
import Testing

@Suite("The tree of all of WordNet is kept, and built again where what was kept is not its own")
struct TreeCacheTests {
  let folder = TemporaryFolder()
  private var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }
  private var kept: String { folder.path + "/home/cache/trees/wordnet-name" }

  /// A WordNet of three synsets, a folder of its own, in which `root` is above the other two.
  private func write(root: String) throws -> [String] {
    let made = MadeUpWordNet([([root], []), (["left"], [0]), (["right"], [0])])
    try AtomicFile.write(made.data, to: folder.path + "/dict/data.noun")
    try AtomicFile.write(made.index, to: folder.path + "/dict/index.noun")
    return made.wnids
  }

  private func open() throws -> Hierarchy { try catalog.hierarchy(of: "wordnet", wordNet: folder.path + "/dict") }

  @Test("What was kept gives the same tree, and other files of WordNet another one")
  func keeps() throws {
    let wnids = try write(root: "top")
    let built = try open()
    #expect(built.fineClasses == wnids && FileManager.default.fileExists(atPath: kept))
    let again = try open()
    #expect(again.packed == built.packed && again.fineClasses == wnids && again.name(0) == "top")
    let longer = try write(root: "a_longer_top")
    #expect(longer != wnids)
    #expect(try open().fineClasses == longer)
  }

  @Test("A file that is cut off, changed or empty is built again, and written anew")
  func damaged() throws {
    let wnids = try write(root: "top")
    _ = try open()
    let whole = try #require(FileManager.default.contents(atPath: kept))
    var changed = whole
    changed[changed.count - 3] ^= 1
    for damage in [changed, whole.prefix(whole.count - 4), whole.prefix(20), Data()] {
      try AtomicFile.write(damage, to: kept)
      #expect(try open().fineClasses == wnids)
      #expect(FileManager.default.contents(atPath: kept) == whole)
    }
  }

  @Test("Where nothing can be written the tree opens as well")
  func unwritable() throws {
    let wnids = try write(root: "top")
    try AtomicFile.write("a file", to: folder.path + "/home")
    #expect(try open().fineClasses == wnids)
  }
}
