import Basics

/// The room that text takes in a font that is not known: whoever shows a chart chooses among those that it has. The widths are those of a wide one
/// (DejaVu Sans), so that what has room has it in any.
package enum ChartText {
  /// Pixels.
  package static func width(_ text: String, _ size: Double, isBold: Bool = false) -> Double {
    var hundredths = 0
    for scalar in text.unicodeScalars { hundredths += width(scalar) }
    return Double(hundredths) / 100 * size * (isBold ? 1.12 : 1)
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20..<0x7F: return ascii[Int(scalar.value) - 0x20]
    case 0x2E80...0xFFFF where scalar.value < 0xFB00 || scalar.value >= 0xFE30: return 102
    case 0x1F000...: return 140
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      case .lowercaseLetter: return 72
      default: return scalar == "·" ? 34 : scalar == "–" ? 52 : 100
      }
    }
  }

  private static let ascii = [
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 56,
    102, 69, 69, 73, 78, 67, 62, 78, 76, 30, 50, 67, 56, 87, 75, 79, 67, 79, 73, 67, 64, 74, 69, 99, 69, 67, 69, 40, 34, 40, 84, 56,
    50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
  ]

  /// The text, cut in the middle where it is wider than `width` pixels: the ends tell names apart.
  package static func shortened(_ text: String, _ size: Double, to width: Double, isBold: Bool = false) -> String {
    guard self.width(text, size, isBold: isBold) > width else { return text }
    let letters = Array(text)
    var kept = letters.count
    while kept > 1 {
      kept -= 1
      let front = (kept + 1) / 2
      let shown = String(letters.prefix(front)) + "…" + String(letters.suffix(kept - front))
      if self.width(shown, size, isBold: isBold) <= width { return shown }
    }
    return "…"
  }

  /// The text in lines of at most `width` pixels; of more than `most` the last is cut.
  /// - Returns: the lines, and whether none of its words was broken and nothing cut.
  package static func wrapped(_ text: String, _ size: Double, to width: Double, most: Int, isBold: Bool = false) -> (lines: [String], isWhole: Bool) {
    var lines: [String] = []
    var isWhole = true
    var line = ""
    func fits(_ text: String) -> Bool { self.width(text, size, isBold: isBold) <= width }
    for word in text.split(separator: " ").map(String.init) {
      let longer = line.isEmpty ? word : line + " " + word
      if fits(longer) {
        line = longer
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = ""
      for letter in word {
        if line.isEmpty || fits(line + String(letter)) {
          line.append(letter)
        } else {
          isWhole = false
          lines.append(line)
          line = String(letter)
        }
      }
    }
    if !line.isEmpty { lines.append(line) }
    guard lines.count > most else { return (lines, isWhole) }
    let rest = lines[(most - 1)...].joined(separator: " ")
    return (lines.prefix(most - 1) + [shortened(rest, size, to: width, isBold: isBold)], false)
  }

  /// A number as axes have it: −1,200.5; 2e+09.
  package static func number(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e9, places <= 8 else {
      guard value.isFinite, value != 0 else { return "\(value)" }
      let text = "\(Float(value))"
      return text.replacing("-", with: "−")
    }
    let text = decimals(abs(value), places)
    let parts = text.split(separator: ".")
    let whole = grouped(Int(parts[0]) ?? 0) + (parts.count > 1 ? "." + parts[1] : "")
    return (value < 0 && text.contains { "123456789".contains($0) } ? "−" : "") + whole
  }

  /// The text as XML and HTML may hold it.
  package static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in printable(text).unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
