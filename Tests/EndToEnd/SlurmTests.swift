import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Trainings that are given to Slurm, and workers in its jobs, with stand-ins for its commands.
@Suite struct SlurmTests {
  let home: TinyHome
  let slurm = StubSlurm()

  init() throws { home = try TinyHome() }

  func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> (code: Int, output: String, errors: String) {
    let program = try ProgramRun(arguments, environment: slurm.environment(home, environment))
    return (program.wait(), program.output, program.errors)
  }

  func submit(_ name: String, epochs: Int = 2, _ more: [String] = []) throws -> (code: Int, output: String, errors: String) {
    try run(TinyHome.training(name, epochs: epochs) + ["--executor", "slurm"] + more)
  }

  /// What happens to a job when its turn comes.
  func begin(_ number: Int, restarts: Int = 0) throws -> ProgramRun {
    let script = try #require(slurm.job(number).last)
    var variables = ["SLURM_JOB_ID": "\(number)"]
    if restarts > 0 { variables["SLURM_RESTART_COUNT"] = "\(restarts)" }
    return try ProgramRun([], environment: slurm.environment(home, variables), wrapper: ["/bin/sh", script])
  }

  @Test("A training is submitted with a script that is kept, waits where Slurm says it does, and ends in the bits of one without Slurm")
  func submitted() throws {
    let made = try submit("far", ["--partition", "long", "--time", "24:00:00", "--cpus", "2", "--memory", "4G", "--gpus", "0", "--sbatch", "--account='my lab' -x n3"])
    #expect(made.code == 0 && made.output.contains("is submitted as job 1"), "\(made)")
    let far = try home.directory("far")
    let words = slurm.job(1)
    for word in ["--parsable", "--requeue", "--signal=B:USR1@120", "--open-mode=append", "--partition=long", "--time=24:00:00", "--cpus-per-task=2", "--mem=4G"] {
      #expect(words.contains(word), "\(words)")
    }
    #expect(words.suffix(4) == ["--account=my lab", "-x", "n3", far.path + "/job.sh"])
    #expect(!words.contains { $0.hasPrefix("--gpus") })
    let job = try #require(try far.job())
    #expect(job.id == "1" && job.sessions == 0 && job.options.contains("--account=my lab"))
    #expect(try run(["runs", "list"]).output.contains("queued: submitted"))
    // Another home's processes ask again after half a minute; this one's answer is thrown away.
    unlink(home.home.cache + "/slurm-\(getuid()).json")
    usleep(2_500_000)
    slurm.set("queue", "1|PENDING|Priority||2030-01-01T12:03:00|\(far.path)\n")
    #expect(try run(["runs", "list"]).output.contains("queued: PENDING (Priority), begins 2030-01-01T12:03:00"))
    #expect(try run(["runs", "show", "far"]).output.contains("PENDING (Priority)"))
    let asked = slurm.calls.count { $0.hasPrefix("squeue") }
    for _ in 0..<3 { _ = try run(["runs", "list"]) }
    #expect(slurm.calls.count { $0.hasPrefix("squeue") } == asked)

    let worker = try begin(1)
    #expect(worker.wait() == 0, "\(worker.errors)")
    #expect(try far.state() == .finished)
    #expect(try far.logTail(lines: 100).contains { $0.contains("job 1") })
    let near = try home.queue("near", epochs: 2)
    #expect(try home.start(["worker", near.path, "--home", home.path]).wait() == 0)
    let end = FileManager.default.contents(atPath: far.checkpoints.path(10))
    #expect(end != nil && end == FileManager.default.contents(atPath: near.checkpoints.path(10)))
    // A job that is begun once more finds nothing to do.
    #expect(try begin(1, restarts: 1).wait() == 0)
    #expect(try far.result()?.session == 1)
  }

