/// Precision against recall as more and more of a ranking is taken in.
public struct PrecisionRecall: Hashable, Codable, Sendable {
  /// How many there are to be found.
  public let positives: Int
  /// After each place of the ranking. Recalls are NaN where there is nothing to be found.
  public private(set) var recalls: [Double], precisions: [Double]

  /// - Parameters:
  ///   - isRight: of each place, the best first; what is neither right nor wrong is not among them.
  ///   - positives: how many there are to be found.
  public init(_ isRight: some Collection<Bool>, positives: Int) {
    self.positives = positives
    (recalls, precisions) = ([], [])
    recalls.reserveCapacity(isRight.count)
    precisions.reserveCapacity(isRight.count)
    var (right, all) = (0.0, 0.0)
    for isRight in isRight {
      all += 1
      if isRight { right += 1 }
      recalls.append(right / Double(positives))
      precisions.append(right / all)
    }
  }

  /// 0…1; 0 for an empty ranking. Nil where there is nothing to be found, which is no failure of the ranking's.
  public func area(_ area: PrecisionArea) -> Double? {
    guard positives > 0 else { return nil }
    // The best precision from each place on.
    var best = precisions
    for place in best.indices.dropLast().reversed() { best[place] = max(best[place], best[place + 1]) }
    switch area {
    case .voc07:
      var (sum, place) = (0.0, 0)
      for tenths in 0...10 {
        // As NumPy's arange has them: 3 · .1 lies above .3, and a recall of 3 of 10 does not reach it in any of the ports.
        let recall = Double(tenths) * 0.1
        while place < recalls.count, recalls[place] < recall { place += 1 }
        if place < best.count { sum += best[place] }
      }
      return sum / 11
    case .voc10:
      var (sum, before) = (0.0, 0.0)
      for (recall, precision) in zip(recalls, best) {
        sum += (recall - before) * precision
        before = recall
      }
      return sum
    }
  }
}
