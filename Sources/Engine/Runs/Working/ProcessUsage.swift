import Basics
import Files
import FoundationEssentials
import Glibc

/// What a worker takes of its machine.
public struct ProcessUsage: Codable, Equatable, Sendable {
  /// Bytes of memory that it has now, and the most that it had.
  @Bounded<ByteCount> public var memory: Int
  @Bounded<ByteCount> public var peak: Int
  /// How many cores it kept busy of late.
  @Bounded<Measure> public var cores: Double

  public init(memory: Int, peak: Int, cores: Double) {
    self.memory = memory
    self.peak = peak
    self.cores = cores
  }
}

/// Measures this process from one reading to the next.
struct UsageMeter {
  private var processorTime = Self.processorTime()
  private var time = steadyTime()

  /// Nil where the system does not tell.
  mutating func read() -> ProcessUsage? {
    let (processorTime, time) = (Self.processorTime(), steadyTime())
    let cores = (processorTime - self.processorTime) / max(time - self.time, 1e-3)
    (self.processorTime, self.time) = (processorTime, time)
    // proc_pid_status(5). getrusage's peak counts that of the process which started this one.
    let status = FileManager.default.contents(atPath: "/proc/self/status").map { String(decoding: $0, as: UTF8.self) } ?? ""
    func kibibytes(_ key: String) -> Int? {
      status.split(separator: "\n").first { $0.hasPrefix(key + ":") }.flatMap { Int($0.filter(\.isNumber)) }
    }
    guard let memory = kibibytes("VmRSS"), let peak = kibibytes("VmHWM") else { return nil }
    return ProcessUsage(memory: memory * 1024, peak: peak * 1024, cores: cores)
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
