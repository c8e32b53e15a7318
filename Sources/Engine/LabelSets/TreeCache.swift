import Taxonomy

/// The tree of all of WordNet as it was built once, in the home's `cache/trees/`, a file for each policy: it opens without a look at any
/// synset.
///
/// It is valid as long as WordNet's files are those that it was built from. What is damaged or of other files is built again, and what
/// cannot be written is done without.
struct TreeCache {
  private let path: String
  /// What the file begins with: the version of its format, and the stamps of WordNet's files.
  private let head: [UInt8]

  private static let version = 1

  /// - Parameter folder: where WordNet's files lie. Nil where they do not.
  init?(home: Home, wordNet folder: String, _ policy: HypernymPolicy) {
    guard let data = FileStamp(folder + "/data.noun"), let index = FileStamp(folder + "/index.noun") else { return nil }
    var writer = PackedWriter()
    writer.int(Self.version)
    writer.number(data)
    writer.number(index)
    head = writer.bytes
    path = "\(home.cache)/trees/wordnet-\(policy.rawValue)"
  }

  func read(_ wordNet: WordNet, _ policy: HypernymPolicy) -> Hierarchy? {
    guard let file = try? MappedFile(path: path), file.bytes.count > head.count + 4, file.bytes.starts(with: head) else { return nil }
    let body = UnsafeRawBufferPointer(rebasing: file.bytes[(head.count + 4)...])
    let checksum = file.bytes.loadUnaligned(fromByteOffset: head.count, as: UInt32.self)
    guard body.count % 4 == 0, CRC32C(body).value == checksum else { return nil }
    let numbers = [Int32](unsafeUninitializedCapacity: body.count / 4) { numbers, count in
      UnsafeMutableRawBufferPointer(numbers).copyMemory(from: body)
      count = body.count / 4
    }
    return Hierarchy(packed: numbers, wordNet: wordNet, policy: policy)
  }

  func keep(_ tree: Hierarchy) {
    tree.packed.withUnsafeBytes { body in
      var writer = PackedWriter()
      writer.number(CRC32C(body).value)
      try? AtomicFile.write(head + writer.bytes + body, to: path, durable: false)
    }
  }
}
