import Kernels
import Taxonomy

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
    self.init(count: tensor.shape[0], width: width) { range in
      Tensor(storage: tensor.storage, offset: tensor.offset + range.lowerBound * width, shape: [range.count, width])
    }
  }
}
