import Basics
import Files
import Taxonomy

/// A text file that lists images, and mostly their labels, one a line.
///
/// Told apart by its lines: `path label` (Caffe; the label is a number from 0 or a wnid, and the path may hold spaces),
/// `path<TAB>label…` (Tiny ImageNet's annotations; further columns are passed over), `path` alone (the folder then names the
/// class), `path,label` where it can be nothing else, or Kaggle's `LOC_val_solution.csv` (`id,wnid box…` below a header). Empty lines and `#` comments are passed over.
package struct ImageList {
  package enum Label: Equatable {
    case index(Int)
    case wnid(String)
  }

  package struct Line: Equatable {
    /// Below the split's folder; without a leading slash and blanks around it. Not UTF-8 by necessity.
    package var path: [UInt8]
    /// The same with its blanks, where it has some.
    package var exact: [UInt8]?
    /// As it stands in the list.
    var written: [UInt8]
    package var label: Label?
    /// In the file, from 1.
    package var number: Int

    /// Whether it is written as a whole path, of this system or of Windows.
    var isAbsolute: Bool {
      written.first == UInt8(ascii: "/") || written.starts(with: [UInt8(ascii: "\\")])
        || written.count > 2 && written[1] == UInt8(ascii: ":") && [UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(written[2])
    }
  }

  package let file: String
  package let lines: [Line]
  /// The first lines as they are.
  private let head: [Text]

  /// - Throws: a ``Problem`` where the file cannot be read, is empty, or a line names no image or leads out of its folder.
  init(file: String) throws(Problem) {
    try self.init(try TextFile(file, "cannot read the list of images", advice: "check the path of the list"))
  }

  package init(_ text: TextFile) throws(Problem) {
    file = text.path
    head = Array(text.lines.lazy.map(\.bytes.trimmed).filter(Self.isEntry).prefix(8))
    let commas = ListColumns.header(of: head)
    var lines: [Line] = []
    var isSolution = false
    var namesOfColumns = commas ?? 0
    for (number, raw) in text.lines {
      let text = raw.trimmed
      guard Self.isEntry(text) else { continue }
      guard namesOfColumns == 0 else {
        namesOfColumns -= 1
        continue
      }
      if commas != nil {
        guard let (path, label) = ListColumns.pair(text), let line = Self.line(path, Self.label(label), number) else {
          throw Problem(
            "cannot read the list of images", at: "\(file), line \(number)", expected: "`path,label`, as in the lines above, with a path that stays below the folder",
            found: "`\(nameText(Array(text.prefix(60))))`", kind: .data)
        }
        lines.append(line)
        continue
      }
      if number == 1, text.starts(with: "ImageId,".utf8) {
        isSolution = true
        continue
      }
      guard let line = isSolution ? Self.solution(text, number) : Self.plain(raw, number) else {
        throw ListColumns.problem(head, at: file) ?? Self.refusal(text, "\(file), line \(number)", isSolution: isSolution)
      }
      lines.append(line)
    }
    guard !lines.isEmpty else { throw Problem("the list of images is empty", at: file, expected: "lines `path label`", kind: .data) }
    self.lines = lines
  }

  /// What to say of a list that is a table of another kind; nil where it is none.
  var tableProblem: Problem? { ListColumns.problem(head, at: file) }

  private static func isEntry(_ line: Text) -> Bool { !line.isEmpty && line.first != UInt8(ascii: "#") }

  /// Where a line stands, for people.
  package func place(_ line: Line) -> String { "\(file), line \(line.number)" }

  // MARK: Lines

  package typealias Text = ArraySlice<UInt8>

  /// How a list says that an image is of a class, as Caffe reads it: up to the last space is the path, whatever it holds.
  /// - Throws: a ``Problem`` where a line of a list cannot hold the path, or would be read as another one.
  package static func line(_ path: [UInt8], label: Int) throws(Problem) -> [UInt8] {
    // A list begins its comments with #, and a byte order mark in front of a line is none of it.
    let isMistaken = path.first == UInt8(ascii: "#") || path.starts(with: TextLines.byteOrderMark)
    let text = (isMistaken ? Array("./".utf8) : []) + path + Array(" \(label)".utf8)
    let hasBreaks = path.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let read = hasBreaks ? nil : plain(text[...], 1)
    guard let read, (read.exact ?? read.path) == path, read.label == .index(label) else {
      throw Problem(
        "a list of images cannot hold this path", at: printable(nameText(path)), expected: "a name without line breaks and tabs",
        advice: "rename the file or its folder, and add the dataset again", kind: .data)
    }
    return text + [UInt8(ascii: "\n")]
  }

  /// Reads a line of a path and mostly a label.
  private static func plain(_ raw: Text, _ number: Int) -> Line? {
    let text = raw.trimmed
    if let tab = text.firstIndex(of: UInt8(ascii: "\t")) {
      let rest = text[text.index(after: tab)...]
      if let label = label(rest.prefix { $0 != UInt8(ascii: "\t") }) { return line(text[..<tab], label, number) }
    }
    if let space = text.lastIndex(of: UInt8(ascii: " ")), let label = label(text[text.index(after: space)...]) {
      // With the blanks in front of it.
      return line(raw[raw.startIndex..<space], label, number)
    }
    // A number alone is a label that has lost its path, and behind a tab stands a label.
    guard label(text) == nil, !text.contains(UInt8(ascii: "\t")) else { return nil }
    return line(raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw, nil, number)
  }

  private static func solution(_ text: Text, _ number: Int) -> Line? {
    guard let comma = text.firstIndex(of: UInt8(ascii: ",")),
      case .wnid(let wnid)? = label(text[text.index(after: comma)...].prefix { $0 != UInt8(ascii: " ") })
    else { return nil }
    return line(text[..<comma] + ".JPEG".utf8, .wnid(wnid), number)
  }

  private static func line(_ text: Text, _ label: Label?, _ number: Int) -> Line? {
    guard let path = path(text.trimmed) else { return nil }
    let exact = Self.path(text)
    return Line(path: path, exact: exact == path ? nil : exact, written: Array(text.trimmed), label: label, number: number)
  }

  static func label(_ text: Text) -> Label? {
    let text = String(decoding: text.trimmed, as: UTF8.self)
    if SynsetID(text) != nil { return .wnid(text) }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(text), index <= Int32.max else { return nil }
    return .index(index)
  }

  /// Without slashes in front and without `.` in it; nil where it leads upwards or nowhere.
  private static func path(_ text: Text) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    guard !parts.isEmpty, !parts.contains(where: { $0.elementsEqual("..".utf8) || $0.contains(0) }) else { return nil }
    return Array(parts.joined(separator: CollectionOfOne(UInt8(ascii: "/"))))
  }

  private static func refusal(_ text: Text, _ place: String, isSolution: Bool) -> Problem {
    let found = "`\(String(decoding: text.prefix(60), as: UTF8.self))`"
    if !isSolution, case .index? = label(text) {
      return Problem(
        "the list has labels without paths", at: place, expected: "path label, as `ILSVRC2012_val_00000001.JPEG 65`",
        found: found,
        advice: place.contains("ground_truth") ? "the devkit's ILSVRC2012_validation_ground_truth.txt cannot be used: its labels are ILSVRC2012_IDs, which "
          + "count from 1 in the order of meta.mat, not of the wnids; take Caffe's val.txt"
          : "a list names each image with its label: where the labels follow the files' names, `ls FOLDER | paste -d ' ' - LABELS > list.txt` makes one",
          kind: .data)
    }
    return Problem(
      "cannot read the list of images", at: place,
      expected: isSolution ? "id,wnid box" : "path label, with a path that stays below the folder", found: found, kind: .data)
  }
}
