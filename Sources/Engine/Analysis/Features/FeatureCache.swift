import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels
import Runs

/// Feature matrices that were computed once, kept under the home's `cache/features`: a .npy with the floats, and beside
/// it a .json that says what they are of, with checksums of both. Whatever is missing, damaged or of something else is computed again.
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
    var rows: RowChecksums
    /// Of everything else here.
    var checksum: UInt32

    init(_ key: Key, _ images: ExtractedImages, _ rows: RowChecksums) {
      (self.key, indices, skipped, self.rows, checksum) = (key, images.indices, images.skipped, rows, 0)
      checksum = sum
    }

    private var sum: UInt32 {
      var sum = CRC32C()
      indices.withUnsafeBytes { sum.update($0) }
      rows.sums.withUnsafeBytes { sum.update($0) }
      let rest = ["\(rows.block)"] + skipped.flatMap { ["\($0.index)", $0.identifier, $0.reason] }
      Array(rest.joined(separator: "\0").utf8).withUnsafeBytes { sum.update($0) }
      return sum.value
    }

    /// Whether it is what was written, and of images that there are.
    /// - Parameter count: the images that were asked for.
    func isSound(_ count: Int) -> Bool {
      guard checksum == sum, zip(indices, indices.dropFirst()).allSatisfy(<) else { return false }
      let asked = key.indices.map(Set.init)
      return (indices + skipped.map(\.index)).allSatisfy { asked?.contains($0) ?? (0..<count).contains(Int($0)) }
    }
  }

  private let folder: String

  public init(home: Home) { folder = FeatureFolder(home: home).path }

  /// What is kept under `key`, else what `compute` makes, which is then kept: its rows go to the disk block by block, and are looked
  /// at there, so that no matrix needs to fit in memory. What was interrupted goes on where it was.
  ///
  /// A disk that takes nothing costs only the keeping, as long as the rows fit into a gigabyte of memory.
  /// - Parameters:
  ///   - rows: how many there are at most; `width`: the floats in each.
  ///   - isLazy: whether whoever gets the rows checks those that are looked at (``FeatureMatrix/check(_:)``), where all are checked else.
  ///   - compute: gets what is done already, says with `keep` how far it is, and hands the rows that follow, [count, width], to `take`.
  /// - Throws: a ``Problem`` that a closure throws, or where neither disk nor memory has room.
  public func features(
    for key: Key, rows: Int, width: Int, isLazy: Bool = false,
    compute: (
      _ done: ExtractedPart, _ keep: (ExtractedPart) -> Void, _ take: (Tensor) throws(Problem) -> Void
    ) throws(Problem) -> ExtractedImages
  ) throws(Problem) -> FeatureMatrix {
    if let kept = kept(key, rows: rows, width: width), isLazy || (try? kept.check()) != nil { return kept }
    let bytes = rows * width * MemoryLayout<Float>.stride
    guard try hasRoom(bytes) else {
      let values = Tensor([rows, width])
      var count = 0
      let images = try compute(ExtractedPart(), { _ in }) { block in
        _ = UnsafeMutableBufferPointer(rebasing: values.elements[(count * width)...]).update(from: block.elements)
        count += block.shape[0]
      }
      return FeatureMatrix(values: values.prefix(count), indices: images.indices, skipped: images.skipped)
    }
    let path = path(key)
    var images = ExtractedImages()
    var sums = RowSummer(width: width)
    discard(key)
    if let unfinished = UnfinishedRows(key, width: width, images: rows, path: path) {
      try unfinished.forEachKept { sums.append($0) }
      // What was computed by then stays, whatever ends it.
      defer { unfinished.note() }
      images = try compute(unfinished.part, unfinished.keep) { (block) throws(Problem) in
        try unfinished.append(block)
        sums.append(block)
      }
      try unfinished.finish()
    } else {
      try NumPyFile.write(width: width, to: path + ".npy") { (writer) throws(Problem) in
        images = try compute(ExtractedPart(), { _ in }) { (block) throws(Problem) in
          try writer.append(block)
          sums.append(block)
        }
      }
    }
    sums.finish()
    // The description comes last: where it stands, the floats are whole.
    try RunJSON.write(Entry(key, images, sums.checksums), to: path + ".json")
    return FeatureMatrix(try NumPyFile.open(path + ".npy"), indices: images.indices, skipped: images.skipped)
  }

  /// Whether the cache takes so many bytes.
  /// - Throws: a ``Problem`` where it does not, and they are too many for the memory.
  private func hasRoom(_ bytes: Int) throws(Problem) -> Bool {
    if (try? AtomicFile.makeFolder(folder)) != nil, access(folder, W_OK) == 0, let free = freeSpace(at: folder),
      free > bytes + bytes / 64 + (1 << 20)
    {
      return true
    }
    guard bytes <= 1 << 30 else {
      throw Problem(
        "not enough disk space for the features", at: folder, expected: "\(bytes / 1_000_000) MB", found: "less",
        advice: "free some space or choose another --home", kind: .cannotWrite)
    }
    return false
  }

  /// Forgets what is kept under a key, so that it is computed again.
  func discard(_ key: Key) { unlink(path(key) + ".json") }

  private func path(_ key: Key) -> String {
    let rest = "\(key.step)/\(key.space)/\(key.fingerprint)/\(key.split.rawValue)/\(key.indices ?? [-1])"
    return "\(folder)/\(FeatureFolder.digest(key.run))-\(FeatureFolder.digest(rest))"
  }

  private func kept(_ key: Key, rows: Int, width: Int) -> FeatureMatrix? {
    let path = path(key)
    guard let data = FileManager.default.contents(atPath: path + ".json"),
      let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.key == key, entry.isSound(rows),
      let rows = try? NumPyFile.open(path + ".npy"), rows.values.shape == [entry.indices.count, width],
      let kept = KeptRows(rows.values, entry.rows)
    else { return nil }
    var matrix = FeatureMatrix(rows, indices: entry.indices, skipped: entry.skipped)
    matrix.kept = kept
    return matrix
  }
}
