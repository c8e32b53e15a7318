import Basics
import Datasets
import Files
import LabelSets
import Taxonomy
import TestSupport

/// Text that people and other programs write: lists, maps, hierarchies, tables, label sets.
extension FuzzPlace {
  func listEntries() throws -> [FuzzEntry] {
    let (one, other) = (Self.classes[0], Self.classes[1])
    try makeFolder("wordnet")
    put(Self.words.data, "wordnet/data.noun")
    put(Self.words.index, "wordnet/index.noun")
    let wordNet = try Self.words.open()
    let catalog = DatasetCatalog(home: home, wordNet: path + "/wordnet")

    // Adds the images of `plain` with one of the files that `data add` takes.
    func add(_ name: String, _ text: String..., recipe: @escaping (String) throws -> FolderRecipe) -> FuzzEntry {
      FuzzEntry(name, weight: 2, isText: true, seeds: text.map { Array($0.utf8) }) { [self] in
        put($0, "list")
        _ = try catalog.add("listed", recipe(path + "/list"), wordNet: wordNet)
      }
    }
    let root = path + "/plain"
    let numbers = "\(one)/0.png 0\n\(one)/1.png 0\n\(other)/0.png 1\n\(other)/2.png 1\n"
    let wnids = "\(one)/0.png \(one)\r\n\(other)/1.png \(other)\r\n"
    let kaggle = "ImageId,PredictionString\n0,\(one) 1 2 3 4\n1,\(other) 5 6 7 8 \(other) 1 1 2 2\n"
    let tiny = "0.png\t\(one)\t0\t0\t3\t3\n1.png\t\(other)\t1\t1\t2\t2\n"
    let maps = "\(one)\t\(one)\n\(other)\tshark\n"
    let tree = "carp\tfish\ncat\tanimal\nfish\tanimal\n\(one)\tfish\n\(other)\tanimal\n"
    let lists = [
      add("train list", numbers, wnids, kaggle, tiny) { try FolderRecipe(path: root, trainList: $0) },
      add("val list", numbers, wnids, kaggle, tiny) { try FolderRecipe(path: root, valList: $0) },
      add("class map", maps) { try FolderRecipe(path: root, mapFile: $0) },
      add("hierarchy", tree) { try FolderRecipe(path: root, hierarchyFile: $0) },
      add("synset words", "\(one) tench, Tinca tinca\n\(other) shark\n") { [self] in
        put(Array(numbers.utf8), "numbers")
        return try FolderRecipe(path: root, trainList: path + "/numbers", synsetsFile: $0)
      },
    ]

    // SUN397's list of classes, and a partition.
    try makeFolder("sun/a/abbey")
    put(get("plain/\(one)/0.png"), "sun/a/abbey/0.jpg")
    let partition = Array("/a/abbey/0.jpg\r\n".utf8)
    func sun(_ name: String, _ file: String, _ seed: [UInt8]) -> FuzzEntry {
      FuzzEntry(name, weight: 2, isText: true, seeds: [seed]) { [self] in
        put(Array("/a/abbey\n/b/bakery/shop\n".utf8), "sun/ClassName.txt")
        for name in ["Training", "Testing"] { put(partition, "sun/\(name)_01.txt") }
        put($0, "sun/\(file)")
        _ = try catalog.add("sun", try FolderRecipe(path: path + "/sun"), wordNet: nil)
      }
    }
    let scenes = [
      sun("SUN classes", "ClassName.txt", Array("/a/abbey\n/b/bakery/shop\n".utf8)), sun("SUN partition", "Training_01.txt", partition),
    ]

    let set = try LabelSet(name: "both", dataset: "plain", recipe: [], on: try catalog.hierarchy(of: "plain"))
    let store = LabelSetStore(home: home)
    try store.save(set)
    let json = get("home/label-sets/both.json")
    let texts: [ExchangeFormat: String] = [
      .synsetWords: "\(one) tench\n\(other) shark\n", .caffeTrain: "train/\(one)/0.png 0\ntrain/\(other)/1.png 1\n",
      .caffeVal: "val/\(one)/0.png 0\n", .csv: "fine,fine name,class,class name\n\(one),\"ten\"\"ch\",\(one),a\n\(other),shark,\(other),b\n",
    ]
    let imports = ExchangeFormat.allCases.map { format in
      FuzzEntry("label set \(format)", weight: 2, isText: true, seeds: [format == .json ? json : Array(texts[format]!.utf8)]) { [self] in
        put($0, "imported")
        _ = try LabelSetImport(
          file: path + "/imported", .init(dataset: "plain", name: "x", format: format, wordNet: path + "/wordnet"), home: home)
      }
    }
    let hierarchy = try catalog.hierarchy(of: "plain")
    return lists + scenes + imports + [
      FuzzEntry("kept label set", weight: 4, isText: true, seeds: [json]) { [self] in
        put($0, "home/label-sets/both.json")
        let set = try store.load("both")
        _ = try Partition(set, on: hierarchy)
      },
      FuzzEntry("csv", weight: 20, isText: true, seeds: [Array(texts[.csv]!.utf8)]) {
        _ = try CSV.records(String(decoding: $0, as: UTF8.self), at: "x")
      },
      FuzzEntry("data.noun", weight: 10, isText: true, seeds: [Self.words.data]) { try Self.look(data: $0, index: Self.words.index) },
      FuzzEntry("index.noun", weight: 10, isText: true, seeds: [Self.words.index]) { try Self.look(data: Self.words.data, index: $0) },
      FuzzEntry("own hierarchy", weight: 10, isText: true, seeds: [Array(tree.utf8)]) {
        _ = try Hierarchy(allOf: try UserHierarchy($0, at: "x").wordNet(), policy: .name)
      },
    ]
  }

  private static func look(data: [UInt8], index: [UInt8]) throws {
    let words = try WordNet(data: Bytes(data), index: Bytes(index))
    for synset in words.all() { _ = words.name(of: synset) }
    _ = try Hierarchy(allOf: words, policy: .name)
    _ = try Hierarchy(fineClasses: classes, wordNet: words, policy: .name)
  }
}
