import Basics
import Files
import FoundationEssentials
import Glibc

/// A run that was removed and can be had back.
public struct RemovedRun: Equatable, Sendable, Codable {
  /// The directory's name that it had.
  public var id: String
  /// When it was removed, in UTC: `2015-12-31 23:59:59`.
  public var removed: String
  public var path: String

  /// The bytes of its files.
  public var size: Int {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    return names.reduce(0) { size, name in
      var status = stat()
      return lstat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? size + Int(status.st_size) : size
    }
  }
}

/// Removed runs lie in `runs/.trash/`, as `<time>-<directory>`, until it is emptied.
///
/// Removing and restoring rename within one folder. Where that is not possible, since the folder `.trash` or the run is a mount of
/// another file system, the run stays where it is and the system's reason is told: runs are large, and a copy could be cut short.
public struct RunTrash: Sendable {
  private let home: Home
  public var folder: String { home.runs + "/.trash" }
  /// How a directory is called while it is deleted; what a killed process left of it goes with the next.
  private static let doomedPrefix = ".removed-"

  public init(home: Home) { self.home = home }

  /// Moves a run into the trash, and deletes what the cache keeps of it.
  /// - Returns: what ``restore(_:)-(RemovedRun)`` brings back.
  /// - Throws: a ``Problem`` where a worker is on the run, or the disk refuses; the run is then as it was.
  @discardableResult
  public func remove(_ run: RunDirectory) throws(Problem) -> RemovedRun {
    let lock = try hold(run)
    defer { withExtendedLifetime(lock) {} }
    try AtomicFile.makeFolder(folder)
    let (target, code) = TrashName.move(run.path, into: folder, name: run.id, by: Self.rename)
    guard code == 0 else { throw AtomicFile.failure("cannot delete the run", run.path, code: code) }
    for changed in [folder, home.runs] { AtomicFile.flushFolder(changed) }
    forget(run)
    // An entry of a run that is gone is void anyway.
    _ = try? RunQueue(home: home).remove(run.id)
    return Self.removed(target)!
  }

  /// Deletes a run, which frees its space at once. There is no way back.
  /// - Throws: a ``Problem`` where a worker is on the run, or the disk refuses.
  public func deleteForGood(_ run: RunDirectory) throws(Problem) {
    let lock = try hold(run)
    defer { withExtendedLifetime(lock) {} }
    try delete(run.path, id: run.id)
    forget(run)
  }

  /// What lies in the trash, the latest first.
  public func removed() -> [RemovedRun] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.sorted(by: >).compactMap { Self.removed("\(folder)/\($0)") }
  }

  /// The run in the trash that `text` names: its directory's name, its own name, or the beginning of either; the one removed last,
  /// where several fit.
  /// - Throws: a ``Problem`` where none fits.
  public func find(_ text: String) throws(Problem) -> RemovedRun {
    let runs = removed()
    func name(_ run: RemovedRun) -> Substring { run.id.dropFirst(TimeStamp.length + 1) }
    for fits: (RemovedRun) -> Bool in [
      { $0.id == text }, { name($0) == text }, { $0.id.hasPrefix(text) || name($0).hasPrefix(text) },
    ] {
      if let latest = runs.first(where: fits) { return latest }
    }
    throw Problem("there is no such run in the trash", at: text, advice: "see `imagenet-tui runs trash`", kind: .notFound)
  }

  /// Brings a run back.
  /// - Throws: a ``Problem`` where another has taken its directory's name, or it is not in the trash any more.
  @discardableResult
  public func restore(_ run: RemovedRun) throws(Problem) -> RunDirectory {
    let target = RunDirectory("\(home.runs)/\(run.id)")
    let code = Self.rename(run.path, target.path)
    guard ![EEXIST, ENOTEMPTY, ENOTDIR].contains(code) else {
      throw Problem("a run of this name already exists", at: run.id, advice: "delete that one first", kind: .cannotWrite)
    }
    guard code == 0 else { throw AtomicFile.failure("cannot restore the run", run.path, code: code) }
    for changed in [folder, home.runs] { AtomicFile.flushFolder(changed) }
    return target
  }

  /// Deletes what lies in the trash. There is no way back.
  /// - Returns: how many runs these were.
  /// - Throws: a ``Problem`` where the disk refuses; what is left stays in the trash.
  @discardableResult
  public func empty() throws(Problem) -> Int {
    let runs = removed()
    for run in runs { try delete(run.path, id: run.id) }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: home.runs)) ?? [] where name.hasPrefix(Self.doomedPrefix) {
      try? FileManager.default.removeItem(atPath: "\(home.runs)/\(name)")
    }
    return runs.count
  }

  /// Keeps workers away while a run is moved.
  /// - Returns: nil where the run cannot be locked, being damaged or on a disk that takes nothing more.
  /// - Throws: a ``Problem`` where a worker is on it.
  private func hold(_ run: RunDirectory) throws(Problem) -> FileLock? {
    try run.checkRemovable()
    guard let lock = try? FileLock.take(run.lockFile, creating: true, what: "the run") else {
      // Another holds it, or nobody can: the state has said that no worker is alive.
      if access(run.lockFile, W_OK) == 0 { throw RunLock.taken(run) }
      return nil
    }
    return lock
  }

  /// Renamed first: a run is there or it is not.
  private func delete(_ path: String, id: String) throws(Problem) {
    let doomed = "\(home.runs)/\(Self.doomedPrefix)\(id)-\(UInt32.random(in: 0 ... .max))"
    let code = Self.rename(path, doomed)
    guard code == 0 else { throw AtomicFile.failure("cannot delete the run", path, code: code) }
    do {
      try FileManager.default.removeItem(atPath: doomed)
    } catch {
      throw AtomicFile.failure("cannot delete the run's files", doomed)
    }
  }

  private func forget(_ run: RunDirectory) {
    FeatureFolder(home: home).remove(run: run.id)
    CurveCache(home: home).remove(run: run.id)
    for folder in [home.backboneFeatures(of: run.id), home.detections(of: run.id)] { try? FileManager.default.removeItem(atPath: folder) }
  }

  private static func rename(_ from: String, _ to: String) -> Int32 { Glibc.rename(from, to) == 0 ? 0 : errno }

  private static func removed(_ path: String) -> RemovedRun? {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    return TrashName(file).map { RemovedRun(id: $0.name, removed: $0.removed, path: path) }
  }
}
