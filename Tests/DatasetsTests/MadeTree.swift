import Basics
import Datasets
import Files
import Glibc
import Taxonomy
import TestSupport

/// A tree of small images, made on the spot, and a home to add it to.
struct MadeTree {
  let folder = TemporaryFolder()
  var root: String { folder.path + "/data" }
  var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }
  static let (tench, shark, dog) = ("n01440764", "n01484850", "n02084071")

  /// Images at these places; `*` stands for a folder of each of two classes.
  init(_ places: String...) {
    for place in places { write(place) }
  }

  func write(_ place: String) {
    let names = place.contains("*") ? [Self.tench, Self.shark].map { place.replacing("*", with: $0) } : [place]
    for name in names { put(ImageFixtures.png(6, 5), at: name.hasSuffix("/") ? name + "1.png" : name) }
  }

  /// Any bytes as a file.
  func put(_ bytes: [UInt8], at place: String) { try! AtomicFile.write(bytes, to: root + "/" + place, durable: false) }

  /// A file whose name need not be UTF-8, in a folder that is there.
  func put(_ bytes: [UInt8], named name: [UInt8], in place: String) {
    let path = Array("\(root)/\(place)/".utf8) + name + [0]
    let descriptor = path.withUnsafeBytes { open($0.bindMemory(to: CChar.self).baseAddress!, O_CREAT | O_WRONLY, 0o644) }
    precondition(descriptor >= 0)
    _ = Glibc.write(descriptor, bytes, bytes.count)
    close(descriptor)
  }

  /// A folder whose name need not be UTF-8.
  func makeFolder(named name: [UInt8]) {
    let path = Array("\(root)/".utf8) + name + [0]
    precondition(path.withUnsafeBytes { mkdir($0.bindMemory(to: CChar.self).baseAddress!, 0o755) } == 0)
  }

  /// A text file beside the tree.
  func lines(_ lines: [String], _ name: String = "list.txt") -> String {
    folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: name)
    return folder.path + "/" + name
  }

  @discardableResult
  func add(
    _ path: String? = nil, map: String? = nil, train: String? = nil, val: String? = nil, synsets: String? = nil, hierarchy: String? = nil,
    followsLinks: Bool = false, wordNet: WordNet? = nil
  ) throws(Problem) -> AddedDataset {
    let recipe = try FolderRecipe(
      path: path ?? root, mapFile: map, trainList: train, valList: val, synsetsFile: synsets, hierarchyFile: hierarchy,
      followsLinks: followsLinks)
    return try catalog.add("made", recipe, wordNet: wordNet)
  }

  /// The images of a split as paths below the root.
  func images(_ split: Split) throws -> [String] {
    let dataset = try catalog.open("made")
    return dataset.labels(split).indices.map { dataset.identifier(split, $0) }
  }
}
