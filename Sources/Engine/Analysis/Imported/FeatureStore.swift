import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc

/// The features of other programs that were imported, a folder each in the home's `features/`:
/// ```
/// features/<name>/
///   features.json        what they are of and where they came from; written last
///   train.npy, val.npy   a row for each image, in the dataset's order
///   train.json, val.json the images of the rows, and checksums
/// ```
/// Removed ones lie in `features/.trash/`, as `<time>-<name>`, until it is emptied.
public struct FeatureStore: Sendable {
  public let home: Home
  private let wordNet: String?

  public init(home: Home, wordNet: String? = nil) { (self.home, self.wordNet) = (home, wordNet) }

  var trash: String { home.features + "/.trash" }
  static let description = "/features.json"
  /// How a folder is called while it is made or deleted; what a killed process left of it goes with the next.
  static let unfinished = ".part-"

  /// The folder of the features called `name`.
  /// - Throws: a ``Problem`` where none can have that name.
  public func path(_ name: String) throws(Problem) -> String {
    guard DatasetName.isValid(name) else {
      throw Problem(
        "invalid name of features", at: name, expected: "up to 64 letters, digits, `.`, `_`, `-`, beginning with a letter or digit", kind: .usage)
    }
    return home.features + "/" + name
  }

  public func contains(_ name: String) -> Bool { (try? path(name)).map { access($0, F_OK) == 0 } ?? false }

  /// Sorted; readable or not.
  public func names() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: home.features)) ?? []).filter(DatasetName.isValid).sorted()
  }

  /// - Throws: a ``Problem`` where there are none of that name, or their description cannot be read.
  public func description(_ name: String) throws(Problem) -> ImportedDescription {
    let path = try path(name)
    guard contains(name) else { throw Self.unknown(name) }
    return try RunJSON.read(
      ImportedDescription.self, from: path + Self.description, what: "the imported features", for: .owner,
      repair: "import them again with --replace")
  }

  public func list() -> [ImportedEntry] { names().map(entry) }

  /// What lists tell of one.
  public func entry(_ name: String) -> ImportedEntry {
    let size = Self.size(home.features + "/" + name)
    do throws(Problem) {
      let description = try description(name)
      return ImportedEntry(name: name, description: description, size: size, problem: try problem(description))
    } catch {
      return ImportedEntry(name: name, description: nil, size: size, problem: error.description)
    }
  }

  /// Why features cannot be used with the dataset as it is; nil where they can.
  private func problem(_ description: ImportedDescription) throws(Problem) -> String? {
    let dataset = try DatasetCatalog(home: home, wordNet: wordNet).open(description.dataset)
    return dataset.fingerprint == description.fingerprint ? nil : "the images of \(description.dataset) have changed since they were imported"
  }

  static func unknown(_ name: String) -> Problem {
    Problem("there are no such imported features", at: name, advice: "see `imagenet-tui features list`", kind: .notFound)
  }

  /// The bytes of a folder's files.
  static func size(_ folder: String) -> Int {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).reduce(0) { size, name in
      var status = stat()
      return lstat(folder + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? size + Int(status.st_size) : size
    }
  }

  // MARK: Removing

  /// Moves features into the trash; readable or not.
  /// - Throws: a ``Problem`` where there are none of that name, or the disk refuses.
  @discardableResult
  public func remove(_ name: String) throws(Problem) -> RemovedFeatures {
    let path = try path(name)
    guard contains(name) else { throw Self.unknown(name) }
    try AtomicFile.makeFolder(trash)
    let (target, code) = TrashName.move(path, into: trash, name: name, by: Self.rename)
    guard code == 0 else { throw code == ENOENT ? Self.unknown(name) : AtomicFile.failure("cannot remove the features", path, code: code) }
    for folder in [trash, home.features] { AtomicFile.flushFolder(folder) }
    return Self.removed(target)!
  }

  /// Deletes features, which frees their space at once. There is no way back.
  public func deleteForGood(_ name: String) throws(Problem) {
    guard contains(name) else { throw Self.unknown(name) }
    try delete(try path(name))
  }

  /// What lies in the trash, the latest first.
  public func removed() -> [RemovedFeatures] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: trash)) ?? []
    return names.sorted(by: >).compactMap { Self.removed("\(trash)/\($0)") }
  }

  /// Brings back what was last removed under `name`.
  /// - Throws: a ``Problem`` where nothing of that name was removed, or the name is taken.
  public func restore(_ name: String) throws(Problem) {
    let target = try path(name)
    guard let latest = removed().first(where: { $0.name == name }) else {
      throw Problem("no features of this name were removed", at: name, advice: "see `imagenet-tui features trash`", kind: .notFound)
    }
    let code = Self.rename(latest.path, target)
    guard ![EEXIST, ENOTEMPTY, ENOTDIR].contains(code) else {
      throw Problem("there are features of this name", at: name, advice: "remove those first", kind: .cannotWrite)
    }
    guard code == 0 else { throw AtomicFile.failure("cannot restore the features", latest.path, code: code) }
    for folder in [trash, home.features] { AtomicFile.flushFolder(folder) }
  }

  /// Deletes what lies in the trash, and what killed processes left. There is no way back.
  /// - Returns: how many features these were.
  @discardableResult
  public func emptyTrash() throws(Problem) -> Int {
    let removed = removed()
    for one in removed { try delete(one.path) }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: home.features)) ?? [] where name.hasPrefix(Self.unfinished) {
      try? FileManager.default.removeItem(atPath: "\(home.features)/\(name)")
    }
    return removed.count
  }

  /// Renamed first: features are there or they are not.
  private func delete(_ path: String) throws(Problem) {
    let doomed = "\(home.features)/\(Self.unfinished)\(UInt32.random(in: 0 ... .max))"
    let code = Self.rename(path, doomed)
    guard code == 0 else { throw AtomicFile.failure("cannot delete the features", path, code: code) }
    do {
      try FileManager.default.removeItem(atPath: doomed)
    } catch {
      throw AtomicFile.failure("cannot delete the features' files", doomed)
    }
  }

  static func rename(_ from: String, _ to: String) -> Int32 { Glibc.rename(from, to) == 0 ? 0 : errno }

  private static func removed(_ path: String) -> RemovedFeatures? {
    let file = path.split(separator: "/").last.map(String.init) ?? ""
    guard let entry = TrashName(file), DatasetName.isValid(entry.name) else { return nil }
    return RemovedFeatures(name: entry.name, removed: entry.removed, path: path)
  }
}
