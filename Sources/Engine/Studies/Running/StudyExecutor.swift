import Basics
import Files
import FoundationEssentials
import Runs

/// Who works on the trainings and measures of a study.
package protocol StudyExecutor {
  /// How many trainings may be at work or wait at a time.
  func limit() throws(Problem) -> Int
  /// Has a run begun, or go on from its last checkpoint, when its turn comes.
  func begin(_ run: RunDirectory) throws(Problem)
  /// Whether measures are given away; else the study's own process computes them.
  var takesMeasures: Bool { get }
  /// Gives a measure away.
  func give(_ work: StudyWork) throws(Problem)
  /// Where a measure stands that was given away and has no result yet; nil where none was.
  func state(of work: StudyWork) -> WorkState?
  /// Called after each look at the runs that left nothing to begin.
  func push(_ reader: RunsReader) throws(Problem)
  /// Takes back the measures that were given away: the study ends.
  func end()
}

/// The home's queue: so many trainings at a time on this machine; measures are computed by the study's own process.
struct LocalExecutor: StudyExecutor {
  let home: Home
  let executable: String

  func limit() throws(Problem) -> Int { max(1, try RunQueue(home: home).limit()) }
  func begin(_ run: RunDirectory) throws(Problem) { try RunQueue(home: home).add(run) }
  var takesMeasures: Bool { false }
  func give(_ work: StudyWork) {}
  func end() {}
  func state(of work: StudyWork) -> WorkState? { nil }
  func push(_ reader: RunsReader) throws(Problem) { _ = try RunQueue(home: home).push(reader, executable: executable) }
}

/// Slurm: a job for each training and each measure that is ready.
package final class SlurmExecutor: StudyExecutor {
  private let home: Home
  private let options: SlurmOptions
  private let most: Int
  private let cells: SlurmCells
  /// The jobs of measures, by what they measure, and when they were submitted.
  private var given: [String: (job: String, time: Double)] = [:]
  /// Runs that Slurm could not be asked for.
  private var unsent: [RunDirectory] = []
  private var jobs: (time: Double, all: [SlurmJob]) = (-.infinity, [])
  /// Seconds between two questions.
  private static let interval = 30.0

  /// - Parameters:
  ///   - most: how many jobs may be at work or wait at a time.
  ///   - wordNet, program: of the jobs' commands.
  package init(_ file: StudyFile, home: Home, wordNet: String?, options: SlurmOptions, most: Int, program: String? = nil) {
    (self.home, self.options, self.most) = (home, options, most)
    cells = SlurmCells(study: file.name, home: home, wordNet: wordNet, folder: file.folder(in: home) + "/slurm", program: program ?? RunDirectory.program)
  }

  package func limit() -> Int { most }

  package func begin(_ run: RunDirectory) throws(Problem) {
    do throws(Problem) {
      try run.submit(home: home, options: options, isPatient: true)
    } catch where error.kind == .temporary {
      unsent.append(run)
    }
  }

  package func push(_ reader: RunsReader) throws(Problem) {
    // One try a look: a controller that is down takes its time to say so.
    guard !unsent.isEmpty else { return }
    try begin(unsent.removeFirst())
  }

  package var takesMeasures: Bool { true }

  package func end() {
    // What cannot be cancelled computes a result that is wanted anyway.
    for (job, _) in given.values { try? Slurm().cancel(job, cluster: nil) }
    given = [:]
  }

  package func give(_ work: StudyWork) throws(Problem) {
    let comment = StudyResults(home: home).path(work.key)
    do throws(Problem) {
      try look(within: 0)
      if let there = jobs.all.first(where: { $0.comment == comment && !$0.isOver }) {
        given[work.key] = (there.id, unixTime())
        return
      }
      try cells.writeScript()
      let words = options.words(name: work.name, comment: comment, log: cells.log("%j"))
      given[work.key] = (try Slurm().submit(cells.script, arguments: ["--key", work.key], options: words).id, unixTime())
    } catch where error.kind == .temporary {
      // Asked for again at the next look.
    }
  }

  package func state(of work: StudyWork) -> WorkState? {
    guard let (id, time) = given[work.key] else { return nil }
    do throws(Problem) { try look(within: Self.interval) } catch { return .submitted }
    guard jobs.time > time + 2 else { return .submitted }
    let job = jobs.all.first { $0.id == id }
    if let job, !job.isOver { return job.isAtWork ? .running : .submitted }
    // Where the result comes over a network it may be a moment behind.
    if (try? StudyResults(home: home).read(work.key)) ?? nil != nil { return nil }
    return .failed("its job \(id) has ended (\(job?.state ?? "gone")) without a result; see \(cells.log(id))")
  }

  private func look(within seconds: Double) throws(Problem) {
    guard unixTime() - jobs.time > seconds else { return }
    jobs = (unixTime(), try Slurm().jobs())
  }
}
