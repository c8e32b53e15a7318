import Basics
import Datasets
import Files
import Kernels
import Synchronization
import Taxonomy

/// Features that another program computed, as ``FeatureImport`` took them in. There is no network behind them: only images that have a row can be asked
/// about. May be asked from many threads.
public final class ImportedFeatures: ImageFeatures {
  /// What their name begins with where a run may be meant too.
  public static let prefix = "features/"

  public let name: String
  public let description: ImportedDescription
  public let dataset: any Dataset
  public let labelSet: LabelSet
  public let backend: any Backend
  private let folder: String
  private let opened: Mutex<[Split: FeatureMatrix]>

  public var id: String { Self.prefix + name }
  public var checkpoint: Int? { nil }
  public var space: String { description.space }
  public var seed: UInt64 { 0 }

  /// - Parameters:
  ///   - dataset: nil: the one that they were imported for, else one with the same images.
  ///   - space: nil or `features`: what they are, whatever it is called; `scores`: only where they are that.
  /// - Throws: a ``Problem`` where there are none of that name, or they are of other images or another layer.
  public init(_ name: String, in store: FeatureStore, dataset: any Dataset, space: String? = nil, workers: Int) throws(Problem) {
    let description = try store.description(name)
    guard dataset.fingerprint == description.fingerprint else {
      throw dataset.name == description.dataset
        ? Problem(
          "the dataset's images have changed since the features were imported", at: Self.prefix + name, expected: "the images of fingerprint \(description.fingerprint)",
          found: dataset.fingerprint, advice: "import them again with --replace", kind: .data)
        : Problem("the features are of other images", at: Self.prefix + name, expected: description.dataset, found: dataset.name, kind: .usage)
    }
    if let space, space != NeighborSpace.features.rawValue, space != description.space, !(description.areScores && space == NeighborSpace.scores.rawValue) {
      throw space == NeighborSpace.scores.rawValue
        ? Problem(
          "the imported features are no scores of classes", at: Self.prefix + name, expected: "scores", found: description.space,
          advice: "import the network's scores with --scores and --trained-on", kind: .usage)
        : Problem("the imported features are of another layer", at: Self.prefix + name, expected: description.space, found: space, kind: .usage)
    }
    if let taught = description.taught {
      try taught.check(fineClasses: dataset.classes.map(\.wnid))
      guard !description.areScores || taught.classes.count == description.width else {
        throw Problem("the imported features are damaged", at: Self.prefix + name, expected: "\(taught.classes.count) scores", found: "\(description.width)", kind: .data)
      }
    }
    (self.name, self.description, self.dataset) = (name, description, dataset)
    folder = try store.path(name)
    labelSet = description.taught
      ?? LabelSet(name: "none", dataset: dataset.name, policy: .name, recipe: [], classes: [], leftOut: dataset.classes.map(\.wnid))
    backend = CPUBackend(workers: workers)
    opened = Mutex([:])
  }

  private var damaged: Problem {
    Problem("the imported features are damaged", at: folder, advice: "import them again with --replace", kind: .data)
  }

  public func rows(
    _ split: Split, indices: [Int32]?, isLazy: Bool, progress: (Int) throws(Problem) -> Void
  ) throws(Problem) -> FeatureMatrix {
    let whole = try whole(split)
    if !isLazy, indices == nil, (try? whole.check()) == nil { throw damaged }
    try progress(dataset.labels(split).count)
    guard let indices else { return whole }
    // Those of them that have a row.
    var rows: [Int] = []
    var row = 0
    for image in indices {
      while row < whole.indices.count, whole.indices[row] < image { row += 1 }
      if row < whole.indices.count, whole.indices[row] == image { rows.append(row) }
    }
    if (try? whole.check(rows)) == nil { throw damaged }
    let values = Tensor([rows.count, description.width])
    values.gather(rows, from: whole.values)
    return FeatureMatrix(values: values, indices: rows.map { whole.indices[$0] }, skipped: [])
  }

  private func whole(_ split: Split) throws(Problem) -> FeatureMatrix {
    let result: Result<FeatureMatrix, Problem> = opened.withLock { opened in
      if let known = opened[split] { return .success(known) }
      do throws(Problem) {
        let matrix = try open(split)
        opened[split] = matrix
        return .success(matrix)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func open(_ split: Split) throws(Problem) -> FeatureMatrix {
    guard description[split] > 0 else {
      throw Problem(
        "the imported features have no \(split == .train ? "training" : "validation") images", at: id, expected: "rows of \(split.rawValue)",
        found: "rows of \(split == .train ? "val" : "train") only", advice: "import a file for each split", kind: .usage)
    }
    let table = try RunJSON.read(ImportedRows.self, from: "\(folder)/\(split.rawValue).json", what: "the imported features")
    let rows = try NumPyFile.open("\(folder)/\(split.rawValue).npy")
    guard table.isSound(dataset.labels(split).count), table.images.count == description[split],
      rows.values.shape == [table.images.count, description.width], let kept = KeptRows(rows.values, table.rows)
    else { throw damaged }
    var matrix = FeatureMatrix(rows, indices: table.images, skipped: [])
    matrix.kept = kept
    return matrix
  }

  public func searching<Value>(_ work: () throws(Problem) -> Value) throws(Problem) -> Value {
    defer { opened.withLockIfAvailable { opened in for matrix in opened.values { matrix.file?.forget() } } }
    do throws(Problem) {
      return try work()
    } catch {
      throw opened.withLock { opened in opened.values.contains { $0.kept?.isDamaged == true } } ? damaged : error
    }
  }

  public func features(of other: any Dataset, _ split: Split, indices: [Int32]) throws(Problem) -> FeatureMatrix {
    if other.fingerprint == dataset.fingerprint {
      let found = try rows(split, indices: indices, isLazy: true) { _ in }
      if found.indices.count == indices.count { return found }
    }
    throw Problem(
      "imported features have no network that could look at an image", at: id, expected: "an image of \(dataset.name) that has a row",
      found: indices.first.map { other.identifier(split, Int($0)) }, kind: .usage)
  }
}
