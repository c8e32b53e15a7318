import Basics
import Files
import FoundationEssentials
import Glibc
import TestSupport

/// A place where bytes from outside come in, with bytes that it takes.
public struct FuzzEntry {
  public let name: String
  /// Inputs at a time that are worth as much as one of the slowest entry.
  public let weight: Int
  let isText: Bool
  /// As other programs, or this one, write them.
  public let seeds: [[UInt8]]
  /// Puts right what changes broke that nobody breaks by chance: checksums, lengths of headers.
  let seal: (inout [UInt8]) -> Void
  private let body: ([UInt8]) throws -> Void

  init(
    _ name: String, weight: Int = 1, isText: Bool = false, seeds: [[UInt8]], seal: @escaping (inout [UInt8]) -> Void = { _ in },
    run body: @escaping ([UInt8]) throws -> Void
  ) {
    precondition(!seeds.isEmpty, "\(name) has no seeds")
    (self.name, self.weight, self.isText, self.seeds, self.seal, self.body) = (name, weight, isText, seeds, seal, body)
  }

  /// Where inputs of an entry are kept.
  public static func folder(of name: String) -> String { name.replacing(" ", with: "-").replacing("/", with: "-") }

  /// The input of a number: the same at any time, on any machine.
  public func input(_ number: Int) -> [UInt8] {
    var mutator = Mutator(seed: name.utf8.reduce(UInt64(number)) { $0 &* 31 &+ UInt64($1) })
    var bytes = mutator.input(from: seeds, isText: isText)
    // Nobody's checksum is right by chance, but one in eight is left as it came.
    if mutator.below(8) > 0 { seal(&bytes) }
    return bytes
  }

  /// Takes the bytes in as the program does. A ``Problem`` is an answer; any other error is not.
  public func run(_ bytes: [UInt8]) {
    do {
      try body(bytes)
    } catch is Problem {
    } catch {
      fatalError("\(name) threw what is no Problem: \(error)")
    }
  }
}

/// A folder with a home, some images and a run in it, whose files are replaced by the inputs.
public final class FuzzPlace {
  let folder = TemporaryFolder()
  var path: String { folder.path }
  var home: Home { Home(explicit: path + "/home") }

  public init() {}

  /// Every entry of the program.
  public func entries() throws -> [FuzzEntry] {
    try imageEntries() + dataEntries() + listEntries() + weightEntries() + runEntries() + eventEntries() + cacheEntries() + importEntries() + studyEntries()
      + inputEntries()
  }

  /// Writes without a flush: it is for now.
  func put(_ bytes: [UInt8], _ name: String) {
    let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    precondition(file >= 0, "cannot write \(name)")
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      precondition(count > 0, "cannot write \(name)")
      rest = rest.dropFirst(count)
    }
  }

  func get(_ name: String) -> [UInt8] { folder.bytes(of: name) }

  func makeFolder(_ name: String) throws { try AtomicFile.makeFolder(path + "/" + name) }

  /// `bytes` with numbers of this width, low byte first.
  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }
}
