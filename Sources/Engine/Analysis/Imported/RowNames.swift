import Basics
import Datasets
import Files
import FoundationEssentials

/// What a file says of the rows of features from elsewhere, before it is known what that means: NumPy's whole numbers, lines of a text, or a table
/// with the names of its columns in its first line.
struct RowNames {
  /// One row's.
  struct Row {
    var split: Split?
    /// The image's index in its split.
    var index: Int?
    var path: String?
    /// The class by wnid, name or number.
    var fineClass: String?
  }

  enum Content {
    /// Indices of images, or numbers of classes.
    case numbers([Int])
    /// Paths of images, or classes.
    case words([String])
    case table([Row])
  }

  let path: String
  let content: Content
  /// The line of the first row; nil where rows have no lines.
  private let lines: [Int]?

  var count: Int {
    switch content {
    case .numbers(let numbers): numbers.count
    case .words(let words): words.count
    case .table(let rows): rows.count
    }
  }

  /// Where a row is said, for people.
  func place(_ row: Int) -> String { lines.map { "\(path), line \($0[row])" } ?? "\(path), row \(row)" }

  /// - Parameter rows: how many are expected: a first line more is the name of a single column.
  /// - Throws: a ``Problem`` where the file cannot be read, or is neither.
  init(_ path: String, rows: Int) throws(Problem) {
    self.path = path
    if path.lowercased().hasSuffix(".npy") {
      let array = try NumPyArray(path)
      guard !array.isFloat, array.width == 1 else {
        throw Problem("these are no labels", at: path, expected: "whole numbers, one a row", found: "\(array.elementText) \(array.shapeText)", kind: .data)
      }
      var numbers: [Int] = []
      for row in 0..<array.rows {
        guard let number = array.integer(row) else { throw Problem("the label is too large", at: "\(path), row \(row)", kind: .data) }
        numbers.append(number)
      }
      (content, lines) = (.numbers(numbers), nil)
      return
    }
    let text = try TextFile(path, "cannot read the labels")
    var words: [(line: Int, text: String)] = text.lines.map { ($0.number, nameText(Array($0.bytes.trimmed))) }
    // An empty line at the end is none; one between others would shift what follows.
    while words.last?.text.isEmpty == true { words.removeLast() }
    if let empty = words.first(where: \.text.isEmpty) {
      throw Problem("the label is empty", at: text.place(empty.line), expected: "an image or class on each line", kind: .data)
    }
    let isNamedTable = [".csv", ".tsv"].contains { path.lowercased().hasSuffix($0) }
    if let first = words.first, let columns = Columns(first.text), isNamedTable || columns.count > 1 || words.count == rows + 1 {
      (content, lines) = try Self.table(text, columns)
      return
    }
    guard !isNamedTable else {
      throw Problem(
        "the table does not name its columns", at: "\(path), line 1", expected: "\(Columns.known)", found: words.first?.text ?? "nothing",
        advice: "write their names into the first line", kind: .data)
    }
    lines = words.map(\.line)
    let numbers = words.compactMap { Int($0.text) }
    content = !words.isEmpty && numbers.count == words.count ? .numbers(numbers) : .words(words.map(\.text))
  }

  // MARK: Tables

  /// Which column is what.
  private struct Columns {
    var separator: Character
    var count: Int
    var split, index, path, fineClass: Int?

    static let known = "columns named path (or image, file), index, class (or wnid, label), split"

    /// Nil where no column has a name that is known.
    init?(_ line: String) {
      separator = line.contains("\t") ? "\t" : ","
      let names = line.split(separator: separator, omittingEmptySubsequences: false).map { name in
        name.filter { !$0.isWhitespace && $0 != "\"" }.lowercased()
      }
      count = names.count
      func column(_ known: [String]) -> Int? { known.lazy.compactMap { names.firstIndex(of: $0) }.first }
      split = column(["split", "set", "subset"])
      index = column(["index"])
      path = column(["path", "image", "file", "filename", "image_path"])
      fineClass = column(["wnid", "class", "label", "target"])
      if index == nil, path == nil, fineClass == nil { return nil }
    }
  }

  private static func table(_ text: TextFile, _ columns: Columns) throws(Problem) -> (Content, [Int]) {
    var records: [(line: Int, fields: [String])]
    if columns.separator == "," {
      records = try CSV.records(text.text, at: text.path)
    } else {
      records = text.lines.filter { !$0.bytes.isEmpty }.map { number, bytes in
        (number, bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { nameText(Array($0)) })
      }
    }
    records.removeFirst()
    var rows: [Row] = []
    for (line, fields) in records {
      guard fields.count == columns.count else {
        throw Problem(
          "the line has other columns than the first", at: text.place(line), expected: counted(columns.count, "field"), found: "\(fields.count)", kind: .data)
      }
      func field(_ column: Int?) -> String? {
        guard let column else { return nil }
        let text = nameText(Array(Array(fields[column].utf8)[...].trimmed))
        return text.isEmpty ? nil : text
      }
      var row = Row(path: field(columns.path), fineClass: field(columns.fineClass))
      if let text = field(columns.split) {
        guard let split = Self.split(text) else {
          throw Problem("there is no such split", at: text, expected: "train or val", found: "on line \(line)", kind: .data)
        }
        row.split = split
      }
      if let text = field(columns.index) {
        guard let index = Int(text), index >= 0 else {
          throw Problem("the index is no number", at: "\(text)", expected: "0 or more", found: "on line \(line)", kind: .data)
        }
        row.index = index
      }
      rows.append(row)
    }
    return (.table(rows), records.map(\.line))
  }

  private static func split(_ text: String) -> Split? {
    switch text.lowercased() {
    case "train", "training": .train
    case "val", "valid", "validation": .val
    default: nil
    }
  }
}
