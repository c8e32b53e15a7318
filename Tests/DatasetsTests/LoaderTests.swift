import Basics
import Datasets
import EngineFixtures
import Files
import Glibc
import Kernels
import Settings
import TestSupport
import Testing

@Suite struct LoaderTests {
  @Test("the same numbers come out of any number of workers and any batch size", arguments: [1, 2, 5], [1, 4, 7, 64])
  func workers(workers: Int, batchSize: Int) throws {
    let dataset = Self.dataset(21)
    let many = try rows(dataset, batchSize: batchSize, workers: workers).rows
    #expect(many == (try rows(dataset, batchSize: 4, workers: 1).rows))
  }

  @Test("beginning in the middle of an epoch gives what the whole epoch gave from there on")
  func resume() throws {
    let dataset = Self.dataset(21)
    let whole = try rows(dataset, batchSize: 4).rows
    let rest = try rows(dataset, samples: Array(dataset.samples[8...]), batchSize: 4).rows
    #expect(Array(whole[8...]) == rest)
  }

  @Test("epochs and seeds differ, evaluation does not")
  func keys() throws {
    let dataset = Self.dataset(21)
    let first = try rows(dataset, epoch: 0).rows
    #expect(try rows(dataset, epoch: 1).rows != first)
    #expect(try rows(dataset, seed: 2).rows != first)
    let evaluated = try rows(dataset, training: false, epoch: 0).rows
    #expect(try rows(dataset, training: false, epoch: 1, seed: 2).rows == evaluated)
  }

  @Test("labels follow their images in the order that was asked for")
  func order() throws {
    let dataset = Self.dataset(9)
    let indices: [Int32] = [7, 2, 2, 0, 8]
    let samples = indices.map { Sample(index: $0, label: $0 * 10) }
    let result = try rows(dataset, samples: samples, training: false, batchSize: 2)
    #expect(result.labels == [70, 20, 20, 0, 80])
    #expect(result.rows[1] == result.rows[2] && result.rows[0] != result.rows[1])
    #expect(result.counts == [2, 2, 1])
  }

  @Test("bad images are left out, named, and the ones behind them move up", arguments: [1, 3])
  func badImages(workers: Int) throws {
    var dataset = Self.dataset(10)
    let all = try rows(dataset, batchSize: 4, workers: workers)
    dataset.bad = [0, 2, 3, 4, 5, 6, 7]
    let result = try rows(dataset, batchSize: 4, workers: workers)
    #expect(result.counts == [1, 0, 2])
    #expect(result.rows == [all.rows[1], all.rows[8], all.rows[9]])
    #expect(result.labels == [1, 0, 1])
    #expect(result.skipped.map(\.index) == [0, 2, 3, 4, 5, 6, 7])
    #expect(result.skipped[0] == SkippedImage(index: 0, identifier: "picture 0", reason: "noise"))
  }

  @Test("what was begun is forgotten when something else is begun")
  func beginAgain() throws {
    let dataset = Self.dataset(30)
    let loader = try makeLoader(dataset, training: false, batchSize: 2, workers: 2)
    let expected = try rows(dataset, samples: Array(dataset.samples[20...]), training: false, batchSize: 2).rows
    for taken in [0, 1, 5] {
      loader.begin(dataset.samples, epoch: 0)
      for _ in 0..<taken { _ = try take(loader, batchSize: 2) }
      loader.begin(Array(dataset.samples[20...]), epoch: 0)
      var rows: [[Float]] = []
      for _ in 0..<5 { rows += try take(loader, batchSize: 2).rows }
      #expect(rows == expected)
    }
  }

