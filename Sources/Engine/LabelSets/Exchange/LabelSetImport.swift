import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Taxonomy

/// A label set read from a file of ours or of other programs (``ExchangeFormat``), checked against its dataset and not yet kept.
///
/// What a file is, its content tells. All but our own name classes by wnid and say nothing of how they were made: they must be
/// a cut through the tree of the dataset, and get the recipe of that cut.
public struct LabelSetImport: Sendable {
  public struct Options: Sendable {
    /// The dataset whose classes are grouped; nil: the one that our own file names.
    public var dataset: String?
    /// Nil: the name in our own file, else the file's.
    public var name: String?
    /// Nil: what the content looks like.
    public var format: ExchangeFormat?
    public var policy: HypernymPolicy
    /// A file of synset words whose line i names the class with number i of a list of images.
    public var synsets: String?
    public var wordNet: String?

    public init(
      dataset: String? = nil, name: String? = nil, format: ExchangeFormat? = nil, policy: HypernymPolicy = .name,
      synsets: String? = nil, wordNet: String? = nil
    ) {
      self.dataset = dataset
      self.name = name
      self.format = format
      self.policy = policy
      self.synsets = synsets
      self.wordNet = wordNet
    }
  }

  public private(set) var set: LabelSet
  public let format: ExchangeFormat
  public private(set) var tags: [String] = []
  /// What somebody should know who goes on with it, a sentence each.
  public private(set) var remarks: [String] = []

  /// Bytes: twice a list of all images of ImageNet-21k.
  private static let largest = 1 << 30

  /// - Throws: a ``Problem`` where the file is none of these, names what the dataset does not have, or puts a class into two.
  public init(file: String, _ options: Options, home: Home) throws(Problem) {
    let text = try TextFile(file, "cannot read the label set", limit: Self.largest, advice: "check the path")
    guard !text.isBlank else { throw Problem("the file is empty", at: file, expected: Self.formats, kind: .data) }
    if options.format ?? .json == .json, options.format == .json || ClassIndex.isOne(text) && ClassIndex.isLabelSet(text) {
      format = .json
      (set, tags) = try LabelSetFile.readTagged(Data(text.bytes), at: file)
      set.name = options.name ?? set.name
      if let dataset = options.dataset, dataset != set.dataset {
        remarks.append("the file is for the dataset \(set.dataset)")
        set.dataset = dataset
      }
      try checkRecipe(file, home, options)
      return
    }
    guard let dataset = options.dataset else {
      throw Problem("the file does not name its dataset", at: file, advice: "give it with --dataset", kind: .usage)
    }
    let catalog = DatasetCatalog(home: home, wordNet: options.wordNet)
    let hierarchy = try catalog.hierarchy(of: dataset, options.policy)
    format = options.format ?? Self.format(of: text, on: hierarchy)
    let groups =
      switch format {
      case .csv: try ImportedGroups(csv: text.text, at: file, on: hierarchy)
      case .synsetWords: try ImportedGroups(synsets: try LabelOrder(text, in: hierarchy), at: file, on: hierarchy)
      case .caffeTrain, .caffeVal, .json:
        try ImportedGroups(
          images: try ImageList(text), names: options.synsets.map { path throws(Problem) in try LabelOrder(file: path, in: hierarchy) },
          dataset: { try? catalog.open(dataset) }, on: hierarchy)
      }
    set = try groups.labelSet(name: options.name ?? Self.name(from: file), dataset: dataset, at: file, on: hierarchy)
    remarks = groups.remarks
    let out = set.leftOut.count
    if out > 0 { remarks.append("\(counted(out, "fine class", "is")) in none of its classes and left out") }
  }

  /// Keeps it. What had its name goes to the trash, from where `labels restore` brings it back.
  /// - Throws: a ``Problem`` where the name is taken and must not be replaced, or the disk refuses.
  public func save(in store: LabelSetStore, mayReplace: Bool) throws(Problem) {
    if store.contains(set.name) {
      guard mayReplace else {
        throw LabelSetStore.taken(set.name, advice: "give another one with --name, or replace it with --replace")
      }
      try store.remove(set.name)
    }
    try store.add(set, tags: tags)
  }

  // MARK: Our own

  /// Its hash tells of the classes; that the recipe makes them, only making them tells.
  private func checkRecipe(_ file: String, _ home: Home, _ options: Options) throws(Problem) {
    let catalog = DatasetCatalog(home: home, wordNet: options.wordNet)
    try set.check(fineClasses: try catalog.wnids(of: set.dataset))
    let hierarchy = try catalog.hierarchy(of: set.dataset, set.policy)
    let made = try LabelSet(name: set.name, dataset: set.dataset, recipe: set.recipe, on: hierarchy)
    guard made.contentHash == set.contentHash else {
      throw Problem(
        "the recipe does not produce these classes", at: file, expected: set.contentHash, found: made.contentHash,
        advice: "make it again with the commands of its recipe", kind: .data)
    }
  }

  // MARK: What it is

  private static let formats = "a label set as JSON, synset words, CSV, or a list of images"

  private static func format(of file: TextFile, on hierarchy: Hierarchy) -> ExchangeFormat {
    if ClassIndex.isOne(file) { return .synsetWords }
    let line = file.lines.lazy.map(\.bytes.trimmed).first { !$0.isEmpty && $0.first != UInt8(ascii: "#") }.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if line.lowercased().hasPrefix(LabelSetExport.csvHeader[0]) { return .csv }
    let first = String(line.prefix { !$0.isWhitespace && $0 != "," })
    let isClass = SynsetID(first) != nil || hierarchy.node(wnid: first) != nil || hierarchy.node(wnid: line) != nil
    if isClass {
      // A class and then four commas: a CSV file that lost its first line.
      return line.dropFirst(first.count).filter { $0 == "," }.count == 4 && !line.contains(", ") ? .csv : .synsetWords
    }
    // A line of a list ends with its number, or is a path.
    let last = line.split { $0.isWhitespace }.last ?? ""
    return last.allSatisfy(\.isNumber) || line.contains("/") || ListColumns.mentionsImage(line) ? .caffeTrain : .synsetWords
  }

  /// The file's name without its end, with what no name of a label set has replaced.
  public static func name(from file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? "imported"
    let base = last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
    let kept = plainName(base).drop { !$0.isLetter && !$0.isNumber }
    return kept.isEmpty ? "imported" : String(kept.prefix(64))
  }
}
