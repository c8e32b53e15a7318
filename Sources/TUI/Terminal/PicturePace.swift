/// When pictures go to the terminal, and how many bytes of them at a time.
///
/// Bytes on their way cannot be called back, and on a slow line the answer to a key waits behind them. So pictures wait until nobody has pressed a key for a
/// while, and then go in parts. Each waits until the terminal has answered a question that went behind the one before, and parts grow and
/// shrink with the time that this takes. A terminal that never answers, and one whose answers come from this machine whatever lies behind it (tmux, screen),
/// is taken for a line of 20 kB a second.
package struct PicturePace {
  /// The bytes of a part.
  package private(set) var part = 1500
  /// Whether answers tell nothing of the line.
  private let isLocal: Bool
  private let restLength: Duration
  /// When a key was pressed last.
  private var touched: ContinuousClock.Instant?
  /// When the question went out that is not answered yet.
  private var asked: ContinuousClock.Instant?
  /// When a line of the assumed rate has taken what was sent.
  private var free: ContinuousClock.Instant?
  /// Nil until the terminal has answered, or kept silent for too long.
  private var answers: Bool?
  /// The shortest time that an answer took: the way there and back.
  private var shortest = Duration.seconds(1)

  package static let rest = Duration.milliseconds(300)
  /// Answers that come sooner let parts grow, those that come later let them shrink: what a key may wait.
  private static let (soon, late): (Duration, Duration) = (.milliseconds(50), .milliseconds(150))
  /// When nobody waits for an answer any longer.
  private static let patience = Duration.seconds(1)
  /// Two pictures at most: a line may become slow at any time.
  private static let parts = 500...12_000
  /// Bytes a second of a line that nobody can measure. The rest of 20,000 is for what tmux adds, and for text.
  private static let assumedRate = 15_000

  /// - Parameter rest: how long nobody has pressed a key when pictures go out.
  package init(isLocal: Bool = false, rest: Duration = Self.rest) {
    self.isLocal = isLocal
    restLength = rest
    if isLocal { part = 1000 }
  }

  /// Whether the terminal's answers come from a program on this machine, as in tmux and screen.
  package static func isLocal(environment: [String: String]) -> Bool {
    let name = environment["TERM"] ?? ""
    return name.hasPrefix("tmux") || name.hasPrefix("screen") || ["TMUX", "STY", "ZELLIJ"].contains { environment[$0]?.isEmpty == false }
  }

  /// When the next part may go out; nil for at once.
  package var deadline: ContinuousClock.Instant? {
    [touched.map { $0 + restLength }, asked.map { $0 + Self.patience }, free].compactMap { $0 }.max()
  }

  /// Whether an answer is still to come.
  package func isWaiting(at now: ContinuousClock.Instant) -> Bool { asked.map { now < $0 + Self.patience } ?? false }

  /// The bytes of pictures that may go out now.
  package mutating func allowance(at now: ContinuousClock.Instant) -> Int {
    if let deadline, now < deadline { return 0 }
    if asked != nil {
      // The patience for an answer is over.
      answers = answers ?? false
      part = Self.parts.lowerBound
      asked = nil
    }
    return part
  }

  /// Somebody pressed a key.
  package mutating func touch(at now: ContinuousClock.Instant) { touched = now }

  /// A part went out.
  /// - Returns: whether a question is to go out behind it.
  package mutating func send(_ bytes: Int, at now: ContinuousClock.Instant) -> Bool {
    guard !isLocal, answers != false else {
      free = now + .microseconds(bytes * 1_000_000 / Self.assumedRate)
      return false
    }
    asked = now
    return true
  }

  package mutating func answered(at now: ContinuousClock.Instant) {
    // A late one, to a question that was given up.
    answers = true
    guard let asked else { return }
    self.asked = nil
    shortest = min(shortest, now - asked)
    let took = now - asked - shortest
    if took < Self.soon { part = min(2 * part, Self.parts.upperBound) }
    if took > Self.late { part = max(part / 2, Self.parts.lowerBound) }
  }
}
