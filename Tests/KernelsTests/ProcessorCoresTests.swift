import FoundationEssentials
import Kernels
import TestSupport
import Testing

/// How many cores a process takes, on made-up machines.
@Suite struct ProcessorCoresTests {
  let folder = TemporaryFolder()

  /// Eight processors, two threads a core, numbered as most systems do: 0 and 4 are of one core.
  private func machine() throws -> String {
    for number in 0..<8 { try write("sys/devices/system/cpu/cpu\(number)/topology/thread_siblings_list", "\(number % 4),\(number % 4 + 4)\n") }
    return folder.path
  }

  private func write(_ path: String, _ text: String) throws {
    let whole = "\(folder.path)/\(path)"
    try FileManager.default.createDirectory(
      atPath: String(whole[..<whole.lastIndex(of: "/")!]), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: whole))
  }

  private func usable(_ processors: [Int] = Array(0..<8), task: String? = nil) throws -> Int {
    ProcessorCores.usable(root: try machine(), processors: processors) { $0 == "SLURM_CPUS_PER_TASK" ? task : nil }
  }

  @Test("threads of one core count once")
  func threads() throws {
    #expect(try usable() == 4)
    #expect(try usable([0, 4]) == 1)
    #expect(try usable([1, 2, 5]) == 2)
  }

  @Test("a job of eight of many cores takes eight, and nonsense is no limit")
  func slurm() throws {
    #expect(try usable(task: "2") == 2)
    #expect(try usable(task: "64") == 4)
    #expect(try usable(task: "0") == 4 && usable(task: "many") == 4)
  }

  @Test("a share of time is a limit, of a group or of one above it")
  func groups() throws {
    try write("proc/self/cgroup", "0::/a/b\n")
    try write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n")
    #expect(try usable() == 4)
    try write("sys/fs/cgroup/a/cpu.max", "250000 100000\n")
    #expect(try usable() == 3)
    try write("sys/fs/cgroup/cpu.max", "50000 100000\n")
    #expect(try usable() == 1)
    try write("proc/self/cgroup", "4:cpu,cpuacct:/x\n")
    try write("sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "200000\n")
    try write("sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n")
    #expect(try usable() == 2)
    try write("sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1\n")
    #expect(try usable() == 4)
  }

  @Test("a machine that tells nothing has as many cores as processors")
  func silent() {
    #expect(ProcessorCores.usable(root: "/nowhere", processors: [0, 1, 2]) { _ in nil } == 3)
    #expect(ProcessorCores.usable(root: "/nowhere", processors: []) { _ in nil } == 1)
  }
}
