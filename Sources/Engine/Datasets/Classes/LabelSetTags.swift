import Basics

/// Words that a person puts on a label set to find it again. They are kept in its file, beside what is hashed: runs and
/// trainings do not know of them.
public enum LabelSetTags {
  /// No label set, and no run, has more.
  public static let most = 32

  /// A letter or digit, then up to 31 letters, digits, `.`, `_`, `-`.
  public static func isValid(_ tag: String) -> Bool { tag.utf8.count <= 32 && DatasetName.isValid(tag) }

  /// The tags sorted, each once.
  /// - Throws: a ``Problem`` naming the first that is none.
  package static func checked(_ tags: [String], at place: String) throws(Problem) -> [String] {
    if let wrong = tags.first(where: { !isValid($0) }) {
      throw Problem(
        "invalid tag", at: place,
        expected: "up to 32 letters, digits, `.`, `_`, `-`, beginning with a letter or digit",
        found: "`\(wrong.prefix(60))`", kind: .usage)
    }
    let sorted = Set(tags).sorted()
    guard sorted.count <= most else {
      throw Problem("too many tags", at: place, expected: "at most \(most)", found: "\(sorted.count)", kind: .usage)
    }
    return sorted
  }
}
