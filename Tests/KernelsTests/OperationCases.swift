import Kernels
import TestSupport
import Testing

/// One operation on one shape: given a backend, makes inputs (the same for every backend), runs it, and hands
/// back everything that it wrote. A new operation, or a shape that once went wrong, is a new row in `all`.
struct OperationCase: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// The largest difference allowed, as a share of the largest absolute value in the reference's result.
  var tolerance: Float
  var run: @Sendable (any Backend) -> [Tensor]

  init(_ name: String, tolerance: Float = 1e-5, run: @escaping @Sendable (any Backend) -> [Tensor]) {
    testDescription = name
    self.tolerance = tolerance
    self.run = run
  }

  static let all: [OperationCase] =
    convolutions + winograd + fullyConnected + pools + localResponses + batchNorms + elementwise + losses + searches + regionPools + boxes + detectionLosses + groups
}

/// A tensor of numbers in [−1, 1), the same for the same seed.
func random(_ backend: any Backend, _ shape: [Int], _ seed: Int) -> Tensor {
  let tensor = backend.makeTensor(shape)
  let random = CounterRandom(seed: 17, seed)
  let x = tensor.elements
  for i in x.indices { x[i] = random.uniform(i) * 2 - 1 }
  return tensor
}

/// A tensor for results, full of a number that no right result holds, so that what is left unwritten shows.
func unwritten(_ backend: any Backend, _ shape: [Int]) -> Tensor {
  let tensor = backend.makeTensor(shape)
  for i in tensor.elements.indices { tensor.elements[i] = 12345 }
  return tensor
}

extension OperationCase {
  /// height, width, channels, outputs, kernel, stride, padding, groups; batch.
  static let convolutionShapes: [(shape: ConvolutionShape, batch: Int)] = [
    (.init(height: 5, width: 5, channels: 1, outputs: 1, kernel: 1), 1),
    (.init(height: 6, width: 7, channels: 3, outputs: 5, kernel: 3), 2),
    (.init(height: 7, width: 5, channels: 4, outputs: 6, kernel: 3, padding: 1), 3),
    (.init(height: 9, width: 8, channels: 4, outputs: 6, kernel: 5, padding: 2, groups: 2), 2),
    (.init(height: 11, width: 10, channels: 3, outputs: 8, kernel: 5, stride: 4), 3),
    (.init(height: 10, width: 13, channels: 6, outputs: 9, kernel: 3, stride: 2, padding: 1, groups: 3), 1),
    (.init(height: 8, width: 8, channels: 8, outputs: 16, kernel: 1), 5),
    (.init(height: 8, width: 6, channels: 8, outputs: 12, kernel: 1, groups: 4), 2),
    (.init(height: 7, width: 7, channels: 8, outputs: 4, kernel: 1, stride: 2), 2),
    (.init(height: 4, width: 4, channels: 5, outputs: 3, kernel: 1, padding: 1), 2),
    (.init(height: 3, width: 3, channels: 2, outputs: 4, kernel: 3), 4),
    (.init(height: 1, width: 1, channels: 7, outputs: 3, kernel: 3, padding: 1), 3),
    (.init(height: 2, width: 9, channels: 2, outputs: 2, kernel: 5, padding: 2, groups: 2), 2),
    (.init(height: 3, width: 2, channels: 3, outputs: 2, kernel: 2, padding: 3), 1),
    (.init(height: 28, width: 28, channels: 1, outputs: 32, kernel: 5, padding: 2), 7),
    (.init(height: 14, width: 14, channels: 32, outputs: 24, kernel: 5, padding: 2, groups: 2), 9),
    (.init(height: 7, width: 7, channels: 33, outputs: 17, kernel: 3, padding: 1), 64),
    (.init(height: 35, width: 31, channels: 3, outputs: 96, kernel: 11, stride: 4), 2),
  ]

  /// Shapes that Winograd's tiles compute: whole and cut tiles, images smaller than one, groups, several pieces and chunks.
  static let winogradShapes: [(shape: ConvolutionShape, batch: Int)] = [
    (.init(height: 4, width: 4, channels: 32, outputs: 32, kernel: 3, padding: 1), 1),
    (.init(height: 13, width: 13, channels: 40, outputs: 48, kernel: 3, padding: 1), 3),
    (.init(height: 6, width: 9, channels: 64, outputs: 96, kernel: 3, groups: 2), 2),
    (.init(height: 1, width: 2, channels: 32, outputs: 40, kernel: 3, padding: 2), 3),
    (.init(height: 7, width: 7, channels: 32, outputs: 32, kernel: 3, padding: 1), 70),
    (.init(height: 5, width: 8, channels: 48, outputs: 32, kernel: 5, padding: 2), 2),
    (.init(height: 9, width: 7, channels: 64, outputs: 64, kernel: 5, padding: 4, groups: 2), 3),
    (.init(height: 5, width: 5, channels: 32, outputs: 32, kernel: 5), 20),
  ]

