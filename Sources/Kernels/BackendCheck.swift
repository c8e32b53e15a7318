/// Whether a backend computes right on this machine: products and convolutions against plain sums in double precision, in some
/// milliseconds. Some builds of OpenBLAS return wrong products on processors that are newer than they are.
public struct BackendCheck: Equatable, Sendable {
  /// What was wrong: `fully connected forward`.
  public let operation: String
  /// The largest error, as a share of the largest right value; infinite where a result is not finite.
  public let error: Float

  /// What is more than rounding, Winograd's included.
  static let tolerance: Float = 1e-3

  /// The first operation that the backend gets wrong; nil: all are right.
  public static func firstFailure(of backend: any Backend) -> BackendCheck? {
    for sizes in [(batch: 3, inputs: 5, outputs: 7), (batch: 33, inputs: 257, outputs: 130)] {
      if let failure = products(backend, sizes) { return failure }
    }
    for shape in [
      ConvolutionShape(height: 7, width: 9, channels: 3, outputs: 10, kernel: 3, stride: 2, padding: 1),
      ConvolutionShape(height: 6, width: 7, channels: 64, outputs: 64, kernel: 3, padding: 1, groups: 2),
      ConvolutionShape(height: 5, width: 5, channels: 32, outputs: 32, kernel: 5, padding: 2),
    ] {
      if let failure = convolutions(backend, shape) { return failure }
    }
    return nil
  }

  // MARK: The two kinds of operation

  private static func products(
    _ backend: any Backend, _ sizes: (batch: Int, inputs: Int, outputs: Int)
  ) -> BackendCheck? {
    let (batch, inputs, outputs) = sizes
    let (x, w) = (numbers(backend, [batch, inputs], 1), numbers(backend, [outputs, inputs], 2))
    let (b, dy) = (numbers(backend, [outputs], 3), numbers(backend, [batch, outputs], 4))
    let (y, dx) = (backend.makeTensor([batch, outputs]), backend.makeTensor([batch, inputs]))
    let (dw, db) = (backend.makeTensor([outputs, inputs]), backend.makeTensor([outputs]))
    backend.fullyConnectedForward(input: x, weights: w, bias: b, relu: false, output: y)
    backend.fullyConnectedDataGradient(outputGradient: dy, weights: w, inputGradient: dx)
    backend.fullyConnectedWeightGradient(input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)

    var sums = Sums(y.count, dx.count, dw.count)
    let (xs, ws, bs, dys) = (x.elements, w.elements, b.elements, dy.elements)
    for image in 0..<batch {
      for output in 0..<outputs {
        let at = image * outputs + output
        sums.y[at] += Double(bs[output])
        for input in 0..<inputs {
          sums.add(xs, ws, dys, x: image * inputs + input, w: output * inputs + input, y: at)
        }
      }
    }
    return sums.compare("fully connected", y, dx, dw)
  }

  private static func convolutions(_ backend: any Backend, _ shape: ConvolutionShape) -> BackendCheck? {
    let batch = 2
    let input = [batch, shape.height, shape.width, shape.channels]
    let output = [batch, shape.outputHeight, shape.outputWidth, shape.outputs]
    let (x, w) = (numbers(backend, input, 1), numbers(backend, shape.weightShape, 2))
    let (b, dy) = (numbers(backend, [shape.outputs], 3), numbers(backend, output, 4))
    let (y, dx) = (backend.makeTensor(output), backend.makeTensor(input))
    let (dw, db) = (backend.makeTensor(shape.weightShape), backend.makeTensor([shape.outputs]))
    backend.convolutionForward(shape, input: x, weights: w, bias: b, relu: false, output: y)
    backend.convolutionDataGradient(shape, outputGradient: dy, weights: w, inputGradient: dx)
    backend.convolutionWeightGradient(shape, input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)

    var sums = Sums(y.count, dx.count, dw.count)
    let (xs, ws, bs, dys) = (x.elements, w.elements, b.elements, dy.elements)
    let groupChannels = shape.channels / shape.groups
    for pixel in 0..<batch * shape.outputHeight * shape.outputWidth {
      let (row, outputX) = pixel.quotientAndRemainder(dividingBy: shape.outputWidth)
      let (image, outputY) = row.quotientAndRemainder(dividingBy: shape.outputHeight)
      for output in 0..<shape.outputs {
        let at = pixel * shape.outputs + output
        let firstChannel = output / (shape.outputs / shape.groups) * groupChannels
        sums.y[at] += Double(bs[output])
        for place in 0..<shape.kernel * shape.kernel {
          let inputY = outputY * shape.stride - shape.padding + place / shape.kernel
          let inputX = outputX * shape.stride - shape.padding + place % shape.kernel
          guard inputY >= 0, inputY < shape.height, inputX >= 0, inputX < shape.width else { continue }
          let source = ((image * shape.height + inputY) * shape.width + inputX) * shape.channels + firstChannel
          let weight = (output * shape.kernel * shape.kernel + place) * groupChannels
          for channel in 0..<groupChannels { sums.add(xs, ws, dys, x: source + channel, w: weight + channel, y: at) }
        }
      }
    }
    return sums.compare("convolution", y, dx, dw)
  }

  /// Numbers in [−1, 1).
  private static func numbers(_ backend: any Backend, _ shape: [Int], _ seed: Int) -> Tensor {
    let tensor = backend.makeTensor(shape)
    let (random, elements) = (CounterRandom(seed: 23, seed), tensor.elements)
    for i in elements.indices { elements[i] = 2 * random.uniform(i) - 1 }
    return tensor
  }

  /// The outputs and both gradients as plain sums.
  private struct Sums {
    var y, dx, dw: [Double]

    init(_ y: Int, _ dx: Int, _ dw: Int) {
      self.y = [Double](repeating: 0, count: y)
      self.dx = [Double](repeating: 0, count: dx)
      self.dw = [Double](repeating: 0, count: dw)
    }

    /// The input at `x` takes part, through the weight at `w`, in the output at `y`.
    @inline(__always)
    mutating func add(
      _ inputs: UnsafeMutableBufferPointer<Float>, _ weights: UnsafeMutableBufferPointer<Float>,
      _ gradients: UnsafeMutableBufferPointer<Float>, x: Int, w: Int, y at: Int
    ) {
      y[at] += Double(inputs[x]) * Double(weights[w])
      dx[x] += Double(gradients[at]) * Double(weights[w])
      dw[w] += Double(gradients[at]) * Double(inputs[x])
    }

    func compare(_ operation: String, _ outputs: Tensor, _ dx: Tensor, _ dw: Tensor) -> BackendCheck? {
      for (verb, result, right) in [
        ("forward", outputs, y), ("data gradient", dx, self.dx), ("weight gradient", dw, self.dw),
      ] {
        let largest = right.reduce(0) { max($0, abs($1)) }
        let error = zip(result.elements, right).reduce(0.0) {
          let difference = abs(Double($1.0) - $1.1)
          return difference.isFinite ? max($0, difference) : .infinity
        }
        if !(error <= Double(tolerance) * largest) {
          return BackendCheck(operation: "\(operation) \(verb)", error: Float(error / largest))
        }
      }
      return nil
    }
  }
}
