import Kernels
import TestSupport
import Testing

@Suite struct CPUBackendTests {
  @Test("agrees with the reference, in the same bits for any number of workers", arguments: OperationCase.all)
  func agreesWithReference(operation: OperationCase) {
    let expected = operation.run(ReferenceBackend())
    let single = operation.run(CPUBackend(workers: 1))
    for (result, reference) in zip(single, expected) {
      let (difference, largest) = largestDifference(result.array, reference.array)
      #expect(
        difference <= operation.tolerance * max(largest, 1e-3),
        "off by \(difference) where the largest value is \(largest)")
    }
    for workers in [2, 3] {
      let backend = CPUBackend(workers: workers)
      for (result, reference) in zip(operation.run(backend), single) { #expect(sameBits(result, reference)) }
      // A second run finds the scratch memory dirty.
      for (result, reference) in zip(operation.run(backend), single) { #expect(sameBits(result, reference)) }
    }
  }

  @Test("gives the same bits with every kind of vectors that this processor has", arguments: OperationCase.all)
  func sameBitsWithAllVectors(operation: OperationCase) {
    for convolution in [ConvolutionMethod.winograd, .columns] {
      let best = operation.run(CPUBackend(workers: 2, convolution: convolution, matrix: .own))
      for vectors in ProcessorVectors.supported.dropFirst() {
        let results = operation.run(CPUBackend(workers: 1, convolution: convolution, matrix: .own, vectors: vectors))
        for (result, other) in zip(results, best) { #expect(sameBits(result, other), "\(vectors.name)") }
      }
    }
  }

  @Test("with OpenBLAS, agrees with the reference", arguments: OperationCase.all)
  func openBLASAgrees(operation: OperationCase) throws {
    try #require(MatrixLibrary.openBLASError == nil, "OpenBLAS is a package that the set-up installs")
    let expected = operation.run(ReferenceBackend())
    for (result, reference) in zip(operation.run(CPUBackend(workers: 2, matrix: .openBLAS)), expected) {
      let (difference, largest) = largestDifference(result.array, reference.array)
      #expect(
        difference <= operation.tolerance * max(largest, 1e-3),
        "off by \(difference) where the largest value is \(largest)")
    }
  }

  @Test("convolutions that could go through Winograd's tiles can be had as matrix products", arguments: OperationCase.winograd)
  func columnsAgreeWithReference(operation: OperationCase) {
    let expected = operation.run(ReferenceBackend())
    for (result, reference) in zip(operation.run(CPUBackend(workers: 2, convolution: .columns)), expected) {
      let (difference, largest) = largestDifference(result.array, reference.array)
      #expect(difference <= 1e-5 * largest, "off by \(difference) where the largest value is \(largest)")
    }
  }

  @Test("an update by a weight gradient that nobody keeps is the update by the gradient, to the last bit", arguments: [
    (1, 1, 1), (5, 9, 300), (64, 1200, 1100), (7, 2200, 130),
  ])
  func updates(batch: Int, inputs: Int, outputs: Int) {
    let kept = CPUBackend(workers: 1)
    let (x, dy) = (random(kept, [batch, inputs], 1), random(kept, [batch, outputs], 2))
    let (dw, db) = (unwritten(kept, [outputs, inputs]), unwritten(kept, [outputs]))
    kept.fullyConnectedWeightGradient(input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)
    for (workers, nesterov) in [(1, false), (2, true), (3, false)] {
      let backend = CPUBackend(workers: workers)
      let (w, v) = (random(kept, dw.shape, 3), random(kept, dw.shape, 4))
      kept.sgdUpdate(
        weights: w, gradient: dw, velocity: v, learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: nesterov)
      let (ours, velocity) = (random(kept, dw.shape, 3), random(kept, dw.shape, 4))
      backend.fullyConnectedUpdate(
        input: x, outputGradient: dy, weights: ours, velocity: velocity, learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4,
        nesterov: nesterov)
      #expect(sameBits(ours, w) && sameBits(velocity, v))
    }
  }

  static let alexNetShapes: [ConvolutionShape] = [
    .init(height: 27, width: 27, channels: 96, outputs: 256, kernel: 5, padding: 2, groups: 2),
    .init(height: 13, width: 13, channels: 256, outputs: 384, kernel: 3, padding: 1),
    .init(height: 13, width: 13, channels: 384, outputs: 256, kernel: 3, padding: 1, groups: 2),
  ]

  @Test("both ways agree on the shapes of AlexNet", arguments: alexNetShapes)
  func waysAgree(shape: ConvolutionShape) {
    for operation in OperationCase.convolution(shape, batch: 20) {
      let plain = operation.run(CPUBackend(workers: 2, convolution: .columns))
      for (result, expected) in zip(operation.run(CPUBackend(workers: 2)), plain) {
        let (difference, largest) = largestDifference(result.array, expected.array)
        #expect(difference <= 4e-5 * largest, "\(operation): off by \(difference) of \(largest)")
        #expect(difference > 0 || result.shape.count == 1, "the two are not two ways")
      }
    }
  }

  @Test("a hostile logit gives a hostile loss, and leaves the other images alone", arguments: [
    Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
  ])
  func hostileLogits(value: Float) {
    let backend = CPUBackend(workers: 2)
    let logits = Tensor([0, 1, 2, 0, value, 2, value, value, value], shape: [3, 3])
    let (losses, gradient) = (backend.makeTensor([3]), backend.makeTensor([3, 3]))
    backend.softmaxCrossEntropy(
      logits: logits, labels: [2, 0, 1], gradientScale: 1, losses: losses, gradient: gradient)
    #expect(abs(losses.array[0] - 0.40760595) < 1e-6)
    #expect(abs(gradient.array[..<3].reduce(0, +)) < 1e-6)
    if value.isNaN || value == .infinity { #expect(losses.array[1].isNaN) }
    if value == -.infinity { #expect(abs(losses.array[1] - 2.126928) < 1e-6) }
  }

  @Test("dropout keeps the share that it says, and another key keeps others")
  func dropoutShare() {
    let backend = CPUBackend(workers: 2)
    func kept(_ probability: Float, _ key: UInt64) -> [Bool] {
      let data = Tensor([Float](repeating: 1, count: 100_000), shape: [100_000])
      backend.dropout(data, probability: probability, key: key)
      #expect(data.array.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - probability)) < 1e-6 })
      return data.array.map { $0 > 0 }
    }
    for probability in [Float(0), 0.1, 0.5, 0.9] {
      let share = Float(kept(probability, 1).count { $0 }) / 100_000
      #expect(abs(share - (1 - probability)) < 0.005)
    }
    let equal = zip(kept(0.5, 1), kept(0.5, 2)).count { $0 == $1 }
    #expect(abs(equal - 50_000) < 1000)
  }

  @Test("an empty batch is no trouble")
  func emptyBatch() {
    let backend = CPUBackend(workers: 2)
    let shape = ConvolutionShape(height: 4, width: 4, channels: 2, outputs: 3, kernel: 3, padding: 1)
    let (x, y) = (backend.makeTensor([0, 4, 4, 2]), backend.makeTensor([0, 4, 4, 3]))
    let (w, b) = (backend.makeTensor(shape.weightShape), unwritten(backend, [3]))
    backend.convolutionForward(shape, input: x, weights: w, bias: b, relu: true, output: y)
    backend.convolutionDataGradient(shape, outputGradient: y, weights: w, inputGradient: x)
    backend.convolutionWeightGradient(
      shape, input: x, outputGradient: y, weightGradient: w, biasGradient: b)
    #expect(b.array == [0, 0, 0])
    backend.rowProducts(backend.makeTensor([0, 3]), backend.makeTensor([2, 3]), output: backend.makeTensor([0, 2]))
  }

  @Test("calls from several threads at once do not disturb each other")
  func concurrentCalls() async {
    let backend = CPUBackend(workers: 2)
    let operations = Array(OperationCase.convolutions.suffix(12))
    let expected = operations.map { $0.run(CPUBackend(workers: 1)) }
    await withTaskGroup(of: Bool.self) { group in
      for (operation, expected) in zip(operations, expected) {
        group.addTask { zip(operation.run(backend), expected).allSatisfy { sameBits($0, $1) } }
      }
      for await equal in group { #expect(equal) }
    }
  }
}

func sameBits(_ a: Tensor, _ b: Tensor) -> Bool {
  a.array.map(\.bitPattern) == b.array.map(\.bitPattern)
}

/// The largest absolute difference of two lists (infinite where one is not finite), and the largest absolute value of
/// the second.
func largestDifference(_ a: [Float], _ b: [Float]) -> (difference: Float, largest: Float) {
  guard a.count == b.count else { return (.infinity, 0) }
  var (difference, largest) = (Float(0), Float(0))
  for (x, y) in zip(a, b) {
    difference = (x - y).isFinite ? max(difference, abs(x - y)) : .infinity
    largest = max(largest, abs(y))
  }
  return (difference, largest)
}
