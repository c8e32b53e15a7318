import Taxonomy

/// Words that a person puts on a label set to find it again. They are kept in its file, beside what is hashed: runs and
/// trainings do not know of them.
public enum LabelSetTags {
  /// No label set, and no run, has more.
  public static let most = 32

  /// A letter or digit, then up to 31 letters, digits, `.`, `_`, `-`.
  public static func isValid(_ tag: String) -> Bool { tag.utf8.count <= 32 && DatasetName.isValid(tag) }

  /// The tags sorted, each once.
  /// - Throws: a ``Problem`` naming the first that is none.
  static func checked(_ tags: [String], at place: String) throws(Problem) -> [String] {
    if let wrong = tags.first(where: { !isValid($0) }) {
      throw Problem(
        "this cannot be a tag", at: place,
        expected: "up to 32 letters, digits, `.`, `_`, `-`, beginning with a letter or digit",
        found: "`\(wrong.prefix(60))`")
    }
    let sorted = Set(tags).sorted()
    guard sorted.count <= most else {
      throw Problem("these are too many tags", at: place, expected: "at most \(most)", found: "\(sorted.count)")
    }
    return sorted
  }
}

extension LabelSetStore {
  /// The tags of a label set, sorted.
  /// - Throws: a ``Problem`` where there is no such label set, or its file cannot be read.
  public func tags(of name: String) throws(Problem) -> [String] {
    let path = try path(name)
    guard contains(name) else { throw Self.unknown(name) }
    return try LabelSetFile.readTagged(path).tags
  }

  /// Adds tags, then takes others away. The label set's hash stays as it is.
  /// - Returns: the tags that it has now, sorted.
  /// - Throws: a ``Problem`` where a word cannot be a tag, one to remove is not there, or the file cannot be written.
  @discardableResult
  public func tag(_ name: String, adding: [String], removing: [String] = []) throws(Problem) -> [String] {
    let path = try path(name)
    guard contains(name) else { throw Self.unknown(name) }
    var (set, tags) = try LabelSetFile.readTagged(path)
    tags = try LabelSetTags.checked(tags + adding, at: name)
    if let strange = removing.first(where: { !tags.contains($0) }) {
      throw Problem(
        "the label set has no such tag", at: name, expected: tags.isEmpty ? "nothing: it has none" : "one of \(firstFew(tags, 8))",
        found: "`\(strange.prefix(60))`")
    }
    tags.removeAll(where: removing.contains)
    set.name = name
    try AtomicFile.write(LabelSetFile.text(set, tags: tags), to: path)
    return tags
  }
}
