import Basics
import Files

/// What a ``VOCScan`` found, as a file beside the dataset's description, so that opening reads one file and not ten thousand.
///
/// The magic `ITUIBOXS`, a checksum of the rest (CRC-32C), then values as ``PackedWriter`` writes them.
struct VOCIndex {
  let images: [VOCScan.Image]
  let sets: [(name: String, images: [Int32])]

  private static let magic = Array("ITUIBOXS".utf8)

  static func encode(_ scan: VOCScan) -> [UInt8] {
    var body = PackedWriter()
    body.int(scan.images.count)
    for image in scan.images {
      body.text(image.name)
      for number in [image.ending, image.width, image.height] { body.int(number) }
      body.int(image.objects.count)
      for object in image.objects {
        body.int(object.label)
        body.number(object.box)
        body.number(UInt8(object.isDifficult ? 1 : 0))
        body.int(object.place)
        body.optional(object.actions) { $0.numbers($1.map(Int32.init)) }
      }
      body.int(image.faults.count)
      for fault in image.faults {
        body.text(fault.what)
        for text in [fault.place, fault.expected, fault.found, fault.advice] { body.optional(text) { $0.text($1) } }
      }
    }
    body.int(scan.sets.count)
    for set in scan.sets {
      body.text(set.name)
      body.numbers(set.images)
    }
    var head = PackedWriter()
    head.number(body.bytes.withUnsafeBytes { CRC32C($0).value })
    return magic + head.bytes + body.bytes
  }

  /// - Throws: a ``Problem`` where the file is not what ``encode(_:)`` writes for so many classes.
  init(path: String, objectClasses: Int, actionClasses: Int) throws(Problem) {
    let file = try MappedFile(path: path)
    let head = Self.magic.count + 4
    guard file.bytes.count > head, file.bytes.starts(with: Self.magic) else { throw Self.damaged(path) }
    let body = UnsafeRawBufferPointer(rebasing: file.bytes[head...])
    guard CRC32C(body).value == file.bytes.loadUnaligned(fromByteOffset: Self.magic.count, as: UInt32.self) else { throw Self.damaged(path) }
    var reader = PackedReader(body)
    var images: [VOCScan.Image] = []
    for _ in 0..<reader.count() {
      var image = VOCScan.Image(name: reader.text(), ending: reader.int(), width: reader.int(), height: reader.int(), objects: [], faults: [])
      for _ in 0..<reader.count() {
        let object = AnnotatedObject(
          label: reader.int(), box: reader.number(Box.self), isDifficult: reader.number(UInt8.self) == 1, place: reader.int(),
          actions: reader.optional { $0.numbers().map(Int.init) })
        guard (0..<objectClasses).contains(object.label), object.actions?.allSatisfy((0..<actionClasses).contains) ?? true else { throw Self.damaged(path) }
        image.objects.append(object)
      }
      for _ in 0..<reader.count() {
        var fault = Problem(reader.text(), kind: .data)
        fault.place = reader.optional { $0.text() }
        fault.expected = reader.optional { $0.text() }
        fault.found = reader.optional { $0.text() }
        fault.advice = reader.optional { $0.text() }
        image.faults.append(fault)
      }
      guard VOCFolder.endings.indices.contains(image.ending), !image.name.contains("/") else { throw Self.damaged(path) }
      images.append(image)
    }
    var sets: [(name: String, images: [Int32])] = []
    for _ in 0..<reader.count() { sets.append((reader.text(), reader.numbers())) }
    guard reader.isAtEnd, sets.allSatisfy({ $0.images.allSatisfy { images.indices.contains(Int($0)) } }) else { throw Self.damaged(path) }
    (self.images, self.sets) = (images, sets)
  }

  private static func damaged(_ path: String) -> Problem {
    Problem("the dataset's index is damaged", at: path, advice: "run `imagenet-tui data add` again with the same folder", kind: .data)
  }
}
