import Glibc
import Kernels

/// Every operation of ``Backend`` as its formula says, in plain loops with double accumulators: the oracle that other
/// backends are compared with. Slow, and meant to be seen to be right.
open class ReferenceBackend: Backend, @unchecked Sendable {
  public let workers = 1

  public init() {}

  public func makeTensor(_ shape: [Int]) -> Tensor { Tensor(shape) }
  public func scratchFloats(_ shape: ConvolutionShape, batch: Int) -> Int { 0 }
  public func scratchFloats(outputs: Int, inputs: Int, batch: Int) -> Int { 0 }
  public func reserve(_ floats: Int) {}

  // MARK: Convolution

  /// Calls `body` with the flat indices of every (input, weight, output) that are multiplied and added.
  private func forEachProduct(
    _ shape: ConvolutionShape, batch: Int, _ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void
  ) {
    let (groupChannels, groupOutputs) = (shape.channels / shape.groups, shape.outputs / shape.groups)
    for image in 0..<batch {
      for outputY in 0..<shape.outputHeight {
        for outputX in 0..<shape.outputWidth {
          for out in 0..<shape.outputs {
            let output = ((image * shape.outputHeight + outputY) * shape.outputWidth + outputX) * shape.outputs + out
            for kernelY in 0..<shape.kernel {
              for kernelX in 0..<shape.kernel {
                let y = outputY * shape.stride - shape.padding + kernelY
                let x = outputX * shape.stride - shape.padding + kernelX
                guard y >= 0, y < shape.height, x >= 0, x < shape.width else { continue }
                for c in 0..<groupChannels {
                  let channel = out / groupOutputs * groupChannels + c
                  body(
                    ((image * shape.height + y) * shape.width + x) * shape.channels + channel,
                    ((out * shape.kernel + kernelY) * shape.kernel + kernelX) * groupChannels + c, output)
                }
              }
            }
          }
        }
      }
    }
  }

