import Basics

/// Lists whose fields stand between commas, or in another order than Caffe's `path label`: tables, as spreadsheets and Python write them.
package enum ListColumns {
  typealias Text = ArraySlice<UInt8>

  private static let endings = [".jpg", ".jpeg", ".png", ".webp"]

  /// Whether a name ends as those of images that are read do.
  static func isImage(_ name: some Collection<UInt8>) -> Bool {
    let end = String(decoding: name.suffix(5), as: UTF8.self).lowercased()
    return endings.contains { end.hasSuffix($0) }
  }

  /// Whether a line of a text has an image's name in it.
  package static func mentionsImage(_ line: String) -> Bool {
    let line = line.lowercased()
    return endings.contains { line.contains($0) }
  }

  // MARK: path,label

  /// The parts of a line `path,label`, where it can be nothing else: an image's name stands before its last comma, a label behind it.
  static func pair(_ line: Text) -> (path: Text, label: Text)? {
    guard let comma = line.lastIndex(of: UInt8(ascii: ",")) else { return nil }
    let (path, label) = (line[..<comma].trimmed, line[line.index(after: comma)...].trimmed)
    return isImage(path) && ImageList.label(label) != nil && path.first != UInt8(ascii: "\"") ? (path, label) : nil
  }

  /// How many lines stand in front of the first `path,label`: none, or the names of the two columns; nil where it is another list.
  static func header(of head: [Text]) -> Int? {
    guard let first = head.first else { return nil }
    if pair(first) != nil { return 0 }
    let isHeader = first.count { $0 == UInt8(ascii: ",") } == 1 && !first.contains(UInt8(ascii: "/")) && !isImage(first)
    return isHeader && head.count > 1 && pair(head[1]) != nil ? 1 : nil
  }

  // MARK: Other tables

  /// Why a list cannot be read that is such a table, with the line that makes a list of it; nil where it is none.
  /// - Parameter head: its first lines.
  static func problem(_ head: [Text], at file: String) -> Problem? {
    for (separator, name, option) in [
      (",", "commas", " -F,"), (";", "semicolons", " -F';'"), ("\t", "tabs", " -F'\\t'"), ("|", "bars", " -F'|'"), (" ", "blanks", ""),
    ] {
      let rows = head.map { row in
        row.split(separator: separator.utf8.first!, omittingEmptySubsequences: separator == " ").map { unquoted($0.trimmed) }
      }
      guard let columns = rows.first?.count, columns > 1, rows.allSatisfy({ $0.count == columns }) else { continue }
      let isHeader = rows.count > 1 && !rows[0].contains { isImage($0) || ImageList.label($0) != nil }
      let body = rows.dropFirst(isHeader ? 1 : 0)
      let labels = (0..<columns).filter { column in body.allSatisfy { ImageList.label($0[column]) != nil } }
      let named = (0..<columns).first { column in body.allSatisfy { isImage($0[column]) } }
      // Of two columns the one that holds no labels.
      let bare = columns == 2 && labels.count == 1 && separator != " " ? 1 - labels[0] : nil
      let found = "fields between \(name)" + (isHeader ? ", below their names" : "") + ": `\(nameText(Array(head[isHeader ? 1 : 0].prefix(60))))`"
      // A last column may be the end of a path with such marks in it.
      if let named, labels.isEmpty, named < columns - 1, separator != " " {
        return Problem(
          "the list is a table", at: file, expected: "lines `path label` or `path,label`", found: found,
          advice: "labels are numbers from 0 or wnids: put these in the place of names", kind: .data)
      }
      guard let path = named ?? bare, let label = labels.first(where: { $0 != path }) else { continue }
      // What the list's own rule reads needs no other.
      if separator == " ", path == 0, label == columns - 1 { continue }
      let hasQuotes = head.contains { $0.contains(UInt8(ascii: "\"")) }
      let clean = (hasQuotes ? "gsub(/\"/, \"\"); " : "") + (path == columns - 1 ? "sub(/\\r$/, \"\"); " : "")
      let ending = named == nil ? " \".jpg\"" : ""
      let command = "awk\(option) '\(isHeader ? "NR > 1 && " : "")NF {\(clean)print $\(path + 1)\(ending), $\(label + 1)}' \(ShellCommand.quoted(file)) > list.txt"
      let others = labels.filter { $0 != path }
      return Problem(
        "the list is a table", at: file, expected: "lines `path label` or `path,label`",
        found: found,
        advice: (others.count > 1 ? "columns \(others.map { "\($0 + 1)" }.joined(separator: ", ")) hold numbers: put that of the labels for $\(label + 1) in `\(command)`" : "make a list of it: `\(command)`")
          + (named == nil ? ", with the ending that the files have" : ""), kind: .data)
    }
    return nil
  }

  private static func unquoted(_ field: Text) -> Text {
    let quote = UInt8(ascii: "\"")
    return field.count > 1 && field.first == quote && field.last == quote ? field.dropFirst().dropLast() : field
  }
}
