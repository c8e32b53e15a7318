import FoundationEssentials
import Glibc
import Taxonomy

/// A label set that was removed and can be had back.
public struct RemovedLabelSet: Equatable, Sendable, Codable {
  public var name: String
  /// When it was removed, in UTC: `2015-12-31 23:59:59`.
  public var removed: String
  public var path: String
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
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var microseconds = time.tv_nsec / 1000
    while true {
      let target = "\(trash)/\(Self.stamp(time.tv_sec, microseconds))-\(name).json"
      let code = AtomicFile.renameIfFree(path, target)
      if code == 0 {
        for folder in [trash, home.labelSets] { AtomicFile.flushFolder(folder) }
        return Self.removed(target)!
      }
      // Another one of that name went within the same microsecond.
      guard code == EEXIST, microseconds < 999_999 else {
        throw code == ENOENT ? Self.unknown(name) : AtomicFile.failure("cannot remove the label set", path, code: code)
      }
      microseconds += 1
    }
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
        "no label set of this name was removed", at: printable(name), advice: "see `imagenet-tui labels restore` without a name")
    }
    let code = AtomicFile.renameIfFree(latest.path, target)
    if code == EEXIST {
      throw Self.taken(newName ?? name, advice: "give it another name with --as, or rename the one that has it")
    }
    guard code == 0 else { throw AtomicFile.failure("cannot restore the label set", latest.path, code: code) }
    for folder in [trash, home.labelSets] { AtomicFile.flushFolder(folder) }
  }

  /// `20151231-235959.000000` in UTC: as many characters always, so that names sort by time.
  private static func stamp(_ seconds: Int, _ microseconds: Int) -> String {
    let digits = String(microseconds)
    return RunDirectory.timeStamp(Double(seconds)) + "." + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// What the name of a file in the trash tells; nil where it is none of ours.
  private static func removed(_ path: String) -> RemovedLabelSet? {
    let file = path.split(separator: "/").last ?? ""
    let stampLength = 22
    guard file.hasSuffix(".json"), file.utf8.count == file.count, file.count > stampLength + 6 else { return nil }
    let stamp = Array(file.prefix(stampLength))
    let name = String(file.dropFirst(stampLength + 1).dropLast(5))
    guard DatasetName.isValid(name), stamp[8] == "-", stamp[15] == ".",
      stamp.enumerated().allSatisfy({ $0 == 8 || $0 == 15 || $1.isNumber })
    else { return nil }
    func part(_ range: Range<Int>) -> String { String(stamp[range]) }
    let date = [part(0..<4), part(4..<6), part(6..<8)].joined(separator: "-")
    let time = [part(9..<11), part(11..<13), part(13..<15)].joined(separator: ":")
    return RemovedLabelSet(name: name, removed: "\(date) \(time)", path: path)
  }
}
