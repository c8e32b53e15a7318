import Basics
import FoundationEssentials

/// The databases that Caffe's tools wrote before LMDB, and still do with `-backend leveldb`.
enum LevelDBFolder {
  /// - Throws: a ``Problem`` where `root` is such a database, or has one in it.
  static func refuse(below root: String) throws(Problem) {
    func names(_ folder: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }
    func isDatabase(_ names: [String]) -> Bool { names.contains("CURRENT") && names.contains { $0.hasPrefix("MANIFEST-") } }
    let here = names(root)
    // A tree of images has a folder a class: only what is called so is looked into.
    let inside = here.filter { $0.lowercased().hasSuffix("leveldb") || $0.lowercased().hasSuffix("_db") }
    let found = isDatabase(here) ? root : inside.first { isDatabase(names("\(root)/\($0)")) }.map { "\(root)/\($0)" }
    guard let found else { return }
    throw Problem(
      "cannot read the database", at: printable(found), expected: "LMDB, or folders of images", found: "LevelDB",
      advice: "write it again with `convert_imageset -backend lmdb`, or add the folder of its images", kind: .data)
  }
}
