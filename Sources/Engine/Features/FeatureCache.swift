import FoundationEssentials
import Glibc
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

  /// What is kept under `key`, else what `compute` makes, which is then kept: its rows go to the disk block by block, and are looked
  /// at there, so that no matrix needs to fit in memory.
  ///
  /// A disk that takes nothing costs only the keeping, as long as the rows fit into a gigabyte of memory.
  /// - Parameters:
  ///   - rows: how many there are at most; `width`: the floats in each.
  ///   - compute: hands its rows, [count, width], to the function that it gets.
  public func features(
    for key: Key, rows: Int, width: Int,
    compute: (_ take: (Tensor) throws(Problem) -> Void) throws(Problem) -> ExtractedImages
  ) throws(Problem) -> FeatureMatrix {
    if let kept = kept(key) { return kept }
    let bytes = rows * width * MemoryLayout<Float>.stride
    guard try hasRoom(bytes) else {
      let values = Tensor([rows, width])
      var count = 0
      let images = try compute { block in
        _ = UnsafeMutableBufferPointer(rebasing: values.elements[(count * width)...]).update(from: block.elements)
        count += block.shape[0]
      }
      return FeatureMatrix(values: values.prefix(count), indices: images.indices, skipped: images.skipped)
    }
    let path = path(key)
    var images = ExtractedImages()
    try NumPyFile.write(width: width, to: path + ".npy") { (writer) throws(Problem) in
      images = try compute { (block) throws(Problem) in try writer.append(block) }
    }
    // The description comes last: where it stands, the floats are whole.
    try RunJSON.write(Entry(key: key, indices: images.indices, skipped: images.skipped), to: path + ".json")
    return FeatureMatrix(values: try NumPyFile.read(path + ".npy"), indices: images.indices, skipped: images.skipped)
  }

  /// Whether the cache takes so many bytes.
  /// - Throws: a ``Problem`` where it does not, and they are too many for the memory.
  private func hasRoom(_ bytes: Int) throws(Problem) -> Bool {
    var status = statvfs()
    if (try? AtomicFile.makeFolder(folder)) != nil, access(folder, W_OK) == 0, statvfs(folder, &status) == 0,
      Int(status.f_bavail) * Int(status.f_frsize) > bytes + bytes / 64 + (1 << 20)
    {
      return true
    }
    guard bytes <= 1 << 30 else {
      throw Problem(
        "too little space to keep the features", at: folder, expected: "\(bytes / 1_000_000) MB", found: "less",
        advice: "free some space or choose another --home")
    }
    return false
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

  /// 64 bits of FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv); a collision is found by comparing the keys.
  private static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
