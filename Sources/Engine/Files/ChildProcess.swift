import Glibc

/// Starts processes that inherit neither blocked nor ignored signals, since whoever starts them may do either.
package enum ChildProcess {
  /// - Parameters:
  ///   - arguments: the first names the program to itself.
  ///   - environment: nil for the caller's.
  ///   - inNewSession: away from the caller's terminal.
  ///   - files: says what to open before the program begins.
  /// - Returns: the process, and 0 or the error number that says why there is none.
  package static func start(
    _ executable: String, arguments: [String], environment: [String: String]? = nil, inNewSession: Bool = false,
    files: (inout posix_spawn_file_actions_t) -> Void
  ) -> (process: pid_t, error: Int32) {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, hidden from Swift behind _GNU_SOURCE
    posix_spawnattr_setflags(
      &attributes,
      Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | (inNewSession ? newSession : 0)))

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    files(&actions)

    func strings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] { strings.map { strdup($0) } + [nil] }
    let words = strings(arguments)
    let variables = environment.map { strings($0.map { "\($0)=\($1)" }) }
    defer { (words + (variables ?? [])).forEach { free($0) } }
    var process: pid_t = 0
    let error =
      if let variables {
        posix_spawn(&process, executable, &actions, &attributes, words, variables)
      } else {
        posix_spawn(&process, executable, &actions, &attributes, words, environ)
      }
    return (process, error)
  }
}
