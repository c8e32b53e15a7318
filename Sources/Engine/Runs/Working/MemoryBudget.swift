import FoundationEssentials

/// How much memory the processes of this machine, or of this container, may use, in bytes; nil where it cannot be told.
///
/// The least of the machine's memory and the limits of the process's control group and those above it (cgroup v2's
/// memory.max, v1's memory.limit_in_bytes), which containers and cluster jobs run under.
package struct MemoryBudget: Equatable, Sendable {
  package let total: Int?
  /// What of it is not in use.
  package let free: Int?
  /// What sets `total`, for people.
  package let owner: String

  /// - Parameter root: a prefix of the system's files, for tests.
  package init(root: String = "") {
    func text(_ path: String) -> String? {
      FileManager.default.contents(atPath: root + path).map { String(decoding: $0, as: UTF8.self) }
    }
    func number(_ path: String) -> Int? {
      text(path).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }
    let machine = text("/proc/meminfo") ?? ""
    /// Containers report as much as a number holds where nothing is limited.
    func bytes(_ key: String) -> Int? {
      machine.split(separator: "\n").first { $0.hasPrefix(key + ":") }.flatMap { Int($0.filter(\.isNumber)) }
        .map { min($0, Int.max / 1024) * 1024 }
    }
    var total = bytes("MemTotal")
    var free = bytes("MemAvailable")
    var owner = "this machine has"
    for group in Self.groups(text("/proc/self/cgroup") ?? "") {
      guard let limit = number(group.limit), limit > 0, limit < total ?? .max else { continue }
      total = limit
      owner = "this container or job may use"
      if let used = number(group.used) { free = min(free ?? .max, max(0, limit - max(0, used))) }
    }
    self.total = total
    self.free = free
    self.owner = owner
  }

  /// The files of limit and use of the process's control groups, from its own to the outermost. Inside a container the path
  /// that the process is told may not exist there; the outermost always does.
  private static func groups(_ membership: String) -> [(limit: String, used: String)] {
    membership.split(separator: "\n").flatMap { line -> [(limit: String, used: String)] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("memory") else { return [] }
      let base = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let parts = fields[2].split(separator: "/").filter { $0 != ".." }
      return (0...parts.count).reversed().map { depth in
        let folder = ([base] + parts.prefix(depth).map(String.init)).joined(separator: "/")
        return isUnified
          ? (folder + "/memory.max", folder + "/memory.current")
          : (folder + "/memory.limit_in_bytes", folder + "/memory.usage_in_bytes")
      }
    }
  }
}
