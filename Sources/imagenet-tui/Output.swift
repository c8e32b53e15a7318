import FoundationEssentials
import Glibc
import TUI
import Taxonomy

/// What the commands share to print data and to ask questions.
enum Output {
  /// One JSON value on standard output, keys sorted, fit for `jq` and for eyes, or on one line.
  static func json(_ value: some Encodable, isPretty: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // A training that diverges has a loss that JSON has no number for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Rows in columns two spaces apart; columns whose header begins with a space are right-aligned.
  static func table(_ header: [String], _ rows: [[String]]) { print(tableText(header, rows), terminator: "") }

  static func tableText(_ header: [String], _ rows: [[String]]) -> String {
    var text = ""
    let columns = header.map { $0.trimmed }
    let widths = columns.indices.map { column in ([columns] + rows).map { displayWidth($0[column]) }.max() ?? 0 }
    for row in [columns] + rows {
      let cells = row.indices.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - displayWidth(row[column]))
        return header[column].hasPrefix(" ") ? space + row[column] : row[column] + space
      }
      text += cells.joined(separator: "  ").trimmedAtEnd + "\n"
    }
    return text
  }

  /// 1281167 → "1,281,167".
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// Bytes in the unit that fits: "30.9 MB".
  static func size(_ bytes: Int) -> String {
    var value = Double(bytes)
    var unit = 0
    while value >= 999.5, unit < 4 { (value, unit) = (value / 1000, unit + 1) }
    let tenths = Int((value * 10).rounded())
    let text = unit == 0 || value >= 100 ? "\(Int(value.rounded()))" : "\(tenths / 10).\(tenths % 10)"
    return text + [" B", " kB", " MB", " GB", " TB"][unit]
  }

  /// Asks on the terminal; only y or yes agree.
  /// - Throws: a ``Problem`` where there is no terminal to ask on.
  static func confirm(_ question: String) throws -> Bool {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Problem("this needs a yes", expected: "a terminal to ask on, or --yes", advice: "add --yes")
    }
    print(question + " [y/N] ", terminator: "")
    fflush(nil)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}

extension String {
  fileprivate var trimmed: String { hasPrefix(" ") ? String(dropFirst()) : self }
  fileprivate var trimmedAtEnd: String {
    String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
  }
}
