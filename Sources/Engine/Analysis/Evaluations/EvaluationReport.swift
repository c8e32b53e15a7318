import Basics
import Files

/// Lines and tables in the order in which people read them.
public struct EvaluationReport: Sendable {
  public enum Part: Sendable {
    case line(String)
    case table(EvaluationTable)
  }

  public private(set) var parts: [Part] = []

  public init() {}

  /// Text from outside may be in it: whoever shows it makes it printable.
  mutating func add(_ line: String) { parts.append(.line(line)) }
  mutating func add(_ columns: [EvaluationTable.Column], _ rows: [[EvaluationTable.Cell]]) {
    parts.append(.table(EvaluationTable(columns: columns, rows: rows)))
  }

  public var tables: [EvaluationTable] { parts.compactMap { if case .table(let table) = $0 { table } else { nil } } }

  /// Its first table as comma-separated values.
  public var csv: String { tables.first?.csv ?? "" }
}

/// Rows of typed cells, which say the same to people and to programs, each in its own form.
public struct EvaluationTable: Sendable {
  public struct Column: Sendable {
    public enum Kind: Sendable {
      case text, number
      /// From low to high: two fields.
      case interval
      /// A mean and the standard deviation over repeats: two fields.
      case repeats
      /// Is drawn for people and no field.
      case bar
    }

    public var name: String
    public var kind: Kind

    init(_ name: String, _ kind: Kind = .number) { (self.name, self.kind) = (name, kind) }

    public var isRightAligned: Bool { kind == .number || kind == .repeats }
  }

  public enum Cell: Sendable {
    case text(String)
    case count(Int)
    /// From 0 to 1, for people in percent.
    case share(Double)
    case number(Double, places: Int)
    case interval(Double, Double)
    case repeats(Repeats)
    /// So many cells of a bar.
    case bar(Int)

    /// As it is shown.
    public var shown: String {
      switch self {
      case .text(let text): text
      case .count(let count): grouped(count)
      case .share(let share): percent(share)
      case .number(let value, let places): decimals(value, places)
      case .interval(let low, let high): "\(percent(low))–\(percent(high))"
      case .repeats(let repeats): percent(repeats.mean) + (repeats.deviation.map { " ± \(decimals(100 * $0, 1))" } ?? "")
      case .bar(let length): String(repeating: "█", count: max(0, length))
      }
    }

    /// As fields of a file; shares are fractions.
    fileprivate var fields: [String] {
      func field(_ value: Double) -> String { value.isNaN ? "" : "\(value)" }
      return switch self {
      case .text(let text): [text]
      case .count(let count): ["\(count)"]
      case .share(let value), .number(let value, _): [field(value)]
      case .interval(let low, let high): [field(low), field(high)]
      case .repeats(let repeats): [field(repeats.mean), repeats.deviation.map(field) ?? ""]
      case .bar: []
      }
    }
  }

  public var columns: [Column]
  public var rows: [[Cell]]

  /// A line for the columns' names and one for each row.
  public var csv: String {
    let names = columns.flatMap { column -> [String] in
      switch column.kind {
      case .text, .number: [column.name]
      case .interval: ["\(column.name) low", "\(column.name) high"]
      case .repeats: [column.name, "\(column.name) sd"]
      case .bar: []
      }
    }
    return ([names] + rows.map { $0.flatMap(\.fields) }).map(CSV.line).joined()
  }
}

/// "86.0 %"; "–" where there is nothing to divide by.
package func percent(_ share: Double) -> String { share.isNaN ? "–" : decimals(100 * share, 1) + " %" }
