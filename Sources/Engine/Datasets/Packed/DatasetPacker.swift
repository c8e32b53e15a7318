import Basics
import Files
import FoundationEssentials
import Glibc
import Kernels
import Synchronization

/// Writes a dataset's images, warped to one size, into two LMDB databases as Caffe has them: quicker to read than a
/// million files, and readable by any LMDB library.
///
/// Packing may be interrupted at any moment, also by SIGKILL, and goes on behind the last entries that were flushed.
public struct DatasetPacker: Sendable {
  public struct Report: Codable, Equatable, Sendable {
    /// Images in the databases.
    public var train, val: Int
    /// Images that were there when packing began.
    public var resumedAt: Int
    /// Images that could not be decoded and were left out.
    public var bad: [DatasetCheck.BadImage]
    public var folder: String
  }

  let dataset: any Dataset
  let folder: PackFolder
  let side: Int
  let quality: Int?
  let workers: Int
  /// Images that are made, and flushed, at a time.
  private static let lot = 256

  /// - Parameters:
  ///   - side: pixels of a side; both sides are warped to it, as in the paper.
  ///   - quality: of the JPEG files, 1 to 100; nil keeps raw pixels.
  /// - Throws: a ``Problem`` where a value is out of range.
  public init(
    dataset: any Dataset, folder: String, side: Int = 256, quality: Int? = 95, workers: Int
  ) throws(Problem) {
    guard (1...4096).contains(side) else {
      throw Problem("cannot pack images of this size", expected: "1 to 4096 pixels a side", found: "\(side)", kind: .usage)
    }
    guard quality.map({ (1...100).contains($0) }) ?? true else {
      throw Problem("cannot pack JPEG files of this quality", expected: "1 to 100", found: "\(quality!)", kind: .usage)
    }
    self.dataset = dataset
    self.folder = PackFolder(path: folder)
    self.side = side
    self.quality = quality
    self.workers = max(1, workers)
  }

  /// Packs what is not packed yet.
  /// - Parameter progress: gets the number of images done, after each lot.
  /// - Throws: a ``Problem`` where the folder holds something else, another process packs into it, or the disk takes no
  ///   more; what was packed by then stays.
  public func run(progress: (Int) -> Void = { _ in }) throws(Problem) -> Report {
    try AtomicFile.makeFolder(folder.path)
    let lock = try FolderLock(folder.lockFile, doing: "packs into")
    defer { lock.release() }
    var description = PackDescription(
      dataset: dataset.name, fingerprint: dataset.fingerprint, side: side, quality: quality)
    let begun = try begin(description)
    var (done, resumedAt) = (0, 0)
    for split in Split.allCases where !begun {
      let count = dataset.labels(split).count
      guard count > 0 else { continue }
      try dataset.prepare(split)
      let writer = try LMDBWriter(folder: databaseFolder(split), mapSize: mapSize(count))
      let first = try writer.lastKey().flatMap { PackKey.number($0).map { $0 + 1 } } ?? 0
      resumedAt += first
      let makers = (0..<workers).map { _ in Maker(side: side, quality: quality) }
      for start in stride(from: first, to: count, by: Self.lot) {
        try writer.append(entries(split, start..<min(count, start + Self.lot), makers))
        progress(done + min(count, start + Self.lot))
      }
      done += count
    }
    let bad = try missing()
    if !begun {
      description.isWhole = true
      try RunJSON.write(description, to: folder.descriptionFile)
    }
    func packed(_ split: Split) -> Int { dataset.labels(split).count - bad.count { $0.split == split } }
    return Report(
      train: packed(.train), val: packed(.val), resumedAt: begun ? packed(.train) + packed(.val) : resumedAt, bad: bad,
      folder: folder.path)
  }

  private func databaseFolder(_ split: Split) -> String { "\(folder.path)/\(PackFolder.names[split]![0])" }

  /// Address space for all images at their largest, and the tree of their keys.
  private func mapSize(_ images: Int) -> Int { images * (side * side * 3 + 16_384) + (64 << 20) }

  // MARK: Beginning and ending

