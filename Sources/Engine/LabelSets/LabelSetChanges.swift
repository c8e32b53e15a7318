import Basics
import Datasets
import Files
import Glibc
import Taxonomy

/// Changes that take a name which is free, and refuse one that is taken.
extension LabelSetStore {
  /// Saves a label set under its own name, which nothing has yet.
  /// - Throws: a ``Problem`` where the name is taken or cannot be used, the set does not fit its dataset, or the disk refuses.
  public func add(_ set: LabelSet, tags: [String] = []) throws(Problem) {
    let path = try path(set.name)
    guard !contains(set.name) else { throw Self.taken(set.name) }
    try check(set)
    let text = LabelSetFile.text(set, tags: try LabelSetTags.checked(tags, at: set.name))
    let unfinished = "\(home.labelSets)/.new-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try AtomicFile.write(text, to: unfinished)
    let code = AtomicFile.renameIfFree(unfinished, path)
    guard code == 0 else {
      unlink(unfinished)
      throw code == EEXIST ? Self.taken(set.name) : AtomicFile.failure("cannot write", path, code: code)
    }
    AtomicFile.flushFolder(home.labelSets)
  }

  /// Gives a label set another name; one that cannot be read keeps its faults.
  /// - Throws: a ``Problem`` where there is none, the new name is taken or cannot be used, or the disk refuses.
  public func rename(_ name: String, to newName: String) throws(Problem) {
    let (from, to) = (try path(name), try path(newName))
    guard contains(name) else { throw Self.unknown(name) }
    let code = AtomicFile.renameIfFree(from, to)
    guard code == 0 else {
      throw code == EEXIST ? Self.taken(newName) : AtomicFile.failure("cannot rename the label set", from, code: code)
    }
    AtomicFile.flushFolder(home.labelSets)
  }

  /// Keeps a label set, with its tags, under a second name.
  /// - Throws: a ``Problem`` where there is none, it cannot be used, or the new name is taken.
  public func duplicate(_ name: String, as newName: String) throws(Problem) {
    var set = try load(name)
    set.name = newName
    try add(set, tags: try tags(of: name))
  }

  static func taken(_ name: String, advice: String = "choose another name, or remove that one with `imagenet-tui labels rm`") -> Problem {
    Problem("a label set of this name already exists", at: name, advice: advice, kind: .cannotWrite)
  }
}
