import Basics
import Glibc

/// A text file from outside, whole in memory: lists, maps, synset words, hierarchies, CSV, JSON, keys.
///
/// What is no such text is refused in the words of what it is: UTF-16, a compressed file, bytes with NULs in them.
package struct TextFile {
  package let path: String
  /// Without a byte order mark. Not UTF-8 by necessity: names of files are bytes.
  package let bytes: [UInt8]

  /// - Parameters:
  ///   - what: what failed where it does: "cannot read the list of images".
  ///   - limit: bytes.
  ///   - advice: what to do where there is no such file.
  /// - Throws: a ``Problem`` where it cannot be read, is too large, or is no text of bytes.
  package init(_ path: String, _ what: String, limit: Int = 1 << 30, advice: String? = nil) throws(Problem) {
    self.path = path
    let read = try Self.read(path, what, limit, advice)
    if let problem = Self.refusal(read, what, path) { throw problem }
    bytes = read.starts(with: TextLines.byteOrderMark) ? Array(read.dropFirst(TextLines.byteOrderMark.count)) : read
  }

  package var lines: TextLines { TextLines(bytes) }

  /// Wrong UTF-8 becomes U+FFFD.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package var isBlank: Bool { bytes.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

  /// Where a line stands, for people.
  package func place(_ number: Int) -> String { "\(path), line \(number)" }

  // MARK: Reading

  private static func read(_ path: String, _ what: String, _ limit: Int, _ advice: String?) throws(Problem) -> [UInt8] {
    func failure() -> Problem {
      let reason = errno
      let isMissing = reason == ENOENT || reason == ENOTDIR
      return Problem(what, at: path, found: String(cString: strerror(reason)), advice: isMissing ? advice : nil, kind: .notFound)
    }
    // A pipe without a writer must not be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure() }
    // Pipes are what a shell makes of `<(command)`.
    let isPipe = status.st_mode & S_IFMT == S_IFIFO
    guard isPipe || status.st_mode & S_IFMT == S_IFREG else {
      throw Problem(what, at: path, expected: "a file", found: status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device", kind: .data)
    }
    if isPipe { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(isPipe ? 0 : min(Int(status.st_size), limit) + 1)
    let piece = 1 << 20
    while bytes.count <= limit {
      let start = bytes.count
      bytes += [UInt8](repeating: 0, count: piece)
      let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + start, piece) }
      bytes.removeLast(piece - max(0, count))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      if count == 0 { return bytes }
    }
    throw Problem(what, at: path, expected: "\(limit >> 20) MB at most", found: "more", kind: .data)
  }

  // MARK: What is no text

  private static func refusal(_ bytes: [UInt8], _ what: String, _ path: String) -> Problem? {
    let name = ShellCommand.quoted(path)
    if let encoding = wideEncoding(bytes) {
      return Problem(
        what, at: path, expected: "UTF-8", found: "\(encoding), as Windows' editors and PowerShell's `>` write it",
        advice: "convert it: `iconv -f \(encoding) -t UTF-8 \(name) > converted.txt`", kind: .data)
    }
    if bytes.starts(with: [0x1F, 0x8B]) {
      return Problem(what, at: path, expected: "text", found: "a gzip file", advice: "unpack it: `gunzip -k \(name)`", kind: .data)
    }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      return Problem(what, at: path, expected: "text", found: "a zip file or spreadsheet", advice: "unpack it, or save it as text", kind: .data)
    }
    guard let nul = bytes.firstIndex(of: 0) else { return nil }
    let line = TextLines(Array(bytes[..<nul])).reduce(0) { max($0, $1.number) }
    // As `find -print0` ends its names.
    let isList = bytes.last == 0 && nul < bytes.count - 1 && !bytes.contains(0x0A)
    return Problem(
      what, at: isList ? path : "\(path), line \(max(1, line))", expected: isList ? "an entry a line" : "text",
      found: isList ? "entries that end with NUL bytes" : "a NUL byte: this is no text file",
      advice: isList ? "write a line for each (find -print, not -print0)" : nil, kind: .data)
  }

  /// UTF-16 or UTF-32, by its mark or by where its NULs are.
  private static func wideEncoding(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    let head = bytes.prefix(4096)
    guard head.count >= 4, head.count % 2 == 0 || bytes.count > head.count else { return nil }
    let nuls = head.indices.filter { head[$0] == 0 }
    let (even, odd) = (nuls.count { $0 % 2 == 0 }, nuls.count { $0 % 2 == 1 })
    // ASCII in two bytes each; other letters have none that is 0.
    if odd * 4 >= head.count, even == 0 { return "UTF-16LE" }
    if even * 4 >= head.count, odd == 0 { return "UTF-16BE" }
    return nil
  }
}
