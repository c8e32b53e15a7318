import Basics
import Files
import FoundationEssentials

/// A folder of a test's own, deleted with its last owner.
public final class TemporaryFolder {
  public let path: String

  public init() {
    path = FileManager.default.temporaryDirectory.path + "/imagenet-tui-test-\(UInt64.random(in: 0 ... .max))"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func write(_ bytes: [UInt8], to name: String) {
    _ = FileManager.default.createFile(atPath: path + "/" + name, contents: Data(bytes))
  }

  public func bytes(of name: String) -> [UInt8] {
    FileManager.default.contents(atPath: path + "/" + name).map(Array.init) ?? []
  }

  /// Every file below a folder in it, by its path.
  public func contents(of name: String) -> [String: [UInt8]] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path + "/" + name)) ?? []
    return Dictionary(uniqueKeysWithValues: names.map { ($0, bytes(of: name + "/" + $0)) })
  }

  /// The names in the folder, sorted.
  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

extension TemporaryFolder {
  /// Writes a file, making the folders above it.
  package func write(_ bytes: [UInt8], at name: String) throws(Problem) {
    try AtomicFile.write(bytes, to: path + "/" + name)
  }
}
