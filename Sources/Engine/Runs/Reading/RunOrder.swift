import Basics
import Training

/// How a list of runs is sorted: by one field, and by the time of the launch, newest first, where that is equal.
public struct RunOrder: Equatable, Sendable {
  public var field: RunField
  public var isDescending: Bool

  /// As a list is sorted where nobody asked for anything.
  public static let newestFirst = RunOrder(.age)

  public init(_ field: RunField, isDescending: Bool = false) {
    self.field = field
    self.isDescending = isDescending
  }

  /// Reads what ``text`` writes: a field's name, `-` in front of it for descending: `-acc`.
  /// - Parameter metrics: those that runs may be sorted by.
  /// - Throws: a ``Problem`` that lists the fields.
  public init(_ text: String, metrics: [TaskMetric] = TaskMetric.known) throws(Problem) {
    let isDescending = text.hasPrefix("-")
    guard let field = RunField(String(text.dropFirst(isDescending ? 1 : 0)), metrics: metrics) else {
      throw Problem(
        "invalid sort field", at: text,
        expected: "one of \(RunField.list(metrics)); -acc is the best first", kind: .usage)
    }
    self.init(field, isDescending: isDescending)
  }

  public var text: String { (isDescending ? "-" : "") + field.text }

  /// Runs whose field is not known come last, whatever the direction.
  public func sorted(_ runs: [RunSummary], now: Double = unixTime()) -> [RunSummary] {
    func isNewer(_ one: Int, _ other: Int) -> Bool {
      (runs[one].created, runs[one].id) > (runs[other].created, runs[other].id)
    }
    // So do readers list them.
    if self == .newestFirst, runs.indices.dropFirst().allSatisfy({ isNewer($0 - 1, $0) }) { return runs }
    let keys = runs.map { key(of: $0, now: now) }
    return runs.indices.sorted { one, other in
      switch (keys[one], keys[other]) {
      case (let a?, let b?) where a != b: isDescending ? b < a : a < b
      case (.some, nil): true
      case (nil, .some): false
      default: isNewer(one, other)
      }
    }.map { runs[$0] }
  }

  private enum Key: Comparable { case number(Double), word(String) }

  private func key(of run: RunSummary, now: Double) -> Key? {
    if field == .state { return .number(Double(Self.states.firstIndex(of: run.state)!)) }
    switch field.value(of: run, now: now) {
    case .number(let number): return number.map(Key.number)
    case .words(let words): return words.first.map { .word($0.lowercased()) }
    }
  }

  /// What moves, then what needs somebody, then what is over.
  private static let states: [RunState] = [.running, .paused, .queued, .lost, .failed, .damaged, .newer, .stopped, .finished]
}
