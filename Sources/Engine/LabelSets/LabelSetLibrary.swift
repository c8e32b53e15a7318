import Glibc
import Synchronization
import Taxonomy

/// A saved label set as a list shows it.
public struct LabelSetSummary: Equatable, Sendable, Codable, Identifiable {
  public var name: String
  /// Nil, with all that follows, where the file cannot be read.
  public var dataset: String?
  public var classes: Int?
  /// How many fine classes are in a class.
  public var fineClasses: Int?
  /// How many fine classes are in no class.
  public var leftOut: Int?
  /// What was done to the fine classes, for people.
  public var recipe: String?
  public var tags: [String] = []
  /// How many training images the classes hold; nil where nobody counted the dataset's.
  public var images: Int?
  /// ``Taxonomy/LabelSet/contentHash``.
  public var hash: String?
  /// The directories of the runs that were trained on these classes, whatever the label set was called then; newest first.
  public var runs: [String] = []
  /// When the file was last written, in seconds since 1970.
  public var modified: Double?
  /// Why it cannot be used.
  public var problem: String?

  public var id: String { name }

  /// When the file was last written, in UTC: `2015-12-31 23:59`.
  public var modifiedText: String? { modified.map { String(RunDirectory.timeStamp($0, separator: " ").prefix(16)) } }

  public init(name: String) { self.name = name }
}

/// The label sets of a home as they stand, for lists and screens that look again and again: only files that changed
/// since the last look are read. May be asked from any thread.
public final class LabelSetLibrary: Sendable {
  public let store: LabelSetStore
  private let runs: RunsReader
  private let known = Mutex<[String: Known]>([:])

  /// What a file held when its stamp was this.
  private struct Known: Sendable {
    var stamp: FileStamp
    var content: Result<Content, Problem>
  }

  private struct Content: Sendable {
    var set: LabelSet
    var tags: [String]
    var hash: String
  }

  /// - Parameter runs: a reader that others ask as well, nil for one of its own.
  public init(home: Home, runs: RunsReader? = nil) {
    store = LabelSetStore(home: home)
    self.runs = runs ?? RunsReader(home: home)
  }

  /// All label sets by name; one that cannot be used is listed with the reason.
  /// - Parameter imagesPerFine: by dataset, the training images of each of its fine classes, as far as they are known.
  public func refresh(imagesPerFine: [String: [Int]] = [:]) -> [LabelSetSummary] {
    var users: [String: [String]] = [:]
    for run in runs.refresh() {
      if let hash = run.labelSetHash { users[hash, default: []].append(run.id) }
    }
    var fineClasses: [String: Result<[String], Problem>] = [:]
    return known.withLock { known in
      var current: [String: Known] = [:]
      var summaries: [LabelSetSummary] = []
      for name in store.names() {
        guard let found = read(name, known[name]) else { continue }
        current[name] = found
        var summary = LabelSetSummary(name: name)
        summary.modified = found.stamp.modified
        do throws(Problem) {
          let content = try found.content.get()
          summary.describe(content.set, tags: content.tags, hash: content.hash, runs: users[content.hash] ?? [])
          let dataset = content.set.dataset
          let fines = fineClasses[dataset] ?? store.fineClasses(of: dataset)
          fineClasses[dataset] = fines
          let wnids = try fines.get()
          try content.set.check(fineClasses: wnids)
          summary.images = imagesPerFine[dataset].map { content.set.imageCount($0, of: wnids) }
        } catch {
          summary.problem = error.description
        }
        summaries.append(summary)
      }
      known = current
      return summaries
    }
  }

  /// The runs that were trained on the classes of `set`, newest first.
  public func runs(using set: LabelSet) -> [RunSummary] {
    let hash = set.contentHash
    return runs.refresh().filter { $0.labelSetHash == hash }
  }

  private func read(_ name: String, _ known: Known?) -> Known? {
    guard let path = try? store.path(name), let stamp = FileStamp(path) else { return nil }
    if let known, known.stamp == stamp { return known }
    return Known(
      stamp: stamp,
      content: Result { () throws(Problem) in
        var (set, tags) = try LabelSetFile.readTagged(path)
        set.name = name
        return Content(set: set, tags: tags, hash: set.contentHash)
      })
  }
}

extension LabelSetSummary {
  fileprivate mutating func describe(_ set: LabelSet, tags: [String], hash: String, runs: [String]) {
    dataset = set.dataset
    classes = set.classes.count
    fineClasses = set.classes.reduce(0) { $0 + $1.members.count }
    leftOut = set.leftOut.count
    recipe = set.recipeText
    self.tags = tags
    self.hash = hash
    self.runs = runs
  }
}

extension LabelSet {
  /// How many training images its classes hold.
  fileprivate func imageCount(_ imagesPerFine: [Int], of fineClasses: [String]) -> Int {
    zip(targets(for: fineClasses), imagesPerFine).reduce(0) { sum, fine in
      fine.0 < 0 ? sum : sum + min(fine.1, imageBudget?.perClass ?? .max)
    }
  }
}

extension LabelSetStore {
  /// The wnids of a dataset's classes, or why there are none.
  fileprivate func fineClasses(of dataset: String) -> Result<[String], Problem> {
    Result { () throws(Problem) in try DatasetCatalog(home: home).classes(of: dataset).map(\.wnid) }
  }
}
