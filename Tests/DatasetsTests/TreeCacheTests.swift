import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import LabelSets
import Taxonomy
import TestSupport
import Testing

@Suite("Large trees are kept, and built again where what was kept is not their own")
struct TreeCacheTests {
  let folder = TemporaryFolder()
  private var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home"), wordNet: folder.path + "/dict") }
  private var kept: String { folder.path + "/home/cache/trees/wordnet-name" }

  /// A WordNet of three synsets, a folder of its own, in which `root` is above the other two.
  private func write(root: String) throws -> [String] {
    let made = MadeUpWordNet([([root], []), (["left"], [0]), (["right"], [0])])
    try AtomicFile.write(made.data, to: folder.path + "/dict/data.noun")
    try AtomicFile.write(made.index, to: folder.path + "/dict/index.noun")
    return made.wnids
  }

  private func open() throws -> Hierarchy { try catalog.hierarchy(of: "wordnet") }

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

  @Test("Label sets of WordNet are of the WordNet that was named")
  func labelSets() throws {
    _ = try write(root: "top")
    let store = LabelSetStore(home: catalog.home, wordNet: folder.path + "/dict")
    let set = try LabelSet(name: "two", dataset: "wordnet", recipe: [.bottomUp(depth: 1)], on: open())
    try store.save(set)
    #expect(try store.load("two", for: "wordnet") == set)
    #expect(throws: Problem.self) { try LabelSetStore(home: catalog.home).load("two") }
  }

  /// A hierarchy of ten orders with species below them, an image for each of a few.
  private func addSpecies(_ order: String) throws {
    let species = (0..<6000).map { "species \($0)" }
    let lines = species.enumerated().map { "\($1)\t\(order) \($0 % 10)\tword \($0)\n" } + (0..<10).map { "\(order) \($0)\tlife\n" }
    folder.write(Array(lines.joined().utf8), to: "life.tsv")
    for name in species.prefix(20) { try AtomicFile.write("no image", to: "\(folder.path)/images/\(name)/1.png", durable: false) }
    _ = try catalog.add("life", FolderRecipe(path: folder.path + "/images", hierarchyFile: folder.path + "/life.tsv"), wordNet: nil)
  }

  @Test("A large hierarchy of a user's own is kept with its words and the names of its classes")
  func own() throws {
    try addSpecies("order")
    let kept = try catalog.tree(of: "life", .name)
    for file in ["words", "name"] { unlink(folder.path + "/home/cache/trees/life-\(file)") }
    let built = try catalog.tree(of: "life", .name)
    #expect(built.hierarchy.count == 31 && built.classNames.first == "word 0")
    #expect(kept.hierarchy.packed == built.hierarchy.packed && kept.classNames == built.classNames)
    #expect(kept.hierarchy.fineClasses == built.hierarchy.fineClasses && kept.hierarchy.deepest == 2)
    for wnid in ["species 7", "order 3", "life"] {
      let node = try #require(kept.hierarchy.node(wnid: wnid))
      #expect(kept.hierarchy.synset(node) == built.hierarchy.synset(node))
    }
    #expect(kept.hierarchy.node(wnid: "species 5999") == nil && kept.hierarchy.wordNet.id(ofWnid: "species 5999") != nil)
    #expect(kept.hierarchy.search(SearchQuery("word 12")).map(\.node) == built.hierarchy.search(SearchQuery("word 12")).map(\.node))
  }

  @Test("Words that are damaged, and those of another hierarchy, are read again from its file", arguments: ["words", "name"])
  func otherWords(file: String) throws {
    try addSpecies("order")
    let built = try catalog.tree(of: "life", .name)
    let path = folder.path + "/home/cache/trees/life-\(file)"
    var bytes = try #require(FileManager.default.contents(atPath: path))
    bytes[bytes.count / 2] ^= 1
    try AtomicFile.write(bytes, to: path)
    #expect(try catalog.hierarchy(of: "life").packed == built.hierarchy.packed)
    try addSpecies("genus")
    let tree = try catalog.hierarchy(of: "life")
    #expect(tree.node(wnid: "genus 3") != nil && tree.node(wnid: "order 3") == nil)
    try catalog.remove("life")
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
