import Basics
import Dispatch
import Files
import Glibc
import Synchronization

/// What Slurm said of a user's jobs: `cache/slurm-<user>.json`, so that many processes that look at a home ask as seldom as one.
struct SlurmAnswer: Codable, Equatable, Sendable {
  /// Seconds since 1970.
  @Bounded<Moment> var time: Double
  var user: UInt32
  var jobs: [SlurmJob]
  /// Why it did not answer; the jobs are then those of before.
  var problem: String?

  init(time: Double, user: UInt32 = getuid(), jobs: [SlurmJob], problem: String? = nil) {
    (self.time, self.user, self.jobs, self.problem) = (time, user, jobs, problem)
  }
}

/// Asks Slurm about a home's jobs, seldom and beside everything else: a controller that hangs must hold up no screen.
final class SlurmWatch: Sendable {
  /// Seconds between two questions.
  static let interval = 30.0

  private struct Known {
    var stamp: FileStamp?
    var answer: SlurmAnswer?
    var version = 0
    var isAsking = false
    /// When there was found to be no Slurm on this machine.
    var isAbsent = false
  }

  private let known = Mutex(Known())
  private let file: String

  init(home: Home) { file = home.cache + "/slurm-\(getuid()).json" }

  /// What was said last, and a number that changes with it.
  func last() -> (answer: SlurmAnswer?, version: Int) {
    known.withLock { known in
      let stamp = FileStamp(file)
      if stamp != known.stamp {
        known.stamp = stamp
        known.version += 1
        known.answer = stamp == nil ? nil : try? RunJSON.read(SlurmAnswer.self, from: file, what: "what Slurm said")
      }
      return (known.answer, known.version)
    }
  }

  /// Asks again where the last answer is old.
  /// - Parameter isWaiting: whether to return with the answer, which takes five seconds at most.
  func ask(of clusters: Set<String>, isWaiting: Bool) {
    let answer = last().answer
    if let answer, abs(unixTime() - answer.time) < Self.interval { return }
    let isMine = known.withLock { known in
      if known.isAbsent || known.isAsking { return false }
      if !Slurm.isInstalled { known.isAbsent = true }
      known.isAsking = !known.isAbsent
      return known.isAsking
    }
    guard isMine else {
      // Somebody else's question is as good.
      while isWaiting, known.withLock({ $0.isAsking }) { usleep(10_000) }
      return
    }
    let ask: @Sendable () -> Void = { [self] in
      let next: SlurmAnswer
      do throws(Problem) {
        next = SlurmAnswer(time: unixTime(), jobs: try Slurm().jobs(of: clusters))
      } catch {
        next = SlurmAnswer(time: unixTime(), jobs: answer?.jobs ?? [], problem: error.description)
      }
      // Where it cannot be kept it is asked for again.
      try? RunJSON.write(next, to: file, durable: false)
      known.withLock { $0.isAsking = false }
    }
    if isWaiting { ask() } else { DispatchQueue.global(qos: .utility).async(execute: ask) }
  }
}
