import Basics
import Datasets
import Kernels
import Networks

/// Hands the head of a network what its trunk makes of the images: forward only, batch by batch.
final class TrunkSource: BatchSource {
  private let images: any BatchSource
  private let trunk: Network

  /// - Parameter images: delivers batches of the trunk's size.
  init(_ images: any BatchSource, through trunk: Network) {
    self.images = images
    self.trunk = trunk
  }

  func begin(_ samples: [Sample], epoch: Int) { images.begin(samples, epoch: epoch) }

  func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    let report = try images.next(into: trunk.input, labels: &labels)
    guard report.count > 0 else { return report }
    trunk.forward(count: report.count, phase: .inference)
    let features = trunk.logits.prefix(report.count)
    trunk.backend.copy(features, to: input.prefix(report.count).reshaped(features.shape))
    return report
  }
}
