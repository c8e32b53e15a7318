import FoundationEssentials
import Glibc

/// Which process works on a run, so that another with the same number is never mistaken for it.
package struct WorkerIdentity: Codable, Equatable, Sendable {
  package var pid: Int32
  /// When the process started, in clock ticks since the boot.
  package var started: UInt64
  package var host: String
  /// The boot and the space of process numbers: only within it does a `pid` mean anything.
  package var machine: String

  package static var current: WorkerIdentity {
    WorkerIdentity(pid: getpid(), started: startTime(of: getpid()) ?? 0, host: hostName, machine: thisMachine)
  }

  /// Whether the process still runs; nil where it runs, or ran, on another machine.
  package var isAlive: Bool? {
    machine == Self.thisMachine ? Self.startTime(of: pid) == started : nil
  }

  package static let hostName: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  private static let thisMachine: String = {
    let boot = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    let bootID = boot.map { String(decoding: $0, as: UTF8.self).prefix { !$0.isWhitespace } } ?? "?"
    return "\(bootID) \(space ?? "?")"
  }()

  /// Field 22 of /proc/PID/stat (proc(5)); nil where there is no such process, or only its exit status is left.
  private static func startTime(of pid: Int32) -> UInt64? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
    // The second field is a name in parentheses, which may hold anything.
    let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }
}