  @Test("What Slurm refuses fails the run with its own sentence; where there is no Slurm nothing is made")
  func refused() throws {
    slurm.set("sbatch.refuses", "sbatch: error: Batch job submission failed: Invalid partition name specified\n")
    let refused = try submit("wrong")
    #expect(refused.code == 1 && refused.errors.contains("Invalid partition name specified"), "\(refused)")
    #expect(try home.reader.find("wrong").problem?.contains("Invalid partition") == true)
    slurm.remove("sbatch.refuses")
    #expect(try run(["runs", "resume", "wrong", "--executor", "slurm"]).output.contains("is submitted as job 1"))
    slurm.set("sinfo.hangs", "")
    let hung = try submit("none")
    #expect(hung.code == 75 && hung.errors.contains("does not answer"), "\(hung)")
    let without = try ProgramRun(TinyHome.training("none", epochs: 1) + ["--executor", "slurm"], environment: home.environment.merging(["PATH": "/none"]) { $1 })
    #expect(without.wait() == 66 && without.errors.contains("sbatch"), "\(without.errors)")
    #expect(home.reader.refresh().map(\.name) == ["wrong"])
    for (words, found) in [(["--sbatch", "--array=0-3"], "set by the program"), (["--sbatch", "'open"], "quote"), (["--queue"], "does not go with")] {
      slurm.remove("sinfo.hangs")
      let bad = try submit("none", words)
      #expect(bad.code == 64 && bad.errors.contains(found), "\(bad)")
    }
    let alone = try run(TinyHome.training("none", epochs: 1) + ["--partition", "long"])
    #expect(alone.code == 64 && alone.errors.contains("need --executor slurm"), "\(alone)")
  }

  @Test("Submitting is done once: a job that is there is found, also where its number could not be written down")
  func once() throws {
    #expect(try submit("a").code == 0)
    let run = try home.directory("a")
    slurm.set("queue", "1|PENDING|Priority|||\(run.path)\n")
    #expect(try self.run(["runs", "resume", "a", "--executor", "slurm"]).output.contains("job 1") && slurm.jobs == 1)
    unlink(run.path + "/job.json")
    #expect(try self.run(["runs", "resume", "a", "--executor", "slurm"]).output.contains("job 1") && slurm.jobs == 1)
    #expect(try run.job()?.id == "1")
    // Nobody else begins what the job will.
    for words in [["resume"], ["resume", "--queue"], ["rm"]] {
      let refused = try self.run(["runs", words[0], "a"] + words.dropFirst())
      #expect(refused.code != 0 && refused.errors.contains("job 1"), "\(refused)")
    }
    #expect(try self.run(["runs", "stop", "a"]).code == 0)
    #expect(try slurm.calls.contains("scancel 1") && run.state() == .stopped)
    slurm.set("queue", "1|CANCELLED|None|||\(run.path)\n")
    #expect(try self.run(["runs", "resume", "a", "--executor", "slurm"]).output.contains("job 2"))
  }

  @Test("The exit code in a job tells how it ended: 0 finished, 3 stopped, 4 failed; USR1 has the job begun again, TERM does not")
  func endings() throws {
    #expect(try submit("long", epochs: 100_000).code == 0)
    let long = try home.directory("long")
    for (signal, restarts, isRequeued) in [(SIGUSR1, 0, true), (SIGTERM, 1, false)] {
      let before = try long.result()?.progress.step ?? 0
      let worker = try begin(1, restarts: restarts)
      #expect(home.wait { worker.hasEnded || long.heartbeat()?.progress.step ?? 0 > before })
      worker.send(signal: signal)
      #expect(worker.wait() == 3)
      let result = try #require(try long.result())
      #expect(result.outcome == .stopped && (result.isRequeued == true) == isRequeued)
      #expect(long.checkpoints.steps().last == result.progress.step)
      #expect(slurm.calls.contains("scontrol requeue 1") == isRequeued || signal == SIGTERM)
      #expect(try run(["runs", "list"]).output.contains(isRequeued ? "queued: REQUEUED" : "stopped"))
    }
    #expect(slurm.calls.count { $0 == "scontrol requeue 1" } == 1)
    // Where the cluster does not let it, the run is stopped and says why.
    slurm.set("scontrol.refuses", "Requested operation is presently disabled for job 1")
    let worker = try begin(1)
    let step = try #require(try long.result()).progress.step
    #expect(home.wait { worker.hasEnded || long.heartbeat()?.progress.step ?? 0 > step })
    worker.send(signal: SIGUSR1)
    #expect(worker.wait() == 3)
    #expect(try long.result()?.isRequeued == nil && long.logTail(lines: 3).contains { $0.contains("presently disabled") })

    #expect(try home.run("data", "add", "other", home.folder.path).code == 0)
    #expect(try run(["train", "--dataset", "other", "--net", "alexnet-28", "--name", "gone", "--executor", "slurm"]).code == 0)
    #expect(try home.run("data", "rm", "other", "--yes").code == 0)
    #expect(try begin(2).wait() == 4)
    #expect(try home.state("gone") == .failed)
  }

