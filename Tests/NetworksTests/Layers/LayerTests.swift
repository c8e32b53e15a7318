import Basics
import Kernels
import Networks
import TestSupport
import Testing

@Suite struct LayerTests {
  @Test("the backward pass is the derivative of the forward pass", arguments: LayerCase.all)
  func gradientsAgreeWithFiniteDifferences(layerCase: LayerCase) throws {
    var pass = try layerCase.pass(ReferenceBackend())
    _ = pass.forward()
    let gradients = pass.backward()
    let step: Float = 0.01

    func objective() -> Double {
      zip(pass.forward(), pass.outputGradient).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let ofInput = pass.input.indices.map { index in
      let value = pass.input[index]
      pass.input[index] = value + step
      let above = objective()
      pass.input[index] = value - step
      let below = objective()
      pass.input[index] = value
      return Float((above - below) / Double(2 * step))
    }
    #expect(relativeDifference(gradients[0], ofInput) < 2e-3, "the gradient of the input")

    for (parameter, gradient) in zip(pass.tensors.parameters, gradients.dropFirst()) {
      let elements = parameter.elements
      let differences = elements.indices.map { index in
        let value = elements[index]
        elements[index] = value + step
        let above = objective()
        elements[index] = value - step
        let below = objective()
        elements[index] = value
        return Float((above - below) / Double(2 * step))
      }
      #expect(relativeDifference(gradient, differences) < 2e-3, "the gradient of a parameter of shape \(parameter.shape)")
    }
  }

  @Test("the processor's backend computes what the reference does", arguments: LayerCase.all)
  func backendsAgree(layerCase: LayerCase) throws {
    let reference = try layerCase.pass(ReferenceBackend())
    let output = reference.forward()
    let gradients = reference.backward()
    for workers in [1, 2] {
      let pass = try layerCase.pass(CPUBackend(workers: workers))
      #expect(relativeDifference(pass.forward(), output) < 1e-5)
      for (gradient, expected) in zip(pass.backward(), gradients) {
        #expect(relativeDifference(gradient, expected) < 1e-5)
      }
    }
  }

  @Test("a ReLU that the layer in front applies changes nothing", arguments: [
    LayerCase(layer: Convolution("c", outputs: 3, kernel: 3, padding: 1, weight: .he), input: [5, 4, 2]),
    LayerCase(layer: Convolution("c", outputs: 3, kernel: 3, weight: .he, bias: nil), input: [5, 4, 2]),
    LayerCase(layer: FullyConnected("f", outputs: 9, weight: .he), input: [7]),
    LayerCase(layer: BatchNormalization("b"), input: [3, 4, 9], phase: .inference),
    LayerCase(layer: Sum("s", with: "t"), input: [3, 2, 5]),
  ])
  func fusedReLU(layerCase: LayerCase) throws {
    var pass = try layerCase.pass(CPUBackend(workers: 2))
    let separate = pass.forward().map { max(0, $0) }
    pass.tensors.fusedReLU = true
    let fused = pass.forward()
    #expect(fused == separate)
    #expect(fused.contains(0) && fused.contains { $0 > 0 })
  }

  @Test("a sum hands its gradient to its shortcut, to what another layer has left there where there is something")
  func shortcutGradients() throws {
    var pass = try LayerCase(layer: Sum("s", with: "t"), input: [3, 2, 5]).pass(CPUBackend(workers: 2))
    let shortcut = try #require(pass.tensors.shortcutGradient)
    _ = pass.forward()
    #expect(pass.backward()[0] == pass.outputGradient)
    #expect(shortcut.array == pass.outputGradient)
    pass.tensors.addsToShortcutGradient = true
    _ = pass.backward()
    #expect(shortcut.array == pass.outputGradient.map { 2 * $0 })
  }

  @Test("batch normalisation learns from a batch and moves its averages; in inference it uses them and leaves them alone")
  func batchStatistics() throws {
    let layer = BatchNormalization("b", BatchNorm(epsilon: 0, momentum: 0.25))
    var pass = try LayerCase(layer: layer, input: [1, 1, 1], batch: 4).pass(CPUBackend(workers: 1))
    pass.input = [1, 3, 5, 7]
    for (tensor, value) in zip(pass.tensors.parameters + pass.tensors.state, [2, 1, 10, 20] as [Float]) {
      tensor.elements[0] = value
    }
    // Mean 4, biased variance 5, unbiased 20/3.
    let deviation = Float(5).squareRoot()
    let expected: [Float] = pass.input.map { value in 1 + 2 * (value - 4) / deviation }
    #expect(relativeDifference(pass.forward(), expected) < 1e-6)
    #expect(pass.tensors.state[0].array == [8.5])
    #expect(abs(pass.tensors.state[1].array[0] - 16.666667) < 1e-5)
    pass.phase = .inference
    pass.tensors.state[1].elements[0] = 4
    let inferred: [Float] = [-6.5, -4.5, -2.5, -0.5]
    #expect(relativeDifference(pass.forward(), inferred) < 1e-6)
    #expect(pass.tensors.state.map(\.array) == [[8.5], [4]])
  }

  @Test("dropout drops the same units in both passes, other units under another key, and none in inference")
  func dropoutKeys() throws {
    let layer = Dropout("d", probability: 0.5)
    func dropped(_ phase: Phase) throws -> (forward: [Bool], backward: [Bool]) {
      let pass = try LayerCase(layer: layer, input: [200], phase: phase).pass(CPUBackend(workers: 1))
      return (pass.forward().map { $0 == 0 }, pass.backward()[0].map { $0 == 0 })
    }
    let (first, again, other) = (
      try dropped(.training(key: 1)), try dropped(.training(key: 1)), try dropped(.training(key: 2))
    )
    #expect(first.forward == first.backward)
    #expect(first.forward == again.forward)
    #expect(first.forward != other.forward)
    #expect(try dropped(.inference).forward.allSatisfy { !$0 })
  }

  @Test("a layer that does not fit its input says what it expected", arguments: [
    (Convolution("conv9", outputs: 4, kernel: 5, weight: .he) as any Layer, [3, 8, 1], "at least 5×5"),
    (Convolution("conv9", outputs: 4, kernel: 3, weight: .he), [72], "height × width × channels"),
    (Convolution("conv9", outputs: 4, kernel: 3, groups: 2, weight: .he), [8, 8, 3], "multiples of 2"),
    (Pooling("conv9", kernel: 3, stride: 2), [2, 9, 4], "at least 3×3"),
    (FullyConnected("conv9", outputs: 4, weight: .he), [3, 3, 2], "a flat input"),
    (ResponseNormalization("conv9"), [12], "height × width × channels"),
    (BatchNormalization("conv9"), [12], "height × width × channels"),
    (GlobalAveragePooling("conv9"), [4, 5, 2], "a square image"),
  ])
  func misfits(layer: any Layer, input: [Int], expected: String) {
    let problem = #expect(throws: Problem.self) { try layer.outputShape(for: input) }
    #expect(problem?.place == "conv9")
    #expect(problem?.expected == expected)
  }
}
