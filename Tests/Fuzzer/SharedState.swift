import Glibc

/// What a worker is doing, in a file that both processes map: it is still there when the worker is not.
struct SharedState {
  let path: String
  private let words: UnsafeMutablePointer<Int>
  private let bytes: UnsafeMutableRawBufferPointer
  private static let room = 8 << 20

  init(_ path: String) {
    self.path = path
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    precondition(file >= 0 && ftruncate(file, Self.room) == 0, "cannot make \(path)")
    let start = mmap(nil, Self.room, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)!
    precondition(start != MAP_FAILED, "cannot map \(path)")
    Glibc.close(file)
    words = start.assumingMemoryBound(to: Int.self)
    bytes = UnsafeMutableRawBufferPointer(start: start + 64, count: Self.room - 64)
  }

  /// The number of the input at hand.
  var number: Int { words[0] }
  /// Inputs that were taken in.
  var done: Int { words[1] }
  var input: [UInt8] { Array(bytes.prefix(words[2])) }

  func begin(_ number: Int, _ input: [UInt8]) {
    (words[0], words[2]) = (number, min(input.count, bytes.count))
    bytes.copyBytes(from: input.prefix(bytes.count))
  }

  func end() { words[1] += 1 }

  func close() { munmap(UnsafeMutableRawPointer(words), Self.room) }
}
