import Basics
import Datasets
import Kernels
import Networks

/// Hands the head of a network what its backbone makes of the images: forward only, batch by batch.
final class BackboneSource: BatchSource {
  private let images: any BatchSource
  private let backbone: Network

  /// - Parameter images: delivers batches of the backbone's size.
  init(_ images: any BatchSource, through backbone: Network) {
    self.images = images
    self.backbone = backbone
  }

  func begin(_ samples: [Sample], epoch: Int) { images.begin(samples, epoch: epoch) }

  func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    let report = try images.next(into: backbone.input, labels: &labels)
    guard report.count > 0 else { return report }
    backbone.forward(count: report.count, phase: .inference)
    let features = backbone.logits.prefix(report.count)
    backbone.backend.copy(features, to: input.prefix(report.count).reshaped(features.shape))
    return report
  }
}
