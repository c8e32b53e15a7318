import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels

/// How far the features of a split's images are computed.
public struct ExtractedPart: Codable, Equatable, Sendable {
  /// The first so many are done.
  public var images = 0
  /// Those among them that cannot be decoded.
  public var skipped: [SkippedImage] = []

  public init(images: Int = 0, skipped: [SkippedImage] = []) { (self.images, self.skipped) = (images, skipped) }
}

/// A feature matrix that is being written, and goes on where it was interrupted: `FILE.unfinished` holds the rows, and
/// `FILE.unfinished.json` says every few seconds how many of them are whole. One process at a time writes it.
final class UnfinishedRows {
  private struct Note: Codable {
    var key: FeatureCache.Key
    var width: Int
    var part: ExtractedPart
    /// Of the bytes of the rows.
    var checksum: UInt32
  }

  /// What was found of an interrupted computation.
  private(set) var part = ExtractedPart()
  private let key: FeatureCache.Key
  private let width: Int
  private let path: String
  private let file: Int32
  private var rows = 0
  private var checksum = CRC32C()
  private var notedAt = steadyTime()
  private var isFinished = false

  private static let header = 128
  /// Seconds of work that a kill may cost.
  private static let interval = 5.0

  private var rowsPath: String { path + ".unfinished" }
  private var notePath: String { path + ".unfinished.json" }

  /// Nil where another process is at it, or nothing can be written.
  /// - Parameters:
  ///   - path: of the .npy file that it becomes.
  ///   - images: how many there are.
  init?(_ key: FeatureCache.Key, width: Int, images: Int, path: String) {
    (self.key, self.width, self.path) = (key, width, path)
    let name = path + ".unfinished"
    file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    var (mine, there) = (stat(), stat())
    guard file >= 0 else { return nil }
    // Whoever had the lock before may have given the file its name, or thrown it away.
    guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &mine) == 0, stat(name, &there) == 0, mine.st_ino == there.st_ino else {
      close(file)
      isFinished = true
      return nil
    }
    if !goOn(images) {
      (part, rows, checksum) = (ExtractedPart(), 0, CRC32C())
      unlink(notePath)
      guard ftruncate(file, 0) == 0, write(NumPyFile.header([0, width], length: Self.header)) == 0 else { return nil }
    }
  }

  deinit {
    guard !isFinished else { return }
    // What has no whole part is not worth a file.
    if part.images == 0 { discard() }
    close(file)
  }

  private func goOn(_ images: Int) -> Bool {
    guard let data = FileManager.default.contents(atPath: notePath), let note = try? JSONDecoder().decode(Note.self, from: data),
      note.key == key, note.width == width, (1...max(1, images)).contains(note.part.images), note.part.skipped.count <= note.part.images,
      let mapped = try? MappedFile(path: rowsPath)
    else { return false }
    rows = note.part.images - note.part.skipped.count
    let (bytes, overflow) = rows.multipliedReportingOverflow(by: width * MemoryLayout<Float>.stride)
    guard !overflow, mapped.bytes.count - Self.header >= bytes else { return false }
    checksum.update(UnsafeRawBufferPointer(rebasing: mapped.bytes[Self.header..<Self.header + bytes]))
    guard checksum.value == note.checksum else { return false }
    part = note.part
    return ftruncate(file, off_t(Self.header + bytes)) == 0 && lseek(file, 0, SEEK_END) >= 0
  }

  /// The rows that are there.
  func forEachKept(_ body: (Tensor) -> Void) throws(Problem) {
    guard rows > 0 else { return }
    let mapped = try MappedFile(path: rowsPath)
    let floats = UnsafeRawBufferPointer(rebasing: mapped.bytes[Self.header...]).bindMemory(to: Float.self)
    let storage = FloatStorage(reading: floats, owner: mapped)
    for first in stride(from: 0, to: rows, by: 4096) {
      body(Tensor(storage: storage, offset: first * width, shape: [min(4096, rows - first), width]))
    }
  }

  func append(_ block: Tensor) throws(Problem) {
    precondition(block.shape.count == 2 && block.shape[1] == width, "rows of shape \(block.shape) for a width of \(width)")
    let bytes = UnsafeRawBufferPointer(block.elements)
    let code = AtomicFile.append(bytes, to: file)
    guard code == 0 else {
      // A full disk has no room for half a matrix either.
      discard()
      throw AtomicFile.failure("cannot write", path + ".npy", code: code)
    }
    checksum.update(bytes)
    rows += block.shape[0]
  }

  /// Says that the rows of so many images are written.
  func keep(_ part: ExtractedPart) {
    self.part = part
    let now = steadyTime()
    guard now - notedAt >= Self.interval else { return }
    note()
    notedAt = now
  }

  /// Writes down how far it is.
  func note() {
    guard part.images > 0, !isFinished, fdatasync(file) == 0 else { return }
    try? RunJSON.write(Note(key: key, width: width, part: part, checksum: checksum.value), to: notePath)
  }

  /// Gives the matrix its name.
  func finish() throws(Problem) {
    let text = NumPyFile.header([rows, width], length: Self.header)
    guard pwrite(file, text, text.count, 0) == text.count, fsync(file) == 0, rename(rowsPath, path + ".npy") == 0 else {
      throw AtomicFile.failure("cannot write", path + ".npy")
    }
    unlink(notePath)
    isFinished = true
    close(file)
  }

  private func discard() {
    unlink(rowsPath)
    unlink(notePath)
    part = ExtractedPart()
  }

  private func write(_ bytes: [UInt8]) -> Int32 { bytes.withUnsafeBytes { AtomicFile.append($0, to: file) } }
}
