import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Taxonomy

/// The label sets that were saved, one JSON file each in the home's `label-sets/`.
public struct LabelSetStore: Sendable {
  public let home: Home
  /// The folder of WordNet's files, where one was named (``WordNetFiles``).
  public let wordNet: String?

  public init(home: Home, wordNet: String? = nil) {
    self.home = home
    self.wordNet = wordNet
  }

  var catalog: DatasetCatalog { DatasetCatalog(home: home, wordNet: wordNet) }

  /// Where the label set called `name` is, or would be.
  /// - Throws: a ``Problem`` where no label set can have that name.
  public func path(_ name: String) throws(Problem) -> String {
    guard DatasetName.isValid(name) else {
      throw Problem(
        "invalid label set name", at: name,
        expected: "up to 64 letters, digits, `.`, `_`, `-`, beginning with a letter or digit", kind: .usage)
    }
    return "\(home.labelSets)/\(name).json"
  }

  /// The names of the saved label sets, sorted; readable or not.
  public func names() -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: home.labelSets)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.filter(DatasetName.isValid).sorted()
  }

  public func contains(_ name: String) -> Bool {
    guard let path = try? path(name) else { return false }
    return access(path, F_OK) == 0
  }

  /// A name like `name` that no label set has: itself, or with `-edited` and a number behind it.
  public func freeName(_ name: String) -> String {
    guard contains(name) else { return name }
    let stem = "\(name.prefix(50))-edited"
    return contains(stem) ? (2...).lazy.map { "\(stem)-\($0)" }.first { !contains($0) }! : stem
  }

  /// Whether other classes have the name of `set`, or what nobody can read.
  public func hasOther(than set: LabelSet) -> Bool {
    guard contains(set.name), let path = try? path(set.name) else { return false }
    return (try? LabelSetFile.read(path))?.contentHash != set.contentHash
  }

  /// Saves under the label set's own name, with the tags of what has that name. Runs keep a copy of theirs.
  /// Other classes of that name go to the trash, from where `labels restore` brings them back.
  /// - Throws: a ``Problem`` where the name cannot be used, the set does not fit its dataset, or the disk refuses.
  public func save(_ set: LabelSet) throws(Problem) {
    let path = try path(set.name)
    try check(set)
    let tags = contains(set.name) ? (try? LabelSetFile.readTagged(path).tags) ?? [] : []
    if hasOther(than: set) { try remove(set.name) }
    try AtomicFile.write(LabelSetFile.text(set, tags: tags), to: path)
  }

  /// - Parameter dataset: what the label set has to be of, or of another dataset with the same fine classes (a packed one); nil
  ///   for any.
  /// - Throws: a ``Problem`` where there is none of that name, the file is damaged or was changed, or its classes are
  ///   not those of its dataset.
  public func load(_ name: String, for dataset: String? = nil) throws(Problem) -> LabelSet {
    let path = try path(name)
    guard contains(name) else { throw Self.unknown(name) }
    var set = try LabelSetFile.read(path)
    // The file's name is the label set's: who copies or renames the file renames the set.
    set.name = name
    if let dataset, set.dataset != dataset, try !haveEqualClasses(dataset, set.dataset) {
      throw Problem(
        "the label set is of another dataset", at: name, expected: dataset, found: set.dataset,
        advice: "see `imagenet-tui labels list`", kind: .usage)
    }
    try check(set)
    return set
  }

  static func unknown(_ name: String) -> Problem {
    Problem("there is no such label set", at: name, advice: "see `imagenet-tui labels list`", kind: .notFound)
  }

  /// Whether two datasets have the same fine classes in the same order, as a packed one has those of its source.
  private func haveEqualClasses(_ one: String, _ other: String) throws(Problem) -> Bool {
    let catalog = catalog
    let classes = try catalog.wnids(of: one)
    return (try? catalog.wnids(of: other)) == classes
  }

  func check(_ set: LabelSet) throws(Problem) {
    try set.check(fineClasses: catalog.wnids(of: set.dataset))
  }
}

extension DatasetCatalog {
  /// The number of training images of each fine class.
  /// - Throws: a ``Problem`` where the dataset's images cannot be opened.
  public func imagesPerClass(_ name: String) throws(Problem) -> [Int] {
    try open(name).imagesPerClass
  }
}

extension Dataset {
  /// The number of training images of each fine class.
  public var imagesPerClass: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for label in labels(.train) where counts.indices.contains(Int(label)) { counts[Int(label)] += 1 }
    return counts
  }
}
