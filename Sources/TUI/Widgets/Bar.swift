/// Quantities as blocks.
package enum Bar {
  /// A bar of up to `columns` cells for `share` in 0…1, in eighths of a cell.
  package static func text(_ share: Double, columns: Int) -> String {
    guard share > 0, columns > 0 else { return "" }
    let eighths = Int((min(1, share) * Double(columns * 8)).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// How often values fall into each of `columns` equal parts of their range, as a row of blocks; the least that is not
  /// nothing can be seen.
  package static func histogram(_ values: [Int], columns: Int) -> String {
    guard let low = values.min(), let high = values.max(), columns > 0 else { return "" }
    var counts = [Int](repeating: 0, count: columns)
    let span = Double(high) - Double(low) + 1
    for value in values { counts[min(columns - 1, Int((Double(value) - Double(low)) / span * Double(columns)))] += 1 }
    let most = counts.max() ?? 1
    let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    return counts.map { $0 == 0 ? "▁" : blocks[max(1, $0 * 7 / most)] }.joined()
  }
}