  static let convolutions = convolutionShapes.flatMap { convolution($0, batch: $1) }

  /// Winograd's rounding errors are larger than those of a plain sum: up to 4·10⁻⁵.
  static let winograd = winogradShapes.flatMap { convolution($0, batch: $1, tolerance: 4e-5) }

  static func convolution(_ shape: ConvolutionShape, batch: Int, tolerance: Float = 1e-5) -> [OperationCase] {
    let name =
      "\(batch)×\(shape.height)×\(shape.width)×\(shape.channels) to \(shape.outputs), kernel \(shape.kernel), "
      + "stride \(shape.stride), padding \(shape.padding), groups \(shape.groups)"
    let input = [batch, shape.height, shape.width, shape.channels]
    let output = [batch, shape.outputHeight, shape.outputWidth, shape.outputs]
    let forward = [false, true].map { relu in
      OperationCase("convolution forward\(relu ? " with relu" : ""), \(name)", tolerance: tolerance) { backend in
        let y = unwritten(backend, output)
        backend.convolutionForward(
          shape, input: random(backend, input, 1), weights: random(backend, shape.weightShape, 2),
          bias: random(backend, [shape.outputs], 3), relu: relu, output: y)
        return [y]
      }
    }
    let withoutBias = [false, true].map { relu in
      OperationCase("convolution forward without bias\(relu ? " with relu" : ""), \(name)", tolerance: tolerance) { backend in
        let y = unwritten(backend, output)
        backend.convolutionForward(
          shape, input: random(backend, input, 1), weights: random(backend, shape.weightShape, 2), bias: nil, relu: relu,
          output: y)
        return [y]
      }
    }
    return forward + withoutBias + [
      OperationCase("convolution weight gradient without bias, \(name)", tolerance: tolerance) { backend in
        let dw = unwritten(backend, shape.weightShape)
        backend.convolutionWeightGradient(
          shape, input: random(backend, input, 1), outputGradient: random(backend, output, 4), weightGradient: dw,
          biasGradient: nil)
        return [dw]
      },
      OperationCase("convolution data gradient, \(name)", tolerance: tolerance) { backend in
        let dx = unwritten(backend, input)
        backend.convolutionDataGradient(
          shape, outputGradient: random(backend, output, 4), weights: random(backend, shape.weightShape, 2),
          inputGradient: dx)
        return [dx]
      },
      OperationCase("convolution weight gradient, \(name)", tolerance: tolerance) { backend in
        let dw = unwritten(backend, shape.weightShape)
        let db = unwritten(backend, [shape.outputs])
        backend.convolutionWeightGradient(
          shape, input: random(backend, input, 1), outputGradient: random(backend, output, 4),
          weightGradient: dw, biasGradient: db)
        return [dw, db]
      },
    ]
  }

