/// Quantities as blocks.
package enum Bar {
  /// A bar of up to `columns` cells for `share` in 0…1, in eighths of a cell.
  package static func text(_ share: Double, columns: Int) -> String {
    guard share > 0, columns > 0 else { return "" }
    let eighths = Int(nearest: min(1, share) * Double(columns * 8))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// How often values fall into each part of their range, as a row of blocks; the least that is not nothing can be seen.
  /// - Parameter columns: neighbouring parts are taken together until there are so many, a divisor of their number.
  package static func histogram(_ parts: [Int], columns: Int) -> String {
    let width = max(1, parts.count / columns)
    let counts = stride(from: 0, to: parts.count, by: width).map { parts[$0..<min(parts.count, $0 + width)].reduce(0, +) }
    let most = max(1, counts.max() ?? 1)
    let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    return counts.map { $0 == 0 ? "▁" : blocks[max(1, $0 * 7 / most)] }.joined()
  }
}
