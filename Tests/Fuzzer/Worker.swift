import FuzzEntries
import Glibc

/// Takes inputs of one entry in, until it is told to end or one of them ends it.
struct Worker {
  let entry: String
  let state: SharedState

  /// The exit code of a worker whose input took too much memory.
  static let hungry: Int32 = 43
  static let mostMemory = 1 << 30
  static let mostSeconds: UInt32 = 5

  func run(first: Int, count: Int, seconds: Double) throws {
    // What asks for much more at once is refused by the system, and ends.
    var limit = rlimit(rlim_cur: 6 << 30, rlim_max: 6 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    let place = FuzzPlace()
    let entry = try place.entries().first { $0.name == self.entry }!
    let start = ContinuousClock.now
    for number in first..<first + min(count, Int.max - first) {
      guard ContinuousClock.now - start < .seconds(min(seconds, 1e9)) else { break }
      let input = entry.input(number)
      state.begin(number, input)
      alarm(Self.mostSeconds)
      entry.run(input)
      alarm(0)
      if Self.memory > Self.mostMemory { exit(Self.hungry) }
      state.end()
    }
    withExtendedLifetime(place) {}
  }

  /// The most that was ever in memory.
  private static var memory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
