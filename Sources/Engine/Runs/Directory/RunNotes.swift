import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Taxonomy

/// What a person keeps of a run, in `notes.json` beside its `run.json`, which never changes. No training knows of it.
public struct RunNotes: Codable, Equatable, Sendable {
  /// Words to find it again, sorted.
  public var tags: [String] = []
  /// One sentence or several.
  public var note = ""
  /// What runs have in common that are looked at together, as those that differ in their seed alone.
  public var group: String?

  /// No note is longer, in bytes.
  public static let longest = 4096

  public init(tags: [String] = [], note: String = "", group: String? = nil) {
    self.tags = tags
    self.note = note
    self.group = group
  }

  /// Fields that are not there are empty, so that a file of another version is read.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tags = try container.decodeIfPresent([String].self, forKey: .tags) ?? []
    note = try container.decodeIfPresent(String.self, forKey: .note) ?? ""
    group = try container.decodeIfPresent(String.self, forKey: .group)
  }

  /// Tags sorted and each once, no empty group.
  /// - Throws: a ``Problem`` that names what cannot be kept.
  package func checked(at place: String) throws(Problem) -> RunNotes {
    var notes = self
    notes.tags = try LabelSetTags.checked(tags, at: place)
    if notes.group?.isEmpty ?? false { notes.group = nil }
    // Groups within groups, as those of a study's tests.
    let parts = notes.group?.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? []
    if let group = notes.group, !parts.allSatisfy(LabelSetTags.isValid) {
      throw Problem(
        "invalid group name", at: place,
        expected: "up to 32 letters, digits, `.`, `_`, `-`, beginning with a letter or digit; or several of these with `/` between",
        found: "`\(group.prefix(60))`", kind: .usage)
    }
    guard note.utf8.count <= Self.longest else {
      throw Problem(
        "the note is too long", at: place, expected: "at most \(Self.longest) bytes", found: "\(note.utf8.count)", kind: .usage)
    }
    return notes
  }
}

extension RunDirectory {
  package var notesFile: String { path + "/notes.json" }

  /// What is kept of the run; empty where nothing is.
  /// - Throws: a ``Problem`` where the file is damaged.
  public func notes() throws(Problem) -> RunNotes { try notes(for: .observer) }

  private func notes(for reader: RunJSON.Reader) throws(Problem) -> RunNotes {
    guard access(notesFile, F_OK) == 0 else { return RunNotes() }
    return try RunJSON.read(
      RunNotes.self, from: notesFile, what: "the run's notes", for: reader,
      repair: "the file is damaged; the run itself is not, and without the file it has no tags, note and group")
  }

  /// Changes what is kept of the run. Of two writers at a time the second changes what the first left.
  /// - Returns: what is kept now.
  /// - Throws: a ``Problem`` where it cannot be kept, or the file is damaged or cannot be written; the old notes then stay.
  @discardableResult
  public func annotate(_ change: (inout RunNotes) throws(Problem) -> Void) throws(Problem) -> RunNotes {
    let lock = try FileLock.wait(for: configurationFile, what: "the run")
    defer { withExtendedLifetime(lock) {} }
    try checkKnown()
    let old = try notes(for: .owner)
    var new = old
    try change(&new)
    new = try new.checked(at: id)
    if new != old { try RunJSON.write(new, to: notesFile) }
    return new
  }

  /// Adds tags, then takes others away.
  /// - Returns: the tags that it has now, sorted.
  /// - Throws: a ``Problem`` where a word cannot be a tag, one to remove is not there, or the file cannot be written.
  @discardableResult
  public func tag(adding: [String], removing: [String] = []) throws(Problem) -> [String] {
    try annotate { (notes) throws(Problem) in
      let tags = notes.tags + adding
      if let strange = removing.first(where: { !tags.contains($0) }) {
        throw Problem(
          "the run has no such tag", at: id,
          expected: tags.isEmpty ? "nothing: it has none" : "one of \(firstFew(tags, 8))", found: "`\(strange.prefix(60))`", kind: .notFound)
      }
      notes.tags = tags.filter { !removing.contains($0) }
    }.tags
  }
}