  static let fullyConnected: [OperationCase] = [
    (1, 1, 1), (1, 7, 3), (3, 5, 10), (8, 64, 130), (64, 33, 1000), (65, 300, 10), (130, 270, 290),
  ].flatMap { batch, inputs, outputs in
    let name = "\(batch)×\(inputs) to \(outputs)"
    return [
      OperationCase("fully connected forward with relu, \(name)") { backend in
        let y = unwritten(backend, [batch, outputs])
        backend.fullyConnectedForward(
          input: random(backend, [batch, inputs], 1), weights: random(backend, [outputs, inputs], 2),
          bias: random(backend, [outputs], 3), relu: true, output: y)
        return [y]
      },
      OperationCase("fully connected forward, \(name)") { backend in
        let y = unwritten(backend, [batch, outputs])
        backend.fullyConnectedForward(
          input: random(backend, [batch, inputs], 1), weights: random(backend, [outputs, inputs], 2),
          bias: random(backend, [outputs], 3), relu: false, output: y)
        return [y]
      },
      OperationCase("fully connected data gradient, \(name)") { backend in
        let dx = unwritten(backend, [batch, inputs])
        backend.fullyConnectedDataGradient(
          outputGradient: random(backend, [batch, outputs], 4), weights: random(backend, [outputs, inputs], 2),
          inputGradient: dx)
        return [dx]
      },
      OperationCase("fully connected weight gradient, \(name)") { backend in
        let (dw, db) = (unwritten(backend, [outputs, inputs]), unwritten(backend, [outputs]))
        backend.fullyConnectedWeightGradient(
          input: random(backend, [batch, inputs], 1), outputGradient: random(backend, [batch, outputs], 4),
          weightGradient: dw, biasGradient: db)
        return [dw, db]
      },
      OperationCase("fully connected update and squared norm, \(name)") { backend in
        let (x, dy) = (random(backend, [batch, inputs], 1), random(backend, [batch, outputs], 4))
        var made: [Tensor] = []
        for nesterov in [false, true] {
          let (w, v) = (random(backend, [outputs, inputs], 2), random(backend, [outputs, inputs], 5))
          backend.fullyConnectedUpdate(
            input: x, outputGradient: dy, weights: w, velocity: v, learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: nesterov)
          made += [w, v]
        }
        let db = unwritten(backend, [outputs])
        backend.fullyConnectedWeightGradient(input: x, outputGradient: dy, weightGradient: nil, biasGradient: db)
        let norm = backend.fullyConnectedSquaredNorm(input: x, outputGradient: dy)
        return made + [db, Tensor([Float(norm)], shape: [1])]
      },
    ]
  }

  static let poolShapes: [(shape: PoolShape, batch: Int)] = [
    (.init(height: 1, width: 1, channels: 1, kernel: 1, stride: 1), 1),
    (.init(height: 6, width: 6, channels: 8, kernel: 2, stride: 2), 2),
    (.init(height: 7, width: 9, channels: 16, kernel: 3, stride: 2), 3),
    (.init(height: 8, width: 8, channels: 11, kernel: 3, stride: 2), 3),
    (.init(height: 28, width: 28, channels: 32, kernel: 3, stride: 2), 2),
    (.init(height: 7, width: 6, channels: 5, kernel: 3, stride: 2, padding: 1), 2),
    (.init(height: 5, width: 5, channels: 9, kernel: 2, stride: 3, padding: 1), 1),
    (.init(height: 6, width: 6, channels: 3, kernel: 6, stride: 1), 2),
    (.init(height: 4, width: 9, channels: 24, kernel: 3, stride: 1, padding: 1), 2),
    (.init(height: 8, width: 8, channels: 16, kernel: 3, stride: 2, padding: 1, roundsUp: false), 2),
    (.init(height: 7, width: 10, channels: 5, kernel: 3, stride: 2, roundsUp: false), 3),
    (.init(height: 6, width: 9, channels: 9, kernel: 2, stride: 4, padding: 1, roundsUp: false), 1),
  ]

  static let pools: [OperationCase] = poolShapes.flatMap { shape, batch in
    let name =
      "\(batch)×\(shape.height)×\(shape.width)×\(shape.channels), kernel \(shape.kernel), stride \(shape.stride), "
      + "padding \(shape.padding)\(shape.roundsUp ? "" : ", rounded down")"
    let input = [batch, shape.height, shape.width, shape.channels]
    let output = [batch, shape.outputHeight, shape.outputWidth, shape.channels]
    return [
      OperationCase("max pool forward, \(name)", tolerance: 0) { backend in
        let (y, choices, again) = (unwritten(backend, output), unwritten(backend, output), unwritten(backend, output))
        backend.maxPoolForward(shape, input: random(backend, input, 1), output: y, choices: choices)
        backend.maxPoolForward(shape, input: random(backend, input, 1), output: again, choices: nil)
        return [y, choices, again]
      },
      OperationCase("max pool gradient, \(name)") { backend in
        let (y, choices, dx) = (unwritten(backend, output), unwritten(backend, output), unwritten(backend, input))
        backend.maxPoolForward(shape, input: random(backend, input, 1), output: y, choices: choices)
        backend.maxPoolGradient(shape, choices: choices, outputGradient: random(backend, output, 4), inputGradient: dx)
        return [dx]
      },
      OperationCase("max pool gradient where all inputs are equal, \(name)") { backend in
        let (y, choices, dx) = (unwritten(backend, output), unwritten(backend, output), unwritten(backend, input))
        backend.maxPoolForward(shape, input: backend.makeTensor(input), output: y, choices: choices)
        backend.maxPoolGradient(shape, choices: choices, outputGradient: random(backend, output, 4), inputGradient: dx)
        return [choices, dx]
      },
      OperationCase("average pool forward, \(name)") { backend in
        let y = unwritten(backend, output)
        backend.averagePoolForward(shape, input: random(backend, input, 1), output: y)
        return [y]
      },
      OperationCase("average pool gradient, \(name)") { backend in
        let dx = unwritten(backend, input)
        backend.averagePoolGradient(shape, outputGradient: random(backend, output, 4), inputGradient: dx)
        return [dx]
      },
    ]
  }

