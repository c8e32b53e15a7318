/// How much of the pictures goes to the terminal at a time.
///
/// Bytes on their way cannot be called back, and on a slow line the answer to a key waits behind them. So pictures go in parts, and each
/// part waits until the terminal has answered a question that went behind the one before. Parts grow and shrink with the time
/// that the answers take. A terminal that never answers gets everything at once.
package struct PicturePace {
  /// The cells of a part.
  package private(set) var part = 256
  /// When the question went out that is not answered yet.
  private var asked: ContinuousClock.Instant?
  /// Nil until the terminal has answered, or kept silent for too long.
  private var answers: Bool?

  /// Answers that come sooner let parts grow, those that come later let them shrink: what a key may wait.
  private static let (soon, late): (Duration, Duration) = (.milliseconds(50), .milliseconds(150))
  /// When nobody waits for an answer any longer.
  private static let patience = Duration.seconds(1)
  /// From about a row of a picture to eight pictures: a line may become slow at any time.
  private static let parts = 32...1024

  package init() {}

  /// The cells of pictures that may go out now.
  package func allowance(at now: ContinuousClock.Instant) -> Int {
    if answers == false { return .max }
    return isWaiting(at: now) ? 0 : part
  }

  /// When the next part goes out at the latest.
  package var deadline: ContinuousClock.Instant? { asked.map { $0 + Self.patience } }

  package func isWaiting(at now: ContinuousClock.Instant) -> Bool { deadline.map { now < $0 } ?? false }

  /// A part went out, and a question behind it.
  package mutating func ask(at now: ContinuousClock.Instant) {
    asked = now
  }

  package mutating func answered(at now: ContinuousClock.Instant) {
    // A late one, to a question that was given up.
    answers = true
    guard let asked else { return }
    self.asked = nil
    if now - asked < Self.soon { part = min(2 * part, Self.parts.upperBound) }
    if now - asked > Self.late { part = max(part / 2, Self.parts.lowerBound) }
  }

  /// The patience for an answer is over.
  package mutating func giveUp() {
    answers = answers ?? false
    part = Self.parts.lowerBound
    asked = nil
  }
}
