import Runs

/// What tells each run from the others: given in the order of the launches, kept for good.
package struct RunMarks: Equatable, Sendable {
  package private(set) var numbers: [String: Int] = [:]
  private var next = 0
  /// Those that are given.
  static let numbers = 0...1_000_000_000

  package init(_ numbers: [String: Int] = [:]) {
    self.numbers = numbers
    next = (numbers.values.max() ?? -1) + 1
  }

  package subscript(id: String) -> SeriesMark { SeriesMark(numbers[id] ?? 0) }

  /// - Parameter runs: newest first.
  mutating func add(_ runs: [RunSummary]) {
    for place in runs.indices.reversed() where numbers[runs[place].id] == nil {
      numbers[runs[place].id] = next
      next += 1
    }
  }
}
