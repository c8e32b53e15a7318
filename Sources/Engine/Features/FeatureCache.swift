import FoundationEssentials
import Kernels
import Taxonomy

/// Feature matrices that were computed once, kept under the home's `cache/features`: a .npy with the floats, and beside
/// it a .json that says what they are of. Whatever is missing, damaged or of something else is computed again.
public struct FeatureCache: Sendable {
  /// What decides the numbers of a feature matrix.
  public struct Key: Codable, Equatable, Sendable {
    /// The run's identifier, and the step of its checkpoint.
    public var run: String
    public var step: Int
    /// The layer.
    public var space: String
    /// The dataset's fingerprint.
    public var fingerprint: String
    public var split: Split
    /// The images; nil: the whole split.
    public var indices: [Int32]?

    public init(
      run: String, step: Int, space: String, fingerprint: String, split: Split, indices: [Int32]? = nil
    ) {
      self.run = run
      self.step = step
      self.space = space
      self.fingerprint = fingerprint
      self.split = split
      self.indices = indices
    }
  }

  private struct Entry: Codable {
    var key: Key
    var indices: [Int32]
    var skipped: [SkippedImage]
  }

  private let folder: String

  public init(home: Home) { folder = home.cache + "/features" }

  /// What is kept under `key`, else what `compute` makes, which is then kept. A disk that cannot be written to costs
  /// only the keeping.
  public func features(
    for key: Key, compute: () throws(Problem) -> FeatureMatrix
  ) throws(Problem) -> FeatureMatrix {
    if let kept = kept(key) { return kept }
    let made = try compute()
    try? keep(made, for: key)
    return made
  }

  /// Forgets everything of a run.
  public func remove(run: String) {
    let manager = FileManager.default
    let prefix = Self.digest(run)
    for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
      try? manager.removeItem(atPath: folder + "/" + name)
    }
  }

  private func path(_ key: Key) -> String {
    let rest = "\(key.step)/\(key.space)/\(key.fingerprint)/\(key.split.rawValue)/\(key.indices ?? [-1])"
    return "\(folder)/\(Self.digest(key.run))-\(Self.digest(rest))"
  }

  private func kept(_ key: Key) -> FeatureMatrix? {
    let path = path(key)
    guard let data = FileManager.default.contents(atPath: path + ".json"),
      let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.key == key,
      let values = try? NumPyFile.read(path + ".npy"), values.shape.count == 2,
      values.shape[0] == entry.indices.count
    else { return nil }
    return FeatureMatrix(values: values, indices: entry.indices, skipped: entry.skipped)
  }

  private func keep(_ matrix: FeatureMatrix, for key: Key) throws {
    let path = path(key)
    // The description comes last: where it stands, the floats are whole.
    try NumPyFile.write(matrix.values, to: path + ".npy")
    let entry = Entry(key: key, indices: matrix.indices, skipped: matrix.skipped)
    try AtomicFile.write(JSONEncoder().encode(entry), to: path + ".json")
  }

  /// 64 bits of FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv); a collision is found by comparing the keys.
  private static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
