import Basics
import Files
import FoundationEssentials
import Glibc

/// The job that a run was given to: `job.json` beside its `run.json`, renamed into place once the job has a number.
public struct SubmittedJob: Codable, Equatable, Sendable {
  public var id: String
  /// Where there are several.
  public var cluster: String?
  /// Seconds since 1970.
  @Bounded<Moment> public var submitted: Double
  /// What `sbatch` was told.
  public var options: [String]
  /// How many workers the run had had.
  @Bounded<SmallCount> public var sessions: Int
  /// Whose it is: Slurm is asked for one's own jobs.
  public var user: UInt32

  package init(id: String, cluster: String? = nil, submitted: Double, options: [String], sessions: Int, user: UInt32 = getuid()) {
    (self.id, self.cluster, self.submitted, self.options, self.sessions, self.user) = (id, cluster, submitted, options, sessions, user)
  }

  /// What is to be thought of a run that has such a job and no worker.
  enum Word: Equatable {
    /// Nobody has told.
    case unknown
    /// It goes on with the run, later or now.
    case stands(SlurmJob)
    /// It is over; nil: Slurm knows nothing of it any more.
    case isOver(String?)
  }

  /// Seconds that clocks and Slurm's own book-keeping may be behind.
  private static let slack = 2.0

  /// - Parameters:
  ///   - answer: what Slurm said last.
  ///   - since: what it said before then says nothing.
  func word(_ answer: SlurmAnswer?, since: Double) -> Word {
    guard let answer, answer.user == user, answer.time > since else { return .unknown }
    guard let job = answer.jobs.first(where: { $0.id == id }) else {
      // Where it did not answer, or a job has just been submitted, silence says nothing.
      return answer.problem != nil || answer.time <= max(since, submitted) + Self.slack ? .unknown : .isOver(nil)
    }
    return job.isOver ? .isOver(job.state) : .stands(job)
  }
}

extension RunDirectory {
  package var jobFile: String { path + "/job.json" }
  /// What `sbatch` was given.
  package var jobScript: String { path + "/job.sh" }

  /// The job that the run was given to last; nil where none was.
  /// - Throws: a ``Problem`` where the file is damaged.
  public func job() throws(Problem) -> SubmittedJob? {
    guard access(jobFile, F_OK) == 0 else { return nil }
    return try RunJSON.read(
      SubmittedJob.self, from: jobFile, what: "the run's job", repair: "the file is damaged; delete it, and look for the job with `squeue --me`")
  }

  /// The job that goes on with the run, as Slurm says now; nil where there is none, or no Slurm.
  /// - Throws: a ``Problem`` where Slurm does not answer.
  package func standingJob() throws(Problem) -> SlurmJob? {
    guard let job = try job(), job.user == getuid(), Slurm.isInstalled else { return nil }
    let jobs = try Slurm().jobs(of: job.cluster.map { [$0] } ?? [])
    return jobs.first { $0.id == job.id && !$0.isOver }
  }

  /// Gives the run to Slurm: a job that trains it to its end, in as many pieces as its time limit makes of it. A job that has the run
  /// already is found, and no second one is made.
  /// - Parameters:
  ///   - isPatient: whether it is tried again where Slurm does not answer now: the run then has not failed.
  ///   - executable: the program on the nodes, which is where it is here.
  /// - Throws: a ``Problem`` where a worker is on the run, or with what `sbatch` says; a run that never began has then failed.
  @discardableResult
  public func submit(
    home: Home, options: SlurmOptions, isPatient: Bool = false, executable: String? = nil
  ) throws(Problem) -> SubmittedJob {
    let lock = try FileLock.wait(for: configurationFile, what: "the run")
    defer { withExtendedLifetime(lock) {} }
    let configuration = try configuration()
    let state = try state()
    guard state.isResumable else { throw Problem("cannot submit the run", at: id, found: "a run that is \(state.rawValue)") }
    let slurm = Slurm()
    let known = try job()
    let words = options.words(
      name: configuration.name, comment: path, log: path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%") + "/slurm-%j.log",
      cpus: configuration.workers)
    // Somebody may have been killed between submitting it and writing that down.
    if let there = try slurm.jobs().first(where: { !$0.isOver && ($0.comment == path || $0.id == known?.id) }) {
      if there.id != known?.id { try note(there.id, nil, words) }
      return try job()!
    }
    // What was asked of a worker that is gone was not asked of the next one.
    control.clear()
    try writeScript(home, executable ?? Self.program, words)
    do throws(Problem) {
      let (job, cluster) = try slurm.submit(jobScript, options: words)
      try note(job, cluster, words)
    } catch {
      if state == .queued, !isPatient || error.kind != .temporary { try end(.failed, session: 0, problem: error.description) }
      throw error
    }
    return try job()!
  }

  private func note(_ id: String, _ cluster: String?, _ words: [String]) throws(Problem) {
    try RunJSON.write(SubmittedJob(id: id, cluster: cluster, submitted: unixTime(), options: words, sessions: sessions()), to: jobFile)
  }

  /// Notes the job that this process belongs to, unless that is known.
  func noteCurrentJob() throws(Problem) {
    guard let current = ClusterJob.current, (try? job())?.id != current.id else { return }
    try note(current.id, nil, [])
  }

  /// The run that a job made by this command.
  package static func run(of job: ClusterJob, command: [String], home: Home) -> RunDirectory? {
    let runs = RunsReader(home: home).refresh().map { RunDirectory($0.path) }
    return runs.first { (try? $0.job())?.id == job.id && (try? $0.launched())?.command == command }
  }

  private func writeScript(_ home: Home, _ program: String, _ words: [String]) throws(Problem) {
    // The worker takes the shell's place, and so gets the signals that Slurm sends to a job's first process.
    let text = """
      #!/bin/sh
      # Trains this run to its end. As it was submitted:
      # sbatch \(ShellCommand.quoted(words)) \(ShellCommand.quoted(jobScript))
      exec \(ShellCommand.quoted([program, "worker", path, "--home", home.path]))

      """
    try AtomicFile.write(text, to: jobScript)
    chmod(jobScript, 0o755)
  }

  /// Where this program is, for other machines.
  package static var program: String {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let gone = " (deleted)"
    return path.hasSuffix(gone) ? String(path.dropLast(gone.count)) : path
  }
}
