import Basics
import Datasets
import Kernels
import Networks
import Settings

/// Computes what a trained network makes of images: the activation of one layer (fc7 after its ReLU, fc8 …), dropout
/// off, each image resized and cropped as in validation.
public struct FeatureExtractor {
  private let network: Network
  private let architecture: Architecture
  private let augmentation: TrainingConfiguration.Augmentation
  private let mean: Tensor
  private let space: String
  private let workers: Int

  /// - Parameters:
  ///   - snapshot: the trained weights, and the mean that was subtracted from the images.
  ///   - configuration: of the training that the snapshot is from.
  ///   - space: the layer whose activation is wanted; nil takes the last before the classifier.
  ///   - batch: how many images go through the network at a time.
  ///   - workers: how many threads decode images; the numbers do not depend on it.
  /// - Throws: a ``Problem`` where the snapshot does not fit the network, or there is no such layer.
  public init(
    snapshot: Snapshot, configuration: TrainingConfiguration, space: String? = nil, backend: any Backend,
    workers: Int, batch: Int = 64
  ) throws(Problem) {
    architecture = try .named(configuration.network)
    self.space = space ?? architecture.features
    augmentation = configuration.augmentation
    mean = try snapshot.tensor(Snapshot.mean)
    self.workers = workers
    let classes = try snapshot.number("classes")
    guard (1...1_000_000).contains(classes) else {
      throw Problem(
        "the checkpoint does not fit the network", at: "classes", expected: "1 to 1,000,000", found: "\(classes)", kind: .data)
    }
    network = try architecture.network(
      classes: classes, batch: batch, purpose: .inference(keeping: [self.space]), backend: backend)
    try snapshot.restore(network)
  }

  /// The numbers of one image's activation.
  public var count: Int { network.shapes[network.layers.firstIndex { $0.name == space }! + 1].reduce(1, *) }

  /// The features of these images of a split, in this order; nil: of all of them.
  ///
  /// - Parameter progress: hears how many images are done.
  /// - Throws: a ``Problem`` where the split as a whole cannot be read.
  public func features(
    of dataset: any Dataset, _ split: Split, indices: [Int32]? = nil, progress: (Int) throws(Problem) -> Void = { _ in }
  ) throws(Problem) -> FeatureMatrix {
    let width = count
    let values = Tensor([indices?.count ?? dataset.labels(split).count, width])
    var rows = 0
    let images = try extract(from: dataset, split, indices: indices, progress: progress) { block in
      _ = UnsafeMutableBufferPointer(rebasing: values.elements[(rows * width)...]).update(from: block.elements)
      rows += block.shape[0]
    }
    return FeatureMatrix(values: values.prefix(rows), indices: images.indices, skipped: images.skipped)
  }

  /// Hands the features of these images to `take`, batch by batch, in this order: [count, ``count``], which holds until the
  /// next batch.
  /// - Throws: a ``Problem`` where no image can be decoded, or a closure throws one.
  public func extract(
    from dataset: any Dataset, _ split: Split, indices: [Int32]? = nil,
    progress: (Int) throws(Problem) -> Void = { _ in }, take: (Tensor) throws(Problem) -> Void
  ) throws(Problem) -> ExtractedImages {
    try extract(from: dataset, split, indices: indices, after: ExtractedPart(), keep: { _ in }, progress: progress, take: take)
  }

  /// As ``extract(from:_:indices:progress:take:)``, beginning after what is done.
  /// - Parameter keep: hears after each batch how far it is.
  func extract(
    from dataset: any Dataset, _ split: Split, indices: [Int32]? = nil, after done: ExtractedPart, keep: (ExtractedPart) -> Void,
    progress: (Int) throws(Problem) -> Void = { _ in }, take: (Tensor) throws(Problem) -> Void
  ) throws(Problem) -> ExtractedImages {
    let samples = (indices ?? dataset.labels(split).indices.map { Int32($0) }).map { Sample(index: $0, label: 0) }
    let loader = try Loader(
      dataset: dataset, split: split, input: architecture.input, batchSize: network.batch,
      augmentation: augmentation, mean: mean, training: false, seed: 0, workers: workers)
    let width = count
    let activation = try network.activation(named: space)
    var skipped = done.skipped
    var labels = [Int32](repeating: 0, count: network.batch)
    loader.begin(Array(samples.dropFirst(done.images)), epoch: 0)
    for start in stride(from: done.images, to: samples.count, by: network.batch) {
      let batch = try loader.next(into: network.input, labels: &labels)
      skipped += batch.skipped
      let end = min(start + network.batch, samples.count)
      guard batch.count > 0 else {
        keep(ExtractedPart(images: end, skipped: skipped))
        continue
      }
      network.forward(count: batch.count, phase: .inference)
      let rows = Tensor(storage: activation.storage, offset: activation.offset, shape: [batch.count, width])
      if let (_, first) = rows.notFinite {
        let left = Set(batch.skipped.map(\.index))
        let images = samples[start..<end].map(\.index).filter { !left.contains($0) }
        throw Self.notNumbers(rows.rows(first / width..<first / width + 1), space, dataset.identifier(split, Int(images[first / width])))
      }
      try take(rows)
      keep(ExtractedPart(images: end, skipped: skipped))
      try progress(end)
    }
    let bad = Set(skipped.map(\.index))
    return ExtractedImages(indices: samples.map(\.index).filter { !bad.contains($0) }, skipped: skipped)
  }

  /// Nothing is ranked, mapped or written by what is not a number.
  private static func notNumbers(_ row: Tensor, _ space: String, _ image: String) -> Problem {
    let (bad, first) = row.notFinite!
    return Problem(
      "the features are not finite", at: "\(space) of \(image)", expected: "finite values",
      found: "\(bad) of \(row.count) NaN or infinite, the first at index \(first) (\(row.elements[first]))",
      advice: "the weights are too large or damaged: take those of an earlier checkpoint, or import them again", kind: .data)
  }
}
