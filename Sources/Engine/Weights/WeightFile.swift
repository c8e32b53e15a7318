import Kernels
import Taxonomy

/// A file of named tensors, whoever wrote it.
package protocol WeightFile {
  var path: String { get }
  /// What the file says of itself.
  var metadata: [String: String] { get }
  /// The names, sorted.
  var names: [String] { get }
  func shape(of name: String) -> [Int]?
  /// Reads the tensor called `name` into `tensor`, which must have its shape.
  func read(_ name: String, into tensor: Tensor) throws(Problem)
}

extension SafetensorsFile: WeightFile {}
