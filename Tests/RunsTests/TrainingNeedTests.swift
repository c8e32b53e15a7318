import Basics
import Files
import Kernels
import Networks
import Runs
import TestSupport
import Testing

@Suite struct TrainingNeedTests {
  /// The budget on a machine whose system files are these.
  private func budget(_ files: [String: String]) throws -> MemoryBudget {
    let folder = TemporaryFolder()
    for (name, text) in files { try AtomicFile.write(text, to: folder.path + name) }
    return withExtendedLifetime(folder) { MemoryBudget(root: folder.path) }
  }

  private let backend = CPUBackend(workers: 2)

  static let machine = "MemTotal:        8000000 kB\nMemFree: 1 kB\nMemAvailable:    6000000 kB\n"

  @Test("what is computed before the start is what the network's plan takes, to the byte", arguments: [1, 8, 33])
  func exact(batch: Int) throws {
    for name in ["alexnet-28", "resnet8-28"] {
      let architecture = try Architecture.named(name)
      let backend = CPUBackend(workers: 2)
      let network = try architecture.network(classes: 7, batch: batch, purpose: .descent, backend: backend)
      let momentum = network.parameterCount * MemoryLayout<Float>.stride
      let memory = try architecture.need(classes: 7, batch: batch, backend: backend).memory
      #expect(memory.parameters + memory.workspace == network.bytes + momentum)
      #expect(memory.scratch == backend.scratchBytes)
    }
  }

  @Test("every worker more takes memory of its own")
  func workers() throws {
    func scratch(_ workers: Int) throws -> Int {
      try Architecture.named("alexnet").need(classes: 1000, batch: 64, backend: CPUBackend(workers: workers)).memory.scratch
    }
    #expect(try (20_000_000...32_000_000).contains(scratch(2)))
    #expect(try scratch(9) > scratch(2) + 7 * 2_000_000)
  }

  @Test("a training too large for the machine is refused with the largest batch that fits")
  func refused() throws {
    let architecture = try Architecture.named("alexnet-28")
    func need(_ batch: Int) throws -> Int {
      try TrainingNeed(architecture, classes: 10, batch: batch, training: 1000, validation: 10, backend: backend).memory
    }
    let least = try need(100) / 1024 + 1
    let budget = try self.budget(["/proc/meminfo": "MemTotal: \(least) kB\nMemAvailable: 1 kB\n"])
    func check(_ batch: Int) throws -> String? {
      try TrainingNeed.check(
        architecture, classes: 10, batch: batch, training: 1000, validation: 10, backend: backend, budget: budget)
    }
    let problem = #expect(throws: Problem.self) { try check(256) }
    let fits = try #require(problem?.advice.flatMap { Int($0.split(separator: " ")[1]) })
    #expect(try fits >= 100 && need(fits) <= budget.total! && need(fits + 1) > budget.total!)
    #expect(try check(fits)?.contains("are free now") == true)
    let none = try self.budget(["/proc/meminfo": "MemTotal: 1000 kB"])
    let hopeless = #expect(throws: Problem.self) {
      try TrainingNeed.check(architecture, classes: 10, batch: 8, training: 1, validation: 0, backend: backend, budget: none)
    }
    #expect(hopeless?.advice?.contains("not even one image fits") == true)
  }

  @Test("a control group's limit counts where it is below the machine's memory: its own, or one above it")
  func groups() throws {
    let budget = try self.budget([
      "/proc/meminfo": Self.machine, "/proc/self/cgroup": "0::/user.slice/job\n",
      "/sys/fs/cgroup/user.slice/job/memory.max": "max\n", "/sys/fs/cgroup/user.slice/memory.max": "2000000000\n",
      "/sys/fs/cgroup/user.slice/memory.current": "500000000\n",
    ])
    #expect(budget.total == 2_000_000_000 && budget.free == 1_500_000_000 && budget.owner.contains("container"))
    let old = try self.budget([
      "/proc/meminfo": Self.machine, "/proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/a/b\n0::/\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "3000000000", "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712",
    ])
    #expect(old.total == 3_000_000_000)
  }

  @Test("without limits the machine's memory counts, and without a word of it nothing is refused")
  func machine() throws {
    let plain = try self.budget(["/proc/meminfo": Self.machine, "/proc/self/cgroup": "0::/\n"])
    #expect(plain.total == 8_192_000_000 && plain.free == 6_144_000_000 && plain.owner == "this machine has")
    let unknown = try self.budget(["/proc/self/cgroup": "nonsense\n:::::\n0::\n"])
    #expect(unknown.total == nil && unknown.free == nil)
    #expect(try TrainingNeed.check(.named("alexnet"), classes: 1000, batch: 65_536, training: 1, validation: 0, backend: backend, budget: unknown) == nil)
  }
}
