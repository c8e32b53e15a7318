import Basics
import Files

/// The list of an ImageFolder's images as a file that is mapped, not parsed: opening 1.28 million images takes
/// milliseconds.
///
/// Layout, little-endian: the magic `ITUIFIDX`, u64 number of classes C, u64 number of images N; then N + 1 u64 ends of
/// paths (the first is 0) and, for `train` and for `val`, C u64 counts per class; then the paths, relative to the root,
/// one behind the other. Images come by split, class, path.
struct FolderIndex: Sendable {
  private let file: MappedFile
  private let classCount: Int
  private let imageCount: Int
  /// Of each split, the images of each class.
  let counts: [Split: [Int]]
  private let pathStart: Int

  private static let magic = Array("ITUIFIDX".utf8)
  private static let headerLength = 24

  /// The content of the file.
  static func encode(_ listing: ImageListing) -> [UInt8] {
    let splits = Split.allCases.map { listing.files[$0]! }
    let files = splits.joined().joined()
    var bytes = magic
    func add(_ number: Int) { withUnsafeBytes(of: UInt64(number).littleEndian) { bytes.append(contentsOf: $0) } }
    add(listing.classes.count)
    add(files.reduce(0) { count, _ in count + 1 })
    var end = 0
    add(end)
    for file in files {
      end += file.path.count
      add(end)
    }
    for split in splits {
      for files in split { add(files.count) }
    }
    bytes.reserveCapacity(bytes.count + end)
    for file in files { bytes.append(contentsOf: file.path) }
    return bytes
  }

  /// - Throws: a ``Problem`` where the file is not what ``encode(_:)`` writes for this many classes.
  init(path: String, classCount: Int) throws(Problem) {
    let file = try MappedFile(path: path)
    let size = file.bytes.count
    let damaged = Problem(
      "the dataset's index is damaged", at: path, advice: "run `imagenet-tui data add` again with the same folder", kind: .data)
    func number(_ place: Int) -> Int {
      Int(truncatingIfNeeded: UInt64(littleEndian: file.bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
    }
    guard size >= Self.headerLength, file.bytes.prefix(8).elementsEqual(Self.magic), number(8) == classCount else {
      throw damaged
    }
    let images = number(16)
    guard images >= 0, images < size / 8, classCount < size / 16 else { throw damaged }
    let countStart = Self.headerLength + 8 * (images + 1)
    pathStart = countStart + 16 * classCount
    guard pathStart <= size else { throw damaged }
    var previous = 0
    for image in 0...images {
      let end = number(Self.headerLength + 8 * image)
      guard end >= previous, image > 0 || end == 0 else { throw damaged }
      previous = end
    }
    guard previous == size - pathStart else { throw damaged }
    var counts: [Split: [Int]] = [:]
    var total = 0
    for (place, split) in Split.allCases.enumerated() {
      counts[split] = (0..<classCount).map { number(countStart + 8 * (place * classCount + $0)) }
      for count in counts[split]! {
        guard count >= 0, count <= images - total else { throw damaged }
        total += count
      }
    }
    guard total == images else { throw damaged }
    self.file = file
    self.classCount = classCount
    self.counts = counts
    imageCount = images
  }

  /// The class of every image of a split.
  func labels(_ split: Split) -> [Int32] {
    counts[split]!.enumerated().flatMap { repeatElement(Int32($0.offset), count: $0.element) }
  }

  /// The path of the image at `index` of all images, relative to the root.
  func path(_ index: Int) -> UnsafeRawBufferPointer {
    precondition(index >= 0 && index < imageCount, "image \(index) of \(imageCount)")
    func end(_ index: Int) -> Int {
      Int(
        UInt64(littleEndian: file.bytes.loadUnaligned(fromByteOffset: Self.headerLength + 8 * index, as: UInt64.self)))
    }
    return UnsafeRawBufferPointer(rebasing: file.bytes[pathStart + end(index)..<pathStart + end(index + 1)])
  }
}
