import CKernels
import Glibc

/// The processor cores that this process may use.
public enum ProcessorCores {
  /// Cores, not hyperthreads, among the processors that the process may run on (`taskset`, Slurm's binding), no more than its group's
  /// share of time (`cpu.max`) and than SLURM_CPUS_PER_TASK or, in a job, SLURM_CPUS_ON_NODE; at least one.
  public static let usable = usable(root: "", environment: { name in getenv(name).map { String(cString: $0) } })

  /// The processor's name as the system tells it.
  public static let name: String = {
    for line in lines("/proc/cpuinfo") where line.hasPrefix("model name") {
      return String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
    }
    return "an unknown processor"
  }()

  /// - Parameters:
  ///   - root: of the file system that tells.
  ///   - processors: that the process may run on; nil: what the system says.
  package static func usable(root: String, processors: [Int]? = nil, environment: (String) -> String?) -> Int {
    let processors = processors ?? allowedProcessors()
    // Threads of a core share a list of siblings.
    let cores = Set(
      processors.map { number in
        lines("\(root)/sys/devices/system/cpu/cpu\(number)/topology/thread_siblings_list").first ?? "\(number)"
      }
    ).count
    var usable = max(1, cores)
    if let share = groupShare(root) { usable = min(usable, share) }
    // Slurm tells the first only where it was asked for, and binds nobody on some clusters.
    let job = environment("SLURM_JOB_ID") == nil ? nil : environment("SLURM_CPUS_ON_NODE")
    if let task = (environment("SLURM_CPUS_PER_TASK") ?? job).flatMap(Int.init), task > 0 { usable = min(usable, task) }
    return usable
  }

  private static func allowedProcessors() -> [Int] {
    var numbers = [Int32](repeating: 0, count: 8192)
    let count = Int(processors_of_process(&numbers, Int32(numbers.count)))
    return count > 0 ? numbers[..<count].map(Int.init) : Array(0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Whole cores of the least share of time among the process's control groups; nil: there is no limit.
  private static func groupShare(_ root: String) -> Int? {
    var least: Int?
    func take(_ quota: Substring?, _ period: Substring?) {
      guard let quota = quota.flatMap({ Double($0) }), let period = period.flatMap({ Double($0) }), quota > 0, period > 0 else { return }
      let cores = max(1, Int(min(quota / period, 1e6).rounded(.up)))
      least = min(least ?? cores, cores)
    }
    for line in lines("\(root)/proc/self/cgroup") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("cpu") else { continue }
      // A group is limited by those above it as well; within a container the path may be that outside, and the top is its own.
      var path = parts[2]
      while true {
        if isUnified {
          let limit = lines("\(root)/sys/fs/cgroup\(path)/cpu.max").first?.split(separator: " ") ?? []
          take(limit.first, limit.dropFirst().first)
        } else {
          let folder = "\(root)/sys/fs/cgroup/cpu\(path)"
          take(lines("\(folder)/cpu.cfs_quota_us").first?[...], lines("\(folder)/cpu.cfs_period_us").first?[...])
        }
        guard let slash = path.lastIndex(of: "/"), !path.isEmpty else { break }
        path = path[..<slash]
      }
    }
    return least
  }

  /// The lines of a small file; none where it cannot be read.
  private static func lines(_ path: String) -> [String] {
    guard let file = fopen(path, "re") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
