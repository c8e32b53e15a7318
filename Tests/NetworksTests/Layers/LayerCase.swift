import Kernels
import Networks
import Testing

/// One layer on one shape. A new layer, or a shape that once went wrong, is a new row in `all`.
struct LayerCase: Sendable, CustomTestStringConvertible {
  var layer: any Layer
  var input: [Int]
  var batch = 2
  var phase = Phase.training(key: 7)

  var testDescription: String { "\(layer) on \(batch) of \(input)" }

  static let all: [LayerCase] = [
    .init(layer: Convolution("c", outputs: 3, kernel: 3, padding: 1, weight: .he), input: [5, 4, 2]),
    .init(layer: Convolution("c", outputs: 4, kernel: 3, stride: 2, weight: .he), input: [7, 6, 3], batch: 3),
    .init(layer: Convolution("c", outputs: 6, kernel: 5, padding: 2, groups: 2, weight: .he), input: [6, 7, 4]),
    .init(layer: Convolution("c", outputs: 4, kernel: 4, stride: 3, padding: 1, groups: 4, weight: .he), input: [9, 5, 4]),
    .init(layer: Convolution("c", outputs: 5, kernel: 1, weight: .he), input: [1, 1, 7], batch: 1),
    .init(layer: Convolution("c", outputs: 2, kernel: 11, stride: 4, weight: .he), input: [15, 15, 3], batch: 1),
    .init(layer: FullyConnected("f", outputs: 5, weight: .he), input: [7], batch: 3),
    .init(layer: FullyConnected("f", outputs: 1, weight: .he), input: [1], batch: 1),
    .init(layer: ReLU("r"), input: [3, 5, 2]),
    .init(layer: ReLU("r"), input: [17], batch: 1),
    .init(layer: Flatten("v"), input: [3, 2, 5]),
    .init(layer: Dropout("d", probability: 0.5), input: [19], batch: 3),
    .init(layer: Dropout("d", probability: 0.25), input: [3, 3, 2], phase: .inference),
    .init(layer: ResponseNormalization("n", LocalResponse(alpha: 0.5)), input: [2, 3, 7]),
    .init(layer: ResponseNormalization("n", LocalResponse(size: 3, alpha: 2, beta: 0.5, k: 2)), input: [3, 2, 2]),
    .init(layer: ResponseNormalization("n"), input: [2, 2, 1]),
    .init(layer: Pooling("p", kernel: 3, stride: 2), input: [7, 7, 3]),
    .init(layer: Pooling("p", kernel: 3, stride: 2), input: [6, 8, 2], batch: 3),
    .init(layer: Pooling("p", kernel: 2, stride: 2, padding: 1), input: [5, 5, 1]),
    .init(layer: Pooling("p", kernel: 3, stride: 3), input: [5, 4, 2], batch: 1),
    .init(layer: Pooling("p", kernel: 3, stride: 2, padding: 1, roundsUp: false), input: [8, 6, 2]),
    .init(layer: Pooling("p", .average, kernel: 3, stride: 2, roundsUp: false), input: [8, 6, 2]),
    .init(layer: GlobalAveragePooling("g"), input: [4, 4, 9]),
    .init(layer: BatchNormalization("b"), input: [3, 4, 3], batch: 3),
    .init(layer: BatchNormalization("b", BatchNorm(epsilon: 0.1, momentum: 0.5)), input: [2, 2, 9]),
    .init(layer: BatchNormalization("b"), input: [3, 2, 5], phase: .inference),
    .init(layer: Sum("s", with: "t"), input: [3, 2, 5]),
    .init(layer: Convolution("c", outputs: 4, kernel: 3, padding: 1, weight: .he, bias: nil), input: [4, 5, 3]),
    .init(layer: Pooling("p", .average, kernel: 3, stride: 2), input: [6, 7, 2]),
    .init(layer: Pooling("p", .average, kernel: 3, stride: 2, padding: 1), input: [6, 6, 3]),
  ]

  /// What a pass needs and leaves, made by `backend`.
  struct Pass {
    var layer: any Layer
    var phase: Phase
    var backend: any Backend
    var tensors: LayerTensors
    /// What the gradient of the output is before each backward pass.
    var outputGradient: [Float]
    /// What the input is before each forward pass.
    var input: [Float]

    /// The output for the present input and parameters.
    func forward() -> [Float] {
      _ = tensors.input.elements.update(from: input)
      layer.forward(tensors, phase, backend)
      return tensors.output.array
    }

    /// The gradient of the input, then those of the parameters, after a forward pass.
    func backward() -> [[Float]] {
      _ = tensors.outputGradient!.elements.update(from: outputGradient)
      layer.backward(tensors, phase, backend)
      return [tensors.inputGradient!.array] + tensors.gradients.map { $0.values!.array }
    }
  }

  /// A pass on values that no step of 1/100 takes over a kink: inputs are multiples of 1/20 and all different, none is 0.
  func pass(_ backend: any Backend) throws -> Pass {
    let outputShape = try layer.outputShape(for: input)
    let shape = [batch] + input
    let count = shape.reduce(1, *)
    let random = CounterRandom(seed: 3)
    let places = (0..<count).sorted { random.bits($0) < random.bits($1) }
    let values = places.map { (Float($0) - Float(count) / 2 + 0.25) / 20 }
    var tensors = LayerTensors(input: backend.makeTensor(shape), output: backend.makeTensor([batch] + outputShape))
    tensors.inputGradient = backend.makeTensor(shape)
    tensors.outputGradient = backend.makeTensor([batch] + outputShape)
    if layer.isInPlace {
      tensors.output = tensors.input.reshaped([batch] + outputShape)
      tensors.outputGradient = tensors.inputGradient!.reshaped([batch] + outputShape)
    }
    switch layer.scratch(for: input) {
    case .image(let shape)?: tensors.scratch = backend.makeTensor([batch] + shape)
    case .batch(let shape)?: tensors.scratch = backend.makeTensor(shape)
    case nil: break
    }
    if layer.shortcut != nil {
      tensors.shortcut = backend.makeTensor(shape)
      tensors.shortcutGradient = backend.makeTensor(shape)
      for index in 0..<count { tensors.shortcut!.elements[index] = random.uniform(9000 + index) - 0.5 }
    }
    for state in layer.state(for: input) {
      let tensor = backend.makeTensor(state.shape)
      for index in 0..<tensor.count { tensor.elements[index] = random.uniform(7000 + index) + 0.5 }
      tensors.state.append(tensor)
    }
    for parameter in layer.parameters(for: input) {
      let tensor = backend.makeTensor(parameter.shape)
      for index in 0..<tensor.count { tensor.elements[index] = random.uniform(1000 + index) - 0.5 }
      tensors.parameters.append(tensor)
      tensors.gradients.append(.values(backend.makeTensor(parameter.shape)))
    }
    backend.reserve(layer.backendScratch(input: input, batch: batch, backend: backend))
    return Pass(
      layer: layer, phase: phase, backend: backend, tensors: tensors,
      outputGradient: (0..<tensors.output.count).map { random.uniform(5000 + $0) - 0.5 }, input: values)
  }
}

/// The largest difference of two lists as a share of the largest value of the second; infinite where one is not finite.
func relativeDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  var (difference, largest) = (Float(0), Float(1e-6))
  for (x, y) in zip(a, b) {
    difference = (x - y).isFinite ? max(difference, abs(x - y)) : .infinity
    largest = max(largest, abs(y))
  }
  return difference / largest
}
