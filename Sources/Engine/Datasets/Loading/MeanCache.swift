import Basics
import Files
import Kernels
import Settings

/// The means of training images, computed once for a dataset, a selection of its images and a way to resize them, and kept in
/// the home's `cache/means/`, a safetensors file each. All label sets over the same images share one.
public struct MeanCache: Sendable {
  private let folder: String
  private static let tensor = "mean"
  private static let keyName = "key"

  public init(home: Home) { folder = home.cache + "/means" }

  /// The kept mean, else ``InputMean/compute(dataset:samples:input:augmentation:workers:mayGoOn:)``, which is then kept.
  ///
  /// A file that is damaged or of other images is computed again; one that cannot be written is done without.
  /// - Returns: nil where the work was ended.
  package func mean(
    dataset: any Dataset, samples: [Sample], input: InputShape, augmentation: TrainingConfiguration.Augmentation,
    workers: Int, mayGoOn: () throws(Problem) -> Bool
  ) throws(Problem) -> Tensor? {
    let key = Self.key(dataset, InputMean.selection(of: samples, in: dataset), input, augmentation)
    let path = "\(folder)/\(Self.name(key)).safetensors"
    let shape = InputMean.shape(input: input, augmentation: augmentation)
    if let known = Self.read(path, key: key, shape: shape) { return known }
    guard
      let mean = try InputMean.compute(
        dataset: dataset, samples: samples, input: input, augmentation: augmentation, workers: workers,
        mayGoOn: mayGoOn)
    else { return nil }
    try? SafetensorsFile.write([(Self.tensor, mean)], metadata: [Self.keyName: key], to: path)
    return mean
  }

  /// All that the mean depends on, as text.
  private static func key(
    _ dataset: any Dataset, _ samples: [Sample], _ input: InputShape,
    _ augmentation: TrainingConfiguration.Augmentation
  ) -> String {
    var images = Fingerprint()
    for sample in samples { images.add(sample.index) }
    return [
      dataset.fingerprint, "\(samples.count) images", images.text, augmentation.resize.rawValue,
      "\(augmentation.resizeTo)", "\(input.channels) channels", augmentation.mean.rawValue,
    ].joined(separator: ", ")
  }

  private static func name(_ key: String) -> String {
    var hash = Fingerprint()
    hash.add(key)
    return hash.text
  }

  private static func read(_ path: String, key: String, shape: [Int]) -> Tensor? {
    guard let file = try? SafetensorsFile(path), file.metadata[keyName] == key, (try? file.verify()) != nil else {
      return nil
    }
    let mean = Tensor(shape)
    guard (try? file.read(tensor, into: mean)) != nil, mean.elements.allSatisfy({ (0...255).contains($0) }) else {
      return nil
    }
    return mean
  }
}
