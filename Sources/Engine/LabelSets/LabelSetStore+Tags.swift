import Basics
import Datasets
import Files
import Taxonomy

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
        found: "`\(strange.prefix(60))`", kind: .notFound)
    }
    tags.removeAll(where: removing.contains)
    set.name = name
    try AtomicFile.write(LabelSetFile.text(set, tags: tags), to: path)
    return tags
  }
}
