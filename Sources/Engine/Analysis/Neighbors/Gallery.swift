import Basics
import Kernels

/// The feature vectors that are searched, one a row: a tensor, or whatever can hand out stretches of rows, so that
/// they need not be in memory together.
public struct Gallery {
  /// Rows, and floats in each.
  public let count, width: Int
  /// The rows of a range as a tensor [range.count, width].
  let rows: (Range<Int>) throws(Problem) -> Tensor

  /// - Parameter rows: hands out a stretch of rows, `[range.count, width]`; called in ascending order, once per stretch, and
  ///   the tensor is not used after the next call, so that one buffer may serve all.
  public init(count: Int, width: Int, rows: @escaping (Range<Int>) throws(Problem) -> Tensor) {
    self.count = count
    self.width = width
    self.rows = rows
  }

  /// - Parameter tensor: [count, width].
  public init(_ tensor: Tensor) {
    precondition(tensor.shape.count == 2, "a gallery of shape \(tensor.shape)")
    let width = tensor.shape[1]
    self.init(count: tensor.shape[0], width: width) { range in tensor.rows(range) }
  }

  /// All rows of a matrix; kept ones are checked as they are handed out.
  init(_ matrix: FeatureMatrix) {
    self.init(count: matrix.values.shape[0], width: matrix.values.shape[1]) { (range) throws(Problem) in
      try matrix.check(range)
      return matrix.values.rows(range)
    }
  }

  /// Some rows of a matrix, [count, width], in this order: those that follow each other are looked at where they are, others
  /// are gathered block by block.
  init(_ matrix: Tensor, rows chosen: [Int], kept: KeptRows? = nil) {
    let width = matrix.shape[1]
    var buffer: Tensor?
    self.init(count: chosen.count, width: width) { (range) throws(Problem) in
      try kept?.check(chosen[range])
      guard let first = chosen[range].first else { return Tensor([0, width]) }
      if chosen[range.upperBound - 1] - first == range.count - 1, zip(chosen[range], first...).allSatisfy({ $0 == $1 }) {
        return matrix.rows(first..<first + range.count)
      }
      if buffer == nil || buffer!.shape[0] < range.count { buffer = Tensor([range.count, width]) }
      let rows = buffer!.prefix(range.count)
      rows.gather(chosen[range], from: matrix)
      return rows
    }
  }
}

extension Tensor {
  /// A window of a matrix's rows.
  func rows(_ range: Range<Int>) -> Tensor {
    let width = shape[1]
    return Tensor(storage: storage, offset: offset + range.lowerBound * width, shape: [range.count, width])
  }

  /// Copies rows of another matrix into this one.
  func gather(_ chosen: some Collection<Int>, from matrix: Tensor) {
    let width = shape[1]
    let (target, source) = (elements.baseAddress!, matrix.elements.baseAddress!)
    for (place, row) in chosen.enumerated() {
      (target + place * width).update(from: source + row * width, count: width)
    }
  }
}