  static let localResponses: [OperationCase] = [
    (LocalResponse(), [1, 1, 1, 1]), (LocalResponse(), [2, 3, 3, 4]), (LocalResponse(), [2, 5, 7, 96]),
    (LocalResponse(alpha: 0.8, beta: 0.75, k: 2), [3, 4, 4, 33]),
    (LocalResponse(size: 3, alpha: 0.5, beta: 0.5, k: 1), [2, 3, 5, 7]),
    (LocalResponse(size: 1, alpha: 1, beta: 1, k: 1), [1, 2, 2, 19]),
    (LocalResponse(size: 9, alpha: 1, beta: 0.75, k: 1), [1, 40, 40, 50]),
  ].flatMap { lrn, shape in
    let name = "size \(lrn.size), alpha \(lrn.alpha), beta \(lrn.beta), k \(lrn.k) on \(shape)"
    return [
      OperationCase("local response normalisation forward, \(name)") { backend in
        let y = unwritten(backend, shape)
        backend.lrnForward(lrn, input: random(backend, shape, 1), output: y)
        return [y]
      },
      OperationCase("local response normalisation gradient, \(name)") { backend in
        let (x, dx, inPlace) = (random(backend, shape, 1), unwritten(backend, shape), random(backend, shape, 4))
        backend.lrnGradient(lrn, input: x, outputGradient: random(backend, shape, 4), inputGradient: dx)
        backend.lrnGradient(lrn, input: x, outputGradient: inPlace, inputGradient: inPlace)
        return [dx, inPlace]
      },
    ]
  }

  /// Shape, and what is added to every input: a mean far from zero must not cost the variance its digits.
  static let batchNorms: [OperationCase] = [
    ([1, 1], 0), ([2, 1], 0), ([3, 5, 4, 1], 0), ([2, 3, 3, 8], 0), ([3, 7, 5, 19], 3), ([2, 60, 50, 33], 0),
    ([9, 40, 41, 16], 100),
  ].flatMap { (shape: [Int], offset: Float) in
    [false, true].flatMap { fromBatch in
      let name = "\(fromBatch ? "of the batch" : "of running averages") on \(shape) around \(offset)"
      let channels = [shape.last!]
      @Sendable func input(_ backend: any Backend) -> Tensor {
        let x = random(backend, shape, 1)
        for i in x.elements.indices { x.elements[i] += offset + Float(i % channels[0] % 5) }
        return x
      }
      @Sendable func variance(_ backend: any Backend) -> Tensor {
        let tensor = random(backend, channels, 6)
        for i in tensor.elements.indices { tensor.elements[i] = 0.5 + abs(tensor.elements[i]) }
        return tensor
      }
      @Sendable func forward(_ backend: any Backend, _ x: Tensor, relu: Bool = false) -> [Tensor] {
        let (mean, variance) = (random(backend, channels, 5), variance(backend))
        let (statistics, y) = (unwritten(backend, [2] + channels), unwritten(backend, shape))
        backend.batchNormForward(
          BatchNorm(momentum: 0.3), input: x, weight: random(backend, channels, 2), bias: random(backend, channels, 3),
          runningMean: mean, runningVariance: variance, fromBatch: fromBatch, relu: relu, statistics: statistics, output: y)
        return [y, statistics, mean, variance]
      }
      return [
        OperationCase("batch normalisation forward, \(name)", tolerance: 1e-4) { forward($0, input($0)) },
        OperationCase("batch normalisation forward with relu, \(name)", tolerance: 1e-4) {
          forward($0, input($0), relu: true)
        },
        OperationCase("batch normalisation gradient, \(name)", tolerance: 1e-4) { backend in
          let x = input(backend)
          let statistics = forward(backend, x)[1]
          let (dx, dw, db) = (unwritten(backend, shape), unwritten(backend, channels), unwritten(backend, channels))
          backend.batchNormGradient(
            input: x, weight: random(backend, channels, 2), statistics: statistics,
            outputGradient: random(backend, shape, 4), fromBatch: fromBatch, inputGradient: dx, weightGradient: dw,
            biasGradient: db)
          return [dx, dw, db]
        },
      ]
    }
  }

