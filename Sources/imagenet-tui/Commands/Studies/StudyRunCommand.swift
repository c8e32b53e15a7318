import Analysis
import ArgumentParser
import Basics
import Files
import FoundationEssentials
import Glibc
import Runs
import Studies
import Synchronization

struct StudyRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Do what a study lacks.",
    discussion: """
      Trainings go through the queue and are runs like any other. Ctrl-C asks running ones for a checkpoint and ends; started again, the study goes on \
      from there. Exit codes: 0 complete, 3 stopped, 4 something failed. Example: imagenet-tui study run fig-2 --rows 1000 --yes
      """)

  @OptionGroup var options: StudyOptions
  @OptionGroup var running: StudyRunning

  func run() throws { try running.run(options, StudyRunner.Options()) }
}

struct StudyResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a study, and try again what has failed in it.",
    discussion: "Failed trainings go on from their last checkpoint. A diverged one would diverge again and is tried only with --retry diverged.")

  @OptionGroup var options: StudyOptions
  @OptionGroup var running: StudyRunning
  @Option(help: ArgumentHelp("What else is tried again: diverged.", valueName: "state"))
  var retry: String?

  func validate() throws {
    guard [nil, "diverged"].contains(retry) else { throw ValidationError("--retry takes diverged") }
  }

  func run() throws {
    var chosen = StudyRunner.Options()
    chosen.retriesFailed = true
    chosen.retriesDiverged = retry == "diverged"
    try running.run(options, chosen)
  }
}

/// How a study is run: what `study run` and `study resume` share.
struct StudyRunning: ParsableArguments {
  @Flag(help: "End at the first failure.")
  var failFast = false
  @Flag(help: "Compute again what an earlier version of the program's numerics gave.")
  var renew = false
  @Flag(help: "Start without asking.")
  var yes = false
  @Flag(help: "Show what would be done, and do nothing.")
  var dryRun = false
  @Flag(help: "Return immediately; the study goes on in the background, and study status tells how it stands.")
  var detach = false
  @Option(help: "Number of worker threads of measures. (default: all cores)")
  var workers: Int?
  @OptionGroup var cluster: SlurmArguments
  @Option(help: ArgumentHelp("With --executor slurm: how many jobs may be at work or wait at a time.", valueName: "n"))
  var jobs = 100

  func run(_ options: StudyOptions, _ chosen: StudyRunner.Options) throws {
    var chosen = chosen
    chosen.failsFast = failFast
    chosen.renews = renew
    let asked = try cluster.options()
    if asked == nil, !dryRun, let job = ClusterJob.current {
      throw Problem(
        "in a job nothing is begun that would outlive it", at: options.study, found: "job \(job.id)",
        advice: "add --executor slurm, or let `imagenet-tui study slurm` write what makes jobs of its cells", kind: .usage)
    }
    let (file, plan) = try options.open()
    let observer = StudyObserver(home: options.home)
    let standing = try observer.look(at: plan)
    let estimate = StudyEstimate(plan, standing, speeds: observer.speeds)
    StudyPlanCommand.show(file, plan, standing, estimate, all: dryRun)
    guard !dryRun else { return }
    if !yes, estimate.trainings + estimate.measures + estimate.untrained > 0 {
      guard isatty(STDIN_FILENO) == 1 else {
        throw Problem("confirmation needed", at: file.name, expected: "a terminal to ask on, or --yes", advice: "look at the plan, then add --yes", kind: .usage)
      }
      guard try Output.confirm("Start?") else { throw ExitCode(3) }
    }
    try file.adopt(into: options.home)
    if detach {
      try StudyProcess.start(
        chosen.retriesFailed ? "resume" : "run", file.name, home: options.home, wordNet: options.global.wordnet,
        more: options.words + (failFast ? ["--fail-fast"] : []) + (renew ? ["--renew"] : []) + (chosen.retriesDiverged ? ["--retry", "diverged"] : [])
          + (asked == nil ? [] : ["--executor", "slurm", "--jobs", "\(jobs)"] + cluster.request.words))
      return print("\(file.name) goes on in the background; \(ShellCommand("study", "status", file.name).inSentence) tells how it stands, \(ShellCommand("study", "stop", file.name).inSentence) ends it")
    }
    let held = try StudyProcess.hold(file.name, home: options.home)
    defer { withExtendedLifetime(held) {} }
    let ending = StudyEnding(file, home: options.home)
    let runner = StudyRunner(
      file, plan: plan, context: options.global.context(workers: workers), options: chosen, program: ImagenetTUI.nameAndVersion,
      command: CommandLine.arguments)
    if let asked { runner.executor = SlurmExecutor(file, home: options.home, wordNet: options.global.wordnet, options: asked, most: max(1, jobs)) }
    var last = standing
    var reported: [WorkState] = []
    let outcome = try runner.run(isStopped: { ending.isAsked }) { standing in
      show(standing, plan, last)
      last = standing
      // The steps of a training change no table.
      let states = standing.works.map(\.state)
      guard states != reported else { return }
      reported = states
      // A report that cannot be written ends no training.
      do throws(Problem) {
        try StudyReports.write(file, plan, standing, home: options.home, program: ImagenetTUI.nameAndVersion)
      } catch {
        RunProgressLine.note("the report cannot be written: \(error)")
      }
    } progress: { (what, done, total) throws(Problem) in
      if ending.isAsked { throw Problem.cancelled }
      RunProgressLine.show(work: what, done, of: total)
    }
    RunProgressLine.end()
    finish(outcome, file, plan, last)
    if outcome != .complete { throw ExitCode(outcome.exitCode) }
  }

