import Basics
import Files
import FoundationEssentials
import Glibc

/// A packed dataset on the disk, as Caffe knows it:
///
/// ```
/// train_lmdb/data.mdb  val_lmdb/data.mdb   an entry an image: key %08d_path, value a Datum
/// synset_words.txt                         line i: the wnid and the name of label i
/// pack.json                                what it was packed from, and whether it is whole
/// ```
///
/// Databases that Caffe's own tools wrote (`ilsvrc12_train_lmdb`, `mnist_train_lmdb` and `mnist_test_lmdb`, …) have no pack.json and are
/// whole by definition. A folder may also be one database itself.
struct PackFolder: Sendable {
  let path: String

  static let names: [Split: [String]] = [
    .train: ["train_lmdb", "ilsvrc12_train_lmdb"], .val: ["val_lmdb", "ilsvrc12_val_lmdb"],
  ]

  /// The folder of a split's database where there is one.
  func database(_ split: Split) -> String? {
    if Self.isDatabase(path) { return split == .train ? path : nil }
    if let known = Self.names[split]!.map({ "\(path)/\($0)" }).first(where: Self.isDatabase) { return known }
    let others = databases
    func only(_ role: SplitFolders.Role) -> String? { others[role].flatMap { $0.count == 1 ? "\(path)/\($0[0])" : nil } }
    return split == .train ? only(.train) : only(.val) ?? only(.test)
  }

  /// Whether the folder is a packed dataset.
  var isPacked: Bool { database(.train) != nil }

  /// The databases in the folder, by the split that their names say.
  private var databases: [SplitFolders.Role: [String]] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
      .filter { ($0.lowercased().hasSuffix("lmdb") || $0.lowercased().hasSuffix("_db")) && Self.isDatabase("\(path)/\($0)") }
    return Dictionary(grouping: names) { SplitFolders.roleAmongWords(Array($0.utf8)) }
      .reduce(into: [:]) { known, entry in entry.key.map { known[$0] = entry.value } }
  }

  private static func isDatabase(_ folder: String) -> Bool { hasFile(folder + "/data.mdb") }

  /// - Throws: a ``Problem`` where the folder holds databases that make no dataset: several of a split, none to train on, or one of a pair.
  func check() throws(Problem) {
    func refuse(_ what: String, at place: String, _ expected: String, _ found: [String], _ advice: String) -> Problem {
      Problem(what, at: place, expected: expected, found: found.map { "`\($0)`" }.joined(separator: " and "), advice: advice, kind: .data)
    }
    if Self.isDatabase(path) {
      let parts = path.split(separator: "/").map(String.init)
      let parent = "/" + parts.dropLast().joined(separator: "/")
      let pair = PackFolder(path: parent).databases
      guard let name = parts.last, pair.values.joined().contains(name), pair.count > 1 else { return }
      throw refuse(
        "this is one database of several", at: path, "the folder that holds the databases of all splits",
        pair.values.joined().sorted(), "give \(parent)")
    }
    let databases = databases
    guard !databases.isEmpty else { return }
    for (role, names) in databases where names.count > 1 && !names.contains(where: { Self.names.values.joined().contains($0) }) {
      throw refuse(
        "several databases could be the \(role.rawValue) split", at: path, "one of them", names.map(printable), "move the ones that are not meant")
    }
    guard isPacked else {
      throw refuse(
        "there is no database of training images", at: path, "`…train_lmdb` beside it", databases.values.joined().sorted().map(printable),
        "to train on it, give its own folder")
    }
  }

  var synsetFile: String { path + "/synset_words.txt" }
  var descriptionFile: String { path + "/pack.json" }
  var lockFile: String { path + "/pack.lock" }

  func description() throws(Problem) -> PackDescription? {
    guard access(descriptionFile, F_OK) == 0 else { return nil }
    let what = "the description of the packed dataset"
    let description = try RunJSON.read(PackDescription.self, from: descriptionFile, what: what, for: .owner)
    guard description.format <= 1 else { throw RunJSON.newer(what, at: descriptionFile, "format", found: "\(description.format)") }
    return description
  }

  /// - Throws: a ``Problem`` where packing was interrupted.
  func checkWhole() throws(Problem) {
    guard let description = try description(), !description.isWhole else { return }
    throw Problem(
      "packing the dataset is not finished", at: path,
      advice: "run \(ShellCommand("data", "pack", description.dataset, "-o", path).inSentence) again to continue", kind: .data)
  }
}

/// `pack.json`: what a dataset was packed from, and how.
struct PackDescription: Codable, Equatable, Sendable {
  /// The version of the layout.
  @Bounded<SmallCount> var format = 1
  var dataset: String
  /// The fingerprint of the packed dataset: packing goes on with the same images only.
  var fingerprint: String
  /// Pixels of a side.
  @Bounded<SmallCount> var side: Int
  /// The quality of JPEG files, nil for raw pixels.
  @BoundedIfThere<SmallCount> var quality: Int?
  var isWhole = false
}

/// The entries' names: `%08d_path`, as Caffe's convert_imageset makes them.
enum PackKey {
  /// The number of the image in its split, and its path as far as there is room in a key.
  static func text(_ number: Int, _ path: [UInt8]) -> [UInt8] {
    let digits = String(number)
    let head = String(repeating: "0", count: max(0, 8 - digits.count)) + digits + "_"
    return Array(head.utf8) + path.suffix(LMDBWriter.longestKey - head.utf8.count)
  }

  /// The number in front; nil where there is none.
  static func number(_ key: some Collection<UInt8>) -> Int? {
    Int(String(decoding: key.prefix { $0 != UInt8(ascii: "_") }, as: UTF8.self))
  }

  /// The path behind the number; the whole key where there is none.
  static func path(_ key: some Collection<UInt8>) -> [UInt8] {
    guard number(key) != nil, let bar = key.firstIndex(of: UInt8(ascii: "_")) else { return Array(key) }
    return Array(key[key.index(after: bar)...])
  }
}
