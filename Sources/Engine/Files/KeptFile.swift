import Basics

/// A file of the cache that was made of other files, and is valid as long as those are what they were. What is damaged or of other files
/// is not there; what cannot be written is done without.
package struct KeptFile {
  let path: String
  /// What the file begins with: the version of its format, and the stamps of what it was made of.
  private let head: [UInt8]

  /// - Parameter sources: the files that it is made of; one that is missing counts as such.
  package init(_ path: String, version: Int, madeOf sources: [String]) {
    self.path = path
    var writer = PackedWriter()
    writer.int(version)
    for source in sources { writer.optional(FileStamp(source)) { $0.number($1) } }
    head = writer.bytes
  }

  /// What was kept; `file` has to live as long as it is used. Nil where nothing is.
  package func read() -> (body: UnsafeRawBufferPointer, file: MappedFile)? {
    guard let file = try? MappedFile(path: path), file.bytes.count > head.count + 4, file.bytes.starts(with: head) else { return nil }
    let body = UnsafeRawBufferPointer(rebasing: file.bytes[(head.count + 4)...])
    guard CRC32C(body).value == file.bytes.loadUnaligned(fromByteOffset: head.count, as: UInt32.self) else { return nil }
    return (body, file)
  }

  package func keep(_ body: [UInt8]) {
    body.withUnsafeBytes { bytes in
      var writer = PackedWriter()
      writer.number(CRC32C(bytes).value)
      let front = head + writer.bytes
      try? AtomicFile.write(to: path, durable: false) { (file) throws(Problem) in
        for part in [front.withUnsafeBytes { AtomicFile.append($0, to: file) }, AtomicFile.append(bytes, to: file)] where part != 0 {
          throw AtomicFile.failure("cannot write", path, code: part)
        }
      }
    }
  }
}
