import Glibc

/// What a program of the system said that was run to its end.
package struct ChildOutput: Sendable {
  /// Its exit code, or minus the signal that ended it.
  package var code: Int
  package var output, errors: String
  /// Whether it was ended because it took too long.
  package var isOverdue: Bool
}

extension ChildProcess {
  /// The path of a program in `PATH`; nil where there is none.
  package static func find(_ name: String) -> String? {
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in folders.split(separator: ":") where folder.hasPrefix("/") {
      let path = "\(folder)/\(name)"
      if access(path, X_OK) == 0 { return path }
    }
    return nil
  }

  /// Runs a program without a terminal, with nothing to read.
  /// - Parameters:
  ///   - environment: nil for the caller's.
  ///   - limit: seconds after which it is killed.
  /// - Returns: nil where it cannot be started.
  package static func run(_ executable: String, _ arguments: [String], environment: [String: String]? = nil, limit: Double) -> ChildOutput? {
    var (output, errors) = (Pipe(), Pipe())
    defer { (output.close(), errors.close()) }
    guard output.isOpen, errors.isOpen else { return nil }
    let (process, error) = start(executable, arguments: [executable] + arguments, environment: environment) { files in
      posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_adddup2(&files, output.writing, 1)
      posix_spawn_file_actions_adddup2(&files, errors.writing, 2)
    }
    guard error == 0 else { return nil }
    let begun = steadyTime()
    var status: Int32 = 0
    var isOverdue = false
    while true {
      // Somebody else may hold the pipe open, so its end is not waited for.
      let hasEnded = waitpid(process, &status, WNOHANG) == process
      output.drain()
      errors.drain()
      if hasEnded { break }
      if steadyTime() - begun > limit, !isOverdue {
        isOverdue = true
        kill(process, SIGKILL)
      }
      var waiting = [pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0), pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0)]
      poll(&waiting, 2, 10)
      // What was closed is readable at once, and would make this loop a busy one.
      if waiting.contains(where: { Int32($0.revents) & POLLHUP != 0 }) { usleep(2_000) }
    }
    return ChildOutput(
      code: status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : -Int(status & 0x7F), output: output.text, errors: errors.text, isOverdue: isOverdue)
  }

  /// A pipe whose reading never waits.
  private struct Pipe {
    private(set) var reading: Int32 = -1, writing: Int32 = -1
    private var bytes: [UInt8] = []
    var isOpen: Bool { reading >= 0 }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    init() {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return }
      (reading, writing) = (ends[0], ends[1])
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    mutating func drain() {
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = read(reading, &buffer, buffer.count)
        guard count > 0 else { return }
        bytes += buffer[..<count]
      }
    }

    func close() { for end in [reading, writing] where end >= 0 { _ = Glibc.close(end) } }
  }
}
