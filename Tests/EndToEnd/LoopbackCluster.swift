import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport

/// A real Slurm of two nodes on this machine (`scripts/cluster`).
final class LoopbackCluster {
  let folder = TemporaryFolder()
  private var place: String { folder.path + "/cluster" }
  private static let script = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/scripts/cluster"

  /// Nil where none can run here, which is then said.
  init?() {
    guard let started = Self.call(["start", place]) else { return nil }
    guard started.code == 0 else {
      print("skipped: \(started.errors)")
      return nil
    }
  }

  deinit { _ = Self.call(["stop", place]) }

  private static func call(_ words: [String]) -> ChildOutput? { ChildProcess.run("/bin/bash", [script] + words, limit: 120) }

  /// A node (n1, n2) loses its power, or the controller ends.
  func kill(_ what: String) { _ = Self.call(["kill", place, what]) }
  func revive(_ what: String) { _ = Self.call(["revive", place, what]) }

  func environment(_ home: TinyHome) -> [String: String] {
    home.environment.merging(["SLURM_CONF": place + "/slurm.conf"]) { $1 }
  }

  /// Waits for something that Slurm does soon, however busy the machine is.
  func wait(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<1_500 {
      if try condition() { return true }
      usleep(100_000)
    }
    return false
  }

  /// Has the controller write down what it knows: killed before it does so by itself, it takes a job that runs for one that waits.
  func keepState() {
    let time = unixTime()
    slurm("sbatch", "--hold", "-o", "/dev/null", "--wrap", "true")
    _ = wait { FileStamp(place + "/state/job_state")?.modified ?? 0 > time }
  }

  /// A command of Slurm; what it prints.
  @discardableResult
  func slurm(_ words: String...) -> String {
    ChildProcess.run("/usr/bin/env", ["SLURM_CONF=\(place)/slurm.conf"] + words, limit: 60)?.output ?? ""
  }

  /// A field of what `scontrol` shows of a job.
  func job(_ id: String, _ field: String) -> String {
    let words = slurm("scontrol", "show", "job", id).split { $0 == " " || $0 == "\n" }
    return words.first { $0.hasPrefix(field + "=") }.map { String($0.dropFirst(field.count + 1)) } ?? ""
  }
}
