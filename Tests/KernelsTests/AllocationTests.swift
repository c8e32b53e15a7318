import CAllocations
import Kernels
import TestSupport
import Testing

@Suite struct AllocationTests {
  /// A loop of several threads costs two small blocks, in which Swift hands its closure over, whatever the shapes; nothing else may
  /// allocate.
  @Test("no operation allocates once it has run, but for handing out its pieces", arguments: [(1, 0), (2, 120)])
  func noAllocation(workers: Int, blocksAStep: Int) {
    let backend = CPUBackend(workers: workers)
    let shape = ConvolutionShape(height: 14, width: 14, channels: 16, outputs: 32, kernel: 3, padding: 1, groups: 2)
    let pool = PoolShape(height: 14, width: 14, channels: 32, kernel: 3, stride: 2)
    let images = [9, 14, 14, 16]
    let maps = [9, 14, 14, 32]
    let (x, dx) = (random(backend, images, 1), random(backend, images, 2))
    let (w, dw) = (random(backend, shape.weightShape, 3), random(backend, shape.weightShape, 4))
    let v = random(backend, shape.weightShape, 5)
    let (b, db) = (random(backend, [32], 6), random(backend, [32], 7))
    let (y, dy) = (random(backend, maps, 8), random(backend, maps, 9))
    let (z, choices) = (random(backend, maps, 10), random(backend, [9, 7, 7, 32], 11))
    let (pooled, dPooled) = (random(backend, [9, 7, 7, 32], 12), random(backend, [9, 7, 7, 32], 13))
    let flat = pooled.reshaped([9, 7 * 7 * 32])
    let dFlat = dPooled.reshaped([9, 7 * 7 * 32])
    let (fw, dfw) = (random(backend, [200, 7 * 7 * 32], 14), random(backend, [200, 7 * 7 * 32], 15))
    let (fb, dfb) = (random(backend, [200], 16), random(backend, [200], 17))
    let (logits, dLogits) = (random(backend, [9, 200], 18), random(backend, [9, 200], 19))
    let losses = random(backend, [9], 20)
    let products = random(backend, [9, 200], 21)
    let labels = [Int32](repeating: 3, count: 9)
    let (mean, variance) = (random(backend, [32], 22), random(backend, [32], 23))
    let statistics = random(backend, [2, 32], 24)

    func step() -> Double {
      backend.convolutionForward(shape, input: x, weights: w, bias: b, relu: true, output: y)
      backend.batchNormForward(
        BatchNorm(), input: y, weight: b, bias: db, runningMean: mean, runningVariance: variance, fromBatch: true,
        relu: true, statistics: statistics, output: z)
      backend.batchNormGradient(
        input: y, weight: b, statistics: statistics, outputGradient: dy, fromBatch: true, inputGradient: z,
        weightGradient: db, biasGradient: db)
      backend.add(z, to: y, relu: true)
      backend.lrnForward(LocalResponse(), input: y, output: z)
      backend.maxPoolForward(pool, input: z, output: pooled, choices: choices)
      backend.averagePoolForward(pool, input: z, output: pooled)
      backend.reluForward(input: pooled, output: pooled)
      backend.dropout(pooled, probability: 0.5, key: 1)
      backend.fullyConnectedForward(input: flat, weights: fw, bias: fb, relu: false, output: logits)
      backend.softmaxCrossEntropy(
        logits: logits, labels: labels, gradientScale: 1, losses: losses, gradient: dLogits)
      backend.fullyConnectedWeightGradient(
        input: flat, outputGradient: dLogits, weightGradient: dfw, biasGradient: dfb)
      backend.fullyConnectedDataGradient(outputGradient: dLogits, weights: fw, inputGradient: dFlat)
      backend.fullyConnectedUpdate(
        input: flat, outputGradient: dLogits, weights: fw, velocity: dfw, learningRate: 0.1, momentum: 0.9, weightDecay: 0, nesterov: true)
      backend.reluGradient(output: pooled, gradient: dPooled)
      backend.averagePoolGradient(pool, outputGradient: dPooled, inputGradient: dy)
      backend.maxPoolGradient(pool, choices: choices, outputGradient: dPooled, inputGradient: dy)
      backend.lrnGradient(LocalResponse(), input: y, outputGradient: dy, inputGradient: dy)
      backend.convolutionWeightGradient(
        shape, input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)
      backend.convolutionDataGradient(shape, outputGradient: dy, weights: w, inputGradient: dx)
      backend.sgdUpdate(weights: w, gradient: dw, velocity: v, learningRate: 0.1, momentum: 0.9, weightDecay: 0)
      backend.copy(w, to: v)
      backend.add(w, to: v)
      backend.fill(v, with: 0)
      backend.rowProducts(flat, fw, output: products)
      backend.squaredRowNorms(flat, output: losses)
      backend.forEachRowProducts(flat, fw, tile: 300) { _, _, _ in }
      return backend.squaredNorm(w) + backend.fullyConnectedSquaredNorm(input: flat, outputGradient: dLogits)
    }
    // The first steps make scratch memory, and the system's worker threads.
    for _ in 0..<3 { _ = step() }
    let before = callocations_of_this_thread()
    for _ in 0..<10 { _ = step() }
    #expect(callocations_of_this_thread() - before <= 10 * blocksAStep)
  }

  @Test("a reserved convolution does not allocate even at first")
  func reserved() {
    let backend = CPUBackend(workers: 1)
    let shape = ConvolutionShape(height: 9, width: 9, channels: 4, outputs: 6, kernel: 3, padding: 1)
    let (x, y) = (random(backend, [5, 9, 9, 4], 1), random(backend, [5, 9, 9, 6], 2))
    let (w, b) = (random(backend, shape.weightShape, 3), random(backend, [6], 4))
    backend.reserve(backend.scratchFloats(shape, batch: 5))
    let before = callocations_of_this_thread()
    backend.convolutionForward(shape, input: x, weights: w, bias: b, relu: true, output: y)
    backend.convolutionWeightGradient(shape, input: x, outputGradient: y, weightGradient: w, biasGradient: b)
    backend.convolutionDataGradient(shape, outputGradient: y, weights: w, inputGradient: x)
    #expect(callocations_of_this_thread() - before == 0)
  }

  @Test("the counter counts")
  func counterCounts() {
    let before = callocations_of_this_thread()
    let tensor = CPUBackend(workers: 1).makeTensor([1000])
    #expect(tensor.count == 1000 && callocations_of_this_thread() - before >= 2)
  }
}
