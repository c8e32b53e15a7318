import Basics
import Files

/// Candidate regions that somebody brought as a file (``CandidateList``), kept beside a dataset in `datasets/<name>/candidates/<source>.boxes`.
///
/// The magic `ITUICAND` and a version, then a record for each image, one behind the other: the length of its body, the body's checksum (CRC-32C), and the
/// body: the image's name, width and height, and four floats for each box, as ``PackedWriter`` writes them. A record is looked at when its image is asked for.
public final class BroughtCandidates: CandidateRegions {
  public let source: String
  private let path: String
  private let file: MappedFile
  /// Where the body of each image's record lies.
  private let places: [String: Range<Int>]

  private static let head = Array("ITUICAND".utf8) + [1, 0, 0, 0]
  /// Of the length and the checksum in front of a body.
  private static let recordHead = 12

  /// The content of the file.
  /// - Parameter images: those that have boxes, each once.
  static func encode(_ boxes: [String: [Box]], of images: [AnnotatedImage]) -> [UInt8] {
    var bytes = head
    for image in images {
      guard let boxes = boxes[image.name] else { continue }
      var body = PackedWriter()
      body.text(image.name)
      for number in [image.width, image.height, boxes.count] { body.int(number) }
      for box in boxes { body.number(box) }
      var record = PackedWriter()
      record.int(body.bytes.count)
      record.number(body.bytes.withUnsafeBytes { CRC32C($0).value })
      bytes += record.bytes
      bytes += body.bytes
    }
    return bytes
  }

  /// - Throws: a ``Problem`` where the file is not there, or is not what ``encode(_:of:)`` writes.
  init(path: String, source: String) throws(Problem) {
    file = try MappedFile(path: path)
    (self.path, self.source) = (path, source)
    let bytes = file.bytes
    guard bytes.starts(with: Self.head) else { throw Self.damaged(path, "what are no candidate regions of this version") }
    var places: [String: Range<Int>] = [:]
    var place = Self.head.count
    while place < bytes.count {
      let length = bytes.count - place > Self.recordHead ? bytes.loadUnaligned(fromByteOffset: place, as: Int.self) : 0
      guard length > 0, length <= bytes.count - place - Self.recordHead else { throw Self.damaged(path, "a record that is cut short") }
      let body = place + Self.recordHead..<place + Self.recordHead + length
      var reader = PackedReader(UnsafeRawBufferPointer(rebasing: bytes[body]))
      places[reader.text()] = body
      place = body.upperBound
    }
    self.places = places
  }

  public func boxes(
    of images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int, progress: (Int) throws(Problem) -> Void
  ) throws(Problem) -> [[Box]] { try images.map { image throws(Problem) in try boxes(of: image) } }

  /// - Throws: a ``Problem`` where the file has none of this image, or of one of another size, or is damaged.
  public func boxes(of image: AnnotatedImage) throws(Problem) -> [Box] {
    guard let place = places[image.name] else {
      throw Problem(
        "no candidate regions were brought of an image", at: image.name, expected: "some from `\(source)`", found: counted(places.count, "other image"),
        advice: "bring those of all images of the set: see `imagenet-tui data candidates --help`", kind: .notFound)
    }
    let body = UnsafeRawBufferPointer(rebasing: file.bytes[place])
    guard CRC32C(body).value == file.bytes.loadUnaligned(fromByteOffset: place.lowerBound - 4, as: UInt32.self) else { throw Self.damaged(path, "changed bytes") }
    var reader = PackedReader(body)
    _ = reader.text()
    guard (reader.int(), reader.int()) == (image.width, image.height) else {
      throw Problem(
        "the candidate regions are of another image of this name", at: path, expected: "\(image.name) of \(image.width)×\(image.height)", found: "another size",
        advice: "delete the file and bring them anew", kind: .data)
    }
    let boxes = (0..<reader.count()).map { _ in reader.number(Box.self) }
    // The checksum is right; what it is of may have come from anywhere.
    let (right, bottom) = (Float(image.width) - 1, Float(image.height) - 1)
    guard reader.isAtEnd, boxes.allSatisfy({ 0 <= $0.x1 && $0.x1 <= $0.x2 && $0.x2 <= right && 0 <= $0.y1 && $0.y1 <= $0.y2 && $0.y2 <= bottom }) else {
      throw Self.damaged(path, "boxes beyond \(image.name)")
    }
    return boxes
  }

  private static func damaged(_ path: String, _ found: String) -> Problem {
    Problem("the kept candidate regions are damaged", at: path, found: found, advice: "delete the file and bring them anew", kind: .data)
  }
}
