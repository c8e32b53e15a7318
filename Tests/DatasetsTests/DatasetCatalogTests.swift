import Basics
import CImageFixtures
import Datasets
import Files
import FoundationEssentials
import Glibc
import LabelSets
import Taxonomy
import TestSupport
import Testing

@Suite struct DatasetCatalogTests {
  let folder = TemporaryFolder()
  var root: String { folder.path + "/images" }
  var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }
  static let dog = "n02084071", cat = "n02121620", fish = "n01443537"

  // MARK: Reading trees

  @Test("with train and val, classes are sorted by wnid and images by path")
  func splits() throws {
    try fill("train", [Self.cat: ["b.png", "a.JPG", "B.jpeg"], Self.fish: ["x.png"]])
    try fill("val", [Self.cat: ["v.png"]])
    let dataset = try add("pets")
    #expect(dataset.classes.map(\.wnid) == [Self.fish, Self.cat])
    #expect(dataset.labels(.train) == [0, 1, 1, 1])
    #expect(dataset.labels(.val) == [1])
    #expect(
      identifiers(dataset, .train) == [
        "train/n01443537/x.png", "train/n02121620/B.jpeg", "train/n02121620/a.JPG", "train/n02121620/b.png",
      ])
    #expect(try dataset.picture(.val, 0).width == 6)
  }

  @Test("without val, a share of each class is held out, the same one every time")
  func heldOut() throws {
    let names = (0..<20).map { "\($0).png" }
    try fill("", [Self.cat: names, Self.dog: Array(names.prefix(6)), Self.fish: ["only.png"]])
    let one = try add("one")
    let two = try add("two")
    let other = try add("other", seed: 2)
    let half = try add("half", percent: 50)
    #expect(one.labels(.train).count == 24 && one.labels(.val).count == 3)
    #expect(half.labels(.train).count == 14 && half.labels(.val).count == 13)
    #expect(identifiers(one, .val) == identifiers(two, .val))
    #expect(one.fingerprint == two.fingerprint)
    #expect(identifiers(one, .val) != identifiers(other, .val))
    #expect(Set(identifiers(one, .train)).isDisjoint(with: identifiers(one, .val)))
    #expect(Set(identifiers(one, .train) + identifiers(one, .val)).count == 27)
  }

  @Test("what a file is, is told by its content where its name does not say")
  func names() throws {
    try fill("", [Self.dog: ["plain", "picture.jfif", "1.JPEG", "readme.txt", "empty"]])
    folder.write(Array("no picture at all".utf8), to: "images/\(Self.dog)/readme.txt")
    folder.write([], to: "images/\(Self.dog)/empty")
    let added = try catalog.add("pets", FolderRecipe(path: root), wordNet: nil)
    #expect(added.entry.train + added.entry.val == 3 && added.ignored == 2)
  }

  @Test("a mapping file names classes, also nested ones, and two folders may be one class")
  func mapped() throws {
    try fill(
      "",
      ["goldfish": ["1.png"], "golden fish": ["2.png"], "a/abbey/inside": ["3.png"], "\(Self.dog)/puppies": ["4.png"]])
    let map = folder.path + "/map"
    try AtomicFile.write("goldfish\t\(Self.fish)\ngolden fish\t\(Self.fish)\na/abbey\tn02667093\n", to: map)
    let dataset = try add("mapped", map: map)
    #expect(dataset.classes.map(\.wnid) == [Self.fish, Self.dog, "n02667093"])
    #expect(dataset.classes[0].name == "golden fish" && dataset.classes[2].name == "a/abbey")
    // Too few images of any class to hold one out.
    #expect(dataset.labels(.train) == [0, 0, 1, 2] && dataset.labels(.val).isEmpty)
  }

  @Test("folders that name no class are listed at once, with what to write")
  func unknown() throws {
    try fill("", [Self.dog: ["1.png"], "golfdish": ["1.png"], "sharc": ["1.png"], "x": ["1.png"], "y": ["1.png"]])
    let plain = #expect(throws: Problem.self) { try add("pets") }
    #expect(plain?.what == "4 folders of images name no class")
    #expect(plain?.found == "`golfdish`, `sharc`, `x` and 1 more")
    try AtomicFile.write("goldfish\t\(Self.fish)\n", to: folder.path + "/map")
    let mapped = #expect(throws: Problem.self) { try add("pets", map: folder.path + "/map") }
    #expect(mapped?.advice == "did you mean `goldfish` for `golfdish`?")
    #expect(catalog.hasImages("pets") == false)
  }

  @Test("with WordNet, classes get their names and wnids of no synset are refused")
  func wordNet() throws {
    let wordNet = try WordNetFiles.open()
    try fill("", [Self.dog: ["1.png", "2.png"]])
    _ = try catalog.add("pets", FolderRecipe(path: root), wordNet: wordNet)
    #expect(try catalog.classes(of: "pets").map(\.name) == ["dog"])
    try fill("", ["n00000001": ["1.png"]])
    let problem = #expect(throws: Problem.self) { try catalog.add("pets", FolderRecipe(path: root), wordNet: wordNet) }
    #expect(problem?.found == "n00000001")
    try? AtomicFile.write("", to: root + "/goldfish/1.png")
    unlink(root + "/n00000001/1.png")
    let advice = #expect(throws: Problem.self) { try catalog.add("pets", FolderRecipe(path: root), wordNet: wordNet) }
    #expect(advice?.advice == "give --map a file with lines like `goldfish<TAB>n01443537`")
  }

  @Test("trees that are no image folders say what is missing")
  func noImages() throws {
    try AtomicFile.makeFolder(root + "/\(Self.dog)")
    #expect(throws: Problem.self) { try add("pets") }
    try fill("", ["": ["1.png", "2.png"]])
    #expect(#expect(throws: Problem.self) { try add("pets") }?.what == "images lie outside of class folders")
    #expect(throws: Problem.self) { try FolderRecipe(path: root + "/1.png") }
    #expect(throws: Problem.self) { try FolderRecipe(path: root + "/nothing") }
    #expect(throws: Problem.self) { try FolderRecipe(path: root, heldOutPercent: 0) }
  }

  @Test("a class of val that train lacks is refused")
  func strangerInVal() throws {
    try fill("train", [Self.dog: ["1.png"]])
    try fill("val", [Self.cat: ["1.png"]])
    #expect(#expect(throws: Problem.self) { try add("pets") }?.found == Self.cat)
  }

  @Test("links that stay inside are followed; links that leave or form a loop are refused")
  func links() throws {
    try fill("", [Self.dog: ["1.png"]])
    symlink("../\(Self.dog)/1.png", root + "/\(Self.dog)/2.png")
    symlink("nowhere.png", root + "/\(Self.dog)/3.png")
    #expect(try add("pets").labels(.train).count == 2)
    try AtomicFile.write(ImageFixtures.png(4, 4), to: folder.path + "/outside/o.png")
    symlink(folder.path + "/outside", root + "/\(Self.cat)")
    let problem = #expect(throws: Problem.self) { try add("pets") }
    #expect(problem?.what == "a symbolic link leads out of the dataset's folder")
    #expect(try add("pets", followsLinks: true).classes.count == 2)
    symlink("..", root + "/\(Self.dog)/again")
    #expect(
      #expect(throws: Problem.self) { try add("pets", followsLinks: true) }?.what == "a symbolic link forms a loop")
  }

  @Test("hostile names and files: control characters, wrong UTF-8, pipes, folders and hidden files")
  func hostile() throws {
    try fill("", [Self.dog: ["\u{1B}[31mred.png", ".hidden.png", "real.png", "note.txt"]])
    folder.write(Array("a note".utf8), to: "images/\(Self.dog)/note.txt")
    try AtomicFile.makeFolder(root + "/\(Self.dog)/folder.png")
    mkfifo(root + "/\(Self.dog)/pipe.png", 0o600)
    let notUTF8: [CChar] = [-1, -2] + ".png".utf8CString
    let descriptor = open("\(root)/\(Self.dog)/".utf8CString.dropLast() + notUTF8, O_CREAT | O_WRONLY, 0o600)
    #expect(descriptor >= 0)
    close(descriptor)
    let dataset = try add("pets")
    let names = identifiers(dataset, .train)
    #expect(names.count == 3)
    #expect(names.contains("\(Self.dog)/\\u{1b}[31mred.png"))
    #expect(names.joined().unicodeScalars.allSatisfy { $0.value >= 0x20 })
    let bad = try DatasetCheck.run(dataset, workers: 2)
    #expect(bad.map(\.reason) == ["an empty file"])
  }

  // MARK: Pictures

  @Test("files are told apart by content, and what became unreadable is named")
  func content() throws {
    try fill("", [Self.dog: ["a.png", "b.JPEG"]])
    let grey = ImageFixtures.jpeg(ImageFixtures.pixels(20, 10, 1), 20, 10, FIXTURE_GREY)
    try AtomicFile.write(grey, to: root + "/\(Self.dog)/a.png")
    let dataset = try add("pets")
    #expect(try dataset.picture(.train, 0).channels == 1)
    #expect(try dataset.picture(.train, 1).channels == 3)
    unlink(root + "/\(Self.dog)/a.png")
    mkfifo(root + "/\(Self.dog)/a.png", 0o600)
    let pipe = #expect(throws: Problem.self) { try dataset.picture(.train, 0) }
    #expect(pipe?.place == "\(realPath(root))/\(Self.dog)/a.png")
    unlink(root + "/\(Self.dog)/a.png")
    #expect(#expect(throws: Problem.self) { try dataset.picture(.train, 0) }?.found == "No such file or directory")
  }

  @Test(
    "a large JPEG may come reduced, never below the sides that are asked for",
    arguments: [(0, 160), (40, 40), (41, 80), (81, 160), (20, 20), (3, 20)])
  func reduced(side: Int, expected: Int) throws {
    let pixels = ImageFixtures.pixels(160, 160, 3)
    try AtomicFile.write(ImageFixtures.jpeg(pixels, 160, 160, FIXTURE_RGB), to: root + "/\(Self.dog)/a.jpg")
    let dataset = try add("pets")
    let buffer = PixelBuffer()
    try dataset.load(.train, 0, ImageNeed(leastWidth: side, leastHeight: side), into: buffer)
    #expect([buffer.width, buffer.height] == [expected, expected])
  }

  @Test("check lists what cannot be decoded, in order, for any number of workers", arguments: [1, 3])
  func check(workers: Int) throws {
    try fill("train", [Self.dog: (10..<40).map { "\($0).png" }])
    try fill("val", [Self.dog: ["v.png"]])
    try AtomicFile.write(ImageFixtures.png(6, 5).dropLast(20), to: root + "/train/\(Self.dog)/17.png")
    try AtomicFile.write("not an image", to: root + "/train/\(Self.dog)/30.png")
    try AtomicFile.write("", to: root + "/val/\(Self.dog)/v.png")
    let bad = try DatasetCheck.run(add("pets"), workers: workers)
    #expect(bad.map(\.image) == ["train/\(Self.dog)/17.png", "train/\(Self.dog)/30.png", "val/\(Self.dog)/v.png"])
    #expect(bad.map(\.reason) == ["the file ends early", "neither PNG, JPEG, WebP nor GIF", "an empty file"])
  }

  // MARK: The catalogue

  @Test("adding again tells whether anything changed, and the dataset knows when its files did")
  func changes() throws {
    try fill("", [Self.dog: ["1.png", "2.png"]])
    let recipe = try FolderRecipe(path: root)
    #expect(try catalog.add("pets", recipe, wordNet: nil).change == .new)
    #expect(try catalog.add("pets", recipe, wordNet: nil).change == .unchanged)
    #expect(try catalog.isCurrent("pets"))
    try fill("", [Self.dog: ["3.png"]])
    #expect(try !catalog.isCurrent("pets"))
    #expect(try catalog.add("pets", recipe, wordNet: nil).change == .changed)
    #expect(try catalog.open("pets").labels(.train).count == 3)
    #expect(names(in: folder.path + "/home/datasets/pets").count == 2)
  }

  @Test("rm forgets the name and leaves every image")
  func remove() throws {
    try fill("", [Self.dog: ["1.png", "2.png"]])
    _ = try add("pets")
    try catalog.remove("pets")
    #expect(!catalog.hasImages("pets"))
    #expect(names(in: root + "/\(Self.dog)") == ["1.png", "2.png"])
    #expect(names(in: folder.path + "/home/datasets").isEmpty)
    for name in ["pets", "fashion-mnist", "imagenet-1k", "../x", ""] {
      #expect(throws: Problem.self) { try catalog.remove(name) }
    }
  }

  @Test(
    "names are plain, and built-in ones are taken",
    arguments: [
      "", ".hidden", "../up", "a/b", "a b", "é", "fashion-mnist", String(repeating: "x", count: 65), "a\u{1B}",
    ])
  func names(name: String) throws {
    try fill("", [Self.dog: ["1.png"]])
    #expect(throws: Problem.self) { try add(name) }
    #expect(names(in: folder.path + "/home").isEmpty)
  }

  @Test("imagenet-1k takes images of exactly its thousand classes")
  func imageNet() throws {
    #expect(try catalog.classes(of: "imagenet-1k").count == 1000)
    #expect(throws: Problem.self) { try catalog.open("imagenet-1k") }
    let wnids = try catalog.classes(of: "imagenet-1k").map(\.wnid)
    try fill("", Dictionary(uniqueKeysWithValues: wnids.dropFirst().map { ($0, ["1.png"]) }))
    let problem = #expect(throws: Problem.self) { try add("imagenet-1k") }
    #expect(problem?.found?.hasPrefix("1 missing (n01440764") == true)
    try fill("", [wnids[0]: ["1.png"]])
    #expect(try add("imagenet-1k").classes.map(\.wnid) == wnids)
    try catalog.remove("imagenet-1k")
    #expect(try catalog.classes(of: "imagenet-1k").map(\.wnid) == wnids)
  }

  @Test("a dataset may bring a hierarchy of its own, whose names its folders have; the home keeps a copy")
  func ownHierarchy() throws {
    try fill("train", ["raven": ["1.png"], "red fox": ["1.png", "2.png"]])
    folder.write(Array("raven\tbird\tCorvus corax\nred fox\tmammal\nbird\tanimal\nmammal\tanimal\n".utf8), to: "tree.tsv")
    let recipe = try FolderRecipe(path: root, hierarchyFile: folder.path + "/tree.tsv")
    #expect(try catalog.add("zoo", recipe, wordNet: nil).entry.classes == 2)
    unlink(folder.path + "/tree.tsv")
    #expect(try catalog.classes(of: "zoo") == [FineClass(wnid: "raven", name: "Corvus corax"), FineClass(wnid: "red fox", name: "red fox")])
    let tree = try catalog.hierarchy(of: "zoo")
    #expect(tree.roots.map { tree.wnid($0) } == ["animal"])
    #expect(try catalog.isCurrent("zoo"))
    let set = try LabelSet(name: "one", dataset: "zoo", recipe: [.bottomUp(depth: 0)], on: tree)
    let store = LabelSetStore(home: catalog.home)
    try store.save(set)
    #expect(try store.load("one", for: "zoo") == set)
    try fill("train", ["unicorn": ["1.png"]])
    folder.write(Array("raven\tbird\n".utf8), to: "tree.tsv")
    let problem = #expect(throws: Problem.self) { try catalog.add("zoo", recipe, wordNet: nil) }
    #expect(problem?.expected == "folders named as in the hierarchy")
  }

  @Test("all nouns of WordNet are a dataset of classes")
  func allNouns() throws {
    #expect(try catalog.classes(of: "wordnet").count == 82_115)
    #expect(throws: Problem.self) { try catalog.open("wordnet") }
  }

  @Test("the list shows every dataset, and why one cannot be used")
  func list() throws {
    try fill("", [Self.dog: ["1.png", "2.png"]])
    _ = try add("pets")
    #expect(catalog.list().map(\.name) == ["fashion-mnist", "imagenet-1k", "wordnet", "pets"])
    #expect(catalog.list()[0].train == 60_000 && catalog.list()[3].problem == nil)
    rename(root, root + "-moved")
    #expect(catalog.list()[3].problem == "the folder is gone")
    #expect(#expect(throws: Problem.self) { try catalog.open("pets") }?.advice?.contains("data add pets") == true)
    #expect(
      #expect(throws: Problem.self) { try catalog.open("petz") }?.advice?.contains("did you mean `pets`?") == true)
  }

  @Test("a damaged description or index is told, whatever the damage")
  func damaged() throws {
    try fill("", [Self.dog: ["1.png", "2.png"], Self.cat: ["1.png"]])
    _ = try add("pets")
    let home = folder.path + "/home/datasets/pets"
    for name in names(in: home) {
      let good = folder.bytes(of: "home/datasets/pets/\(name)")
      for length in stride(from: 0, to: good.count, by: 3) {
        folder.write(Array(good.prefix(length)), to: "home/datasets/pets/\(name)")
        #expect(throws: Problem.self) { try catalog.open("pets") }
      }
      for place in stride(from: 0, to: good.count, by: 5) {
        var bytes = good
        bytes[place] = bytes[place] == 0xFF ? 0 : 0xFF
        folder.write(bytes, to: "home/datasets/pets/\(name)")
        // Damage inside a path or a name is another path or name; everything else is refused. Nothing crashes.
        if let dataset = try? catalog.open("pets") {
          for index in dataset.labels(.train).indices { _ = try? dataset.picture(.train, index) }
        }
      }
      folder.write(good, to: "home/datasets/pets/\(name)")
    }
    #expect(try catalog.open("pets").labels(.train).count == 3)
  }

  // MARK: Helpers

  /// Writes images named `names` into `split/class` folders below the root.
  private func fill(_ split: String, _ classes: [String: [String]]) throws {
    for (name, files) in classes {
      for (index, file) in files.enumerated() {
        let below = ["images", split, name].filter { !$0.isEmpty }.joined(separator: "/")
        try AtomicFile.makeFolder(folder.path + "/" + below)
        folder.write(ImageFixtures.png(6, 5, phase: index), to: below + "/" + file)
      }
    }
  }

  private func add(
    _ name: String, map: String? = nil, followsLinks: Bool = false, percent: Int = 10, seed: UInt64 = 1
  ) throws(Problem) -> any Dataset {
    let recipe = try FolderRecipe(
      path: root, mapFile: map, followsLinks: followsLinks, heldOutPercent: percent, seed: seed)
    _ = try catalog.add(name, recipe, wordNet: nil)
    return try catalog.open(name)
  }

  private func identifiers(_ dataset: any Dataset, _ split: Split) -> [String] {
    dataset.labels(split).indices.map { dataset.identifier(split, $0) }
  }

  private func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  private func realPath(_ path: String) -> String {
    let resolved = realpath(path, nil)!
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
