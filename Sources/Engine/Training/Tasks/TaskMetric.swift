/// A number that tells how good a network is in a validation, as a ``TrainingTask`` declares it.
public struct TaskMetric: Hashable, Sendable {
  public enum Direction: Sendable {
    case higherIsBetter, lowerIsBetter
  }

  /// How people read it; in files it is the number itself.
  public enum Form: Sendable {
    /// 0…1, shown as a percentage.
    case share
    case number
  }

  /// As files, filters and tables for other programs have it: letters and digits, as `meanClass`.
  public let name: String
  /// In tables and lists of results: `mean class`.
  public let heading: String
  /// Standing alone: `mean class accuracy`.
  public let title: String
  public let direction: Direction
  public let form: Form

  /// - Parameter title: nil: the heading says enough.
  public init(_ name: String, heading: String, title: String? = nil, direction: Direction = .higherIsBetter, form: Form = .share) {
    precondition(Self.isName(name), "a metric cannot be called \(name)")
    (self.name, self.heading, self.title, self.direction, self.form) = (name, heading, title ?? heading, direction, form)
  }

  /// Whether `value` is better than `other`; NaN never is.
  public func isBetter(_ value: Double, than other: Double) -> Bool {
    direction == .higherIsBetter ? value > other : value < other
  }

  // MARK: Names

  /// In event files, behind `val/`, and as a column of CSV: `mean_class`.
  public var snakeName: String {
    var (text, followsSmall) = ("", false)
    for letter in name {
      if letter.isUppercase && followsSmall { text += "_" }
      text += letter.lowercased()
      followsSmall = !letter.isUppercase
    }
    return text
  }

  /// Whether somebody who writes `text` means it, whatever the case: `meanClass`, `meanclass` and `mean_class`.
  package func isCalled(_ text: String) -> Bool { name.lowercased() == text.lowercased().replacing("_", with: "") }

  /// What a report has beside its metrics.
  static let reserved: Set = ["step", "epoch", "loss", "images", "skipped", "headline"]

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, 97...122 ~= first, text.utf8.count <= 32, !reserved.contains(text) else { return false }
    return text.utf8.allSatisfy { 97...122 ~= $0 || 65...90 ~= $0 || 48...57 ~= $0 }
  }

  /// Of all tasks that there are, one task's behind the other's.
  public static let known: [TaskMetric] = TrainingTasks.all.flatMap(\.metrics)
  private static let byName = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }

  /// The metric of that name. What no task declares is a number that is called what it is called.
  static func named(_ name: String) -> TaskMetric { byName[name] ?? TaskMetric(name, heading: name, form: .number) }

  /// The metrics of these names; one task's list is the same array each time. What is no name of a metric makes it that of a classification.
  package static func list(named names: [String]) -> [TaskMetric] {
    TrainingTasks.all.map(\.metrics).first { $0.map(\.name) == names }
      ?? (names.isEmpty || !names.allSatisfy(isName) ? classification : names.map(named))
  }
}

/// What the metrics of a task come to: a short list by name, in the task's order, the headline first.
public struct MetricValues: RandomAccessCollection, Equatable, Sendable {
  /// One list for all reports of a task.
  public let list: [TaskMetric]
  public private(set) var values: [Double]

  /// - Parameter values: of each metric of the list, which has one at least.
  public init(_ list: [TaskMetric], _ values: [Double]) {
    precondition(!list.isEmpty && list.count == values.count, "\(values.count) values for \(list.count) metrics")
    (self.list, self.values) = (list, values)
  }

  /// MetricValues by name in any order, as a file has them. Those of a known task get its order.
  /// - Parameter headline: the name of one of them.
  package init(_ values: [String: Double], headline: String) {
    let ofTask = TrainingTasks.all.first { $0.metrics[0].name == headline && $0.metrics.count == values.count && $0.metrics.allSatisfy { values[$0.name] != nil } }
    let list =
      ofTask?.metrics
      ?? [TaskMetric.named(headline)] + TaskMetric.known.filter { $0.name != headline && values[$0.name] != nil }
      + values.keys.filter { name in name != headline && !TaskMetric.known.contains { $0.name == name } }.sorted().map(TaskMetric.named)
    self.init(list, list.map { values[$0.name]! })
  }

  /// What decides which checkpoint is the best, and what a list of runs shows.
  public var headline: (metric: TaskMetric, value: Double) { self[0] }

  public var startIndex: Int { 0 }
  public var endIndex: Int { list.count }
  public subscript(place: Int) -> (metric: TaskMetric, value: Double) { (list[place], values[place]) }

  /// Nil where there is no metric of that name.
  public subscript(name: String) -> Double? { list.firstIndex { $0.name == name }.map { values[$0] } }
  public subscript(metric: TaskMetric) -> Double? { self[metric.name] }
}
