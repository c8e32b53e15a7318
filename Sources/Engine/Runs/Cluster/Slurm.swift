import Basics
import Files
import FoundationEssentials
import Glibc

/// A job as Slurm tells of it.
public struct SlurmJob: Codable, Equatable, Sendable {
  /// The job's own number, also where it is one of an array.
  public var id: String
  /// `PENDING`, `RUNNING`, `COMPLETED`, …; empty: it was submitted, and nobody has asked since.
  public var state: String
  /// Why it waits, as `Priority`.
  public var reason: String?
  /// Where it runs.
  public var node: String?
  /// When it begins, as far as Slurm can tell.
  public var start: String?
  /// What it is for: the path of a run's directory.
  package var comment = ""

  package init(id: String, state: String = "", reason: String? = nil, node: String? = nil, start: String? = nil, comment: String = "") {
    (self.id, self.state, self.reason, self.node, self.start, self.comment) = (id, state, reason, node, start, comment)
  }

  /// Whether it is over: nothing comes of it any more.
  package var isOver: Bool {
    let words = ["COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED"]
    return words.contains { state.hasPrefix($0) }
  }
  /// Whether processes of it may be there.
  package var isAtWork: Bool { ["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT"].contains(state) }

  package var isWaiting: Bool { !isAtWork && !isOver }

  /// In words: "PENDING (Priority)", "PENDING (BeginTime), begins 2026-11-30T12:03:00", "RUNNING on n1".
  public var text: String {
    guard !state.isEmpty else { return "submitted" }
    var text = state
    if let reason { text += " (\(reason))" }
    if isAtWork, let node { text += " on \(node)" }
    if !isAtWork, !isOver, let start { text += ", begins \(start)" }
    return text
  }
}

/// The commands of Slurm. None is waited for longer than it may take: a controller that hangs answers nobody.
package struct Slurm: Sendable {
  /// Seconds that a look may take.
  private static let patience = 5.0
  /// Seconds that a change may take: a busy controller is asked again by the command itself.
  private static let longPatience = 60.0

  package init() {}

  /// Whether there is a Slurm to ask.
  package static var isInstalled: Bool { ChildProcess.find("squeue") != nil }

  /// - Throws: a ``Problem`` where no job can be submitted from here.
  package func check() throws(Problem) {
    guard ChildProcess.find("sbatch") != nil else {
      throw Problem(
        "there is no Slurm here", at: "--executor slurm", expected: "the command `sbatch` in PATH", advice: "go to a login node of the cluster", kind: .notFound)
    }
    _ = try call("sinfo", ["--noheader", "--format=%P"])
  }

  /// - Returns: the job's number, and the cluster's name where there are several.
  /// - Throws: a ``Problem`` with what `sbatch` says.
  package func submit(_ script: String, arguments: [String] = [], options: [String]) throws(Problem) -> (id: String, cluster: String?) {
    let answer = try call("sbatch", ["--parsable"] + options + [script] + arguments, limit: Self.longPatience)
    let last = answer.split(separator: "\n").last.map(String.init) ?? ""
    let parts = last.split(separator: ";")
    guard let id = parts.first, !id.isEmpty, id.allSatisfy(\.isNumber) else {
      throw Problem("sbatch says no job number", at: script, expected: "a number", found: last.isEmpty ? "nothing" : last)
    }
    return (String(id), parts.count > 1 ? String(parts[1]) : nil)
  }

  /// This user's jobs, also those that have just ended.
  /// - Parameter clusters: others than this one.
  package func jobs(of clusters: Set<String> = []) throws(Problem) -> [SlurmJob] {
    let format = ["--noheader", "--states=all", "--array", "--user=\(getuid())", "--format=%A|%T|%r|%B|%S|%k"]
    var jobs = Self.parse(try call("squeue", format))
    for cluster in clusters.sorted() { jobs += Self.parse(try call("squeue", ["--clusters=\(cluster)"] + format)) }
    return jobs
  }

  /// - Parameter text: lines `number|state|reason|node|begin|comment`; others are passed over.
  static func parse(_ text: String) -> [SlurmJob] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 6, !fields[0].isEmpty, fields[0].allSatisfy(\.isNumber) else { return nil }
      func known(_ text: String) -> String? { ["", "None", "N/A", "n/a", "(null)"].contains(text) ? nil : text }
      return SlurmJob(
        id: fields[0], state: fields[1], reason: known(fields[2]), node: known(fields[3]), start: known(fields[4]), comment: known(fields[5]) ?? "")
    }
  }

  package func cancel(_ id: String, cluster: String?) throws(Problem) {
    _ = try call("scancel", (cluster.map { ["--clusters=\($0)"] } ?? []) + [id], limit: Self.longPatience)
  }

  /// Puts a job back among those that wait.
  package func requeue(_ id: String) throws(Problem) { _ = try call("scontrol", ["requeue", id], limit: Self.longPatience) }

  /// No place in an array has this number or a larger one.
  package func arraySize() -> Int {
    let text = (try? call("scontrol", ["show", "config"])) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    return line.flatMap { Int($0.drop { $0 != "=" }.dropFirst().filter(\.isNumber)) } ?? 1001
  }

  /// - Throws: a ``Problem`` with the command's own sentence.
  private func call(_ name: String, _ arguments: [String], limit: Double = patience) throws(Problem) -> String {
    guard let path = ChildProcess.find(name), let ended = ChildProcess.run(path, arguments, limit: limit) else {
      throw Problem("there is no Slurm here", expected: "the command `\(name)` in PATH", kind: .notFound)
    }
    guard !ended.isOverdue else {
      throw Problem("Slurm does not answer", at: name, found: "nothing within \(Int(limit)) s", advice: "try again", kind: .temporary)
    }
    guard ended.code == 0 else {
      let lines = ended.errors.split(separator: "\n").map { $0.trimmingPrefix("\(name): ").trimmingPrefix("error: ") }
      let text = lines.isEmpty ? "exit code \(ended.code)" : lines.suffix(3).joined(separator: "; ")
      let isAway = ["contact", "timed out", "Connection refused", "temporarily", "backup controller"].contains { text.contains($0) }
      throw Problem("Slurm refuses", at: name, found: text, advice: isAway ? "try again" : nil, kind: isAway ? .temporary : .other)
    }
    return ended.output
  }
}
