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
    let text = try Self.head(of: file)
    if options.format ?? .json == .json, options.format == .json || Self.isJSON(text) {
      format = .json
      (set, tags) = try LabelSetFile.readTagged(file)
      set.name = options.name ?? set.name
      if let dataset = options.dataset, dataset != set.dataset {
        remarks.append("it was a label set of \(set.dataset)")
        set.dataset = dataset
      }
      try checkRecipe(file, home, options)
      return
    }
    guard let dataset = options.dataset else {
      throw Problem("the file does not say which dataset it is of", at: file, advice: "give it with --dataset")
    }
    let catalog = DatasetCatalog(home: home, wordNet: options.wordNet)
    let hierarchy = try catalog.hierarchy(of: dataset, options.policy)
    format = options.format ?? Self.format(of: text, on: hierarchy)
    let groups =
      switch format {
      case .csv: try ImportedGroups(csv: try Self.whole(file), at: file, on: hierarchy)
      case .synsetWords: try ImportedGroups(synsets: try LabelOrder(file: file, in: hierarchy), at: file, on: hierarchy)
      case .caffeTrain, .caffeVal, .json:
        try ImportedGroups(
          images: try ImageList(file: file), names: options.synsets.map { path throws(Problem) in try LabelOrder(file: path, in: hierarchy) },
          dataset: { try? catalog.open(dataset) }, on: hierarchy)
      }
    set = try groups.labelSet(name: options.name ?? Self.name(from: file), dataset: dataset, at: file, on: hierarchy)
    remarks = groups.remarks
    let out = set.leftOut.count
    if out > 0 { remarks.append("\(out) fine classes are in none of its classes and left out") }
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
        "the recipe does not give these classes", at: file, expected: set.contentHash, found: made.contentHash,
        advice: "make it again with the commands of its recipe")
    }
  }

  // MARK: What it is

  /// The first 64 kB, after a look at all of it.
  private static func head(of file: String) throws(Problem) -> String {
    let mapped = try MappedFile(path: file)
    guard mapped.bytes.count <= largest else {
      throw Problem("the file is too large for a label set", at: file, expected: "1 GB at most", found: "\(mapped.bytes.count >> 20) MB")
    }
    guard !mapped.bytes.isEmpty else { throw Problem("the file is empty", at: file, expected: "a label set") }
    guard memchr(mapped.bytes.baseAddress!, 0, mapped.bytes.count) == nil else {
      throw Problem("this is no text file", at: file, expected: formats, found: "bytes that are no text")
    }
    let head = String(decoding: mapped.bytes.prefix(1 << 16), as: UTF8.self)
    guard head.contains(where: { !$0.isWhitespace }) else { throw Problem("the file is empty", at: file, expected: formats) }
    return head
  }

  private static func whole(_ file: String) throws(Problem) -> String {
    let mapped = try MappedFile(path: file)
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    return String(decoding: mapped.bytes.starts(with: mark) ? mapped.bytes[3...] : mapped.bytes[...], as: UTF8.self)
  }

  private static let formats = "a label set as JSON, synset words, CSV, or a list of images"

  private static func isJSON(_ text: String) -> Bool { text.first { !$0.isWhitespace && $0 != "\u{FEFF}" } == "{" }

  private static func format(of text: String, on hierarchy: Hierarchy) -> ExchangeFormat {
    let line = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.prefix { !$0.isNewline }
    if line.lowercased().hasPrefix(LabelSetExport.csvHeader[0]) { return .csv }
    let first = String(line.prefix { !$0.isWhitespace && $0 != "," })
    let isClass = SynsetID(first) != nil || hierarchy.node(wnid: first) != nil || hierarchy.node(wnid: String(line)) != nil
    // A class and then four commas: a CSV file that lost its first line.
    return !isClass ? .caffeTrain : line.dropFirst(first.count).filter { $0 == "," }.count == 4 && !line.contains(", ") ? .csv : .synsetWords
  }

  /// The file's name without its end, with what no name of a label set has replaced.
  public static func name(from file: String) -> String {
    let last = file.split(separator: "/").last.map(String.init) ?? "imported"
    let base = last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
    let kept = base.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }.drop { !$0.isLetter && !$0.isNumber }
    return kept.isEmpty ? "imported" : String(String(kept).prefix(64))
  }
}
