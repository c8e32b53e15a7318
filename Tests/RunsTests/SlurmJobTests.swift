import EngineFixtures
import Basics
import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// What a run's files and what Slurm said come to.
@Suite struct SlurmJobTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  /// A run whose job was submitted a minute ago, when it had had so many workers.
  func makeRun(sessions: Int = 0) throws -> RunDirectory {
    let run = try RunDirectory.create(exampleConfiguration(name: "a"), in: home.runs)
    try RunJSON.write(SubmittedJob(id: "7", submitted: unixTime() - 60, options: [], sessions: sessions), to: run.jobFile)
    return run
  }

  /// What Slurm said, so many seconds ago.
  func answer(_ jobs: [SlurmJob], ago: Double = 1, problem: String? = nil) throws {
    struct Answer: Encodable { var time: Double, user = getuid(), jobs: [SlurmJob], problem: String? }
    try RunJSON.write(Answer(time: unixTime() - ago, jobs: jobs, problem: problem), to: home.cache + "/slurm-\(getuid()).json")
  }

  func look() throws -> RunSummary { try #require(RunsReader(home: home).refresh().first) }

  func beat(_ run: RunDirectory, session: Int, ago: Double) throws {
    var worker = WorkerIdentity.current
    worker.machine = "another"
    worker.host = "n1"
    try RunJSON.write(
      Heartbeat(worker: worker, session: session, time: unixTime() - ago, isPaused: false, progress: RunProgress(), job: "7"), to: run.heartbeatFile)
  }

  func end(_ run: RunDirectory, _ outcome: RunResult.Outcome, session: Int, ago: Double, isRequeued: Bool = false) throws {
    var result = RunResult(outcome: outcome, session: session, time: unixTime() - ago, problem: nil, progress: RunProgress())
    if isRequeued { result.isRequeued = true }
    try RunJSON.write(result, to: run.resultFile)
  }

  @Test("A run without a worker waits with its job's state and reason; one whose job ended before a worker began is lost and says so")
  func waiting() throws {
    _ = try makeRun()
    try answer([SlurmJob(id: "7", state: "PENDING", reason: "Priority", start: "2030-01-01T00:00:00")])
    #expect(try look().state == .queued && look().stateText == "queued: PENDING (Priority), begins 2030-01-01T00:00:00")
    try answer([SlurmJob(id: "7", state: "RUNNING", node: "n2")])
    #expect(try look().stateText == "queued: RUNNING on n2" && look().host == "n2")
    for jobs in [[], [SlurmJob(id: "7", state: "CANCELLED by 0")], [SlurmJob(id: "7", state: "NODE_FAIL")]] {
      try answer(jobs)
      #expect(try look().state == .lost && look().problem?.contains("job 7 has ended") == true)
    }
    // It did not answer, or not since: that says nothing of the job.
    try answer([], problem: "Slurm does not answer")
    #expect(try look().stateText == "queued: submitted")
    try answer([], ago: 70)
    #expect(try look().stateText == "queued: submitted")
  }

  @Test("A worker that says nothing is lost only once its job is gone")
  func silent() throws {
    let run = try makeRun()
    try beat(run, session: 1, ago: 100 * 3600)
    try answer([SlurmJob(id: "7", state: "RUNNING", node: "n1")])
    #expect(try look().state == .queued && look().job?.isAtWork == true)
    try answer([SlurmJob(id: "7", state: "PENDING", reason: "BeginTime")])
    #expect(try look().stateText == "queued: PENDING (BeginTime)")
    try answer([])
    #expect(try look().state == .lost && look().job == nil)
  }

  @Test("A stopped run goes on only where its job was begun again after that, or said that it would be")
  func stopped() throws {
    let run = try makeRun()
    let pending = SlurmJob(id: "7", state: "PENDING", reason: "BeginTime")
    try end(run, .stopped, session: 1, ago: 10)
    try answer([SlurmJob(id: "7", state: "RUNNING", node: "n1")])
    #expect(try look().state == .stopped)
    try answer([pending], ago: 20)
    #expect(try look().state == .stopped)
    try answer([pending])
    #expect(try look().stateText == "queued: PENDING (BeginTime)")
    try answer([])
    #expect(try look().state == .stopped)
    try end(run, .stopped, session: 1, ago: 10, isRequeued: true)
    #expect(try look().state == .stopped)
    try answer([SlurmJob(id: "7", state: "RUNNING")], ago: 20)
    #expect(try look().stateText == "queued: REQUEUED")
    // Cancelled before it ever began.
    try end(run, .stopped, session: 0, ago: 10)
    try answer([pending], ago: 20)
    #expect(try look().state == .stopped)
    try end(run, .finished, session: 1, ago: 10)
    try answer([pending])
    #expect(try look().state == .finished && look().job == nil)
  }

  @Test("Entries of the queue whose run has begun take no place, on a machine that nobody pushes on either")
  func places() throws {
    let queue = RunQueue(home: home)
    let runs = try ["x", "y", "z"].map { try RunDirectory.create(exampleConfiguration(name: $0), in: home.runs) }
    for run in runs { try queue.add(run, host: "slurm") }
    try end(runs[0], .finished, session: 1, ago: 10)
    try beat(runs[1], session: 1, ago: 0)
    let places = Dictionary(uniqueKeysWithValues: RunsReader(home: home).refresh().map { ($0.name, $0.queuePlace) })
    #expect(places == ["x": nil, "y": nil, "z": 1])
    try queue.setLimit(3)
    #expect(try queue.order().map(\.run) == [runs[2].id])
  }

  @Test("Options of sbatch are words as a shell reads them")
  func words() throws {
    var options = SlurmOptions()
    try options.add(#"--account="my lab" -x 'n 3' a\ b"#)
    #expect(options.more == ["--account=my lab", "-x", "n 3", "a b"])
    for text in ["'open", "\"open", "end\\", "--array=0-3", "-a 1", "--wrap x"] { #expect(throws: Problem.self) { try options.add(text) } }
  }
}
