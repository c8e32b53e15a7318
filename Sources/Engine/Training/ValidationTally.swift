import Kernels

/// Counts what a network gets right, batch by batch.
package struct ValidationTally {
  private(set) var images = 0
  private var loss = 0.0
  private var inFirst = 0
  private var inFirstFive = 0
  private var ofClass: [Int]
  private var rightOfClass: [Int]

  package init(classes: Int) {
    ofClass = Array(repeating: 0, count: classes)
    rightOfClass = ofClass
  }

  /// Adds the first `count` rows of `logits` [n, classes], whose mean cross-entropy is `loss`.
  package mutating func add(logits: Tensor, labels: [Int32], count: Int, loss: Float) {
    let classes = ofClass.count
    let scores = logits.elements
    for row in 0..<count {
      let label = Int(labels[row])
      let rank = Self.rank(of: label, in: scores, from: row * classes, classes: classes)
      ofClass[label] += 1
      if rank == 0 {
        inFirst += 1
        rightOfClass[label] += 1
      }
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

  package func report(step: Int, epoch: Double, skipped: Int) -> ValidationReport {
    let total = Double(max(images, 1))
    let shares = zip(rightOfClass, ofClass).filter { $1 > 0 }.map { Double($0) / Double($1) }
    return ValidationReport(
      step: step, epoch: epoch, loss: loss / total, top1: Double(inFirst) / total,
      top5: Double(inFirstFive) / total, meanClass: shares.reduce(0, +) / Double(max(shares.count, 1)),
      images: images, skipped: skipped)
  }
}
