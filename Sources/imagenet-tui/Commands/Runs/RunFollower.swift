import Basics
import Files
import Glibc
import Runs
import Synchronization
import Training

/// Follows a run from outside until it is over, like any other reader of its directory.
struct RunFollower {
  let reader: RunsReader
  let run: RunDirectory
  /// Whether Ctrl-C stops the run, at a checkpoint, or only the following.
  let stopsOnInterrupt: Bool

  /// - Parameter show: gets the run whenever it has changed.
  /// - Returns: the run as it is when it is over, or when the following was interrupted.
  func follow(_ show: (RunSummary) throws -> Void) throws -> RunSummary {
    _ = interrupts.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in interrupts.add(1, ordering: .relaxed) }
    }
    defer { for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) } }
    var shown: RunSummary?
    var isStopping = false
    var looks = 0
    while true {
      looks += 1
      if shown?.state == .queued, looks % 10 == 0 { RunQueue(home: reader.home).pushFromCommand(reader) }
      let summary = try reader.refresh(run.id)
      if summary != shown { try show(summary) }
      shown = summary
      guard summary.state.isLive || summary.state == .queued else { return summary }
      let asked = interrupts.load(ordering: .relaxed)
      if asked > 0 && (!stopsOnInterrupt || asked > 1) { return summary }
      if asked > 0 && !isStopping {
        isStopping = true
        RunProgressLine.note("stopping at a checkpoint; press Ctrl-C again to exit at once")
        // It may have ended at this very moment.
        try? run.stop(home: reader.home)
      }
      usleep(200_000)
    }
  }
}

private let interrupts = Atomic(0)

/// The line that tells how far a run is: on a terminal one line that changes, elsewhere a line every ten seconds.
enum RunProgressLine {
  private static let isTerminal = isatty(STDERR_FILENO) == 1
  private static let warnings = Mutex(0)
  private static let lastShown = Mutex(-Double.infinity)

  static func show(_ run: RunSummary) {
    let now = unixTime()
    // Their numbers change from step to step: a warning is printed when it comes up.
    let isNew = warnings.withLock { known in
      defer { known = run.progress.warnings.count }
      return run.progress.warnings.count > known
    }
    if isNew { for warning in run.progress.warnings { note("warning: \(warning)") } }
    if isTerminal {
      error("\r\u{1B}[K" + fitted(text(run)))
    } else if lastShown.withLock({ $0 }) + 10 <= now {
      lastShown.withLock { $0 = now }
      error(text(run) + "\n")
    }
  }

  /// How far a piece of work is that is no run, how fast it goes, and how long it will take.
  static func show(work: String, _ done: Int, of total: Int) {
    let now = PaceMeter.now
    let (text, isDue) = pace.withLock { pace in
      if pace.work != work { pace = (work, PaceMeter(), isTerminal ? -.infinity : now) }
      pace.meter.add(done, at: now)
      let isDue = now - pace.shown >= (isTerminal ? 0.2 : 10)
      if isDue { pace.shown = now }
      var text = "\(work) \(Output.grouped(done))/\(Output.grouped(total))"
      if let rate = pace.meter.rate { text += "  \(decimals(rate, rate < 10 ? 1 : 0))/s" }
      if let left = pace.meter.left(of: total) { text += "  \(duration(left)) left" }
      return (printable(text), isDue)
    }
    guard isDue else { return }
    error(isTerminal ? "\r\u{1B}[K" + fitted(text) : text + "\n")
  }

  private static let pace = Mutex((work: "", meter: PaceMeter(), shown: -Double.infinity))

  static func end() { if isTerminal { error("\r\u{1B}[K") } }

  /// A line beside the progress.
  static func note(_ text: String) {
    end()
    error(printable(text) + "\n")
  }

  static func text(_ run: RunSummary) -> String {
    let progress = run.progress
    var parts = [run.state == .running ? printable(run.name) : "\(printable(run.name)) \(printable(run.stateText))"]
    parts.append("step \(Output.grouped(progress.step))/\(Output.grouped(progress.steps))")
    parts.append("epoch \(decimals(progress.epoch, 2))/\(run.epochs)")
    if let loss = progress.loss { parts.append("loss \(decimals(Double(loss), 4))") }
    if let (metric, value) = progress.validation?.headline { parts.append("\(metric.heading) \(text(value, of: metric))") }
    if let (metric, value) = progress.best?.headline { parts.append("best \(text(value, of: metric))") }
    if let speed = progress.imagesPerSecond { parts.append("\(decimals(speed, 0)) images/s") }
    // Below a twentieth, waiting for the loader is not worth a word.
    if let dataWait = progress.dataWait, dataWait >= 0.05 { parts.append("data wait \(decimals(100 * dataWait, 0)) %") }
    if !progress.warnings.isEmpty { parts.append("! see `runs show`") }
    if let left = run.secondsLeft { parts.append("\(duration(left)) left") }
    return parts.joined(separator: "  ")
  }

  static func text(_ value: Double, of metric: TaskMetric) -> String { metric.form == .share ? "\(decimals(100 * value, 2)) %" : decimals(value, 4) }

  /// 3725 → "1:02:05".
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "long" }
    let whole = Int(seconds.rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let days = whole / 86_400, hours = whole / 3600 % 24, minutes = two(whole / 60 % 60)
    if days > 0 { return "\(days)d \(two(hours))h" }
    return hours > 0 ? "\(hours):\(minutes):\(two(whole % 60))" : "\(whole / 60):\(two(whole % 60))"
  }

  private static func error(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func fitted(_ text: String) -> String {
    var size = winsize()
    let columns = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    return String(text.prefix(columns - 1))
  }
}
