import Kernels

/// Passes every operation on and keeps the time it took.
final class TimingBackend: Backend, @unchecked Sendable {
  private struct Row {
    var name: String
    var seconds = 0.0
    /// Floating-point operations of all calls.
    var operations = 0.0
    /// Seconds that so many workers would take at best, and the pieces of its longest loop.
    var shared = 0.0
    var pieces = 0
  }

  private let inner: any Backend
  private let pieceTimes: PieceTimes?
  private var rows: [Row] = []

  /// - Parameter pieceTimes: of `inner`, if what many workers would take is to be found.
  init(_ inner: any Backend, pieceTimes: PieceTimes? = nil) {
    self.inner = inner
    self.pieceTimes = pieceTimes
  }

  func reset() { rows = [] }

  /// The floating-point operations of all calls, of those that are counted by them.
  var multiplyAddsTimesTwo: Double { rows.reduce(0) { $0 + $1.operations } }

  /// - Parameter peak: floating-point operations a second of all workers.
  func printTable(steps: Int, peak: Double) {
    let total = rows.reduce(0) { $0 + $1.seconds }
    print(padded("ms", 9), padded("share", 7), padded("GFLOP/s", 8), padded("of peak", 8), " operation")
    for row in rows {
      let rate = row.operations / row.seconds
      print(
        padded(decimal(row.seconds / Double(steps) * 1e3), 9), padded(decimal(100 * row.seconds / total) + "%", 7),
        row.operations > 0 ? padded(decimal(rate / 1e9), 8) : padded("", 8),
        row.operations > 0 ? padded(decimal(100 * rate / peak) + "%", 8) : padded("", 8), " " + row.name)
    }
  }

  struct Operation: Encodable {
    var name: String
    /// Of one step.
    var milliseconds: Double
    /// Multiplications and additions of the plain sum; nil where an operation is not counted by them.
    var gigaflopsPerSecond: Double?
  }

  func operations(steps: Int) -> [Operation] {
    rows.map {
      Operation(
        name: $0.name, milliseconds: $0.seconds / Double(steps) * 1e3,
        gigaflopsPerSecond: $0.operations > 0 ? $0.operations / $0.seconds / 1e9 : nil)
    }
  }

  /// What an operation takes on one core, and on `workers` at best.
  struct Share {
    var name: String
    var alone, shared: Double
    var pieces: Int
  }

  var shares: [Share] { rows.map { Share(name: $0.name, alone: $0.seconds, shared: $0.shared, pieces: $0.pieces) } }

  private func time(_ name: String, _ shape: [Int], operations: Int = 0, _ body: () -> Void) {
    pieceTimes?.reset()
    let start = ContinuousClock.now
    body()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let label = "\(name) \(shape.map(String.init).joined(separator: "×"))"
    let index = rows.firstIndex { $0.name == label } ?? rows.endIndex
    if index == rows.endIndex { rows.append(Row(name: label)) }
    rows[index].seconds += seconds
    rows[index].operations += Double(operations)
    if let pieceTimes {
      rows[index].shared += seconds - pieceTimes.sum + pieceTimes.makespan(workers: workers)
      rows[index].pieces = pieceTimes.pieces
    }
  }

  private func time(_ name: String, _ shape: ConvolutionShape, batch: Int, _ body: () -> Void) {
    time(
      "convolution \(name) \(shape.outputs)@\(shape.kernel)", [shape.height, shape.width, shape.channels],
      operations: 2 * shape.multiplyAdds * batch, body)
  }

  var workers: Int { inner.workers }
  func makeTensor(_ shape: [Int]) -> Tensor { inner.makeTensor(shape) }
  func scratchFloats(_ shape: ConvolutionShape, batch: Int) -> Int { inner.scratchFloats(shape, batch: batch) }
  func scratchFloats(outputs: Int, inputs: Int, batch: Int) -> Int {
    inner.scratchFloats(outputs: outputs, inputs: inputs, batch: batch)
  }
  func reserve(_ floats: Int) { inner.reserve(floats) }

  func convolutionForward(
    _ shape: ConvolutionShape, input: Tensor, weights: Tensor, bias: Tensor?, relu: Bool, output: Tensor
  ) {
    time("forward", shape, batch: input.shape[0]) {
      inner.convolutionForward(shape, input: input, weights: weights, bias: bias, relu: relu, output: output)
    }
  }

