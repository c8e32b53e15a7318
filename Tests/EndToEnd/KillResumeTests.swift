import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Workers that are killed, as real processes.
@Suite struct KillResumeTests {
  let home: TinyHome
  static let epochs = 2
  static let steps = 10

  init() throws { home = try TinyHome() }

  func worker(_ run: RunDirectory, wrapper: [String] = []) throws -> ProgramRun {
    try home.start(["worker", run.path, "--home", home.path, "--checkpoint-every", "0"], wrapper: wrapper)
  }

  func bytes(_ run: RunDirectory, step: Int = steps) -> [UInt8] {
    FileManager.default.contents(atPath: run.checkpoints.path(step)).map(Array.init) ?? []
  }

  func isWritingCheckpoint(_ run: RunDirectory) -> Bool {
    let names = try? FileManager.default.contentsOfDirectory(atPath: run.checkpoints.folder)
    return names?.contains { $0.hasSuffix(".part") } ?? false
  }

  @Test("However often a worker is killed, also while it writes a checkpoint, the run ends in the same bits")
  func equalBits() throws {
    let whole = try home.queue("whole", epochs: Self.epochs)
    #expect(try worker(whole).wait() == 0)
    let expected = bytes(whole)
    try #require(!expected.isEmpty)

    for workers in [1, 2] {
      let run = try home.queue("killed-\(workers)", epochs: Self.epochs, workers: workers)
      var kills = 0
      while kills < 30 {
        let before = run.checkpoints.steps().last ?? 0
        let program = try worker(run)
        // One step further each time, so that the run comes to its end; every other kill hits a checkpoint that is
        // being written.
        let hitsWriting = kills % 2 == 1
        _ = home.wait {
          program.hasEnded
            || run.checkpoints.steps().last ?? 0 > before && (!hitsWriting || isWritingCheckpoint(run))
        }
        if program.hasEnded { break }
        program.send(signal: SIGKILL)
        program.wait()
        kills += 1
        #expect(try run.state() == .lost || run.state() == .finished)
      }
      #expect(kills >= 5)
      #expect(try run.state() == .finished)
      #expect(bytes(run) == expected, "with \(workers) workers, killed \(kills) times")
      #expect(!isWritingCheckpoint(run))

      var curves = RunCurves(folder: run.path)
      try curves.refresh()
      #expect(curves[.trainLoss].map(\.step) == Array(1...Self.steps))
      #expect(curves[.top1].map(\.step) == [5, 10])
      var undisturbed = RunCurves(folder: whole.path)
      try undisturbed.refresh()
      #expect(curves[.trainLoss].map(\.value) == undisturbed[.trainLoss].map(\.value))
    }
  }

  @Test("A killed worker on another machine is lost within 30 seconds, and the run goes on here in the same bits")
  func elsewhere() throws {
    let run = try home.queue("far", epochs: 30)
    // Another space of process numbers is as good as another machine: nobody here can tell whether the process lives.
    let program = try worker(run, wrapper: ["/usr/bin/unshare", "--pid", "--fork", "--kill-child", "--mount-proc"])
    _ = home.wait { program.hasEnded || run.checkpoints.steps().count > 1 }
    guard !program.hasEnded else { return print("skipped: no leave to make a space of process numbers") }
    #expect(run.heartbeat()?.worker.isAlive == nil)
    let reader = home.reader
    func state() throws -> RunState { try reader.refresh(run.id).state }
    #expect(try state() == .running)
    #expect(try home.run("runs", "resume", "far").errors.contains("a run that is running"))
    program.send(signal: SIGKILL)
    program.wait()
    let step = try #require(run.checkpoints.steps().last)
    #expect(try state() == .running)
    #expect(try home.wait { try state() == .lost })
    #expect(try home.run("runs", "resume", "far").code == 0)
    #expect(try home.wait { try state() == .finished })
    var curves = RunCurves(folder: run.path)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.step) == Array(1...150))
    #expect(try run.logTail(lines: 1000).contains { $0.contains("resumed at step \(step) of") })
    let whole = try home.queue("whole", epochs: 30)
    #expect(try worker(whole).wait() == 0)
    #expect(bytes(run, step: 150) == bytes(whole, step: 150))
  }

  @Test("How fast the last worker was says nothing of the time that is left")
  func speed() throws {
    let run = try home.queue("fast", epochs: Self.epochs)
    var beat = Heartbeat(worker: .current, session: 1, time: 0, isPaused: false, progress: RunProgress())
    beat.worker.started += 1
    beat.progress.imagesPerSecond = 1e12
    try RunJSON.write(beat, to: run.heartbeatFile)
    #expect(try worker(run).wait() == 0)
    #expect(try #require(try run.result()?.progress.imagesPerSecond) < 1e6)
  }

  @Test("SIGTERM checkpoints and leaves; SIGHUP does nothing; the resumed run ends in the same bits")
  func signals() throws {
    let whole = try home.queue("whole", epochs: Self.epochs)
    #expect(try worker(whole).wait() == 0)
    let run = try home.queue("asked", epochs: Self.epochs)
    let program = try worker(run)
    #expect(home.wait { !run.checkpoints.steps().isEmpty })
    program.send(signal: SIGHUP)
    program.send(signal: SIGTERM)
    #expect(program.wait() == 0)
    #expect(try run.state() == .stopped)
    #expect(try run.result()?.progress.step == run.checkpoints.steps().last)
    #expect(try worker(run).wait() == 0)
    #expect(bytes(run) == bytes(whole))
  }

  @Test("A damaged newest checkpoint gives way to the one before it, and the log says so")
  func damagedCheckpoint() throws {
    let run = try home.queue("damaged", epochs: Self.epochs)
    let program = try worker(run)
    #expect(home.wait { run.checkpoints.steps().count >= 2 })
    program.send(signal: SIGKILL)
    program.wait()
    let newest = try #require(run.checkpoints.steps().last)
    var damaged = bytes(run, step: newest)
    damaged[damaged.count / 2] ^= 1
    try AtomicFile.write(damaged, to: run.checkpoints.path(newest))
    #expect(try worker(run).wait() == 0)
    #expect(try run.state() == .finished)
    #expect(try run.logTail(lines: 100).contains { $0.contains("the checkpoint of step \(newest) cannot be used") })
    let whole = try home.queue("whole", epochs: Self.epochs)
    #expect(try worker(whole).wait() == 0)
    #expect(bytes(run) == bytes(whole))
  }

  @Test("A second worker leaves a run alone")
  func secondWorker() throws {
    let run = try home.queue("busy", epochs: 1000)
    let first = try worker(run)
    #expect(try home.wait { try run.state() == .running })
    let second = try worker(run)
    #expect(second.wait() == 75)
    #expect(second.errors.contains("another worker is on the run"))
    #expect(!first.hasEnded)
    first.send(signal: SIGKILL)
  }

  @Test("A run refuses to go on with other images")
  func changedData() throws {
    let run = try home.queue("changed", epochs: 1)
    try AtomicFile.write("no image", to: home.folder.path + "/train/n02774152/more.png")
    _ = try home.run("data", "add", "tiny", home.folder.path)
    #expect(try worker(run).wait() == 1)
    #expect(try run.result()?.problem?.contains("the dataset has changed") == true)
  }
}
