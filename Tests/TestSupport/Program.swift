import Glibc

/// The program that is tested: the executable built beside the tests.
public enum Program {
  public static let path = folder + "/imagenet-tui"

  /// Where the executables of this package are.
  public static let folder: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let tests = String(decoding: buffer[0..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()
}
