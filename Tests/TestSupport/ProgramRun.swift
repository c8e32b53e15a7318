import Files
import FoundationEssentials
import Glibc

/// The program as a process without a terminal.
public final class ProgramRun {
  public let process: pid_t
  private let folder = TemporaryFolder()
  private var code: Int?

  /// Starts the program. `wrapper`: what to run in its place, with the program's path and arguments behind it.
  public init(_ arguments: [String], environment: [String: String], wrapper: [String] = []) throws {
    let words = wrapper + [Program.path] + arguments
    let folder = folder.path
    let (process, code) = ChildProcess.start(words[0], arguments: words, environment: environment) { files in
      posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&files, 1, folder + "/output", O_WRONLY | O_CREAT | O_APPEND, 0o644)
      posix_spawn_file_actions_addopen(&files, 2, folder + "/errors", O_WRONLY | O_CREAT | O_APPEND, 0o644)
    }
    guard code == 0 else { throw Failure(what: "cannot start \(words[0]): \(String(cString: strerror(code)))") }
    self.process = process
  }

  deinit {
    guard code == nil else { return }
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  public func send(signal: Int32) { kill(process, signal) }

  /// The exit code, or minus the signal that ended it. Waits for the end; a program that hangs is killed.
  @discardableResult
  public func wait() -> Int {
    for _ in 0..<60_000 where !hasEnded { usleep(2_000) }
    if !hasEnded { send(signal: SIGKILL) }
    while !hasEnded { usleep(2_000) }
    return code!
  }

  public var hasEnded: Bool {
    if code != nil { return true }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return false }
    code = status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : -Int(status & 0x7F)
    return true
  }

  public var output: String { text("output") }
  public var errors: String { text("errors") }

  private func text(_ name: String) -> String { String(decoding: folder.bytes(of: name), as: UTF8.self) }

  public struct Failure: Error {
    public var what: String
  }
}
