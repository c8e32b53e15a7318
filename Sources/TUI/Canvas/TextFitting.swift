/// Where text that is too long loses its characters.
package enum Shortening: Sendable {
  /// `long na…`
  case end
  /// `long…name`: long names differ in both ends.
  case middle
  /// `…ng name`
  case start
}

/// `text` shortened to at most `width` cells, with `…` where characters were left out.
package func fit(_ text: String, _ width: Int, _ cut: Shortening = .end) -> String {
  guard width > 0 else { return "" }
  guard displayWidth(text) > width else { return text }
  switch cut {
  case .end: return prefix(text, width - 1) + "…"
  case .start: return "…" + suffix(text, width - 1)
  case .middle:
    let right = (width - 1) / 2
    return prefix(text, width - 1 - right) + "…" + suffix(text, right)
  }
}

/// `text` broken at spaces into lines of at most `width` cells; longer words are broken, paths between their folders.
package func wrap(_ text: String, _ width: Int) -> [String] {
  guard width > 0 else { return [] }
  var lines: [String] = []
  var line = ""
  var used = 0
  for word in text.split(separator: " ") {
    var word = String(word)
    var length = displayWidth(word)
    if used > 0 && used + 1 + length <= width {
      line += " " + word
      used += 1 + length
      continue
    }
    if used > 0 { lines.append(line) }
    while length > width {
      var head = prefix(word, width)
      if let slash = head.lastIndex(of: "/"), slash > head.startIndex { head = String(head[...slash]) }
      // A wide character in one column: nothing fits.
      guard !head.isEmpty else { return lines }
      lines.append(head)
      word.unicodeScalars.removeFirst(head.unicodeScalars.count)
      length = displayWidth(word)
    }
    line = word
    used = length
  }
  if used > 0 { lines.append(line) }
  return lines
}

/// The same in at most so many lines: the last one is cut where there would be more.
package func wrap(_ text: String, _ width: Int, most: Int) -> [String] {
  let lines = wrap(text, width)
  guard most > 0 else { return [] }
  guard lines.count > most else { return lines }
  return lines.prefix(most - 1) + [fit(lines.dropFirst(most - 1).joined(separator: " "), width)]
}

/// The longest beginning of `text` that takes at most `width` cells.
private func prefix(_ text: String, _ width: Int) -> String {
  var kept = String.UnicodeScalarView()
  var used = 0
  for scalar in text.unicodeScalars {
    used += displayWidth(String(Character(scalar)))
    if used > width { break }
    kept.append(scalar)
  }
  return String(kept)
}

/// The longest end of `text` that takes at most `width` cells.
private func suffix(_ text: String, _ width: Int) -> String {
  var kept: [Unicode.Scalar] = []
  var used = 0
  for scalar in text.unicodeScalars.reversed() {
    used += displayWidth(String(Character(scalar)))
    if used > width { break }
    kept.append(scalar)
  }
  // Marks whose letter was left out would land on what comes before them.
  while let first = kept.last, displayWidth(String(Character(first))) == 0 { kept.removeLast() }
  var end = String.UnicodeScalarView()
  end.append(contentsOf: kept.reversed())
  return String(end)
}
