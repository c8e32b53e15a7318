import Basics
import Kernels

extension Tensor {
  /// - Throws: a ``Problem`` where a number is NaN or infinite, which says how many are, and where the first is.
  package func checkFinite(at place: String, advice: String) throws(Problem) {
    guard let (bad, first) = notFinite else { return }
    throw Problem(
      "the weights are not finite", at: place, expected: "finite values",
      found: "\(bad) of \(count) NaN or infinite, the first at index \(first) (\(elements[first]))", advice: advice, kind: .data)
  }
}
