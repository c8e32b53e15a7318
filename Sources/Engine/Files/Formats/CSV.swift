import Basics

/// Comma-separated values as RFC 4180 has them: fields with a comma, a quote or the end of a line stand in quotes, and quotes in
/// them are doubled.
package enum CSV {
  package static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { [",", "\"", "\n", "\r"].contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The records of a text, each with the number of its first line, from 1. Lines that are empty are passed over.
  /// - Throws: a ``Problem`` where a quoted field has no end, or something follows it.
  package static func records(_ text: String, at place: String) throws(Problem) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var (line, start) = (1, 1)
    var isQuoted = false, wasQuoted = false
    var scalars = text.unicodeScalars.makeIterator()
    var pending: Unicode.Scalar?

    func fail(_ what: String) -> Problem {
      Problem("cannot read the file of comma-separated values", at: "\(place), line \(start)", expected: what, kind: .data)
    }
    func endField() {
      fields.append(String(field))
      field = String.UnicodeScalarView()
      wasQuoted = false
    }
    func endRecord() {
      endField()
      if fields.count > 1 || fields[0].contains(where: { !$0.isWhitespace }) { records.append((start, fields)) }
      fields = []
    }

    while var scalar = pending ?? scalars.next() {
      pending = nil
      // A line ends with LF, CR LF or CR.
      if scalar == "\r", !isQuoted {
        pending = scalars.next()
        if pending == "\n" { pending = nil }
        scalar = "\n"
      }
      if scalar == "\n" { line += 1 }
      if isQuoted {
        guard scalar == "\"" else {
          field.append(scalar)
          continue
        }
        pending = scalars.next()
        if pending == "\"" {
          field.append(scalar)
          pending = nil
        } else {
          isQuoted = false
          wasQuoted = true
        }
        continue
      }
      switch scalar {
      case ",": endField()
      case "\n":
        endRecord()
        start = line
      case "\"" where field.isEmpty && !wasQuoted: isQuoted = true
      default:
        if wasQuoted { throw fail("a comma behind a quoted field") }
        field.append(scalar)
      }
    }
    if isQuoted { throw fail("an end of the quoted field") }
    endRecord()
    return records
  }
}
