import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Trainings whose disk takes no more: by a limit on the size of files, and, where the tests may mount one, on a small
/// file system of their own.
@Suite struct FullDiskTests {
  let home: TinyHome
  static let steps = 10

  init() throws { home = try TinyHome() }

  /// No file may grow beyond 2 MB: no checkpoint fits, the log does.
  static let limited = ["/bin/bash", "-c", "ulimit -S -f 2000; exec \"$@\"", "bash"]

  func worker(_ run: RunDirectory, roomPatience: Int, wrapper: [String] = []) throws -> ProgramRun {
    try home.start(
      [
        "worker", run.path, "--home", home.path, "--checkpoint-every", "0", "--room-patience", "\(roomPatience)",
      ], wrapper: wrapper)
  }

  func bytes(_ run: RunDirectory, step: Int = steps) -> [UInt8] {
    FileManager.default.contents(atPath: run.checkpoints.path(step)).map(Array.init) ?? []
  }

  @Test("A checkpoint that cannot be written does not end a training: it says so, and keeps the next that can be")
  func goesOn() throws {
    let whole = try home.queue("whole", epochs: 2)
    #expect(try worker(whole, roomPatience: 0).wait() == 0)
    let run = try home.queue("full", epochs: 2)
    let program = try worker(run, roomPatience: 600, wrapper: Self.limited)
    #expect(home.wait { run.heartbeat()?.progress.step == Self.steps && run.heartbeat()?.progress.storageWarning != nil })
    let warning = try #require(run.heartbeat()?.progress.storageWarning)
    #expect(warning.contains("could not be written (File too large); there is none yet"))
    #expect(try home.run("runs", "show", "full").output.contains("warning      the checkpoint of step"))
    #expect(try home.run("runs", "list").output.contains("warning: the checkpoint"))
    #expect(run.checkpoints.steps().isEmpty && !program.hasEnded)
    #expect(system("prlimit --pid \(program.process) --fsize=unlimited") == 0)
    #expect(program.wait() == 0)
    #expect(try run.state() == .finished && run.result()?.progress.storageWarning == nil)
    #expect(bytes(run) == bytes(whole))
    let log = try run.logTail(lines: 50)
    #expect(log.contains { $0.contains("step 1: cannot write the weights") && $0.contains("the training goes on") })
    #expect(log.contains { $0.contains("a checkpoint could be written again") })
  }

  @Test("The end of a training waits for room so long, and is then a failure that resumes")
  func end() throws {
    let run = try home.queue("end", epochs: 1)
    #expect(try worker(run, roomPatience: 0, wrapper: Self.limited).wait() == 1)
    #expect(try run.state() == .failed)
    let problem = try #require(try run.result()?.problem)
    #expect(problem.contains("cannot write the weights") && problem.contains("File too large"))
    #expect(run.checkpoints.steps().isEmpty)
    #expect(try worker(run, roomPatience: 0).wait() == 0)
    #expect(try run.state() == .finished)
  }

  @Test("A stop is obeyed while the end waits for room")
  func stop() throws {
    let run = try home.queue("stop", epochs: 1)
    let program = try worker(run, roomPatience: 600, wrapper: Self.limited)
    #expect(home.wait { run.heartbeat()?.progress.step == 5 && run.heartbeat()?.progress.storageWarning != nil })
    program.send(signal: SIGTERM)
    #expect(program.wait() == 1)
    #expect(try run.result()?.problem?.contains("cannot write the weights") == true)
  }

  @Test("A file system without one free block: the run lives, says so, and goes on when there is room again")
  func fullFileSystem() throws {
    let mount = home.folder.path + "/small"
    try AtomicFile.makeFolder(mount)
    // 40 MB: room for two checkpoints and some.
    guard system("mount -t tmpfs -o size=40m none \(mount) 2>/dev/null") == 0 else {
      return print("skipped: mounting a small file system needs root and leave to mount")
    }
    defer { system("umount -l \(mount)") }
    let whole = try home.queue("whole", epochs: 100)
    let run = RunDirectory(mount + "/run")
    try #require(system("cp -r '\(whole.path)' '\(run.path)'") == 0)
    let program = try worker(run, roomPatience: 600)
    #expect(home.wait { run.checkpoints.steps().count >= 2 })
    // Fills the disk to the last block, again and again: old checkpoints that are deleted make room.
    let filler = mount + "/filler"
    #expect(home.wait {
      system("cat /dev/zero >> '\(filler)' 2>/dev/null")
      return run.heartbeat()?.progress.storageWarning?.contains("No space left on device") == true
    })
    let step = run.heartbeat()?.progress.step ?? 0
    #expect(home.wait { run.heartbeat()?.progress.step ?? 0 > step + 10 }, "the training goes on, and its heartbeat is seen")
    #expect(try run.state() == .running)
    unlink(filler)
    // A quick machine may have come to the end by then, where no event follows that could take the warning back.
    #expect(home.wait { program.hasEnded || run.heartbeat().map { $0.progress.storageWarning == nil } ?? false })
    #expect(program.wait() == 0)
    #expect(try run.state() == .finished)
    #expect(try worker(whole, roomPatience: 0).wait() == 0)
    #expect(bytes(run, step: 500) == bytes(whole, step: 500))
  }
}
