import Basics
import EngineFixtures
import Kernels
import Networks
import TestSupport
import Testing
import Training

/// The same seed gives the same weights on every processor: every machine that runs these tests checks the hashes below, which were seen
/// on Intel's family 6, model 207 (2023).
@Suite struct EqualBitsTests {
  /// SHA-256 of names and floats of the last checkpoint.
  private static let hashes = [
    "alexnet-28": "f84e0b127439b5f81d7956bfaba0ac436361bc175e3265ee8f8eeea081cffb60",
    "resnet8-28": "5f91202c71bea39476416890229880a2b54245fdf90c5b820014cd6f90be79d0",
  ]

  @Test("a training ends in the same weights with every kind of vectors and any number of workers", arguments: hashes.keys.sorted())
  func sameBits(network: String) throws {
    for (number, vectors) in ProcessorVectors.supported.enumerated() {
      var configuration = try Architecture.named(network).recipe
      configuration.batchSize = 12
      configuration.iterations = 4
      let dataset = SyntheticDataset(classes: 5, images: 50)
      let trainer = try Trainer(
        configuration: configuration, dataset: dataset, labelSet: dataset.fineLabelSet,
        backend: CPUBackend(workers: 1 + number, matrix: .own, vectors: vectors), workers: 2)
      try trainer.run(control: { () throws(Problem) in .proceed }, checkpoint: { _ in }) { _ in }
      var bytes: [UInt8] = []
      for (name, tensor) in trainer.snapshot().tensors {
        bytes += Array(name.utf8)
        for value in tensor.array { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
      }
      #expect(sha256(bytes) == Self.hashes[network], "\(network) with \(vectors.name)")
    }
  }
}