  @Test("the stall is the time that a step waits: long behind slow images, none once the batch is ready")
  func dataWait() throws {
    struct Slow: Dataset {
      var memory = LoaderTests.dataset(8)
      var name: String { "slow" }
      var summary: String { "" }
      var classes: [FineClass] { memory.classes }
      var fingerprint: String { "" }
      var imageSize: (height: Int, width: Int, channels: Int)? { nil }
      func labels(_ split: Split) -> [Int32] { memory.labels(split) }
      func identifier(_ split: Split, _ index: Int) -> String { "" }
      func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
        usleep(30_000)
        return try memory.picture(split, index)
      }
    }
    let dataset = Slow()
    let loader = try makeLoader(dataset, training: false, batchSize: 4, workers: 1)
    loader.begin(dataset.memory.samples, epoch: 0)
    let input = Tensor([4, 6, 6, 3])
    var labels = [Int32](repeating: 0, count: 4)
    let first = try loader.next(into: input, labels: &labels)
    #expect(first.dataWait > 0.1, "four images of 30 ms each")
    usleep(1_000_000)
    let second = try loader.next(into: input, labels: &labels)
    #expect(second.dataWait < 0.1 && second.count == 4)
  }

  @Test("a split that cannot be read is told when the loader is made")
  func unreadable() {
    struct Gone: Dataset {
      var memory = LoaderTests.dataset(1)
      var name: String { "gone" }
      var summary: String { "" }
      var classes: [FineClass] { memory.classes }
      var fingerprint: String { "" }
      var imageSize: (height: Int, width: Int, channels: Int)? { nil }
      func labels(_ split: Split) -> [Int32] { [0] }
      func identifier(_ split: Split, _ index: Int) -> String { "" }
      func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { throw Problem("gone") }
      func prepare(_ split: Split) throws(Problem) { throw Problem("the split is gone") }
    }
    #expect(throws: Problem("the split is gone")) {
      try makeLoader(Gone(), training: true, batchSize: 1, workers: 1)
    }
  }

  @Test("a loader of Fashion-MNIST delivers the pictures of the dataset")
  func fashionMNIST() throws {
    let dataset = try DatasetCatalog(home: Home(explicit: "/nonexistent")).open("fashion-mnist")
    let plain = TrainingConfiguration.Augmentation(
      resize: .warp, resizeTo: 28, padding: 0, mirror: false, mean: .channel, scale: 1)
    let loader = try Loader(
      dataset: dataset, split: .val, input: (28, 28, 1), batchSize: 100, augmentation: plain, mean: nil, training: true,
      seed: 1, workers: 2)
    loader.begin((0..<200).map { Sample(index: $0 * 50, label: 0) }, epoch: 3)
    for batch in 0..<2 {
      let result = try take(loader, batchSize: 100, shape: [28, 28, 1])
      for (row, values) in result.rows.enumerated() {
        let picture = try dataset.picture(.val, (batch * 100 + row) * 50)
        #expect(values == picture.pixels.map(Float.init))
      }
    }
  }

  static func dataset(_ count: Int) -> MemoryDataset {
    MemoryDataset(
      pictures: (0..<count).map {
        Picture(width: 9 + $0 % 3, height: 8, channels: 3, pixels: ImageFixtures.pixels(9 + $0 % 3, 8, 3, phase: $0))
      })
  }

  private struct Rows {
    var rows: [[Float]] = []
    var labels: [Int32] = []
    var counts: [Int] = []
    var skipped: [SkippedImage] = []
  }

  private func makeLoader(
    _ dataset: any Dataset, training: Bool, batchSize: Int, workers: Int, seed: UInt64 = 1
  ) throws -> Loader {
    try Loader(
      dataset: dataset, split: .train, input: (6, 6, 3), batchSize: batchSize,
      augmentation: .init(resize: .warp, resizeTo: 8, padding: 1, mirror: true, mean: .channel, scale: 0.1),
      mean: Tensor([100, 90, 80], shape: [3]), training: training, seed: seed, workers: workers)
  }

  private func take(_ loader: Loader, batchSize: Int, shape: [Int] = [6, 6, 3]) throws -> Rows {
    let input = Tensor([batchSize] + shape)
    var labels = [Int32](repeating: -1, count: batchSize)
    let report = try loader.next(into: input, labels: &labels)
    let floats = shape.reduce(1, *)
    return Rows(
      rows: (0..<report.count).map { Array(input.elements[$0 * floats..<($0 + 1) * floats]) },
      labels: Array(labels.prefix(report.count)), counts: [report.count], skipped: report.skipped)
  }

  /// Everything that an epoch delivers.
  private func rows(
    _ dataset: MemoryDataset, samples: [Sample]? = nil, training: Bool = true, batchSize: Int = 4, workers: Int = 1,
    epoch: Int = 0, seed: UInt64 = 1
  ) throws -> Rows {
    let samples = samples ?? dataset.samples
    let loader = try makeLoader(dataset, training: training, batchSize: batchSize, workers: workers, seed: seed)
    loader.begin(samples, epoch: epoch)
    var all = Rows()
    for _ in 0..<(samples.count + batchSize - 1) / batchSize {
      let batch = try take(loader, batchSize: batchSize)
      all.rows += batch.rows
      all.labels += batch.labels
      all.counts += batch.counts
      all.skipped += batch.skipped
    }
    return all
  }
}