  @Test("In a job no worker and no command begins what waits in the queue of a machine")
  func push() throws {
    #expect(try home.run("runs", "queue", "--limit", "0").code == 0)
    #expect(try home.start(TinyHome.training("waits", epochs: 1) + ["--queue"]).wait() == 0)
    try RunQueue(home: home.home).setLimit(5)
    #expect(try run(["runs", "list"], ["SLURM_JOB_ID": "9"]).output.contains("queued"))
    let near = try home.queue("near", epochs: 1)
    #expect(try run(["worker", near.path, "--home", home.path], ["SLURM_JOB_ID": "9"]).code == 0)
    #expect(try home.state("waits") == .queued)
    #expect(try home.run("runs", "list").code == 0)
    #expect(try home.wait { try home.state("waits") == .finished })
  }

  @Test("`train` in a job's script is the job: it ends with the run's code, goes on with its own run when begun again, and leaves nothing behind")
  func inJob() throws {
    let words = TinyHome.training("script", epochs: 100_000)
    let job = ["SLURM_JOB_ID": "7"]
    for refused in [["--detach"], ["--queue"]] {
      let answer = try run(words + refused, job)
      #expect(answer.code == 64 && answer.errors.contains("job 7"), "\(answer)")
    }
    let first = try ProgramRun(words, environment: slurm.environment(home, job))
    #expect(try home.wait { try first.hasEnded || !home.reader.refresh().isEmpty && home.directory("script").heartbeat()?.progress.step ?? 0 > 0 })
    first.send(signal: SIGUSR1)
    #expect(first.wait() == 3)
    let run = try home.directory("script")
    #expect(run.heartbeat()?.worker.pid == first.process && slurm.calls.contains("scontrol requeue 7"))
    let step = try #require(try run.result()).progress.step
    let second = try ProgramRun(words, environment: slurm.environment(home, ["SLURM_JOB_ID": "7", "SLURM_RESTART_COUNT": "1"]))
    #expect(home.wait { second.hasEnded || run.heartbeat()?.progress.step ?? 0 > step })
    second.send(signal: SIGTERM)
    #expect(second.wait() == 3 && home.reader.refresh().count == 1)
    #expect(try run.result()?.session == 2)
  }

  @Test("A job that is begun again waits for the silence of a worker whose machine died, and goes on in the same bits")
  func silence() throws {
    #expect(try submit("far", epochs: 30).code == 0)
    let far = try home.directory("far")
    // Another space of process numbers is as good as another machine.
    let script = try #require(slurm.job(1).last)
    let dead = try ProgramRun(
      [], environment: slurm.environment(home, ["SLURM_JOB_ID": "1"]),
      wrapper: ["/usr/bin/unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "/bin/sh", script])
    _ = home.wait { dead.hasEnded || far.heartbeat()?.progress.step ?? 0 > 10 }
    guard !dead.hasEnded else { return print("skipped: no leave to make a space of process numbers") }
    dead.send(signal: SIGKILL)
    dead.wait()
    let next = try begin(1, restarts: 1)
    #expect(next.wait() == 0, "\(next.errors)")
    #expect(try far.state() == .finished && far.logTail(lines: 100).contains { $0.contains("waiting for its end or its silence") })
    let near = try home.queue("near", epochs: 30)
    #expect(try home.start(["worker", near.path, "--home", home.path]).wait() == 0)
    let end = FileManager.default.contents(atPath: far.checkpoints.path(150))
    #expect(end != nil && end == FileManager.default.contents(atPath: near.checkpoints.path(150)))
  }

  @Test("A controller that hangs holds up a list for its five seconds once in half a minute, and hides no run")
  func hung() throws {
    #expect(try submit("a").code == 0)
    slurm.set("squeue.hangs", "")
    unlink(home.home.cache + "/slurm-\(getuid()).json")
    for _ in 0..<3 { #expect(try run(["runs", "list"]).output.contains("queued: submitted")) }
    #expect(slurm.calls.count { $0.hasPrefix("squeue") } == 2)
    let stop = try run(["runs", "stop", "a"])
    #expect(stop.code == 75 && stop.errors.contains("does not answer"), "\(stop)")
  }
}
