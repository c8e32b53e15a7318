import Basics
import Runs

/// Asks for one number, and says what would come of it.
package struct NumberDialog: Sendable {
  package enum Outcome: Sendable {
    case stay, close
    case chosen([RunsScreen.Work])
  }

  private enum Purpose: Sendable {
    /// More epochs for these runs.
    case extend([RunSummary])
    /// How many runs at a time.
    case limit
  }

  private let purpose: Purpose
  package private(set) var field: TextField

  init(extending runs: [RunSummary]) {
    purpose = .extend(runs)
    field = TextField(String(runs.first?.epochs ?? 1))
    field.select()
  }

  init(limit: Int) {
    purpose = .limit
    field = TextField(String(limit))
    field.select()
  }

  private var title: String {
    switch purpose {
    case .extend(let runs): runs.count == 1 ? "Extend \(printable(runs[0].name))" : "Extend \(counted(runs.count, "run"))"
    case .limit: "Runs at a time on this machine"
    }
  }

  private var range: ClosedRange<Int> {
    switch purpose {
    case .extend: 1...1_000_000
    case .limit: 0...1000
    }
  }

  private var number: Int? { Int(field.text.filter { $0 != "," && $0 != "_" }).flatMap { range.contains($0) ? $0 : nil } }

  package mutating func take(_ key: Key) -> Outcome {
    switch field.answer(key) {
    case .left: return .close
    case .typing: return .stay
    case .entered:
      guard let number else { return .stay }
      switch purpose {
      case .extend(let runs): return .chosen(runs.map { .extend(RunDirectory($0.path), epochs: number) })
      case .limit: return .chosen([.setQueueLimit(number)])
      }
    }
  }

  private var consequence: String {
    guard let number else { return "✗ a number from \(range.lowerBound) to \(NumberText.grouped(range.upperBound))" }
    switch purpose {
    case .extend(let runs):
      guard let run = runs.first, runs.count == 1 else { return "\(counted(number, "epoch")) more for each" }
      return "\(counted(run.epochs + number, "epoch")) in total, was \(run.epochs)"
    case .limit: return number == 0 ? "queued runs are not started" : "queued runs start while fewer are running"
    }
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    var inside = canvas.frame(in: area, rows: 5, columns: 60, title: title)
    var row = inside.takeTop(1)
    if case .extend = purpose { canvas.put("more epochs ", in: row.takeLeft(12), style: .muted) }
    field.draw(on: &canvas, in: row)
    canvas.put(consequence, in: inside.takeTop(1), style: number == nil ? Style(.bad) : .muted)
  }
}
