import Basics
import Datasets
import Files
import Taxonomy
import Training

/// A label set as a file for other programs.
public struct LabelSetExport: Sendable {
  public let set: LabelSet
  public let format: ExchangeFormat
  /// The fine classes of its dataset.
  private let classes: [FineClass]
  private let catalog: DatasetCatalog

  /// - Parameter wordNet: the folder of WordNet's files, where one was named.
  /// - Throws: a ``Problem`` where the label set does not fit its dataset.
  public init(_ set: LabelSet, as format: ExchangeFormat, home: Home, wordNet: String? = nil) throws(Problem) {
    catalog = DatasetCatalog(home: home, wordNet: wordNet)
    classes = try catalog.classes(of: set.dataset)
    try set.check(fineClasses: classes.map(\.wnid))
    (self.set, self.format) = (set, format)
  }

  /// What the format leaves out, so that the file does not give the same label set again.
  public var losses: [String] {
    var losses: [String] = []
    if format == .json { return losses }
    if let budget = set.imageBudget {
      losses.append("the image budget: \(counted(budget.perClass, "image")) per class, seed \(budget.seed)")
    }
    if set.policy != .name { losses.append("the hypernym policy: import with --policy \(set.policy.rawValue)") }
    switch format {
    case .synsetWords:
      losses += set.leftOut.isEmpty ? [] : ["\(counted(set.leftOut.count, "left-out fine class")) below a class"]
      let joins = set.recipe.contains { if case .merge = $0 { true } else { false } }
      losses += joins ? ["the members of merged classes: use --format csv"] : []
    case .caffeTrain, .caffeVal: losses.append("class names: see --format synset-words")
    case .json, .csv: break
    }
    return losses
  }

  /// Writes the file, and nothing where it cannot be written whole.
  /// - Parameter mayReplace: whether what has this path already may be replaced.
  /// - Throws: a ``Problem`` where something is there, the dataset's images are not (Caffe's lists need them), or the disk refuses.
  public func write(to path: String, mayReplace: Bool) throws(Problem) {
    if !mayReplace && Self.exists(path) {
      throw Problem("the file already exists", at: path, advice: "give another path, or replace it with --replace", kind: .cannotWrite)
    }
    try AtomicFile.write(try contents(), to: path)
  }

  public static func exists(_ path: String) -> Bool { FileStamp(path) != nil }

  /// The contents of the file.
  /// - Throws: a ``Problem`` where Caffe's lists are asked for and the dataset has no images here, or one whose path no list can hold.
  public func contents() throws(Problem) -> [UInt8] {
    switch format {
    case .caffeTrain: try list(.train)
    case .caffeVal: try list(.val)
    case .json: Array(LabelSetFile.text(set).utf8)
    // Classes of a hierarchy of the user's own have a name and nothing else.
    case .synsetWords: Array(set.classes.map { $0.wnid == $0.name ? $0.wnid + "\n" : "\($0.wnid) \(printable($0.name))\n" }.joined().utf8)
    case .csv: Array(csv.utf8)
    }
  }

  static let csvHeader = ["fine wnid", "fine name", "target index", "target wnid", "target name"]

  private var csv: String {
    let targets = set.targets(for: classes.map(\.wnid))
    return CSV.line(Self.csvHeader)
      + zip(classes, targets).map { fine, target in
        let own = target < 0 ? ["", "", ""] : ["\(target)", set.classes[Int(target)].wnid, set.classes[Int(target)].name]
        return CSV.line([fine.wnid, fine.name] + own)
      }.joined()
  }

  private func list(_ split: Split) throws(Problem) -> [UInt8] {
    let dataset = try catalog.open(set.dataset)
    let view = try TrainingView(dataset, set)
    let samples = split == .train ? view.training : view.validation
    var lines: [UInt8] = []
    for sample in samples { lines += try ImageList.line(dataset.path(split, Int(sample.index)), label: Int(sample.label)) }
    return lines
  }
}
