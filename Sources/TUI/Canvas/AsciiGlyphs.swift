/// The ASCII character that stands for `scalar` where the terminal has no other; `?` for letters it lacks.
func asciiGlyph(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  if scalar.isASCII { return scalar }
  if let known = asciiGlyphs[scalar] { return known }
  switch scalar.value {
  case 0x2500...0x257F: return "+"
  case 0x2800: return " "
  case 0x2801...0x28FF: return asciiBraille(UInt8(scalar.value & 0xFF))
  default: return "?"
  }
}

/// A braille cell's weight: high dots `'`, low dots `.`, middle `-`, both `:`.
private func asciiBraille(_ dots: UInt8) -> Unicode.Scalar {
  let top = dots & 0b0000_1001 != 0
  let middle = dots & 0b0011_0110 != 0
  let bottom = dots & 0b1100_0000 != 0
  return switch (top, middle, bottom) {
  case (true, _, true): ":"
  case (true, _, false): "'"
  case (false, _, true): "."
  default: "-"
  }
}

private let asciiGlyphs: [Unicode.Scalar: Unicode.Scalar] = {
  var table: [Unicode.Scalar: Unicode.Scalar] = [:]
  let pairs: [(String, String)] = [
    ("─━┄┈╌═", "------"), ("│┃┆┊║", "|||||"), ("▸▾·•", "+-.*"), ("■□▣▢●○◆◇▲△", "#o##*o*o^^"),
    ("▶▼◀▴▵", ">v<^^"), ("…›‹«»", "~><<>"), ("✓≈✗✔✘≠", "+~xvx!"), ("×÷±−–—", "x/+---"), ("‘’“”", "''\"\""),
    ("←→↑↓↵⏎", "<>^v$$"), ("▁▂▃▄▅▆▇█", "__..:|##"), ("▏▎▍▌▋▊▉", "---===#"), ("░▒▓▀", ".:#'"),
    ("⌫⇥⇧", "<>^"), ("¹²³", "123"), ("µσμ", "usm"), ("√∞≤≥", "v8<>"), ("é", "e"),
  ]
  for (unicode, ascii) in pairs {
    for (from, to) in zip(unicode.unicodeScalars, ascii.unicodeScalars) { table[from] = to }
  }
  return table
}()
