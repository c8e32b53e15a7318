import Datasets
import EngineFixtures
import Files
import FoundationEssentials
import Kernels
import Networks
import Settings
import TestSupport
import Testing
import Training

/// Trainings that subtract the mean image, end to end, beside a naive twin; and the means that are kept.
@Suite struct MeanImageTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  private func configuration(side: Int, mirror: Bool) throws -> TrainingConfiguration {
    var configuration = try Architecture.named("alexnet-28").recipe
    configuration.batchSize = 12
    configuration.iterations = 1
    configuration.augmentation = .init(
      resize: .warp, resizeTo: side, padding: 0, mirror: mirror, mean: .image, scale: 0.5)
    return configuration
  }

  private func trainer(
    _ configuration: TrainingConfiguration, _ dataset: SyntheticDataset, means: MeanCache? = nil
  ) throws -> Trainer {
    try Trainer(
      configuration: configuration, dataset: dataset, labelSet: dataset.fineLabelSet, backend: CPUBackend(workers: 1),
      workers: 2, means: means)
  }

  /// The mean of the training images, pixel by pixel, in double precision.
  private func naiveMean(_ dataset: SyntheticDataset) throws -> [Double] {
    var sums = [Double](repeating: 0, count: 28 * 28)
    for index in 0..<dataset.images {
      for (place, value) in try dataset.picture(.train, index).pixels.enumerated() { sums[place] += Double(value) }
    }
    return sums.map { $0 / Double(dataset.images) }
  }

  @Test("without a crop the network sees (pixel − mean of that pixel) · scale, mirrored or not")
  func inputs() throws {
    let dataset = SyntheticDataset(classes: 3, images: 12)
    let mean = try naiveMean(dataset)
    for mirror in [false, true] {
      let trainer = try trainer(configuration(side: 28, mirror: mirror), dataset)
      try trainer.run(
        control: { trainer.step == 1 ? .stop : .proceed }, checkpoint: { _ in },
        sink: { _ in })
      let kept = try #require(trainer.mean)
      #expect(kept.shape == [28, 28, 1])
      for (found, expected) in zip(kept.array, mean) { #expect(abs(Double(found) - expected) < 0.01) }
      let order = EpochOrder.shuffled(trainer.task.training, seed: 1, epoch: 0)
      var mirrored = 0
      for (row, sample) in order.enumerated() {
        let pixels = try dataset.picture(.train, Int(sample.index)).pixels
        func worst(flipped: Bool) -> Double {
          (0..<28 * 28).reduce(0.0) { worst, place in
            let column = flipped ? 27 - place % 28 : place % 28
            let source = place / 28 * 28 + column
            let expected = (Double(pixels[source]) - mean[source]) * 0.5
            return max(worst, abs(expected - Double(trainer.network.input.elements[row * 28 * 28 + place])))
          }
        }
        let isMirrored = mirror && worst(flipped: true) < 0.01
        mirrored += isMirrored ? 1 : 0
        #expect(isMirrored || worst(flipped: false) < 0.01, "row \(row)")
      }
      #expect(mirror ? (1..<12).contains(mirrored) : mirrored == 0)
    }
  }

  @Test("a crop takes the mean of its own window")
  func crops() throws {
    var pictures: [Picture] = []
    for index in 0..<5 {
      let pixels = (0..<32 * 32).map { UInt8((CounterRandom(seed: 9, index).bits($0) >> 56)) }
      pictures.append(Picture(width: 32, height: 32, channels: 1, pixels: pixels))
    }
    let dataset = MemoryDataset(pictures: pictures)
    let augmentation = TrainingConfiguration.Augmentation(
      resize: .warp, resizeTo: 32, padding: 0, mirror: true, mean: .image, scale: 1)
    let mean = try InputMean.compute(
      dataset: dataset, samples: dataset.samples, input: (28, 28, 1), augmentation: augmentation, workers: 2)
    let naive = (0..<32 * 32).map { place in pictures.reduce(0.0) { $0 + Double($1.pixels[place]) } / 5 }
    let loader = try Loader(
      dataset: dataset, split: .train, input: (28, 28, 1), batchSize: 5, augmentation: augmentation, mean: mean,
      training: true, seed: 4, workers: 1)
    let input = Tensor([5, 28, 28, 1])
    var labels = [Int32](repeating: 0, count: 5)
    var windows: Set<[Int]> = []
    for epoch in 0..<4 {
      loader.begin(dataset.samples, epoch: epoch)
      _ = try loader.next(into: input, labels: &labels)
      for row in 0..<5 {
        // Every window and mirror is tried: exactly one explains the row.
        let fitting = (0..<50).map { [$0 / 10, $0 / 2 % 5, $0 % 2] }.filter { window in
          (0..<28 * 28).allSatisfy { place in
            let column = window[2] == 1 ? 27 - place % 28 : place % 28
            let source = (place / 28 + window[0]) * 32 + column + window[1]
            let expected = Double(pictures[row].pixels[source]) - naive[source]
            return abs(expected - Double(input.elements[row * 28 * 28 + place])) < 0.01
          }
        }
        #expect(fitting.count == 1, "row \(row) of epoch \(epoch)")
        windows.formUnion(fitting)
      }
    }
    #expect(windows.count > 10)
  }

  // MARK: Kept means

  private func mean(_ configuration: TrainingConfiguration, _ dataset: SyntheticDataset) throws -> [Float] {
    let trainer = try trainer(configuration, dataset, means: MeanCache(home: home))
    try trainer.run(control: { .proceed }, checkpoint: { _ in }, sink: { _ in })
    return try #require(trainer.mean).array
  }

  @Test("the mean is computed once for the same images, whatever their labels, and equals one that was not kept")
  func once() throws {
    var dataset = SyntheticDataset(classes: 4, images: 12)
    dataset.validationImages = 0
    let loads = LoadCounter()
    dataset.loads = loads
    let configuration = try configuration(side: 28, mirror: false)
    let first = try mean(configuration, dataset)
    let afterFirst = loads.count
    #expect(try mean(configuration, dataset) == first)
    // The second training loads its batch, and nothing for the mean.
    #expect(loads.count - afterFirst == afterFirst - 12)
    #expect(folder.names == ["cache"])
    let fresh = try trainer(configuration, dataset)
    try fresh.run(control: { .proceed }, checkpoint: { _ in }, sink: { _ in })
    #expect(fresh.mean?.array == first)
  }

  @Test("other images, another size and another kind of mean have means of their own")
  func keys() throws {
    let dataset = SyntheticDataset(classes: 4, images: 12)
    let plain = try configuration(side: 28, mirror: false)
    _ = try mean(plain, dataset)
    var channel = plain
    channel.augmentation.mean = .channel
    #expect(try mean(channel, dataset).count == 1)
    #expect(try mean(configuration(side: 30, mirror: false), dataset).count == 900)
    _ = try mean(plain, SyntheticDataset(classes: 4, images: 16))
    #expect(names.count == 4)
    // Mirrors, crops and scale do not change it.
    var mirrored = plain
    mirrored.augmentation.mirror = true
    mirrored.augmentation.scale = 1
    _ = try mean(mirrored, dataset)
    #expect(names.count == 4)
  }

  @Test("a damaged file is computed again, wherever the damage is")
  func damaged() throws {
    let dataset = SyntheticDataset(classes: 4, images: 12)
    let configuration = try configuration(side: 28, mirror: false)
    let expected = try mean(configuration, dataset)
    let name = "cache/means/" + names[0]
    let whole = folder.bytes(of: name)
    for place in [0, 8, 40, whole.count / 2, whole.count - 1] {
      var bytes = whole
      bytes[place] ^= 0x40
      folder.write(bytes, to: name)
      #expect(try mean(configuration, dataset) == expected)
      #expect(folder.bytes(of: name) == whole)
    }
    folder.write([], to: name)
    #expect(try mean(configuration, dataset) == expected)
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/means")) ?? []).sorted()
  }
}
