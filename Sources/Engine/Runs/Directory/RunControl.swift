import Basics
import Files
import FoundationEssentials
import Glibc

/// What can be asked of a running worker.
public enum RunRequest: String, Sendable, CaseIterable {
  case pause, resume, stop, checkpoint
  /// The run was made longer: its configuration is to be read again.
  case extend
}

/// The folder `control/` of a run: requests are files dropped there, from any host that shares the directory, and taken by
/// the worker in the order in which they were made.
package struct RunControl: Sendable {
  package let folder: String

  package init(folder: String) { self.folder = folder }

  package func send(_ request: RunRequest) throws(Problem) {
    let nanoseconds = UInt64(unixTime() * 1e9)
    try AtomicFile.write("", to: "\(folder)/\(nanoseconds)-\(request.rawValue)", durable: false)
  }

  /// Takes every request out of the folder, oldest first.
  package func take() -> [RunRequest] {
    pending().compactMap { unlink("\(folder)/\($0.name)") == 0 ? $0.request : nil }
  }

  package func clear() { _ = take() }

  private func pending() -> [(time: UInt64, name: String, request: RunRequest)] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
    return names.compactMap { name in
      let parts = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let time = UInt64(parts[0]), let request = RunRequest(rawValue: String(parts[1])) else {
        return nil
      }
      return (time, name, request)
    }.sorted { $0.time < $1.time }
  }
}
