import Engine

/// What the last training on a dataset tells about the next: how large its last layer is for each class, and how fast this machine is.
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

  /// By the newest run on the dataset that this machine took; nil where there is none, or its network is not known.
  init?(dataset: String, home: Home) {
    let newest = RunsReader(home: home).refresh().first {
      $0.dataset == dataset && $0.host == WorkerIdentity.hostName && $0.progress.imagesPerSecond ?? 0 > 0
    }
    guard let newest, let architecture = try? Architecture.named(newest.network),
      let two = try? NetworkTable(architecture, classes: 2, batch: 1), let three = try? NetworkTable(architecture, classes: 3, batch: 1)
    else { return nil }
    self.init(
      network: newest.network, parametersPerClass: three.parameters - two.parameters,
      imagesPerSecond: newest.progress.imagesPerSecond)
  }
}
