import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc

/// A label set that was removed and can be had back.
public struct RemovedLabelSet: Equatable, Sendable, Codable {
  public var name: String
  /// When it was removed, in UTC: `2015-12-31 23:59:59`.
  public var removed: String
  public var path: String

  package init(name: String, removed: String, path: String) {
    (self.name, self.removed, self.path) = (name, removed, path)
  }
}

/// Removed label sets lie in `label-sets/.trash/`, as `<time>-<name>.json`; the folder may be emptied at any time.
extension LabelSetStore {
  /// Where removed label sets go.
  public var trash: String { home.labelSets + "/.trash" }

  /// Moves a label set into the trash; readable or not. Runs keep a copy of theirs.
  /// - Returns: what ``restore(_:as:)`` brings back.
  /// - Throws: a ``Problem`` where there is none of that name, or the disk refuses.
  @discardableResult
  public func remove(_ name: String) throws(Problem) -> RemovedLabelSet {
    let path = try path(name)
    guard contains(name) else { throw Self.unknown(name) }
    try AtomicFile.makeFolder(trash)
    let (target, code) = TrashName.move(path, into: trash, name: name, suffix: Self.suffix, by: AtomicFile.renameIfFree)
    guard code == 0 else {
      throw code == ENOENT ? Self.unknown(name) : AtomicFile.failure("cannot remove the label set", path, code: code)
    }
    for folder in [trash, home.labelSets] { AtomicFile.flushFolder(folder) }
    return Self.removed(target)!
  }

  /// What lies in the trash, the latest first.
  public func removed() -> [RemovedLabelSet] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: trash)) ?? []
    return files.sorted(by: >).compactMap { Self.removed("\(trash)/\($0)") }
  }

  /// Brings back what was last removed under `name`.
  /// - Parameter newName: the name that it gets, nil for the old one.
  /// - Throws: a ``Problem`` where nothing of that name was removed, or the name is taken.
  public func restore(_ name: String, as newName: String? = nil) throws(Problem) {
    let target = try path(newName ?? name)
    guard let latest = removed().first(where: { $0.name == name }) else {
      throw Problem(
        "no label set of this name was removed", at: printable(name), advice: "see `imagenet-tui labels restore` without a name", kind: .notFound)
    }
    let code = AtomicFile.renameIfFree(latest.path, target)
    if code == EEXIST {
      throw Self.taken(newName ?? name, advice: "give it another name with --as, or rename the one that has it")
    }
    guard code == 0 else { throw AtomicFile.failure("cannot restore the label set", latest.path, code: code) }
    for folder in [trash, home.labelSets] { AtomicFile.flushFolder(folder) }
  }

  private static let suffix = ".json"

  /// What the name of a file in the trash tells; nil where it is none of ours.
  private static func removed(_ path: String) -> RemovedLabelSet? {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    guard let entry = TrashName(file, suffix: suffix), DatasetName.isValid(entry.name) else { return nil }
    return RemovedLabelSet(name: entry.name, removed: entry.removed, path: path)
  }
}
