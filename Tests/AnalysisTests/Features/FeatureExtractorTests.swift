import Analysis
import Basics
import Datasets
import EngineFixtures
import Kernels
import Networks
import TestSupport
import Testing

@Suite struct FeatureExtractorTests {
  private let configuration = try! Architecture.named("alexnet-28").recipe

  private func snapshot() throws -> Snapshot {
    let network = try Architecture.named("alexnet-28").network(
      classes: 3, batch: 1, purpose: .inference(keeping: []), backend: CPUBackend(workers: 1))
    network.initialize(seed: 4)
    let tensors = zip(network.parameters, network.values).map { (name: $0.name, tensor: $1) }
    return Snapshot(
      tensors: tensors + [(name: "input.mean", tensor: Tensor([70], shape: [1]))], metadata: ["classes": "3"])
  }

  private func features(
    _ dataset: SyntheticDataset, space: String? = nil, batch: Int = 8, indices: [Int32]? = nil
  ) throws -> FeatureMatrix {
    try FeatureExtractor(
      snapshot: snapshot(), configuration: configuration, space: space, backend: CPUBackend(workers: 2), workers: 2,
      batch: batch
    ).features(of: dataset, .val, indices: indices)
  }

  @Test("features are the activation that a network for training shows in validation, row by row")
  func agreesWithTraining() throws {
    let dataset = SyntheticDataset(classes: 3, images: 13)
    let training = try Architecture.named("alexnet-28").network(
      classes: 3, batch: 13, purpose: .training, backend: CPUBackend(workers: 1))
    try snapshot().restore(training)
    let loader = try Loader(
      dataset: dataset, split: .val, input: (28, 28, 1), batchSize: 13, augmentation: configuration.augmentation,
      mean: Tensor([70], shape: [1]), training: false, seed: 0, workers: 1)
    loader.begin((0..<13).map { Sample(index: $0, label: 0) }, epoch: 0)
    var labels = [Int32](repeating: 0, count: 13)
    #expect(try loader.next(into: training.input, labels: &labels).count == 13)
    training.forward(count: 13, phase: .inference)

    for space in ["fc7", "fc8", "pool5"] {
      let made = try features(dataset, space: space)
      let expected = try training.activation(named: space)
      #expect(made.indices == Array(0..<13) && made.skipped.isEmpty)
      #expect(made.values.shape == [13, expected.count / 13])
      let difference = zip(made.values.array, expected.array).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(difference < 1e-5 * expected.array.reduce(0) { max($0, abs($1)) }, "\(space)")
    }
    #expect(try features(dataset).values.shape == [13, 512])
    #expect(try features(dataset).values.array.allSatisfy { $0 >= 0 })
  }

  @Test("features that are no numbers are refused with the image, and nothing is made of them")
  func notFinite() throws {
    var dataset = SyntheticDataset(classes: 3, images: 11)
    dataset.broken = [.val: [0]]
    let snapshot = try snapshot()
    for place in snapshot.tensors.indices where snapshot.tensors[place].name == "fc7.bias" {
      snapshot.tensors[place].tensor.elements[2] = .infinity
    }
    let extractor = try FeatureExtractor(
      snapshot: snapshot, configuration: configuration, backend: CPUBackend(workers: 2), workers: 2, batch: 4)
    let problem = try #require(throws: Problem.self) { try extractor.features(of: dataset, .val) }
    #expect(problem.place == "fc7 of val/1" && problem.found == "1 of 512 NaN or infinite, the first at index 2 (inf)")
  }

  @Test("images that cannot be decoded have no row, and the others keep their indices")
  func skips() throws {
    var dataset = SyntheticDataset(classes: 3, images: 11)
    dataset.broken = [.val: [0, 5, 10]]
    let made = try features(dataset, batch: 4)
    #expect(made.indices == [1, 2, 3, 4, 6, 7, 8, 9])
    #expect(made.skipped.map(\.identifier) == ["val/0", "val/5", "val/10"])
    #expect(made.values.shape[0] == 8)
    let alone = try features(dataset, batch: 4, indices: [6])
    let difference = zip(alone.values.array, made.values.array[(4 * 512)...]).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < 1e-5)
  }

  @Test("images can be asked for in any order, and none at all gives an empty matrix")
  func chosen() throws {
    let dataset = SyntheticDataset(classes: 3, images: 9)
    #expect(try features(dataset, indices: [7, 2]).indices == [7, 2])
    #expect(try features(dataset, indices: []).values.shape == [0, 512])
  }

  @Test("an unknown space is answered with the layers, and a checkpoint without a mean with what it lacks")
  func problems() throws {
    #expect(#expect(throws: Problem.self) {
      try self.features(SyntheticDataset(classes: 3, images: 3), space: "fc9")
    }?.expected?.contains("fc7") == true)
    var bare = try snapshot()
    bare.tensors.removeLast()
    #expect(#expect(throws: Problem.self) {
      try FeatureExtractor(
        snapshot: bare, configuration: configuration, backend: CPUBackend(workers: 1), workers: 1)
    }?.place == "input.mean")
  }
}