  static let elementwise: [OperationCase] = [1, 7, 64, 1001, 70_001].flatMap { count in
    [
      OperationCase("relu, \(count) elements", tolerance: 0) { backend in
        let (x, y) = (random(backend, [count], 1), unwritten(backend, [count]))
        backend.reluForward(input: x, output: y)
        backend.reluForward(input: x, output: x)
        return [x, y]
      },
      OperationCase("relu gradient, \(count) elements", tolerance: 0) { backend in
        let dy = random(backend, [count], 4)
        backend.reluGradient(output: random(backend, [count], 1), gradient: dy)
        return [dy]
      },
      OperationCase("dropout, \(count) elements", tolerance: 1e-6) { backend in
        let (x, y, z) = (random(backend, [count], 1), random(backend, [count], 2), random(backend, [count], 3))
        backend.dropout(x, probability: 0.5, key: 0xDEAD_BEEF_1234_5678)
        backend.dropout(y, probability: 0.3, key: 7)
        backend.dropout(z, probability: 0, key: 7)
        return [x, y, z]
      },
      OperationCase("SGD update, \(count) elements", tolerance: 1e-6) { backend in
        var made: [Tensor] = []
        for nesterov in [false, true] {
          let (w, v) = (random(backend, [count], 1), random(backend, [count], 2))
          for _ in 0..<3 {
            backend.sgdUpdate(
              weights: w, gradient: random(backend, [count], 3), velocity: v, learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4,
              nesterov: nesterov)
          }
          made += [w, v]
        }
        return made
      },
      OperationCase("copy, fill and add, \(count) elements", tolerance: 1e-6) { backend in
        let (copied, filled) = (unwritten(backend, [count]), unwritten(backend, [count]))
        let (sum, clamped) = (random(backend, [count], 2), random(backend, [count], 2))
        backend.add(random(backend, [count], 1), to: clamped, relu: true)
        backend.copy(random(backend, [count], 1), to: copied)
        backend.fill(filled, with: 3)
        backend.add(random(backend, [count], 1), to: sum)
        return [copied, filled, sum, clamped]
      },
      OperationCase("squared norm, \(count) elements", tolerance: 1e-6) { backend in
        [Tensor([Float(backend.squaredNorm(random(backend, [count], 1)))], shape: [1])]
      },
    ]
  }

  static let losses: [OperationCase] = [
    (1, 1, 0), (1, 2, 0), (5, 10, 0), (64, 1000, 0), (300, 77, 0), (1, 2, 0.5), (5, 10, 0.1), (64, 1000, 0.1),
  ].map { (images: Int, classes: Int, smoothing: Float) in
    OperationCase("softmax cross-entropy, \(images) images of \(classes) classes, smoothed by \(smoothing)") { backend in
      let logits = random(backend, [images, classes], 1)
      for i in logits.elements.indices { logits.elements[i] *= 20 }
      let (losses, gradient) = (unwritten(backend, [images]), unwritten(backend, [images, classes]))
      let labels = (0..<images).map { Int32(($0 * 7 + 3) % classes) }
      backend.softmaxCrossEntropy(
        logits: logits, labels: labels, smoothing: smoothing, gradientScale: 1 / Float(images), losses: losses,
        gradient: gradient)
      return [losses, gradient]
    }
  }

  static let searches: [OperationCase] = [(1, 1, 1), (3, 4, 5), (17, 300, 129), (140, 150, 64)].map { m, n, width in
    OperationCase("row products and squared norms, \(m)×\(width) by \(n)×\(width)") { backend in
      let (a, b) = (random(backend, [m, width], 1), random(backend, [n, width], 2))
      let (products, norms) = (unwritten(backend, [m, n]), unwritten(backend, [n]))
      backend.rowProducts(a, b, output: products)
      backend.squaredRowNorms(b, output: norms)
      let blocks = unwritten(backend, [m, n])
      backend.forEachRowProducts(a, b, tile: 70) { tile, columns, block in
        precondition(columns.lowerBound / 70 == tile && (columns.upperBound - 1) / 70 == tile, "\(columns) of tile \(tile)")
        for row in 0..<m {
          for (number, column) in columns.enumerated() {
            blocks.elements[row * n + column] = block[row * columns.count + number]
          }
        }
      }
      return [products, norms, blocks]
    }
  }
}
