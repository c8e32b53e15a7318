import EngineFixtures
import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing
import Training


@Suite struct RunIndexTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }
  private static let count = 120

  /// Runs that came to their end a while ago.
  private func makeRuns() throws -> [RunDirectory] {
    try (0..<Self.count).map { number in
      let run = try RunDirectory.create(exampleConfiguration(name: "run-\(number)", created: 1e9 + Double(number)), in: home.runs)
      try finish(run, step: number)
      age(run)
      return run
    }
  }

  private func finish(_ run: RunDirectory, step: Int) throws {
    var progress = RunProgress()
    progress.step = step
    progress.loss = .nan
    progress.dataWait = 0.25
    progress.lossWarning = "é"
    progress.validation = ValidationReport(
      step: 3, epoch: 1.5, loss: 2, metrics: .classification(top1: 0.5, top5: 0.75, meanClass: 0.25), images: 10, skipped: 1)
    try RunJSON.write(
      RunResult(outcome: .finished, session: 1, time: 7, problem: nil, progress: progress), to: run.resultFile)
  }

  /// The directory looks as if nothing had changed in it for a minute.
  private func age(_ run: RunDirectory) {
    var times = [timespec(), timespec()]
    times[0].tv_sec = time_t(unixTime()) - 60
    times[1].tv_sec = times[0].tv_sec
    utimensat(AT_FDCWD, run.path, &times, 0)
  }

  /// Overwrites a file in its place, which its directory does not show.
  private func spoil(_ path: String) {
    let file = open(path, O_WRONLY | O_TRUNC)
    defer { close(file) }
    _ = write(file, "spoilt", 6)
  }

  @Test("A home that was looked at lists runs that are over without opening a file of theirs")
  func opensNothing() throws {
    let runs = try makeRuns()
    let first = RunsReader(home: home).refresh()
    #expect(first.count == Self.count && first.allSatisfy { $0.state == .finished })
    for run in runs { for file in [run.configurationFile, run.resultFile] { spoil(file) } }
    let again = RunsReader(home: home).refresh()
    // A loss that is no number equals nothing.
    #expect(String(describing: again) == String(describing: first))
    // What changes is read: here it is found to be spoilt.
    try AtomicFile.write("spoilt", to: runs[5].resultFile)
    let changed = RunsReader(home: home).refresh()
    #expect(changed.count { $0.state == .damaged } == 1)
  }

  @Test("Runs that come, change or go show at the next look, with an index and without")
  func changes() throws {
    let runs = try makeRuns()
    let reader = RunsReader(home: home)
    #expect(reader.refresh().count == Self.count)
    func both(_ id: String) -> [RunSummary?] {
      [reader, RunsReader(home: home)].map { $0.refresh().first { $0.id == id } }
    }
    try finish(runs[7], step: 5000)
    #expect(both(runs[7].id).allSatisfy { $0?.progress.step == 5000 })
    try RunJSON.write(
      Heartbeat(worker: .current, session: 2, time: unixTime(), isPaused: false, progress: RunProgress()),
      to: runs[8].heartbeatFile)
    #expect(both(runs[8].id).allSatisfy { $0?.state == .running })
    try FileManager.default.removeItem(atPath: runs[9].path)
    #expect(both(runs[9].id).allSatisfy { $0 == nil })
    let new = try RunDirectory.create(exampleConfiguration(name: "new"), in: home.runs)
    #expect(both(new.id).allSatisfy { $0?.state == .queued })
  }

  @Test("After a first look at the newest runs alone the index adds all others")
  func newestFirst() throws {
    _ = try makeRuns()
    let all = RunsReader(home: home).refresh()
    let reader = RunsReader(home: home)
    #expect(reader.look(within: 0, newestOnly: true).runs.count == 1)
    let (runs, unread) = reader.look(within: 0)
    #expect(String(describing: runs) == String(describing: all) && unread == 0)
  }

  @Test("A damaged index is as good as none, and so is one of another home")
  func damaged() throws {
    let runs = try makeRuns()
    let first = RunsReader(home: home).refresh()
    let whole = folder.bytes(of: "cache/runs-index")
    #expect(RunIndex.load(home).count == Self.count)
    for place in stride(from: 0, to: whole.count, by: 997) {
      var bytes = whole
      bytes[place] ^= 0x10
      folder.write(bytes, to: "cache/runs-index")
      #expect(RunIndex.load(home).isEmpty, "byte \(place)")
    }
    folder.write(Array(whole.dropLast(100)), to: "cache/runs-index")
    #expect(String(describing: RunsReader(home: home).refresh()) == String(describing: first))
    let other = TemporaryFolder()
    try AtomicFile.write(whole, to: other.path + "/cache/runs-index")
    #expect(RunIndex.load(Home(explicit: other.path)).isEmpty)
    _ = runs
  }

  @Test("A run that has just changed is looked at again, since another change may have the same stamp")
  func fresh() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    try finish(run, step: 1)
    let reader = RunsReader(home: home)
    #expect(reader.refresh().first?.progress.step == 1)
    spoil(run.resultFile)
    #expect(reader.refresh().first?.state == .damaged)
  }
}
