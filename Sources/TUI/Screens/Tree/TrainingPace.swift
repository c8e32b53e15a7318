import Networks
import Runs

/// What a training on a dataset would be like: how large the last layer is for each class, and how fast this machine is.
package struct TrainingPace: Equatable, Sendable {
  package var network: String
  package var parametersPerClass: Int
  /// Nil where nothing was trained on this machine yet.
  package var imagesPerSecond: Double?

  package init(network: String, parametersPerClass: Int, imagesPerSecond: Double?) {
    self.network = network
    self.parametersPerClass = parametersPerClass
    self.imagesPerSecond = imagesPerSecond
  }

  /// By the newest run on the dataset that this machine took, else by the first network that takes the dataset's images, of whose
  /// speed nothing is known; nil where there are neither.
  /// - Parameter imageSize: what all images share, where they do; photographs fit every network.
  init?(dataset: String, imageSize: (height: Int, width: Int, channels: Int)?, _ runs: RunsReader) {
    // Nobody waits for a home of many runs to be read because of this: the newest will do.
    let newest = runs.recent().first {
      $0.dataset == dataset && $0.host == WorkerIdentity.hostName && $0.progress.imagesPerSecond ?? 0 > 0
    }
    let fitting = Architecture.all.first { architecture in imageSize.map { $0 == architecture.input } ?? true }
    guard let architecture = newest.flatMap({ try? Architecture.named($0.network) }) ?? fitting,
      let two = try? NetworkTable(architecture, classes: 2, batch: 1), let three = try? NetworkTable(architecture, classes: 3, batch: 1)
    else { return nil }
    self.init(
      network: architecture.name, parametersPerClass: three.parameters - two.parameters,
      imagesPerSecond: newest.flatMap { $0.network == architecture.name ? $0.progress.imagesPerSecond : nil })
  }
}
