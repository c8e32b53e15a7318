import Basics
import Files
import FoundationEssentials
import Glibc

/// The directory of one run. It explains itself, can be copied elsewhere, and is only ever appended to or renamed into:
///
/// ```
/// runs/<time>-<name>/
///   run.json                        the ``RunConfiguration``
///   events.out.tfevents.…           the metrics, one file for each session
///   checkpoints/<step>.safetensors  weights, momentum and cursor
///   extensions.json                 the lengths that it was given since: ``RunExtension``
///   notes.json                      what a person keeps of it: the ``RunNotes``
///   log.txt  heartbeat  result.json  control/  lock
/// ```
public struct RunDirectory: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The directory's own name, which identifies the run within its home.
  public var id: String { path.split(separator: "/").last.map(String.init) ?? path }

  public var configurationFile: String { path + "/run.json" }
  public var log: String { path + "/log.txt" }
  public var checkpoints: Checkpoints { Checkpoints(folder: path + "/checkpoints") }
  package var heartbeatFile: String { path + "/heartbeat" }
  package var resultFile: String { path + "/result.json" }
  package var control: RunControl { RunControl(folder: path + "/control") }
  package var lockFile: String { path + "/lock" }

  // MARK: Making

  /// Makes the directory of a new run in `folder`, whole or not at all.
  /// - Parameter furnish: puts into the directory what else belongs there from the beginning.
  /// - Throws: a ``Problem`` where the name cannot be a folder's, or nothing can be written there.
  public static func create(
    _ configuration: RunConfiguration, in folder: String,
    furnish: (_ unfinished: RunDirectory) throws(Problem) -> Void = { _ in }
  ) throws(Problem) -> RunDirectory {
    try checkName(configuration.name)
    let unfinished = RunDirectory("\(folder)/.new-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    do throws(Problem) {
      try AtomicFile.makeFolder(unfinished.control.folder)
      try AtomicFile.makeFolder(unfinished.checkpoints.folder)
      try RunJSON.write(configuration, to: unfinished.configurationFile)
      try furnish(unfinished)
      let base = "\(TimeStamp.utc(configuration.created))-\(configuration.name)"
      for attempt in 1...1000 {
        let run = RunDirectory("\(folder)/\(base)\(attempt == 1 ? "" : "-\(attempt)")")
        // A rename onto a folder that is not empty fails: two launches in one second get two directories.
        if rename(unfinished.path, run.path) == 0 {
          AtomicFile.flushFolder(folder)
          return run
        }
        guard errno == EEXIST || errno == ENOTEMPTY else { throw AtomicFile.failure("cannot make the run", run.path) }
      }
      throw Problem("cannot make the run", at: "\(folder)/\(base)", found: "a thousand runs of that name")
    } catch {
      try? FileManager.default.removeItem(atPath: unfinished.path)
      throw error
    }
  }

  /// Names become folders, arguments and columns: letters, digits, `.`, `_`, `-`, `+`, at most 64, no dot in front.
  /// - Throws: a ``Problem`` where no run can have this name.
  public static func checkName(_ name: String) throws(Problem) {
    func isAllowed(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || "._-+".contains(character))
    }
    guard !name.isEmpty, name.count <= 64, !name.hasPrefix("."), !name.hasPrefix("-"), name.allSatisfy(isAllowed)
    else {
      throw Problem(
        "invalid run name", at: name, expected: "1 to 64 letters, digits and . _ - +, not beginning with . or -",
        advice: "choose another --name", kind: .usage)
    }
  }

  /// What the directory's name says of the run: its name, and when it was launched, in seconds since 1970.
  var launch: (name: String, time: Double)? {
    let stamp = Array(id.utf8.prefix(TimeStamp.length + 1))
    guard stamp.count > TimeStamp.length, stamp[8] == stamp[15], stamp[8] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int32? { Int32(String(decoding: stamp[range], as: UTF8.self)) }
    guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
      let minute = number(11..<13), let second = number(13..<15)
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    return (String(id.dropFirst(TimeStamp.length + 1)), max(0, Double(timegm(&parts))))
  }

  // MARK: Reading

  /// What the run does: as it was launched, with the length that it was given since.
  /// - Throws: a ``Problem`` where run.json is not there, damaged, or of a newer version.
  public func configuration() throws(Problem) -> RunConfiguration {
    var configuration = try launched()
    try extensions().last?.apply(to: &configuration.training)
    return configuration
  }

  /// As the run was launched.
  /// - Throws: a ``Problem`` where run.json is not there, damaged, or of a newer version.
  public func launched() throws(Problem) -> RunConfiguration {
    let configuration = try RunJSON.read(
      RunConfiguration.self, from: configurationFile, what: "the run", for: .owner,
      repair: repair)
    try configuration.check(of: self)
    return configuration
  }

  /// What to do where its `run.json` is damaged.
  var repair: String { "the file is damaged; put back a copy of it, or remove the run with \(ShellCommand("runs", "rm", id).inSentence)" }

  /// - Throws: a ``Problem`` where a later version made the run, so that nothing of it may be changed here.
  func checkKnown() throws(Problem) {
    do throws(Problem) { _ = try configuration() } catch where error.isOfNewerVersion { throw error } catch {}
  }

  /// What the last worker said when it ended; nil where none has.
  /// - Throws: a ``Problem`` where result.json is damaged or of a newer version.
  public func result() throws(Problem) -> RunResult? {
    guard access(resultFile, F_OK) == 0 else { return nil }
    return try RunJSON.read(
      RunResult.self, from: resultFile, what: "the result",
      repair: "the file is damaged; without it the run counts as lost, and \(ShellCommand("runs", "resume", id).inSentence) continues from its last checkpoint")
  }

  /// The last sign of life. A file that a power cut damaged says nothing of anyone alive, and counts as none.
  package func heartbeat() -> Heartbeat? { try? readHeartbeat() }

  func readHeartbeat() throws(Problem) -> Heartbeat {
    try RunJSON.read(
      Heartbeat.self, from: heartbeatFile, what: "the heartbeat",
      repair: "the file is damaged; \(ShellCommand("runs", "resume", id).inSentence) recreates it")
  }

  /// Where the run stands now.
  /// - Parameter patience: see ``RunsReader/refresh(patience:)``; by default enough to be sure that no worker is left.
  /// - Throws: a ``Problem`` where the run's files are damaged, or those of a later version.
  public func state(patience: Double = RunState.patience) throws(Problem) -> RunState {
    let start = steadyTime()
    let known = KnownRun(self)
    repeat {
      guard known.refresh() != .isGone else { throw FileFailure.reading("cannot read the run", configurationFile) }
      if let obstacle = known.obstacle { throw obstacle }
      guard known.isInDoubt else { break }
      usleep(100_000)
    } while steadyTime() - start < patience
    return known.summary.state
  }

  /// The last lines of the log, oldest first, made printable.
  /// - Throws: a ``Problem`` where the log cannot be read.
  public func logTail(lines: Int) throws(Problem) -> [String] {
    let descriptor = open(log, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 && errno == ENOENT { return [] }
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read the log", log) }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: Int(min(max(size, 0), 256 << 10)))
    let count = pread(descriptor, &bytes, bytes.count, max(0, size - off_t(bytes.count)))
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    return text.split(separator: "\n").suffix(lines).map { printable(String($0)) }
  }
}
