/// The closest of `names`, if no more than a third of its letters differ: what somebody may have meant.
package func nearestWord(to name: String, among names: some Sequence<String>) -> String? {
  names.map { (name: $0, distance: editDistance(Array(name.utf8), Array($0.utf8))) }
    .filter { $0.distance * 3 <= max($0.name.utf8.count, 3) }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

/// Insertions, deletions, replacements, and letters that have changed places, between two texts (optimal string alignment).
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var rows = [[Int]](repeating: Array(0...b.count), count: 3)
  for i in a.indices {
    rows = [rows[1], rows[2], rows[0]]
    rows[2][0] = i + 1
    for j in b.indices {
      var least = min(rows[1][j] + (a[i] == b[j] ? 0 : 1), rows[1][j + 1] + 1, rows[2][j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[0][j - 1] + 1) }
      rows[2][j + 1] = least
    }
  }
  return rows[2][b.count]
}
