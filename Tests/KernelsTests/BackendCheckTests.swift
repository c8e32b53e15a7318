import Kernels
import TestSupport
import Testing

@Suite struct BackendCheckTests {
  @Test("backends that compute right are found to", arguments: ConvolutionMethod.allCases)
  func right(method: ConvolutionMethod) {
    #expect(BackendCheck.firstFailure(of: CPUBackend(workers: 2, convolution: method)) == nil)
    #expect(BackendCheck.firstFailure(of: ReferenceBackend()) == nil)
  }

  /// As a library with a faulty kernel: right for small products, one column wrong in large ones.
  private final class OneWrongColumn: ReferenceBackend, @unchecked Sendable {
    override func fullyConnectedForward(input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, output: Tensor) {
      super.fullyConnectedForward(input: input, weights: weights, bias: bias, relu: relu, output: output)
      let columns = output.shape[1]
      guard columns > 128 else { return }
      for row in 0..<output.shape[0] { output.elements[row * columns + 128] *= 1.01 }
    }
  }

  private final class NoNumbers: ReferenceBackend, @unchecked Sendable {
    override func convolutionWeightGradient(
      _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor?
    ) {
      weightGradient.elements.update(repeating: .nan)
    }
  }

  @Test("one wrong column of a product is found, and results that are no numbers")
  func wrong() {
    let column = BackendCheck.firstFailure(of: OneWrongColumn())
    #expect(column?.operation == "fully connected forward")
    #expect(column.map { $0.error > 0.001 && $0.error < 0.01 } == true)
    let none = BackendCheck.firstFailure(of: NoNumbers())
    #expect(none?.operation == "convolution weight gradient")
    #expect(none?.error == .infinity)
  }
}