  public func convolutionForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    let (x, w) = (input.elements, weights.elements)
    let b = bias?.array ?? Array(repeating: 0, count: shape.outputs)
    var sums = (0..<output.count).map { Double(b[$0 % shape.outputs]) }
    forEachProduct(shape, batch: input.shape[0]) { sums[$2] += Double(x[$0]) * Double(w[$1]) }
    store(sums.map { relu ? max(0, $0) : $0 }, in: output)
  }

  public func convolutionDataGradient(
    _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let (dy, w) = (outputGradient.elements, weights.elements)
    var sums = [Double](repeating: 0, count: inputGradient.count)
    forEachProduct(shape, batch: outputGradient.shape[0]) { sums[$0] += Double(dy[$2]) * Double(w[$1]) }
    store(sums, in: inputGradient)
  }

  open func convolutionWeightGradient(
    _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor?
  ) {
    let (x, dy) = (input.elements, outputGradient.elements)
    var sums = [Double](repeating: 0, count: weightGradient.count)
    forEachProduct(shape, batch: input.shape[0]) { sums[$1] += Double(x[$0]) * Double(dy[$2]) }
    store(sums, in: weightGradient)
    if let biasGradient { storeColumnSums(outputGradient, in: biasGradient) }
  }

  // MARK: Fully connected

  open func fullyConnectedForward(
    input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, output: Tensor
  ) {
    let outputs = bias.count
    let products = rowProducts(input, weights)
    let b = bias.elements
    store(
      products.indices.map {
        let sum = products[$0] + Double(b[$0 % outputs])
        return relu ? max(0, sum) : sum
      }, in: output)
  }

  public func fullyConnectedDataGradient(
    outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    let (batch, outputs) = (outputGradient.shape[0], weights.shape[0])
    let inputs = weights.count / outputs
    let (dy, w) = (outputGradient.elements, weights.elements)
    store(
      (0..<batch * inputs).map { at in
        (0..<outputs).reduce(0) {
          $0 + Double(dy[at / inputs * outputs + $1]) * Double(w[$1 * inputs + at % inputs])
        }
      }, in: inputGradient)
  }

  public func fullyConnectedWeightGradient(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor?, biasGradient: Tensor
  ) {
    if let weightGradient { store(weightSums(input, outputGradient), in: weightGradient) }
    storeColumnSums(outputGradient, in: biasGradient)
  }

  /// outputGradientᵀ · input.
  private func weightSums(_ input: Tensor, _ outputGradient: Tensor) -> [Double] {
    let (batch, outputs, inputs) = (input.shape[0], outputGradient.shape[1], input.shape[1])
    let (x, dy) = (input.elements, outputGradient.elements)
    return (0..<outputs * inputs).map { at in
      (0..<batch).reduce(0) {
        $0 + Double(dy[$1 * outputs + at / inputs]) * Double(x[$1 * inputs + at % inputs])
      }
    }
  }

  public func fullyConnectedUpdate(
    input: Tensor, outputGradient: Tensor, weights: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float,
    nesterov: Bool
  ) {
    let gradient = makeTensor(weights.shape)
    store(weightSums(input, outputGradient), in: gradient)
    sgdUpdate(
      weights: weights, gradient: gradient, velocity: velocity, learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
      nesterov: nesterov)
  }

  public func fullyConnectedSquaredNorm(input: Tensor, outputGradient: Tensor) -> Double {
    weightSums(input, outputGradient).reduce(0) { $0 + $1 * $1 }
  }

  // MARK: Activations and pooling

  public func reluForward(input: Tensor, output: Tensor) {
    store(input.array.map { Double(max(0, $0)) }, in: output)
  }

  public func reluGradient(output: Tensor, gradient: Tensor) {
    store(zip(output.array, gradient.array).map { $0 > 0 ? Double($1) : 0 }, in: gradient)
  }

  /// The flat indices of the inputs in each output's window, in reading order, and the window's area by Caffe's rule.
  private func windows(_ shape: PoolShape, batch: Int) -> [(inputs: [Int], area: Int)] {
    var windows: [(inputs: [Int], area: Int)] = []
    for image in 0..<batch {
      for outputY in 0..<shape.outputHeight {
        for outputX in 0..<shape.outputWidth {
          let (top, left) = (outputY * shape.stride - shape.padding, outputX * shape.stride - shape.padding)
          let bottom = min(top + shape.kernel, shape.height + shape.padding)
          let right = min(left + shape.kernel, shape.width + shape.padding)
          for channel in 0..<shape.channels {
            var inputs: [Int] = []
            for y in max(0, top)..<min(bottom, shape.height) {
              for x in max(0, left)..<min(right, shape.width) {
                inputs.append(((image * shape.height + y) * shape.width + x) * shape.channels + channel)
              }
            }
            windows.append((inputs, (bottom - top) * (right - left)))
          }
        }
      }
    }
    return windows
  }

  public func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor, choices: Tensor?) {
    let x = input.elements
    let windows = windows(shape, batch: input.shape[0])
    let largest = windows.map { window in window.inputs.map { x[$0] }.max()! }
    store(largest.map(Double.init), in: output)
    guard let choices else { return }
    let (height, width, channels) = (shape.outputHeight, shape.outputWidth, shape.channels)
    store(
      windows.indices.map { at in
        let chosen = windows[at].inputs.first { x[$0] == largest[at] }! / channels % (shape.height * shape.width)
        let output = at / channels % (height * width)
        let row = chosen / shape.width - output / width * shape.stride + shape.padding
        let column = chosen % shape.width - output % width * shape.stride + shape.padding
        return Double(row * shape.kernel + column)
      }, in: choices)
  }

  public func maxPoolGradient(_ shape: PoolShape, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    let (choice, dy) = (choices.elements, outputGradient.elements)
    let (height, width, channels) = (shape.outputHeight, shape.outputWidth, shape.channels)
    var sums = [Double](repeating: 0, count: inputGradient.count)
    for at in dy.indices {
      let (pixel, channel) = (at / channels, at % channels)
      let (image, output) = (pixel / (height * width), pixel % (height * width))
      let y = output / width * shape.stride - shape.padding + Int(choice[at]) / shape.kernel
      let x = output % width * shape.stride - shape.padding + Int(choice[at]) % shape.kernel
      sums[((image * shape.height + y) * shape.width + x) * channels + channel] += Double(dy[at])
    }
    store(sums, in: inputGradient)
  }

  public func averagePoolForward(_ shape: PoolShape, input: Tensor, output: Tensor) {
    let x = input.elements
    store(
      windows(shape, batch: input.shape[0]).map { window in
        window.inputs.reduce(0) { $0 + Double(x[$1]) } / Double(window.area)
      }, in: output)
  }

  public func averagePoolGradient(_ shape: PoolShape, outputGradient: Tensor, inputGradient: Tensor) {
    let dy = outputGradient.elements
    var sums = [Double](repeating: 0, count: inputGradient.count)
    for (at, window) in windows(shape, batch: outputGradient.shape[0]).enumerated() {
      for input in window.inputs { sums[input] += Double(dy[at]) / Double(window.area) }
    }
    store(sums, in: inputGradient)
  }

  // MARK: Regions and boxes

  /// The pixels of each part of each region, by rows: `extent` and the two roundings as the formula says them.
  private func parts(_ shape: RegionPoolShape, _ regions: Tensor) -> [[Int]] {
    func range(_ part: Int, _ low: Float, _ high: Float, _ side: Int) -> [Int] {
      let (a, b) = (Int((Double(low) / Double(shape.stride)).rounded(.toNearestOrAwayFromZero)), Int((Double(high) / Double(shape.stride)).rounded(.toNearestOrAwayFromZero)))
      let length = Double(max(b - a + 1, 1))
      let start = a + Int((Double(part) * length / Double(shape.cells)).rounded(.down))
      let end = a + Int((Double(part + 1) * length / Double(shape.cells)).rounded(.up))
      return (start..<end).filter { (0..<side).contains($0) }
    }
    return regions.array.chunked(5).flatMap { region in
      (0..<shape.cells * shape.cells).map { part in
        let rows = range(part / shape.cells, region[2], region[4], shape.height)
        let columns = range(part % shape.cells, region[1], region[3], shape.width)
        return rows.flatMap { row in columns.map { (Int(region[0]) * shape.height + row) * shape.width + $0 } }
      }
    }
  }

  public func regionPoolForward(_ shape: RegionPoolShape, input: Tensor, regions: Tensor, output: Tensor, choices: Tensor?) {
    let (x, channels) = (input.array, shape.channels)
    let chosen = parts(shape, regions).flatMap { pixels in
      (0..<channels).map { channel -> (value: Float, pixel: Int) in
        guard let largest = pixels.map({ x[$0 * channels + channel] }).max() else { return (0, -1) }
        return (largest, pixels.first { x[$0 * channels + channel] == largest }! % (shape.height * shape.width))
      }
    }
    store(chosen.map { Double($0.value) }, in: output)
    if let choices { store(chosen.map { Double($0.pixel) }, in: choices) }
  }

  public func regionPoolGradient(
    _ shape: RegionPoolShape, regions: Tensor, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    let (choice, dy, channels) = (choices.array, outputGradient.array, shape.channels)
    var sums = [Double](repeating: 0, count: inputGradient.count)
    for at in dy.indices where choice[at] >= 0 {
      let image = Int(regions.array[at / (shape.cells * shape.cells * channels) * 5])
      sums[(image * shape.height * shape.width + Int(choice[at])) * channels + at % channels] += Double(dy[at])
    }
    store(sums, in: inputGradient)
  }

  public func decodeBoxes(_ boxes: Tensor, deltas: Tensor, scales: SIMD4<Float>, width: Int, height: Int, output: Tensor) {
    let all = boxes.array.map(Double.init).chunked(4)
    let d = deltas.array.map(Double.init).chunked(4)
    store(
      d.indices.flatMap { at -> [Double] in
        let delta = d[at]
        let box = all[at * all.count / d.count]
        let size = [box[2] - box[0] + 1, box[3] - box[1] + 1]
        let sides = [width, height].map { Double($0) - 1 }
        var (centre, half) = ([0.0, 0], [0.0, 0])
        for axis in 0..<2 {
          centre[axis] = box[axis] + size[axis] / 2 + delta[axis] * Double(scales[axis]) * size[axis]
          half[axis] = size[axis] * exp(min(delta[axis + 2] * Double(scales[axis + 2]), log(1000.0 / 16))) / 2
        }
        let corners: [Double] = [centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1]]
        return corners.indices.map { corners[$0].isNaN ? 0 : min(max(corners[$0], 0), sides[$0 % 2]) }
      }, in: output)
  }

  public func suppress(_ boxes: Tensor, count: Int, threshold: Float, most: Int, kept: inout [Int32]) {
    let all = boxes.array.chunked(4)
    func area(_ box: [Float]) -> Float { (box[2] - box[0] + 1) * (box[3] - box[1] + 1) }
    func overlap(_ a: [Float], _ b: [Float]) -> Float {
      let shared = max(min(a[2], b[2]) - max(a[0], b[0]) + 1, 0) * max(min(a[3], b[3]) - max(a[1], b[1]) + 1, 0)
      return shared / (area(a) + area(b) - shared)
    }
    var isSuppressed = [Bool](repeating: false, count: count)
    kept = []
    for index in 0..<count where !isSuppressed[index] && kept.count < most {
      kept.append(Int32(index))
      for later in index + 1..<max(count, index + 1) where overlap(all[index], all[later]) > threshold { isSuppressed[later] = true }
    }
  }

  // MARK: Local response normalisation

  /// The channels within size / 2 of each element's channel, as flat indices.
  private func neighbours(_ lrn: LocalResponse, _ tensor: Tensor) -> [Range<Int>] {
    let channels = tensor.shape.last!
    return (0..<tensor.count).map { at in
      let (channel, first) = (at % channels, at - at % channels)
      return first + max(0, channel - lrn.size / 2)..<first + min(channels, channel + lrn.size / 2 + 1)
    }
  }

  private func scales(_ lrn: LocalResponse, _ input: Tensor) -> [Double] {
    let x = input.elements
    return neighbours(lrn, input).map { window in
      Double(lrn.k) + Double(lrn.alpha) / Double(lrn.size) * window.reduce(0) { $0 + Double(x[$1]) * Double(x[$1]) }
    }
  }

  public func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor) {
    let x = input.elements
    store(scales(lrn, input).enumerated().map { Double(x[$0]) * pow($1, -Double(lrn.beta)) }, in: output)
  }

  public func lrnGradient(_ lrn: LocalResponse, input: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    let (x, dy, s) = (input.elements, outputGradient.elements, scales(lrn, input))
    let y = s.indices.map { Double(x[$0]) * pow(s[$0], -Double(lrn.beta)) }
    let factor = 2 * Double(lrn.alpha) * Double(lrn.beta) / Double(lrn.size)
    let sums = neighbours(lrn, input).enumerated().map { at, window in
      Double(dy[at]) * pow(s[at], -Double(lrn.beta))
        - factor * Double(x[at]) * window.reduce(0) { $0 + Double(dy[$1]) * y[$1] / s[$1] }
    }
    store(sums, in: inputGradient)
  }

  // MARK: Batch normalisation

  public func batchNormForward(
    _ norm: BatchNorm, input: Tensor, weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor,
    fromBatch: Bool, relu: Bool, statistics: Tensor, output: Tensor
  ) {
    let channels = weight.count
    let (x, rows) = (input.elements, input.count / channels)
    var (means, variances) = (runningMean.array.map(Double.init), runningVariance.array.map(Double.init))
    if fromBatch {
      let share = Double(norm.momentum)
      let before = (means, variances)
      for c in 0..<channels {
        let values = (0..<rows).map { Double(x[$0 * channels + c]) }
        means[c] = values.reduce(0, +) / Double(rows)
        variances[c] = values.reduce(0) { $0 + pow($1 - means[c], 2) } / Double(rows)
      }
      let unbiased = variances.map { $0 * Double(rows) / Double(max(rows - 1, 1)) }
      store(zip(before.0, means).map { (1 - share) * $0 + share * $1 }, in: runningMean)
      store(zip(before.1, unbiased).map { (1 - share) * $0 + share * $1 }, in: runningVariance)
    }
    let std = variances.map { 1 / ($0 + Double(norm.epsilon)).squareRoot() }
    store(means + std, in: statistics)
    store(
      (0..<output.count).map { at in
        let c = at % channels
        let value =
          (Double(x[at]) - means[c]) * std[c] * Double(weight.elements[c]) + Double(bias.elements[c])
        return relu ? max(0, value) : value
      }, in: output)
  }

  public func batchNormGradient(
    input: Tensor, weight: Tensor, statistics: Tensor, outputGradient: Tensor, fromBatch: Bool,
    inputGradient: Tensor?, weightGradient: Tensor?, biasGradient: Tensor?
  ) {
    let channels = weight.count
    let rows = input.count / channels
    let (x, g, s) = (input.elements, outputGradient.elements, statistics.elements)
    func normal(_ at: Int) -> Double { (Double(x[at]) - Double(s[at % channels])) * Double(s[channels + at % channels]) }
    var (sums, products) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
    for at in 0..<input.count {
      sums[at % channels] += Double(g[at])
      products[at % channels] += Double(g[at]) * normal(at)
    }
    if let weightGradient { store(products, in: weightGradient) }
    if let biasGradient { store(sums, in: biasGradient) }
    guard let inputGradient else { return }
    store(
      (0..<input.count).map { at in
        let c = at % channels
        let centred = fromBatch ? (sums[c] + normal(at) * products[c]) / Double(rows) : 0
        return Double(weight.elements[c]) * Double(s[channels + c]) * (Double(g[at]) - centred)
      }, in: inputGradient)
  }

  public func dropout(_ data: Tensor, probability: Float, key: UInt64) {
    let random = CounterRandom(key)
    store(
      data.array.enumerated().map { random.uniform($0) >= probability ? Double($1) / (1 - Double(probability)) : 0 },
      in: data)
  }

  // MARK: Loss

  public func softmaxCrossEntropy(
    logits: Tensor, labels: [Int32], smoothing: Float, gradientScale: Float, losses: Tensor, gradient: Tensor
  ) {
    let (images, classes) = (logits.shape[0], logits.shape[1])
    let z = logits.array.map(Double.init)
    var (lossValues, gradients) = ([Double](), [Double]())
    for image in 0..<images {
      let row = z[image * classes..<(image + 1) * classes]
      let largest = row.max()!
      let powers = row.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      let label = Int(labels[image])
      let targets = powers.indices.map {
        ($0 == label ? 1 - Double(smoothing) : 0) + Double(smoothing) / Double(classes)
      }
      lossValues.append(zip(row, targets).reduce(0) { $0 + $1.1 * (log(sum) + largest - $1.0) })
      gradients += zip(powers, targets).map { ($0 / sum - $1) * Double(gradientScale) }
    }
    store(lossValues, in: losses)
    store(gradients, in: gradient)
  }

  public func smoothL1(
    values: Tensor, targets: Tensor, weights: Tensor, sharpness: Float, scale: Float, gradient: Tensor
  ) -> Double {
    let square = Double(sharpness * sharpness)
    let differences = zip(values.array, targets.array).map { Double($0) - Double($1) }
    let factors = weights.array.map { Double($0) * Double(scale) }
    store(zip(differences, factors).map { abs($0) < 1 / square ? $1 * square * $0 : $0 < 0 ? -$1 : $1 }, in: gradient)
    return zip(differences, factors).reduce(0) { sum, pair in
      sum + pair.1 * (abs(pair.0) < 1 / square ? square * pair.0 * pair.0 / 2 : abs(pair.0) - 0.5 / square)
    }
  }

  public func pairCrossEntropy(logits: Tensor, labels: [Int32], scale: Float, gradient: Tensor) -> Double {
    let pairs = logits.shape[1] / 2
    let z = logits.array.map(Double.init)
    var (sum, gradients) = (0.0, [Double](repeating: 0, count: z.count))
    for at in 0..<logits.shape[0] * pairs where labels[at] >= 0 {
      let places = [0, 1].map { at / pairs * 2 * pairs + at % pairs + $0 * pairs }
      let total = exp(z[places[0]]) + exp(z[places[1]])
      let right = Int(labels[at])
      sum += log(total) - z[places[right]]
      for which in 0...1 { gradients[places[which]] = (exp(z[places[which]]) / total - (which == right ? 1 : 0)) * Double(scale) }
    }
    store(gradients, in: gradient)
    return sum * Double(scale)
  }

  public func pairProbabilities(logits: Tensor, output: Tensor) {
    let pairs = logits.shape[1] / 2
    let z = logits.array.map(Double.init)
    store(
      (0..<output.count).map { at in
        let first = at / pairs * 2 * pairs + at % pairs
        return exp(z[first + pairs]) / (exp(z[first]) + exp(z[first + pairs]))
      }, in: output)
  }

  public func groupMaxForward(_ input: Tensor, members: [Int32], starts: [Int32], output: Tensor) {
    let columns = input.shape[1]
    store(
      (0..<output.count).map { at in
        members[Int(starts[at / columns])..<Int(starts[at / columns + 1])].map { Double(input.array[Int($0) * columns + at % columns]) }.max() ?? 0
      }, in: output)
  }

  public func groupMaxGradient(
    _ input: Tensor, members: [Int32], starts: [Int32], output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    let (columns, x) = (input.shape[1], input.array)
    store(
      x.indices.map { at in
        let memberships = members.indices.filter { Int(members[$0]) == at / columns }
        let groups = memberships.map { place in starts.lastIndex { Int($0) <= place }! }
        return groups.reduce(0.0) { sum, group in
          let place = group * columns + at % columns
          return output.array[place] == x[at] ? sum + Double(outputGradient.array[place]) : sum
        }
      }, in: inputGradient)
  }

  public func softmax(logits: Tensor, output: Tensor) {
    store(
      logits.array.map(Double.init).chunked(logits.shape[1]).flatMap { row in
        let powers = row.map { exp($0 - row.max()!) }
        return powers.map { $0 / powers.reduce(0, +) }
      }, in: output)
  }

  // MARK: Optimiser and vectors

  public func sgdUpdate(
    weights: Tensor, gradient: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float, nesterov: Bool
  ) {
    let (w, g, v) = (weights.array.map(Double.init), gradient.elements, velocity.elements)
    let steps = w.indices.map {
      Double(momentum) * Double(v[$0]) + Double(learningRate) * (Double(g[$0]) + Double(weightDecay) * w[$0])
    }
    let ahead = zip(steps, v).map { nesterov ? $0 + Double(momentum) * ($0 - Double($1)) : $0 }
    store(steps, in: velocity)
    store(zip(w, ahead).map { $0 - $1 }, in: weights)
  }

  public func copy(_ source: Tensor, to target: Tensor) { store(source.array.map(Double.init), in: target) }

  public func fill(_ tensor: Tensor, with value: Float) {
    store([Double](repeating: Double(value), count: tensor.count), in: tensor)
  }

  public func add(_ source: Tensor, to target: Tensor, relu: Bool) {
    let sums = zip(source.array, target.array).map { Double($0) + Double($1) }
    store(relu ? sums.map { max(0, $0) } : sums, in: target)
  }

  public func squaredNorm(_ tensor: Tensor) -> Double {
    tensor.array.reduce(0) { $0 + Double($1) * Double($1) }
  }

  // MARK: Neighbour search

  public func rowProducts(_ a: Tensor, _ b: Tensor, output: Tensor) {
    store(rowProducts(a, b), in: output)
  }

  public func forEachRowProducts(
    _ a: Tensor, _ b: Tensor, tile: Int,
    _ body: @Sendable (_ tile: Int, _ columns: Range<Int>, _ products: UnsafeBufferPointer<Float>) -> Void
  ) {
    let (rows, columns) = (a.shape[0], b.shape[0])
    let products = rowProducts(a, b)
    for first in stride(from: 0, to: columns, by: tile) {
      let part = first..<min(columns, first + tile)
      let block = (0..<rows).flatMap { row in part.map { Float(products[row * columns + $0]) } }
      block.withUnsafeBufferPointer { body(first / tile, part, $0) }
    }
  }

  public func squaredRowNorms(_ rows: Tensor, output: Tensor) {
    let width = rows.count / max(rows.shape[0], 1)
    let x = rows.elements
    store(
      (0..<rows.shape[0]).map { row in (0..<width).reduce(0) { $0 + pow(Double(x[row * width + $1]), 2) } },
      in: output)
  }

  private func rowProducts(_ a: Tensor, _ b: Tensor) -> [Double] {
    let (m, n) = (a.shape[0], b.shape[0])
    let width = b.count / max(n, 1)
    let (x, y) = (a.elements, b.elements)
    return (0..<m * n).map { at in
      (0..<width).reduce(0) { $0 + Double(x[at / n * width + $1]) * Double(y[at % n * width + $1]) }
    }
  }

  private func storeColumnSums(_ matrix: Tensor, in target: Tensor) {
    let x = matrix.elements
    var sums = [Double](repeating: 0, count: target.count)
    for at in 0..<matrix.count { sums[at % target.count] += Double(x[at]) }
    store(sums, in: target)
  }

  private func store(_ values: [Double], in tensor: Tensor) {
    precondition(values.count == tensor.count, "\(values.count) values for a tensor of \(tensor.shape)")
    _ = tensor.elements.update(from: values.map(Float.init))
  }
}

extension [Float] {
  fileprivate func chunked(_ size: Int) -> [[Float]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<$0 + size]) } }
}

extension [Double] {
  fileprivate func chunked(_ size: Int) -> [[Double]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<$0 + size]) } }
}
