import Basics
import Datasets
import Files
import Glibc
import TestSupport
import Testing

/// What a tree holds besides images that are read: it is named, and moves no number.
@Suite struct LeftOutImagesTests {
  static let bmp: [UInt8] = Array("BM".utf8) + [70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0] + [UInt8](repeating: 0, count: 40)

  static let box: [UInt8] = [0, 0, 0, 12]
  static let kinds: [(bytes: [UInt8], name: String)] = [
    (bmp, "BMP"), ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "TIFF"), ([0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8], "TIFF"),
    (box + Array("ftypheic____mif1heic".utf8), "HEIC"), (box + Array("ftypmif1____mif1avif".utf8), "AVIF"),
    (box + Array("ftypavif____avifmif1".utf8), "AVIF"), (box + [0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A], "JPEG 2000"),
    ([0xFF, 0x0A, 1, 2], "JPEG XL"), (box + [0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A], "JPEG XL"),
    (Array("P6\n2 2\n255\n".utf8), "PNM"),
  ]

  @Test("Formats that are not read are told by their content", arguments: kinds)
  func formats(kind: (bytes: [UInt8], name: String)) throws {
    let (bytes, name) = kind
    let tree = MadeTree("*/")
    for number in 0..<9 { tree.put(bytes, at: "n02084071/\(number).img") }
    let added = try tree.add()
    #expect(added.entry.classes == 2 && added.ignored == 0)
    #expect(added.notes[0] == "class `n02084071` is left out: its 9 \(name) images cannot be read, JPEG, PNG, WebP and GIF can")
    tree.put(bytes, at: "n01440764/x.img")
    #expect(try tree.add().notes[1] == "skipped 1 \(name) image of train: readable formats are JPEG, PNG, WebP and GIF")
    // Where a name promises an image, decoding tells.
    tree.put(bytes, at: "n01440764/x.jpg")
    try tree.add()
    #expect(try DatasetCheck.run(tree.catalog.open("made"), workers: 1).map(\.reason) == [name])
  }

  @Test("A dataset of nothing but other formats says which, and what to do")
  func nothing() throws {
    let tree = MadeTree()
    for number in 0..<9 { tree.put(Self.bmp, at: "n02084071/\(number).bmp") }
    let problem = #expect(throws: Problem.self) { try tree.add() }
    #expect(problem?.found == "9 BMP images" && problem?.advice == "convert them to one of JPEG, PNG, WebP and GIF")
  }

  @Test("WebP files are images by their name and by their content")
  func webp() throws {
    let tree = MadeTree("*/")
    let file = ImageFixtures.webp([UInt8](repeating: 90, count: 6 * 5 * 4), 6, 5, lossless: true)
    tree.put(file, at: "n02084071/a.webp")
    tree.put(file, at: "n02084071/b.JPEG")
    tree.put(file, at: "n02084071/c")
    let entry = try tree.add().entry
    #expect(entry.classes == 3 && entry.train == 5)
    #expect(try DatasetCheck.run(tree.catalog.open("made"), workers: 1).isEmpty)
  }

  @Test("Classes without images of their own are named, in train and in val")
  func empty() throws {
    let tree = MadeTree("train/*/", "val/n01440764/")
    try AtomicFile.makeFolder(tree.root + "/train/n02084071")
    #expect(try tree.add().notes == ["1 class folder is empty: `n02084071`", "no validation images of 1 class: `n01484850`"])
    tree.write("val/n02084071/")
    #expect(#expect(throws: Problem.self) { try tree.add() }?.found == "n02084071, whose folder in train is empty")
    tree.put(Self.bmp, at: "train/n02084071/1.bmp")
    #expect(#expect(throws: Problem.self) { try tree.add() }?.found == "n02084071, of which train has 1 BMP image only")
  }

  // MARK: Numbers of a list

  @Test("Numbers of a list count class folders with images: where that could mean two things, it is refused", arguments: [
    "empty", "foreign", "no class", "hidden", "nested", "deeper", "same", "order",
  ])
  func numbers(kind: String) throws {
    let tree = MadeTree("train/*/", "val/x.png")
    let list = tree.lines(["x.png 1"])
    try tree.add(val: list)
    #expect(try tree.catalog.open("made").labels(.val) == [1])
    var map: String?
    switch kind {
    case "empty": try AtomicFile.makeFolder(tree.root + "/train/n01443537")
    case "foreign": tree.put(Self.bmp, at: "train/n01443537/1.bmp")
    case "no class": try AtomicFile.makeFolder(tree.root + "/train/misc")
    case "hidden": tree.write("train/.ipynb_checkpoints/1.png")
    case "nested": tree.write("train/n01440764/n01443537/1.png")
    case "deeper": tree.write("train/more/n01443537/1.png")
    case "same":
      tree.write("train/tench/1.png")
      map = tree.lines(["tench\tn01440764"], "map")
    default:
      tree.write("train/zebra/1.png")
      tree.write("train/abbey/1.png")
      map = tree.lines(["zebra\tn01443537", "abbey\tn02667093"], "map")
    }
    let problem = #expect(throws: Problem.self) { try tree.add(map: map, val: list) }
    #expect(problem?.what == "the list's numbers could count the classes in two ways", "\(String(describing: problem))")
    #expect(problem?.advice?.contains("--synsets") == true && problem?.place?.hasSuffix("line 1") == true)
    let words = tree.lines([MadeTree.shark, MadeTree.tench], "words")
    try tree.add(map: map, val: list, synsets: words)
    #expect(try tree.catalog.open("made").classes[Int(tree.catalog.open("made").labels(.val)[0])].wnid == MadeTree.tench)
    // Wnids need no number.
    try tree.add(map: map, val: tree.lines(["x.png n01484850"], "wnids"))
  }
}