  private func show(_ standing: StudyStanding, _ plan: StudyPlan, _ last: StudyStanding) {
    for (index, work) in standing.works.enumerated() where work.state != last.works[index].state {
      switch work.state {
      case .done: RunProgressLine.note("✓ \(plan.works[index].title)")
      case .running: RunProgressLine.note("▶ \(plan.works[index].title)" + (work.run.map { ": \($0.id)" } ?? ""))
      case .failed(let reason): RunProgressLine.note("✗ \(plan.works[index].title): \(reason)")
      case .diverged: RunProgressLine.note("∞ \(plan.works[index].title): diverged")
      default: break
      }
    }
    let done = standing.count { $0 == .done }
    if let running = standing.works.first(where: { $0.state == .running })?.run {
      RunProgressLine.show(running)
    } else {
      RunProgressLine.show(work: "study", done, of: standing.works.count)
    }
  }

  private func finish(_ outcome: StudyRunner.Outcome, _ file: StudyFile, _ plan: StudyPlan, _ standing: StudyStanding) {
    let done = standing.count { $0 == .done }
    switch outcome {
    case .complete: print("complete: \(counted(done, "piece")) of work; \(ShellCommand("study", "report", file.word).inSentence) shows the tables")
    case .stopped: print("stopped with \(done) of \(standing.works.count) done; \(ShellCommand("study", "run", file.word).inSentence) goes on")
    case .failed:
      for (index, work) in standing.works.enumerated() {
        guard case .failed(let reason) = work.state else { continue }
        print("✗ \(printable(plan.works[index].title))" + (work.run.map { " at step \($0.progress.step)" } ?? "") + ": \(printable(reason))"
          + (work.run.map { "; see \(ShellCommand("runs", "log", $0.id).inSentence)" } ?? ""))
      }
      let words = ["study", "resume", file.word] + (standing.count { $0.hasFailed && $0 != .diverged } == 0 ? ["--retry", "diverged"] : [])
      print("ended with \(done) of \(standing.works.count) done; \(ShellCommand(words).inSentence) tries the failed ones again")
    }
  }
}

/// Whether a study is asked to end: by a signal, or by `study stop`.
final class StudyEnding {
  private let file: String
  private let begun: FileStamp?

  init(_ study: StudyFile, home: Home) {
    file = StudyProcess.stopFile(study.name, home: home)
    begun = FileStamp(file)
    _ = interrupted.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] { signal(number) { _ in interrupted.store(true, ordering: .relaxed) } }
    signal(SIGHUP, SIG_IGN)
  }

  var isAsked: Bool { interrupted.load(ordering: .relaxed) || FileStamp(file) != begun }
}

private let interrupted = Atomic(false)

struct StudyStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Ask a study's running trainings for a checkpoint, and end it.")

  @OptionGroup var options: StudyOptions

  func run() throws {
    let (file, plan) = try options.open()
    let works = try StudyObserver(home: options.home).look(at: plan).works
    let asked = try StudyProcess.stop(file.name, works.map { ($0.state, $0.run?.id) }, home: options.home)
    print(asked == 0 ? "no training of \(file.name) is at work" : "\(counted(asked, "training")) asked to stop; \(ShellCommand("study", "run", file.word).inSentence) goes on")
  }
}