  func convolutionDataGradient(
    _ shape: ConvolutionShape, outputGradient: Tensor, weights: Tensor, inputGradient: Tensor
  ) {
    time("data gradient", shape, batch: outputGradient.shape[0]) {
      inner.convolutionDataGradient(
        shape, outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
  }

  func convolutionWeightGradient(
    _ shape: ConvolutionShape, input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor?
  ) {
    time("weight gradient", shape, batch: input.shape[0]) {
      inner.convolutionWeightGradient(
        shape, input: input, outputGradient: outputGradient, weightGradient: weightGradient,
        biasGradient: biasGradient)
    }
  }

  func fullyConnectedForward(input: Tensor, weights: Tensor, bias: Tensor, relu: Bool, output: Tensor) {
    time("fully connected forward", weights.shape, operations: 2 * weights.count * input.shape[0]) {
      inner.fullyConnectedForward(input: input, weights: weights, bias: bias, relu: relu, output: output)
    }
  }

  func fullyConnectedDataGradient(outputGradient: Tensor, weights: Tensor, inputGradient: Tensor) {
    time("fully connected data gradient", weights.shape, operations: 2 * weights.count * outputGradient.shape[0]) {
      inner.fullyConnectedDataGradient(
        outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
  }

  func fullyConnectedWeightGradient(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor?, biasGradient: Tensor
  ) {
    let operations = 2 * (weightGradient?.count ?? 0) * input.shape[0]
    time("fully connected weight gradient", [biasGradient.count, input.shape[1]], operations: operations) {
      inner.fullyConnectedWeightGradient(
        input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: biasGradient)
    }
  }

  func fullyConnectedUpdate(
    input: Tensor, outputGradient: Tensor, weights: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float,
    nesterov: Bool
  ) {
    time("fully connected weight update", weights.shape, operations: 2 * weights.count * input.shape[0]) {
      inner.fullyConnectedUpdate(
        input: input, outputGradient: outputGradient, weights: weights, velocity: velocity, learningRate: learningRate,
        momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
    }
  }

  func fullyConnectedSquaredNorm(input: Tensor, outputGradient: Tensor) -> Double {
    inner.fullyConnectedSquaredNorm(input: input, outputGradient: outputGradient)
  }

  func reluForward(input: Tensor, output: Tensor) {
    time("relu forward", input.shape) { inner.reluForward(input: input, output: output) }
  }
  func reluGradient(output: Tensor, gradient: Tensor) {
    time("relu gradient", output.shape) { inner.reluGradient(output: output, gradient: gradient) }
  }
  func maxPoolForward(_ shape: PoolShape, input: Tensor, output: Tensor, choices: Tensor?) {
    time("max pool forward", input.shape) {
      inner.maxPoolForward(shape, input: input, output: output, choices: choices)
    }
  }
  func maxPoolGradient(_ shape: PoolShape, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    time("max pool gradient", inputGradient.shape) {
      inner.maxPoolGradient(shape, choices: choices, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
  func averagePoolForward(_ shape: PoolShape, input: Tensor, output: Tensor) {
    time("average pool forward", input.shape) { inner.averagePoolForward(shape, input: input, output: output) }
  }
  func averagePoolGradient(_ shape: PoolShape, outputGradient: Tensor, inputGradient: Tensor) {
    time("average pool gradient", inputGradient.shape) {
      inner.averagePoolGradient(shape, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
  func lrnForward(_ lrn: LocalResponse, input: Tensor, output: Tensor) {
    time("response normalisation forward", input.shape) { inner.lrnForward(lrn, input: input, output: output) }
  }
  func lrnGradient(_ lrn: LocalResponse, input: Tensor, outputGradient: Tensor, inputGradient: Tensor) {
    time("response normalisation gradient", input.shape) {
      inner.lrnGradient(lrn, input: input, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
  func batchNormForward(
    _ norm: BatchNorm, input: Tensor, weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor,
    fromBatch: Bool, relu: Bool, statistics: Tensor, output: Tensor
  ) {
    time("batch normalisation forward", input.shape) {
      inner.batchNormForward(
        norm, input: input, weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
        fromBatch: fromBatch, relu: relu, statistics: statistics, output: output)
    }
  }
  func batchNormGradient(
    input: Tensor, weight: Tensor, statistics: Tensor, outputGradient: Tensor, fromBatch: Bool,
    inputGradient: Tensor?, weightGradient: Tensor?, biasGradient: Tensor?
  ) {
    time("batch normalisation gradient", input.shape) {
      inner.batchNormGradient(
        input: input, weight: weight, statistics: statistics, outputGradient: outputGradient, fromBatch: fromBatch,
        inputGradient: inputGradient, weightGradient: weightGradient, biasGradient: biasGradient)
    }
  }
  func regionPoolForward(_ shape: RegionPoolShape, input: Tensor, regions: Tensor, output: Tensor, choices: Tensor?) {
    time("region pool forward", output.shape) {
      inner.regionPoolForward(shape, input: input, regions: regions, output: output, choices: choices)
    }
  }
  func regionPoolGradient(
    _ shape: RegionPoolShape, regions: Tensor, choices: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    time("region pool gradient", outputGradient.shape) {
      inner.regionPoolGradient(shape, regions: regions, choices: choices, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
  func decodeBoxes(_ boxes: Tensor, deltas: Tensor, scales: SIMD4<Float>, width: Int, height: Int, output: Tensor) {
    time("decode boxes", boxes.shape) {
      inner.decodeBoxes(boxes, deltas: deltas, scales: scales, width: width, height: height, output: output)
    }
  }
  func suppress(_ boxes: Tensor, count: Int, threshold: Float, most: Int, kept: inout [Int32]) {
    var chosen: [Int32] = kept
    time("suppress", [boxes.shape[0], most]) {
      inner.suppress(boxes, count: count, threshold: threshold, most: most, kept: &chosen)
    }
    kept = chosen
  }
  func smoothL1(values: Tensor, targets: Tensor, weights: Tensor, sharpness: Float, scale: Float, gradient: Tensor) -> Double {
    var loss = 0.0
    time("smooth L1", values.shape) {
      loss = inner.smoothL1(values: values, targets: targets, weights: weights, sharpness: sharpness, scale: scale, gradient: gradient)
    }
    return loss
  }
  func pairCrossEntropy(logits: Tensor, labels: [Int32], scale: Float, gradient: Tensor) -> Double {
    var loss = 0.0
    time("pair cross-entropy", logits.shape) { loss = inner.pairCrossEntropy(logits: logits, labels: labels, scale: scale, gradient: gradient) }
    return loss
  }
  func pairProbabilities(logits: Tensor, output: Tensor) {
    time("pair probabilities", logits.shape) { inner.pairProbabilities(logits: logits, output: output) }
  }
  func groupMaxForward(_ input: Tensor, members: [Int32], starts: [Int32], output: Tensor) {
    time("group max forward", output.shape) { inner.groupMaxForward(input, members: members, starts: starts, output: output) }
  }
  func groupMaxGradient(
    _ input: Tensor, members: [Int32], starts: [Int32], output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) {
    time("group max gradient", input.shape) {
      inner.groupMaxGradient(
        input, members: members, starts: starts, output: output, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
  func softmax(logits: Tensor, output: Tensor) { time("softmax", logits.shape) { inner.softmax(logits: logits, output: output) } }
  func dropout(_ data: Tensor, probability: Float, key: UInt64) {
    time("dropout", data.shape) { inner.dropout(data, probability: probability, key: key) }
  }
  func softmaxCrossEntropy(
    logits: Tensor, labels: [Int32], smoothing: Float, gradientScale: Float, losses: Tensor, gradient: Tensor
  ) {
    time("softmax cross-entropy", logits.shape) {
      inner.softmaxCrossEntropy(
        logits: logits, labels: labels, smoothing: smoothing, gradientScale: gradientScale, losses: losses,
        gradient: gradient)
    }
  }
  func sgdUpdate(
    weights: Tensor, gradient: Tensor, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float, nesterov: Bool
  ) {
    time("SGD update", []) {
      inner.sgdUpdate(
        weights: weights, gradient: gradient, velocity: velocity, learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
        nesterov: nesterov)
    }
  }
  func copy(_ source: Tensor, to target: Tensor) { time("copy", []) { inner.copy(source, to: target) } }
  func fill(_ tensor: Tensor, with value: Float) { time("fill", []) { inner.fill(tensor, with: value) } }
  func add(_ source: Tensor, to target: Tensor, relu: Bool) {
    time("add", source.shape) { inner.add(source, to: target, relu: relu) }
  }
  func squaredNorm(_ tensor: Tensor) -> Double { inner.squaredNorm(tensor) }
  func rowProducts(_ a: Tensor, _ b: Tensor, output: Tensor) {
    time("row products", output.shape, operations: 2 * output.count * a.shape[1]) {
      inner.rowProducts(a, b, output: output)
    }
  }
  func forEachRowProducts(
    _ a: Tensor, _ b: Tensor, tile: Int,
    _ body: @Sendable (_ tile: Int, _ columns: Range<Int>, _ products: UnsafeBufferPointer<Float>) -> Void
  ) {
    time("row products", [a.shape[0], b.shape[0]], operations: 2 * a.count * b.shape[0]) {
      inner.forEachRowProducts(a, b, tile: tile, body)
    }
  }
  func squaredRowNorms(_ rows: Tensor, output: Tensor) {
    time("squared row norms", rows.shape) { inner.squaredRowNorms(rows, output: output) }
  }
}
