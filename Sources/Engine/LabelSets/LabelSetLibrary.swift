import Basics
import Datasets
import Files
import Glibc
import Runs
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
  public var modifiedText: String? { modified.map { String(TimeStamp.utc($0, separator: " ").prefix(16)) } }

  public init(name: String) { self.name = name }
}

/// The label sets of a home as they stand, for lists and screens that look again and again: only what changed since the last
/// look is read, label sets and the classes of their datasets alike. May be asked from any thread.
public final class LabelSetLibrary: Sendable {
  public let store: LabelSetStore
  private let runs: RunsReader
  /// Whether others look at the runs all the time.
  private let isShared: Bool
  private let known = Mutex(Known())

  private struct Known: Sendable {
    var files: [String: File] = [:]
    var classes: [String: Classes] = [:]
  }

  /// What a file held when its stamp was this.
  private struct File: Sendable {
    var stamp: FileStamp
    var content: Result<Content, Problem>
    var verdict: Verdict?
  }

  private struct Content: Sendable {
    var set: LabelSet
    var tags: [String]
    var hash: String
  }

  /// The wnids of a dataset's classes, or why there are none, when the file that lists them had this stamp.
  private struct Classes: Sendable {
    var stamp: FileStamp?
    var wnids: Result<[String], Problem>
  }

  /// Whether a label set fits its dataset's classes, and how many of these images it holds.
  private struct Verdict: Sendable {
    var classes: FileStamp?
    var imagesPerFine: [Int]?
    var images: Result<Int?, Problem>
  }

  /// - Parameters:
  ///   - wordNet: the folder of WordNet's files, where one was named.
  ///   - runs: a reader that others ask as well, nil for one of its own.
  public init(home: Home, wordNet: String? = nil, runs: RunsReader? = nil) {
    store = LabelSetStore(home: home, wordNet: wordNet)
    self.runs = runs ?? RunsReader(home: home)
    isShared = runs != nil
  }

  /// All label sets by name; one that cannot be used is listed with the reason.
  /// - Parameter imagesPerFine: by dataset, the training images of each of its fine classes, as far as they are known.
  public func refresh(imagesPerFine: [String: [Int]] = [:]) -> [LabelSetSummary] {
    var users: [String: [String]] = [:]
    for run in isShared ? runs.recent() : runs.refresh() {
      if let hash = run.labelSetHash { users[hash, default: []].append(run.id) }
    }
    return known.withLock { known in
      forgetOldClasses(&known)
      var files: [String: File] = [:]
      var summaries: [LabelSetSummary] = []
      for name in store.names() {
        guard var file = read(name, known.files[name]) else { continue }
        var summary = LabelSetSummary(name: name)
        summary.modified = file.stamp.modified
        switch file.content {
        case .failure(let problem): summary.problem = problem.description
        case .success(let content):
          summary.describe(content.set, tags: content.tags, hash: content.hash, runs: users[content.hash] ?? [])
          let classes = classes(of: content.set.dataset, &known)
          switch Self.check(content.set, on: classes, imagesPerFine[content.set.dataset], &file.verdict) {
          case .success(let images): summary.images = images
          case .failure(let problem): summary.problem = problem.description
          }
        }
        files[name] = file
        summaries.append(summary)
      }
      known.files = files
      return summaries
    }
  }

  /// Whether two datasets have the same fine classes in the same order, as a packed one has those of its source.
  package func haveEqualClasses(_ one: String, _ other: String) -> Bool {
    known.withLock { known in
      guard case .success(let a) = classes(of: one, &known).wnids, case .success(let b) = classes(of: other, &known).wnids else {
        return false
      }
      return a == b
    }
  }

  /// The runs that were trained on the classes of `set`, newest first.
  public func runs(using set: LabelSet) -> [RunSummary] {
    let hash = set.contentHash
    return runs.refresh().filter { $0.labelSetHash == hash }
  }

  private func read(_ name: String, _ known: File?) -> File? {
    guard let path = try? store.path(name), let stamp = FileStamp(path) else { return nil }
    if let known, known.stamp == stamp { return known }
    return File(
      stamp: stamp,
      content: Result { () throws(Problem) in
        var (set, tags) = try LabelSetFile.readTagged(path)
        set.name = name
        return Content(set: set, tags: tags, hash: set.contentHash)
      })
  }

  private func forgetOldClasses(_ known: inout Known) {
    let catalog = store.catalog
    known.classes = known.classes.filter { catalog.classesStamp($0.key) == $0.value.stamp }
  }

  private func classes(of dataset: String, _ known: inout Known) -> Classes {
    if let classes = known.classes[dataset] { return classes }
    let catalog = store.catalog
    // The stamp first: what changes meanwhile is read again at the next look.
    let classes = Classes(
      stamp: catalog.classesStamp(dataset), wnids: Result { () throws(Problem) in try catalog.wnids(of: dataset) })
    known.classes[dataset] = classes
    return classes
  }

  /// How many images a label set holds, nil where nobody counted them; or what is wrong with it.
  private static func check(
    _ set: LabelSet, on classes: Classes, _ imagesPerFine: [Int]?, _ verdict: inout Verdict?
  ) -> Result<Int?, Problem> {
    if let verdict, verdict.classes == classes.stamp, verdict.imagesPerFine == imagesPerFine { return verdict.images }
    let images = Result { () throws(Problem) -> Int? in
      let wnids = try classes.wnids.get()
      try set.check(fineClasses: wnids)
      return imagesPerFine.map { set.imageCount($0, of: wnids) }
    }
    verdict = Verdict(classes: classes.stamp, imagesPerFine: imagesPerFine, images: images)
    return images
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
