import Basics
import Files
import Taxonomy

/// Reads a hierarchy of the user's own from a file.
enum HierarchyFile {
  /// Bytes; iNaturalist's 10,000 species are half a megabyte.
  private static let longest = 64 << 20

  /// - Throws: a ``Problem`` where there is no such file, or it is no ``UserHierarchy``.
  static func read(_ path: String) throws(Problem) -> UserHierarchy { try UserHierarchy(contents(path), at: path) }

  /// The hierarchy that a recipe names; nil where it names none.
  static func contents(_ recipe: FolderRecipe) throws(Problem) -> [UInt8]? {
    guard let file = recipe.hierarchy else { return nil }
    return recipe.partition == nil ? try contents(file) : try SUNFolder.hierarchy(file)
  }

  /// The bytes of the file.
  /// - Throws: a ``Problem`` where there is none, or it is too large.
  static func contents(_ path: String) throws(Problem) -> [UInt8] {
    try TextFile(path, "cannot read the hierarchy", limit: longest, advice: "check the path given with --hierarchy").bytes
  }
}
