import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Trainings as jobs of a real Slurm: one on loopback, of Debian's packages. Where there is none the tests say why they are skipped.
@Suite(.serialized) struct ClusterTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  func run(_ cluster: LoopbackCluster, _ arguments: [String]) throws -> (code: Int, output: String, errors: String) {
    let program = try ProgramRun(arguments, environment: cluster.environment(home))
    return (program.wait(), program.output, program.errors)
  }

  func submit(_ cluster: LoopbackCluster, _ name: String, epochs: Int, _ more: [String] = []) throws -> (run: RunDirectory, job: String) {
    let made = try run(cluster, TinyHome.training(name, epochs: epochs) + ["--executor", "slurm"] + more)
    try #require(made.code == 0, "\(made)")
    let directory = try home.directory(name)
    return (directory, try #require(try directory.job()).id)
  }

  /// What Slurm says now, and not what it said half a minute ago.
  func list(_ cluster: LoopbackCluster) throws -> String {
    unlink(home.home.cache + "/slurm-\(getuid()).json")
    return try run(cluster, ["runs", "list"]).output
  }

  func step(_ run: RunDirectory) -> Int { run.heartbeat()?.progress.step ?? 0 }

  /// The last checkpoint of a run like it that no cluster knows of.
  func alone(_ epochs: Int) throws -> Data {
    let run = try home.queue("alone", epochs: epochs)
    #expect(try home.start(["worker", run.path, "--home", home.path]).wait() == 0)
    return try #require(FileManager.default.contents(atPath: run.checkpoints.path(epochs * 5)))
  }

  func end(_ run: RunDirectory, _ epochs: Int) -> Data? { FileManager.default.contents(atPath: run.checkpoints.path(epochs * 5)) }

  @Test("A job trains a run to the bits of one without Slurm, on a node that the run names, in pieces where its time is up")
  func pieces() throws {
    guard let cluster = LoopbackCluster() else { return }
    let (run, job) = try submit(cluster, "far", epochs: 60)
    for restarts in 1...2 {
      let before = step(run)
      #expect(home.wait { step(run) > before + 20 })
      cluster.slurm("scancel", "--batch", "--signal=USR1", job)
      #expect(cluster.wait { cluster.job(job, "Restarts") == "\(restarts)" })
      #expect(try list(cluster).contains("queued: "))
    }
    #expect(try home.wait { try run.state() == .finished })
    #expect(try end(run, 60) == alone(60))
    #expect(try ["n1", "n2"].contains(home.reader.refresh(run.id).host) || getuid() != 0)
    #expect(cluster.wait { cluster.job(job, "JobState") == "COMPLETED" } && cluster.job(job, "ExitCode") == "0:0")
  }

  @Test("A job that comes near the end of its time is told, keeps a checkpoint, and waits to go on")
  func time() throws {
    guard let cluster = LoopbackCluster() else { return }
    let (run, job) = try submit(cluster, "long", epochs: 100_000, ["--time", "1", "--sbatch", "--signal=B:USR1@57"])
    #expect(cluster.wait { cluster.job(job, "Restarts") == "1" })
    #expect(try run.result()?.isRequeued == true && run.checkpoints.steps().last == run.result()?.progress.step)
    #expect(try self.run(cluster, ["runs", "stop", "long"]).code == 0)
    #expect(cluster.wait { cluster.job(job, "JobState") == "CANCELLED" })
    #expect(try run.state() == .stopped && list(cluster).contains("stopped"))
  }

  @Test("What waits shows Slurm's reason; it is cancelled, submitted again, cancelled at work, and is then no end that others wait for")
  func cancelled() throws {
    guard let cluster = LoopbackCluster() else { return }
    for _ in 0..<2 { cluster.slurm("sbatch", "-c2", "-o", "/dev/null", "--wrap", "sleep 1000") }
    #expect(cluster.wait { cluster.slurm("squeue", "-h", "-t", "R").split(separator: "\n").count == 2 })
    let (run, job) = try submit(cluster, "waits", epochs: 100_000)
    #expect(cluster.wait { cluster.job(job, "Reason") == "Resources" })
    #expect(try list(cluster).contains("queued: PENDING (Resources)"))
    #expect(try self.run(cluster, ["runs", "stop", "waits"]).output.contains("is stopped"))
    #expect(cluster.job(job, "JobState") == "CANCELLED")
    #expect(try self.run(cluster, ["runs", "resume", "waits", "--executor", "slurm"]).code == 0)
    let second = try #require(try run.job()).id
    let after = cluster.slurm("sbatch", "--parsable", "--dependency=afterok:\(second)", "-o", "/dev/null", "--wrap", "touch \(home.folder.path)/after").filter(\.isNumber)
    cluster.slurm("scancel", "1", "2")
    #expect(home.wait { step(run) > 10 })
    cluster.slurm("scancel", second)
    // Slurm takes it out some time after it says so.
    #expect(cluster.wait { cluster.job(after, "JobState") == "CANCELLED" || cluster.job(after, "Reason") == "DependencyNeverSatisfied" })
    #expect(try run.state() == .stopped && run.checkpoints.steps().last == run.result()?.progress.step)
    #expect(cluster.job(second, "ExitCode") == "3:0" && access(home.folder.path + "/after", F_OK) != 0)
  }

  @Test("A node that loses its power loses no run: the job waits out its silence on another, and the run ends in the same bits")
  func power() throws {
    guard let cluster = LoopbackCluster() else { return }
    guard getuid() == 0 else { return print("skipped: without root the nodes share this machine's process numbers") }
    let (run, job) = try submit(cluster, "far", epochs: 200)
    #expect(home.wait { step(run) > 10 })
    let node = cluster.job(job, "BatchHost")
    cluster.kill(node)
    cluster.slurm("scontrol", "update", "node=\(node)", "state=down", "reason=test")
    #expect(try home.wait {
      let state = try home.reader.refresh(run.id).state
      return state == .finished
    })
    #expect(cluster.job(job, "Restarts") == "1" && cluster.job(job, "JobState") != "FAILED")
    #expect(try end(run, 200) == alone(200))
    #expect(try run.logTail(lines: 1000).contains { $0.contains("waiting for its end or its silence") })
  }

  @Test("Without the controller trainings go on, lists answer, and what it would have to do is refused in a line")
  func controller() throws {
    guard let cluster = LoopbackCluster() else { return }
    let (run, job) = try submit(cluster, "far", epochs: 100_000)
    #expect(home.wait { step(run) > 10 })
    cluster.keepState()
    cluster.kill("controller")
    #expect(try list(cluster).contains("running"))
    let refused = try self.run(cluster, TinyHome.training("none", epochs: 1) + ["--executor", "slurm"])
    #expect(refused.code == 75 && refused.errors.split(separator: "\n").count == 1, "\(refused)")
    #expect(home.reader.refresh().count == 1)
    let before = step(run)
    #expect(home.wait { step(run) > before })
    // The run itself is asked, not Slurm.
    #expect(try self.run(cluster, ["runs", "stop", "far"]).output.contains("is stopped"))
    cluster.revive("controller")
    #expect(cluster.wait { cluster.job(job, "ExitCode") == "3:0" })
  }
}
