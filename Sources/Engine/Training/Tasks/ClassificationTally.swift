import Kernels

/// Counts what a network gets right, batch by batch.
package struct ClassificationTally {
  private(set) var images = 0
  private var loss = 0.0
  private var inFirst = 0
  private var inFirstFive = 0
  let classes: Int
  /// Of every image its label and what it was taken for (``ClassResults/init(step:epoch:classes:pairs:)``).
  private var pairs: [UInt64] = []

  package init(classes: Int) { self.classes = classes }

  /// Adds the first `count` rows of `logits` [n, classes], whose mean cross-entropy is `loss`.
  package mutating func add(logits: Tensor, labels: [Int32], count: Int, loss: Float) {
    let scores = logits.elements
    for row in 0..<count {
      let label = Int(labels[row])
      let rank = Self.rank(of: label, in: scores, from: row * classes, classes: classes)
      if rank == 0 { inFirst += 1 }
      let prediction = rank == 0 ? label : Self.best(in: scores, from: row * classes, classes: classes)
      pairs.append(UInt64(label) << 32 | UInt64(UInt32(bitPattern: Int32(prediction))))
      if rank < 5 { inFirstFive += 1 }
    }
    images += count
    self.loss += Double(loss) * Double(count)
  }

  /// How many classes stand before `label`: those with a higher score, and of equal ones those with a lower index.
  /// A score that is no number is never right.
  static func rank(
    of label: Int, in scores: UnsafeMutableBufferPointer<Float>, from start: Int, classes: Int
  ) -> Int {
    let own = scores[start + label]
    guard !own.isNaN else { return .max }
    var rank = 0
    for other in 0..<classes {
      let score = scores[start + other]
      if score > own || (score == own && other < label) { rank += 1 }
    }
    return rank
  }

  /// The class with the highest score, of equal ones the lowest; −1 where no score is a number.
  private static func best(
    in scores: UnsafeMutableBufferPointer<Float>, from start: Int, classes: Int
  ) -> Int {
    var best = -1
    for index in 0..<classes where !scores[start + index].isNaN {
      if best < 0 || scores[start + index] > scores[start + best] { best = index }
    }
    return best
  }

  package func classResults(step: Int, epoch: Double) -> ClassResults {
    ClassResults(step: step, epoch: epoch, classes: classes, pairs: pairs)
  }

  /// - Parameter results: of the same images (``classResults(step:epoch:)``).
  package func report(_ results: ClassResults, skipped: Int) -> ValidationReport {
    let total = Double(max(images, 1))
    let shares = (0..<classes).compactMap { results.accuracy(of: $0) }
    return ValidationReport(
      step: results.step, epoch: results.epoch, loss: loss / total,
      metrics: .classification(
        top1: Double(inFirst) / total, top5: Double(inFirstFive) / total, meanClass: shares.reduce(0, +) / Double(max(shares.count, 1))),
      images: images, skipped: skipped)
  }
}
