import Basics
import Files
import Kernels

/// A file of named tensors, whoever wrote it.
package protocol WeightFile {
  var path: String { get }
  /// What the file says of itself.
  var metadata: [String: String] { get }
  /// The names, sorted.
  var names: [String] { get }
  func shape(of name: String) -> [Int]?
  /// How the numbers of a tensor lie in the file; nil where they are no floats.
  func format(of name: String) -> FloatFormat?
  /// The name as the file itself has it.
  func original(_ name: String) -> String
  /// Reads the tensor called `name` into `tensor`, which must have its shape; floats of other precisions become single ones.
  func read(_ name: String, into tensor: Tensor) throws(Problem)
}

extension WeightFile {
  package func original(_ name: String) -> String { name }

  /// Reads a tensor of numbers.
  /// - Throws: a ``Problem`` also where one of them is NaN or infinite.
  func readFinite(_ name: String, into tensor: Tensor) throws(Problem) {
    try read(name, into: tensor)
    try tensor.checkFinite(
      at: "\(path): \(original(name))", advice: "the training that wrote them diverged: take weights of an earlier step")
  }
}

extension SafetensorsFile: WeightFile {}
