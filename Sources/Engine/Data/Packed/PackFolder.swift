import FoundationEssentials
import Glibc
import Taxonomy

/// A packed dataset on the disk, as Caffe knows it:
///
/// ```
/// train_lmdb/data.mdb  val_lmdb/data.mdb   an entry an image: key %08d_path, value a Datum
/// synset_words.txt                         line i: the wnid and the name of label i
/// pack.json                                what it was packed from, and whether it is whole
/// ```
///
/// Databases that Caffe's own tools wrote (`ilsvrc12_train_lmdb` …) have no pack.json and are whole by definition.
struct PackFolder: Sendable {
  let path: String

  static let names: [Split: [String]] = [
    .train: ["train_lmdb", "ilsvrc12_train_lmdb"], .val: ["val_lmdb", "ilsvrc12_val_lmdb"],
  ]

  /// The folder of a split's database where there is one.
  func database(_ split: Split) -> String? {
    Self.names[split]!.map { "\(path)/\($0)" }.first { access($0 + "/data.mdb", F_OK) == 0 }
  }

  /// Whether the folder is a packed dataset.
  var isPacked: Bool { database(.train) != nil }

  var synsetFile: String { path + "/synset_words.txt" }
  var descriptionFile: String { path + "/pack.json" }
  var lockFile: String { path + "/pack.lock" }

  func description() throws(Problem) -> PackDescription? {
    guard access(descriptionFile, F_OK) == 0 else { return nil }
    return try RunJSON.read(PackDescription.self, from: descriptionFile, what: "the description of the packed dataset")
  }

  /// - Throws: a ``Problem`` where packing was interrupted.
  func checkWhole() throws(Problem) {
    guard let description = try description(), !description.isWhole else { return }
    throw Problem(
      "the dataset is not packed to its end", at: path,
      advice: "run `imagenet-tui data pack \(description.dataset) -o \(path)` again, it goes on where it was")
  }
}

/// `pack.json`: what a dataset was packed from, and how.
struct PackDescription: Codable, Equatable, Sendable {
  /// The version of the layout.
  var format = 1
  var dataset: String
  /// The fingerprint of the packed dataset: packing goes on with the same images only.
  var fingerprint: String
  /// Pixels of a side.
  var side: Int
  /// The quality of JPEG files, nil for raw pixels.
  var quality: Int?
  var isWhole = false
}

/// The entries' names: `%08d_path`, as Caffe's convert_imageset makes them.
enum PackKey {
  /// The number of the image in its split, and its path as far as there is room in a key.
  static func text(_ number: Int, _ path: String) -> [UInt8] {
    let digits = String(number)
    let head = String(repeating: "0", count: max(0, 8 - digits.count)) + digits + "_"
    return Array(head.utf8) + path.utf8.suffix(LMDBWriter.longestKey - head.utf8.count)
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