  /// Writes the description before the first image. Returns whether everything is packed already.
  private func begin(_ description: PackDescription) throws(Problem) -> Bool {
    if var old = try folder.description() {
      let isWhole = old.isWhole
      old.isWhole = false
      guard old == description else {
        func text(_ pack: PackDescription) -> String {
          "\(pack.dataset) (\(pack.fingerprint)), \(pack.side) pixels, "
            + (pack.quality.map { "JPEG of quality \($0)" } ?? "raw")
        }
        throw Problem(
          "the folder holds another packed dataset", at: folder.path, expected: text(description), found: text(old),
          advice: "choose another folder with -o, or delete this one", kind: .cannotWrite)
      }
      return isWhole
    }
    let others = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { "\(folder.path)/\($0)" != folder.lockFile && !$0.hasSuffix(AtomicFile.unfinishedSuffix) }
    guard others.isEmpty else {
      throw Problem(
        "cannot pack into this folder", at: folder.path, expected: "an empty folder", found: printable(others.sorted()[0]),
        advice: "choose another folder with -o", kind: .cannotWrite)
    }
    let words = dataset.classes.map { "\($0.wnid) \(printable($0.name))\n" }.joined()
    try AtomicFile.write(words, to: folder.synsetFile)
    try RunJSON.write(description, to: folder.descriptionFile)
    return false
  }

  /// The images without an entry, with the reason why.
  private func missing() throws(Problem) -> [DatasetCheck.BadImage] {
    var bad: [DatasetCheck.BadImage] = []
    for split in Split.allCases where !dataset.labels(split).isEmpty {
      var isThere = [Bool](repeating: false, count: dataset.labels(split).count)
      try LMDBReader(folder: databaseFolder(split)).forEach { key, _ in
        if let number = PackKey.number(key), isThere.indices.contains(number) { isThere[number] = true }
      }
      let buffer = PixelBuffer()
      for index in isThere.indices where !isThere[index] {
        var reason = "it could not be decoded while it was packed"
        do throws(Problem) {
          try dataset.load(split, index, .everything, into: buffer)
        } catch {
          reason = error.found ?? error.what
        }
        bad.append(.init(split: split, image: dataset.identifier(split, index), reason: printable(reason)))
      }
    }
    return bad
  }

  // MARK: Images

  /// The entries of some images, in order, without those that cannot be decoded.
  private func entries(
    _ split: Split, _ range: Range<Int>, _ makers: [Maker]
  ) -> [(key: [UInt8], value: [UInt8])] {
    let labels = dataset.labels(split)
    let made = Mutex([Int: [UInt8]](minimumCapacity: range.count))
    parallelFor(range.count, workers: makers.count) { place, worker in
      let index = range.lowerBound + place
      let message = makers[worker].message(dataset, split, index, label: Int(labels[index]))
      made.withLock { $0[index] = message }
    }
    let messages = made.withLock { $0 }
    return range.compactMap { index in
      messages[index].map { (PackKey.text(index, dataset.path(split, index)), $0) }
    }
  }

  /// Makes the messages of one worker.
  private final class Maker: @unchecked Sendable {
    private let side: Int
    private let quality: Int?
    private let buffer = PixelBuffer()
    private var resampler = Resampler()
    private let row: FloatStorage
    private let pixels: ByteStorage

    init(side: Int, quality: Int?) {
      self.side = side
      self.quality = quality
      row = FloatStorage(count: side * 3 + 4)
      pixels = ByteStorage(count: side * side * 3)
    }

    /// Nil where the image cannot be decoded.
    func message(_ dataset: any Dataset, _ split: Split, _ index: Int, label: Int) -> [UInt8]? {
      do {
        try dataset.load(split, index, ImageNeed(leastWidth: side, leastHeight: side), into: buffer)
        warp()
        let bytes = UnsafeBufferPointer(pixels.bytes)
        guard let quality else { return Datum.message(pixels: bytes, side: side, label: label) }
        return Datum.message(
          file: try ImageCodec.jpeg(bytes, width: side, height: side, quality: quality), side: side, label: label)
      } catch {
        return nil
      }
    }

    /// The image in the buffer → `side · side` RGB pixels.
    private func warp() {
      let (channels, bytes) = (buffer.channels, pixels.bytes)
      resampler.forEachRow(
        of: buffer.pixels, width: buffer.width, height: buffer.height, channels: channels, targetWidth: side,
        targetHeight: side, x: 0..<side, y: 0..<side, row: row.elements
      ) { line, values in
        for pixel in 0..<side {
          for channel in 0..<3 {
            let value = values[channels == 3 ? pixel * 3 + channel : pixel]
            bytes[(line * side + pixel) * 3 + channel] = UInt8(min(255, max(0, value + 0.5)))
          }
        }
      }
    }
  }
}
