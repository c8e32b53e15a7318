import Basics
import FoundationEssentials
import Glibc
import TUI

/// Everything that the commands print goes through here, and nothing in it can steer the terminal: names come from outside.
func print(_ text: String = "", terminator: String = "\n") { Swift.print(printableLines(text), terminator: terminator) }

/// What the commands share to print data and to ask questions.
enum Output {
  /// Data for other programs: to the byte, except on a terminal.
  static func data(_ text: String) {
    if isatty(STDOUT_FILENO) == 1 { print(text, terminator: "") } else { Swift.print(text, terminator: "") }
  }

  /// One JSON value on standard output, keys sorted, fit for `jq` and for eyes, or on one line.
  static func json(_ value: some Encodable, isPretty: Bool = true) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // A training that diverges has a loss that JSON has no number for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    Swift.print(printableJSON(String(decoding: try encoder.encode(value), as: UTF8.self)))
  }

  /// Rows in columns two spaces apart; columns whose header begins with a space are right-aligned.
  static func table(_ header: [String], _ rows: [[String]]) { print(tableText(header, rows), terminator: "") }

  static func tableText(_ header: [String], _ rows: [[String]]) -> String {
    let lines = [header.map(\.trimmed)] + rows
    let widths = lines.map { $0.map(displayWidth) }
    let columns = header.indices.map { column in widths.reduce(0) { max($0, $1[column]) } }
    var text = ""
    for (line, widths) in zip(lines, widths) {
      // Blanks are written when something follows.
      var blanks = 0
      for (column, cell) in line.enumerated() {
        let space = columns[column] - widths[column]
        if header[column].hasPrefix(" ") { blanks += space }
        if !cell.isEmpty {
          text += String(repeating: " ", count: blanks)
          text += cell
          blanks = 0
        }
        blanks += (header[column].hasPrefix(" ") ? 0 : space) + 2
      }
      text += "\n"
    }
    return text
  }

  /// 1281167 → "1,281,167".
  static func grouped(_ number: Int) -> String { Basics.grouped(number) }

  /// "500" where both ends are the same, "732–1,300" otherwise.
  static func range(_ least: Int, _ most: Int) -> String { least == most ? grouped(least) : "\(grouped(least))–\(grouped(most))" }

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
      throw Problem("confirmation needed", expected: "a terminal to ask on, or --yes", advice: "add --yes", kind: .usage)
    }
    print(question + " [y/N] ", terminator: "")
    fflush(nil)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}

extension String {
  fileprivate var trimmed: String { hasPrefix(" ") ? String(dropFirst()) : self }
}
