import Basics
import Glibc

/// Judges a training by its losses: whether it learns anything, and whether it diverges.
///
/// Equal losses give equal verdicts: there is no clock in it, and what it remembers is kept in the snapshots, so that a
/// resumed training is judged like one that never stopped.
package struct LossWatch {
  package enum Verdict: Equatable {
    /// Learning, or too early to tell.
    case well
    /// No better than guessing; the mean loss of the last ``window`` steps, in nats.
    case flat(Double)
    /// The mean loss of the last ``moment`` steps.
    case exploding(Double)
  }

  /// Steps that a mean loss is taken over before it is called flat.
  package static let window = 100
  /// Steps after which it may be called so.
  package static let patience = 200
  /// Steps of which the mean may not explode.
  package static let moment = 10
  /// How many times the loss of guessing, or that of the first step, counts as an explosion.
  package static let explosion = 10.0

  /// The loss of a network that knows how often each class occurs, and nothing else: their entropy, in nats. Nil: nobody knows what guessing
  /// costs, and no loss is called flat.
  package let guessing: Double?
  /// What the loss of a network that has learned nothing is expected to be; 0: as much as that of the first step.
  private let start: Double
  private var first: Float?
  private var steps = 0
  /// The last losses, oldest first.
  private var recent: [Float] = []
  /// The mean loss of the last ``window`` steps while it is flat.
  package private(set) var flatMean: Double?

  /// - Parameter imagesPerClass: of the training.
  package init(imagesPerClass: [Int]) {
    let total = Double(max(1, imagesPerClass.reduce(0, +)))
    self.init(
      guessing: imagesPerClass.reduce(0.0) { $1 > 0 ? $0 - Double($1) / total * log(Double($1) / total) : $0 },
      start: log(Double(max(2, imagesPerClass.count))))
  }

  /// Of a task whose losses mean something else.
  package init(guessing: Double? = nil, start: Double = 0) {
    (self.guessing, self.start) = (guessing, start)
    recent.reserveCapacity(Self.window)
  }

  /// What the mean loss of the last ``moment`` steps must stay below.
  package var limit: Double { Self.explosion * max(start, Double(first ?? 0)) }

  /// Takes the finite loss of the next step.
  package mutating func take(_ loss: Float) -> Verdict {
    if first == nil { first = loss }
    steps += 1
    if recent.count == Self.window { recent.removeFirst() }
    recent.append(loss)
    if recent.count >= Self.moment {
      let mean = Self.mean(recent.suffix(Self.moment))
      if mean > limit { return .exploding(mean) }
    }
    guard let guessing, steps >= Self.patience else { return .well }
    let mean = Self.mean(recent[...])
    // Two thresholds, so that a loss between them does not flicker.
    let isFlat = mean > (flatMean != nil ? 0.96 : 0.98) * guessing
    flatMean = isFlat ? mean : nil
    return isFlat ? .flat(mean) : .well
  }

  private static func mean(_ losses: ArraySlice<Float>) -> Double {
    losses.reduce(0) { $0 + Double($1) } / Double(max(losses.count, 1))
  }

  // MARK: In snapshots

  /// All that it remembers, as text of a few hundred letters.
  package var text: String {
    let losses = ([first ?? 0] + recent).map { String($0.bitPattern, radix: 16) }
    return "\(steps) \(flatMean == nil ? 0 : 1) " + losses.joined(separator: " ")
  }

  /// Goes on where another left off. What is no ``text`` is as good as nothing: only warnings depend on it.
  package mutating func restore(_ text: String) {
    let fields = text.split(separator: " ")
    guard fields.count > 3, let steps = Int(fields[0]), 1...Count.range.upperBound ~= steps else { return }
    let losses = fields.dropFirst(2).compactMap { UInt32($0, radix: 16) }.map(Float.init(bitPattern:))
    guard losses.count == fields.count - 2, losses.allSatisfy(\.isFinite), losses.count <= Self.window + 1 else { return }
    self.steps = steps
    first = losses[0]
    recent = Array(losses.dropFirst())
    flatMean = fields[1] == "1" ? Self.mean(recent[...]) : nil
  }
}
