import FoundationEssentials
import Taxonomy

/// Reads a hierarchy of the user's own from a file.
enum HierarchyFile {
  /// Bytes; iNaturalist's 10,000 species are half a megabyte.
  private static let longest = 64 << 20

  /// - Throws: a ``Problem`` where there is no such file, or it is no ``UserHierarchy``.
  static func read(_ path: String) throws(Problem) -> UserHierarchy { try read(contents(path), at: path) }

  static func read(_ data: Data, at path: String) throws(Problem) -> UserHierarchy {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return try UserHierarchy(data.starts(with: mark) ? data.dropFirst(3) : data, at: path)
  }

  /// The bytes of the file.
  /// - Throws: a ``Problem`` where there is none, or it is too large.
  static func contents(_ path: String) throws(Problem) -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw AtomicFile.failure("cannot read the hierarchy", path)
    }
    guard data.count <= longest else {
      throw Problem(
        "the hierarchy is too large", at: path, expected: "\(longest >> 20) MB at most", found: "\(data.count >> 20) MB")
    }
    return data
  }
}
