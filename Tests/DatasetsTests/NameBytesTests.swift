import Basics
import Datasets
import Files
import Glibc
import LabelSets
import Taxonomy
import TestSupport
import Testing

/// Names are bytes: what is in a list is the file's name, whatever it holds, or the list says that it cannot hold it.
@Suite struct NameBytesTests {
  static let names: [[UInt8]] = [
    Array("caf".utf8) + [0xE9] + Array(".png".utf8), Array("caf".utf8) + [0xE8] + Array(".png".utf8), Array("\u{1B}[31mred.png".utf8),
    Array("a b  c.png".utf8), Array(" leading.png".utf8), Array("trailing.png ".utf8), Array("quote'\"`$.png".utf8), Array("#.png".utf8),
    Array("back\\slash.png".utf8), Array("bell\u{7}.png".utf8), Array("e\u{301}.png".utf8), Array("\u{E9}.png".utf8), Array("5 7".utf8),
  ]

  /// A tree of two classes with these names, as a dataset with a label set of both classes.
  private func tree(_ names: [[UInt8]]) throws -> (tree: MadeTree, set: LabelSet) {
    let tree = MadeTree("n01440764/a.png", "n01484850/a.png")
    for (number, name) in names.enumerated() { tree.put(ImageFixtures.png(6, 5, phase: number), named: name, in: "n01440764") }
    try tree.add()
    let hierarchy = try tree.catalog.hierarchy(of: "made")
    return (tree, try LabelSet(name: "fine", dataset: "made", recipe: [], on: hierarchy))
  }

  @Test("A list holds the bytes of every path, and gives the same images again")
  func roundTrip() throws {
    let (tree, set) = try tree(Self.names)
    let files = try [ExchangeFormat.caffeTrain, .caffeVal].map { format in
      let path = tree.folder.path + "/\(format.rawValue).txt"
      try LabelSetExport(set, as: format, home: tree.catalog.home).write(to: path, mayReplace: true)
      return path
    }
    let lines = (tree.folder.bytes(of: "caffe-train.txt") + tree.folder.bytes(of: "caffe-val.txt")).split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == Self.names.count + 2)
    for line in lines {
      let path = Array("\(tree.root)/".utf8) + line.prefix(line.lastIndex(of: UInt8(ascii: " "))! - line.startIndex) + [0]
      #expect(path.withUnsafeBytes { access($0.bindMemory(to: CChar.self).baseAddress!, R_OK) } == 0, "\(nameText(line))")
    }
    let before = try (tree.images(.train), tree.images(.val), tree.catalog.open("made").fingerprint)
    let imported = try LabelSetImport(file: files[0], .init(dataset: "made"), home: tree.catalog.home)
    #expect(imported.set.contentHash == set.contentHash)
    try tree.add(train: files[0], val: files[1], synsets: tree.lines([MadeTree.tench, MadeTree.shark], "words"))
    #expect(try (tree.images(.train), tree.images(.val), tree.catalog.open("made").fingerprint) == before)
  }

  @Test("A path that no list can hold is refused by its name", arguments: ["line\nbreak.png", "return\r.png", "n0\t5\tx.png"])
  func refused(name: String) throws {
    let (tree, set) = try tree([Array(name.utf8)])
    let path = tree.folder.path + "/list"
    let problem = #expect(throws: Problem.self) {
      try LabelSetExport(set, as: .caffeTrain, home: tree.catalog.home).write(to: path, mayReplace: false)
    }
    #expect(problem?.what == "a list of images cannot hold this path" && problem?.place == "n01440764/" + printable(name))
    #expect(access(path, F_OK) != 0)
  }

  @Test("Two names that differ in bytes that are no text look different")
  func shown() throws {
    let (tree, _) = try tree(Self.names)
    let shown = try tree.images(.train) + tree.images(.val)
    #expect(Set(shown.map { Array($0.utf8) }).count == Self.names.count + 2)
    #expect(shown.contains("n01440764/caf\\xE9.png") && shown.contains("n01440764/caf\\xE8.png"))
  }

  @Test("Class folders whose names are no text are told apart by a mapping file in the same bytes")
  func folders() throws {
    let tree = MadeTree()
    let names = [Array("caf".utf8) + [0xE9], Array("caf".utf8) + [0xE8]]
    try AtomicFile.makeFolder(tree.root)
    for name in names {
      tree.makeFolder(named: name)
      tree.put(ImageFixtures.png(6, 5), named: name + Array("/1.png".utf8), in: ".")
    }
    #expect(#expect(throws: Problem.self) { try tree.add() }?.found == "`caf\\xE8`, `caf\\xE9`")
    tree.folder.write(names[0] + Array("\tn01440764\n".utf8) + names[1] + Array("\tn01484850\n".utf8), to: "map")
    #expect(try tree.add(map: tree.folder.path + "/map").entry.classes == 2)
  }

  @Test("Packed images keep the bytes of their paths, for lists as well")
  func packed() throws {
    let (tree, set) = try tree(Self.names)
    let folder = tree.folder.path + "/packed"
    let dataset = try tree.catalog.open("made")
    _ = try DatasetPacker(dataset: dataset, folder: folder, side: 8, quality: nil, workers: 1).run()
    _ = try tree.catalog.add("packed", FolderRecipe(path: folder), wordNet: nil)
    let packed = try tree.catalog.open("packed")
    for split in Split.allCases {
      for index in dataset.labels(split).indices { #expect(packed.path(split, index) == dataset.path(split, index)) }
    }
    let list = tree.folder.path + "/list"
    var other = set
    other.dataset = "packed"
    try LabelSetExport(other, as: .caffeTrain, home: tree.catalog.home).write(to: list, mayReplace: false)
    #expect(tree.folder.bytes(of: "list").split(separator: UInt8(ascii: "\n")).count == dataset.labels(.train).count)
  }
}
