import Basics
import FoundationEssentials
import Glibc
import Taxonomy

/// Finds WordNet's files and maps them into memory, so that only the pages that are looked at are ever read.
public enum WordNetFiles {
  /// The folder `explicit` (the option `--wordnet`), else `$WNSEARCHDIR`, else `$WNHOME/dict`, else `/usr/share/wordnet`.
  static func folder(
    explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String { chosen(explicit, environment).folder }

  /// - Returns: the folder, and what named it.
  private static func chosen(_ explicit: String?, _ environment: [String: String]) -> (folder: String, by: String?) {
    func nonEmpty(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
    if let explicit { return (explicit, "--wordnet") }
    if let folder = nonEmpty("WNSEARCHDIR") { return (folder, "WNSEARCHDIR") }
    if let folder = nonEmpty("WNHOME") { return (folder + "/dict", "WNHOME") }
    return ("/usr/share/wordnet", nil)
  }

  /// Opens ``folder(explicit:environment:)``.
  /// - Throws: a ``Problem`` where the folder lacks data.noun or index.noun, or holds another version than 3.0.
  public static func open(
    explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Problem) -> WordNet {
    let (folder, origin) = chosen(explicit, environment)
    do throws(Problem) {
      let data = try map(folder + "/data.noun")
      let index = try map(folder + "/index.noun")
      do throws(Problem) { return try WordNet(data: data, index: index) } catch {
        var problem = error
        problem.place = "\(folder)/\(error.place ?? "")"
        throw problem
      }
    } catch {
      guard let origin else { throw error }
      var problem = error
      // Somebody named the folder: that is what to mend.
      let near = ["dict", "..", "wordnet"].map { "\(folder)/\($0)" }.first { access($0 + "/data.noun", F_OK) == 0 }
      let what = origin == "--wordnet" ? "--wordnet names this folder" : "the environment's \(origin) names this folder (--wordnet goes before it)"
      problem.advice = "\(what)\(near.map { "; did you mean \($0)?" } ?? ", which must hold WordNet 3.0's data.noun and index.noun (Debian's wordnet-base: /usr/share/wordnet)")"
      throw problem
    }
  }

  private static func map(_ path: String) throws(Problem) -> Bytes {
    func failure(_ code: Int32) -> Problem {
      Problem(
        "cannot open WordNet", at: path, found: String(cString: strerror(code)),
        advice: "install WordNet 3.0's nouns (Debian: wordnet-base), or name their folder with --wordnet", kind: .notFound)
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
