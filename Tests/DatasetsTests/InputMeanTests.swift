import Basics
import Datasets
import EngineFixtures
import Files
import Kernels
import Settings
import Testing

@Suite struct InputMeanTests {
  @Test("Fashion-MNIST's mean is the published 0.2860 of 255")
  func fashionMNIST() throws {
    let dataset = try DatasetCatalog(home: Home(explicit: "/nonexistent")).open("fashion-mnist")
    let samples = dataset.labels(.train).indices.map { Sample(index: Int32($0), label: 0) }
    let mean = try InputMean.compute(
      dataset: dataset, samples: samples, input: (28, 28, 1), augmentation: Self.augmentation(.channel, 28), workers: 2)
    #expect(mean.shape == [1])
    #expect(abs(mean.array[0] / 255 - 0.2860) < 5e-5)
  }

  @Test("the mean is the same for any number of workers and order, and knows no augmentation", arguments: [1, 2, 5])
  func workers(workers: Int) throws {
    let dataset = LoaderTests.dataset(13)
    for kind in [TrainingConfiguration.Augmentation.Mean.channel, .image] {
      let one = try Self.mean(dataset, dataset.samples, kind, workers: 1)
      let many = try Self.mean(dataset, dataset.samples.reversed(), kind, workers: workers)
      #expect(one.array == many.array)
      #expect(one.shape == (kind == .channel ? [3] : [8, 8, 3]))
    }
  }

  @Test("a mean image averages pixel by pixel, over the given samples that can be decoded")
  func image() throws {
    let pictures = [0, 100, 250].map { start in
      Picture(width: 2, height: 2, channels: 1, pixels: (0..<4).map { UInt8(start + $0) })
    }
    let dataset = MemoryDataset(pictures: pictures, bad: [2])
    let mean = try InputMean.compute(
      dataset: dataset, samples: dataset.samples, input: (2, 2, 1), augmentation: Self.augmentation(.image, 2),
      workers: 1)
    #expect(mean.array == [50, 51, 52, 53])
  }

  @Test("no image, no mean: a problem that says where to look")
  func nothing() {
    let dataset = MemoryDataset(pictures: LoaderTests.dataset(2).pictures, bad: [0, 1])
    let problem = #expect(throws: Problem.self) { try Self.mean(dataset, dataset.samples, .channel, workers: 1) }
    #expect(problem?.advice == "run `imagenet-tui data check memory`")
  }

  private static func mean(
    _ dataset: MemoryDataset, _ samples: [Sample], _ kind: TrainingConfiguration.Augmentation.Mean, workers: Int
  ) throws -> Tensor {
    try InputMean.compute(
      dataset: dataset, samples: samples, input: (6, 6, 3), augmentation: augmentation(kind, 8), workers: workers)
  }

  private static func augmentation(
    _ mean: TrainingConfiguration.Augmentation.Mean, _ side: Int
  ) -> TrainingConfiguration.Augmentation {
    .init(resize: .warp, resizeTo: side, padding: 2, mirror: true, mean: mean, scale: 0.01)
  }
}
