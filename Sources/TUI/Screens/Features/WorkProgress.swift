import Analysis
import Basics
import Files
import Glibc
import Kernels
import Runs

/// Says how far work is, twice a second at most, and how much it may take: half of the cores, a quarter of the time, while a training
/// runs on this machine.
struct ProgressReport {
  private let cancellation: Cancellation
  private let runs: RunsReader
  private var pace = PaceMeter()
  private var work: String?
  private var lastSaid = -Double.infinity
  private var lastLooked = -Double.infinity
  private var training: String?

  static let cores = ProcessorCores.usable

  init(_ cancellation: Cancellation, _ environment: Environment) {
    self.cancellation = cancellation
    runs = environment.runs
    look(PaceMeter.now)
  }

  /// - Throws: a ``Problem`` once the work is cancelled.
  mutating func say(_ work: String, _ done: Int, of total: Int, to send: (WorkProgress) -> Void) throws(Problem) {
    if cancellation.isCancelled { throw .cancelled }
    let now = PaceMeter.now
    if self.work != work { (self.work, pace, lastSaid) = (work, PaceMeter(), -.infinity) }
    pace.add(done, at: now)
    look(now)
    // The first pace that is known is said at once.
    guard now - lastSaid >= 0.5 || done == total else { return }
    if pace.rate != nil { lastSaid = now }
    send(WorkProgress(work: work, done: done, total: total, rate: pace.rate, training: training))
  }

  private mutating func look(_ now: Double) {
    guard now - lastLooked >= 5 else { return }
    lastLooked = now
    training = runs.recent(within: 5).first { $0.state == .running && $0.host == RunQueue.host }?.name
    if training == nil {
      RunFeatures.giveWay(workers: Self.cores, restFactor: 0)
    } else {
      RunFeatures.giveWay(workers: max(1, Self.cores / 2), restFactor: 3)
    }
  }
}

/// How far work beside the keys is.
package struct WorkProgress: Equatable, Sendable {
  /// What is done: "fc7 of val".
  package var work: String
  package var done, total: Int
  /// A second, once that was measured.
  package var rate: Double?
  /// The training on this machine to which the work gives way.
  package var training: String?

  package init(work: String, done: Int, total: Int, rate: Double? = nil, training: String? = nil) {
    (self.work, self.done, self.total, self.rate, self.training) = (work, done, total, rate, training)
  }

  package var percent: Int { total > 0 ? min(100, done * 100 / total) : 0 }

  /// `fc7 of train, 60,000 … 34 %, 2m 08s left   Esc cancels`, and where there is room a bar and how fast it goes.
  func draw(on canvas: inout Canvas, in area: Rect) {
    let left = rate.map { ", \(NumberText.duration(seconds: Double(max(0, total - done)) / $0)) left" } ?? ""
    let text = "\(printable(work)), \(NumberText.grouped(total)) … \(percent) %\(left)", end = "Esc cancels"
    let width = max(1, area.columns - 1)
    // Not broken in two.
    let lines = displayWidth(text) + 3 + end.count <= width ? [text + "   " + end] : wrap(text, width) + [end]
    for (index, line) in lines.prefix(area.rows).enumerated() { canvas.put(line, in: area.line(index), style: .accent) }
    guard lines.count + 1 < area.rows else { return }
    let bar = area.line(lines.count + 1)
    let length = min(50, width)
    let filled = length * percent / 100
    canvas.put(String(repeating: "█", count: filled), row: bar.row, column: bar.column, style: .accent)
    canvas.put(String(repeating: "░", count: length - filled), row: bar.row, column: bar.column + filled, style: .muted)
    for (index, line) in wrap(pace, width).prefix(max(0, area.rows - lines.count - 3)).enumerated() {
      canvas.put(line, in: area.line(lines.count + 3 + index), style: .muted)
    }
  }

  /// How fast it goes, and why no faster.
  private var pace: String {
    let speed = rate.map { "\(NumberText.grouped(self.done)) done, \(NumberText.compact($0))/s" } ?? "\(NumberText.grouped(self.done)) done"
    return training.map { "\(speed), at low priority while \(printable($0)) trains" } ?? speed
  }
}
