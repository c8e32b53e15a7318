import FoundationEssentials
import FuzzEntries
import Glibc

/// Shares the entries out to as many workers as there are cores, and writes down what became of them.
final class Driver {
  private struct Job {
    let entry: FuzzEntry
    var first: Int
    var left: Int
    var secondsLeft: Double
    var began = ContinuousClock.now
    var inputs = 0
    var seconds = 0.0
    var failures: [String] = []
  }

  private struct Running {
    let job: Int
    let state: SharedState
    let folder: String
  }

  private let entries: [FuzzEntry]
  private let keep: String
  private var jobs: [Job] = []
  private var running: [pid_t: Running] = [:]
  private let cores = ProcessInfo.processInfo.activeProcessorCount
  /// Where files are fast.
  private let root = (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/imagenet-tui-fuzz-\(getpid())"
  private static let mostFailures = 10

  init(entries: [FuzzEntry], keep: String) { (self.entries, self.keep) = (entries, keep) }

  /// Whether nothing failed.
  func run(first: Int, count: Int?, seconds: Double?) throws -> Bool {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    let weights = entries.reduce(0) { $0 + $1.weight }
    jobs = entries.map { entry in
      Job(
        entry: entry, first: first, left: count.map { max(1, $0 / weights * entry.weight + $0 % weights * entry.weight / weights) } ?? .max,
        secondsLeft: seconds.map { $0 * Double(cores) / Double(entries.count) } ?? .infinity)
    }
    var next = 0
    while next < jobs.count || !running.isEmpty {
      while running.count < cores, next < jobs.count {
        start(next)
        next += 1
      }
      var status: Int32 = 0
      let process = waitpid(-1, &status, 0)
      guard let ended = running.removeValue(forKey: process) else { continue }
      if end(ended, status) { start(ended.job) }
    }
    report()
    return jobs.allSatisfy(\.failures.isEmpty)
  }

  private func start(_ job: Int) {
    let folder = "\(root)/\(job)-\(jobs[job].failures.count)"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var arguments = ["fuzzer", "--entry", jobs[job].entry.name, "--first", "\(jobs[job].first)", "--state", folder + "/state"]
    if jobs[job].left < .max { arguments += ["--count", "\(jobs[job].left)"] }
    if jobs[job].secondsLeft < .infinity { arguments += ["--seconds", "\(jobs[job].secondsLeft)"] }
    let state = SharedState(folder + "/state")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 2, folder + "/errors", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var environment = ProcessInfo.processInfo.environment
    environment["TMPDIR"] = folder
    // A backtrace takes a worker seconds, and the input tells more.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    environment["OPENBLAS_NUM_THREADS"] = "1"
    var process: pid_t = 0
    let pointers = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (pointers + variables).forEach { free($0) } }
    jobs[job].began = .now
    precondition(posix_spawn(&process, "/proc/self/exe", &actions, nil, pointers, variables) == 0, "cannot start a worker")
    running[process] = Running(job: job, state: state, folder: folder)
  }

  /// Writes down what became of a worker. True where its entry goes on behind the input that ended it.
  private func end(_ ended: Running, _ status: Int32) -> Bool {
    defer {
      ended.state.close()
      try? FileManager.default.removeItem(atPath: ended.folder)
    }
    let took = (ContinuousClock.now - jobs[ended.job].began) / .seconds(1)
    jobs[ended.job].inputs += ended.state.done
    jobs[ended.job].seconds += took
    guard status != 0 else { return false }
    let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
    let why =
      signal == SIGALRM ? "hang: over \(Worker.mostSeconds) s" : code == Worker.hungry ? "memory: over \(Worker.mostMemory >> 30) GiB"
      : signal != 0 ? "crash: " + String(cString: strsignal(signal)) : "exit code \(code)"
    let name = jobs[ended.job].entry.name
    let number = ended.state.number
    let file = "\(keep)/\(FuzzEntry.folder(of: name))/\(number)"
    try? FileManager.default.createDirectory(atPath: "\(keep)/\(FuzzEntry.folder(of: name))", withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: file, contents: Data(ended.state.input))
    let errors = FileManager.default.contents(atPath: ended.folder + "/errors").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let lines = errors.split(separator: "\n")
    let line = lines.first { $0.contains("Fatal error") } ?? lines.first { $0.contains("rror") } ?? lines.first ?? ""
    print("\(name), input \(number): \(why); kept as \(file)\(line.isEmpty ? "" : "; \(line.prefix(300))")")
    jobs[ended.job].failures.append(why)
    let through = number + 1 - jobs[ended.job].first
    jobs[ended.job].first = number + 1
    if jobs[ended.job].left < .max { jobs[ended.job].left -= through }
    jobs[ended.job].secondsLeft -= took
    return jobs[ended.job].failures.count < Self.mostFailures && jobs[ended.job].left > 0 && jobs[ended.job].secondsLeft > 0
  }

  private func report() {
    func row(_ name: String, _ inputs: Int, _ seconds: Double, _ failures: Int) {
      func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
      print(
        name + String(repeating: " ", count: max(1, 26 - name.count)) + right("\(inputs)", 10)
          + right("\(Int(Double(inputs) / max(seconds, 1e-3)))", 11) + right("\(failures)", 10))
    }
    print("\nentry                         inputs   inputs/s  failures")
    for job in jobs { row(job.entry.name, job.inputs, job.seconds, job.failures.count) }
    let seconds = jobs.reduce(0) { $0 + $1.seconds } / Double(min(cores, jobs.count))
    row("all", jobs.reduce(0) { $0 + $1.inputs }, seconds, jobs.reduce(0) { $0 + $1.failures.count })
  }
}
