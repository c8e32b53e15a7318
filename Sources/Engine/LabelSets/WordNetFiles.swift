import FoundationEssentials
import Glibc
import Taxonomy

/// Finds WordNet's files and maps them into memory, so that only the pages that are looked at are ever read.
public enum WordNetFiles {
  /// The folder `explicit` (the option `--wordnet`), else `$WNSEARCHDIR`, else `$WNHOME/dict`, else `/usr/share/wordnet`.
  static func folder(
    explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    func nonEmpty(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
    return explicit ?? nonEmpty("WNSEARCHDIR") ?? nonEmpty("WNHOME").map { $0 + "/dict" } ?? "/usr/share/wordnet"
  }

  /// Opens ``folder(explicit:environment:)``.
  /// - Throws: a ``Problem`` where the folder lacks data.noun or index.noun, or holds another version than 3.0.
  public static func open(
    explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Problem) -> WordNet {
    let folder = folder(explicit: explicit, environment: environment)
    let data = try map(folder + "/data.noun")
    let index = try map(folder + "/index.noun")
    do {
      return try WordNet(data: data, index: index)
    } catch {
      var problem = error
      problem.place = "\(folder)/\(error.place ?? "")"
      throw problem
    }
  }

  private static func map(_ path: String) throws(Problem) -> Bytes {
    func failure(_ code: Int32) -> Problem {
      Problem(
        "cannot open WordNet", at: path, found: String(cString: strerror(code)),
        advice: "install WordNet 3.0's nouns (Debian: wordnet-base), or name their folder with --wordnet")
    }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw failure(EISDIR) }
    // An empty mapping is an error to mmap; an empty file is none of ours either way.
    guard status.st_size > 0 else { return Bytes([]) }
    guard let start = mmap(nil, status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw failure(errno)
    }
    return Bytes(UnsafeRawBufferPointer(start: start, count: status.st_size)) {
      munmap(UnsafeMutableRawPointer(mutating: $0.baseAddress!), $0.count)
    }
  }
}
