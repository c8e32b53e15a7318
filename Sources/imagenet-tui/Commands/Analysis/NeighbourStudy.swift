import Analysis
import Basics
import Glibc

extension NeighborStudy {
  /// Prints it, with lines in the verdicts' colours.
  func show() {
    for line in heading { print(printable(line)) }
    let table = Output.tableText(
      [" rank", "", " distance", "class", "wnid", "image"],
      neighbours.map { row in
        [
          "\(row.rank)", row.verdict?.glyph ?? " ", decimals(row.distance, 4), row.fineClass.name,
          row.fineClass.wnid, row.image,
        ].map(printable)
      })
    for (row, line) in table.split(separator: "\n").enumerated() {
      // The colours steer it; the rows are printable.
      Swift.print(row == 0 ? String(line) : paint(String(line), neighbours[row - 1].verdict))
    }
    if let tally { print(tally) }
  }

  /// Green, orange, red where the terminal shows colour; the glyph says it everywhere.
  private func paint(_ line: String, _ verdict: Verdict?) -> String {
    guard let verdict, Self.hasColour else { return line }
    let code =
      switch verdict {
      case .fine: "32"
      case .coarse: "33"
      case .wrong: "31"
      }
    return "\u{1B}[\(code)m\(line)\u{1B}[m"
  }

  private static let hasColour: Bool = {
    func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").isEmpty && !["", "dumb"].contains(variable("TERM"))
  }()
}
