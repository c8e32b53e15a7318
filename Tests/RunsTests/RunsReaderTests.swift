import Basics
import Dispatch
import EngineFixtures
import Files
import FoundationEssentials
import Glibc
import Runs
import Synchronization
import TestSupport
import Testing

@Suite struct RunsReaderTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  func heartbeat(
    _ worker: WorkerIdentity = .current, session: Int = 1, time: Double = unixTime(), isPaused: Bool = false
  ) -> Heartbeat {
    var progress = RunProgress()
    progress.step = 3
    progress.steps = 10
    progress.imagesPerSecond = 7
    return Heartbeat(worker: worker, session: session, time: time, isPaused: isPaused, progress: progress)
  }

  func result(_ outcome: RunResult.Outcome, session: Int = 1, problem: String? = nil) -> RunResult {
    RunResult(outcome: outcome, session: session, time: unixTime(), problem: problem, progress: RunProgress())
  }

  @Test("A home without runs has none, and looking does not make it")
  func empty() {
    #expect(RunsReader(home: Home(explicit: folder.path + "/none")).refresh().isEmpty)
    #expect(folder.names.isEmpty)
  }

  @Test("The state follows the files: queued, running, paused, lost, stopped, resumed, failed, finished")
  func states() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    let reader = RunsReader(home: home)
    func state() -> RunState? { reader.refresh().first?.state }
    #expect(state() == .queued)
    try RunJSON.write(heartbeat(), to: run.heartbeatFile)
    #expect(state() == .running)
    try RunJSON.write(heartbeat(isPaused: true), to: run.heartbeatFile)
    #expect(state() == .paused)
    var gone = WorkerIdentity.current
    gone.started += 1  // the same process number, taken by another process
    try RunJSON.write(heartbeat(gone), to: run.heartbeatFile)
    #expect(state() == .lost)
    try RunJSON.write(result(.stopped), to: run.resultFile)
    #expect(state() == .stopped)
    try RunJSON.write(heartbeat(session: 2), to: run.heartbeatFile)
    #expect(state() == .running)
    try RunJSON.write(result(.failed, session: 2, problem: "no space"), to: run.resultFile)
    #expect(state() == .failed)
    #expect(reader.refresh().first?.problem == "no space")
    try RunJSON.write(result(.finished, session: 3), to: run.resultFile)
    #expect(state() == .finished)
    #expect(try run.state() == .finished)
  }

  @Test("A run that comes or goes is seen by the next look, however old the folder is")
  func comesAndGoes() throws {
    let reader = RunsReader(home: home)
    let first = try RunDirectory.create(exampleConfiguration(name: "first"), in: home.runs)
    // As a folder that nobody has touched for a while, whose names need not be listed again.
    var times = [timespec(tv_sec: time(nil) - 60, tv_nsec: 0), timespec(tv_sec: time(nil) - 60, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, home.runs, &times, 0) == 0)
    #expect(reader.refresh().map(\.id) == [first.id] && reader.refresh().map(\.id) == [first.id])
    let second = try RunDirectory.create(exampleConfiguration(name: "second"), in: home.runs)
    #expect(Set(reader.refresh().map(\.id)) == [first.id, second.id])
    try FileManager.default.removeItem(atPath: first.path)
    #expect(reader.refresh().map(\.id) == [second.id])
    #expect(reader.recent().map(\.id) == [second.id])
  }

  @Test("A worker on another machine is lost after 28 seconds of silence, and not before")
  func silence() throws {
    var elsewhere = WorkerIdentity.current
    elsewhere.machine = "another boot"
    func state(_ age: Double, _ pulse: RunState.Pulse = .unknown) -> RunState {
      RunState(heartbeat: heartbeat(elsewhere, time: 1000), result: nil, now: 1000 + age, pulse: pulse)
    }
    #expect(state(0) == .running && state(27) == .running && state(29) == .lost)
    #expect(state(-27) == .running && state(-3600) == .lost)
    // Its clock is an hour off, but the heartbeat is seen to change, or not to.
    #expect(state(3600, .beats) == .running && state(-3600, .beats) == .running)
    #expect(state(0, .isSilent) == .lost)
  }

  @Test("A worker elsewhere whose clock is off is alive for who sees it beat, and who sees it once looks long enough", arguments: [-3600.0, 3600])
  func clocks(offset: Double) throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    var elsewhere = WorkerIdentity.current
    elsewhere.machine = "another boot"
    let (first, file) = (heartbeat(elsewhere), run.heartbeatFile)
    let beat: @Sendable () throws -> Void = {
      var next = first
      next.time = unixTime() + offset
      try RunJSON.write(next, to: file)
    }
    try beat()
    let reader = RunsReader(home: home)
    #expect(reader.refresh().first?.state == .lost)
    try beat()
    #expect(reader.refresh().first?.state == .running)
    #expect(try run.state(patience: 0) == .lost)
    let isOver = Atomic(false)
    DispatchQueue.global().async {
      while !isOver.load(ordering: .relaxed) {
        try? beat()
        usleep(50_000)
      }
    }
    defer { isOver.store(true, ordering: .relaxed) }
    #expect(try run.state(patience: 60) == .running)
    #expect(RunsReader(home: home).refresh(patience: 60).first?.state == .running)
    #expect(throws: Problem.self) { try RunLock.take(run) }
  }

  @Test("A worker on this machine is told by its process alone; that of a copied run is the original's")
  func here() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    var beat = heartbeat(time: unixTime() - 1e6)
    beat.directory = FileStamp(run.path)?.inode
    try RunJSON.write(beat, to: run.heartbeatFile)
    #expect(try run.state() == .running)
    try FileManager.default.copyItem(atPath: run.path, toPath: home.runs + "/copy")
    #expect(try RunDirectory(home.runs + "/copy").state() == .lost)
  }

  @Test("Heartbeats of before memory and processor were measured are read")
  func oldHeartbeat() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    try RunJSON.write(heartbeat(), to: run.heartbeatFile)
    let text = String(decoding: folder.bytes(of: "runs/\(run.id)/heartbeat"), as: UTF8.self)
    #expect(!text.contains("usage") && !text.contains("directory"))
    let reader = RunsReader(home: home)
    #expect(reader.refresh().first?.usage == nil && reader.refresh().first?.state == .running)
    var beat = heartbeat()
    beat.usage = ProcessUsage(memory: 5, peak: 7, cores: 1.5)
    try RunJSON.write(beat, to: run.heartbeatFile)
    #expect(reader.refresh().first?.usage == beat.usage)
  }

  @Test("A run with a damaged heartbeat alone counts as lost, one with a damaged run.json as damaged, each with the reason")
  func damaged() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    let reader = RunsReader(home: home)
    folder.write(Array("{\"pid\":".utf8), to: "runs/\(run.id)/heartbeat")
    #expect(reader.refresh().first?.state == .lost && reader.refresh().first?.problem?.contains("/heartbeat: expected JSON") == true)
    folder.write(Array("{\"name\": 7}".utf8), to: "runs/\(run.id)/run.json")
    let summary = try #require(reader.refresh().first)
    #expect(summary.state == .damaged && summary.name == "example" && summary.created == 1_450_000_000)
    #expect(summary.problem?.contains("run.json: name: expected text, found 7") == true)
  }

  @Test("Newest first; what is no run is left out; the summary says what the configuration says")
  func list() throws {
    _ = try RunDirectory.create(exampleConfiguration(name: "old", created: 1e9), in: home.runs)
    let new = try RunDirectory.create(exampleConfiguration(name: "new", created: 2e9), in: home.runs)
    try AtomicFile.write("", to: home.runs + "/note.txt")
    try AtomicFile.makeFolder(home.runs + "/empty")
    try RunJSON.write(heartbeat(), to: new.heartbeatFile)
    let runs = RunsReader(home: home).refresh()
    #expect(runs.map(\.name) == ["new", "old"])
    #expect(runs[0].id == "20330518-033320-new")
    #expect(runs[0].classes == 2 && runs[0].labelSet == "two" && runs[0].network == "alexnet-28")
    #expect(runs[0].progress.step == 3)
    #expect(runs[0].secondsLeft == 5)  // 7 steps of 5 images at 7 images a second
    #expect(runs[1].secondsLeft == nil)
  }

  @Test("A look with little time reads the newest runs first, says how many are left, and goes on there the next time")
  func patience() throws {
    for number in 0..<30 { _ = try RunDirectory.create(exampleConfiguration(name: "run-\(number)", created: 1e9 + Double(number)), in: home.runs) }
    let reader = RunsReader(home: home)
    var (runs, unread) = reader.look(within: 0)
    #expect(runs.map(\.name) == ["run-29"] && unread == 29)
    for _ in 0..<1000 where unread > 0 {
      let before = (runs.count, unread)
      (runs, unread) = reader.look(within: 0.001)
      #expect(runs.count + unread == 30 && unread <= before.1)
      #expect(runs.map(\.created) == (0..<runs.count).map { 1e9 + 29 - Double($0) })
    }
    #expect(runs.count == 30 && unread == 0)
    // What is known stays, though there was no time to look at it.
    (runs, unread) = reader.look(within: 0, newestOnly: true)
    #expect(runs.count == 30 && unread == 0 && reader.recent() == runs)
  }

  @Test("A result that was damaged and is whole again says what it says")
  func repaired() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    try AtomicFile.write("spoilt", to: run.resultFile)
    let reader = RunsReader(home: home)
    #expect(reader.refresh().first?.state == .damaged)
    try RunJSON.write(result(.finished), to: run.resultFile)
    #expect(reader.refresh().first?.state == .finished && reader.refresh().first?.problem == nil)
  }

  @Test("A run is found by its directory, its name or a beginning; an ambiguous name lists the candidates")
  func find() throws {
    let reader = RunsReader(home: home)
    for (name, created) in [("coarse", 1e9), ("coarse-9", 1.1e9), ("fine", 1.2e9), ("fine", 1.3e9)] {
      _ = try RunDirectory.create(exampleConfiguration(name: name, created: created), in: home.runs)
    }
    #expect(try reader.find("coarse").name == "coarse")
    #expect(try reader.find("coarse-").name == "coarse-9")
    #expect(try reader.find("20010909-014640-coarse").name == "coarse")
    let ambiguous = #expect(throws: Problem.self) { try reader.find("fine") }
    #expect(ambiguous?.found?.contains("-fine, ") == true)
    #expect(throws: Problem.self) { try reader.find("none") }
    #expect(throws: Problem.self) { try reader.find("2") }
  }

  @Test("Two runs of one name in one second get two directories")
  func sameSecond() throws {
    let first = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    let second = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    #expect(first.id + "-2" == second.id)
    #expect(RunsReader(home: home).refresh().count == 2)
  }

  @Test("A configuration comes back as it was saved")
  func configuration() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    #expect(try run.configuration() == exampleConfiguration())
  }

  @Test(
    "A name that could lead astray is refused",
    arguments: ["", ".", "..", "a/b", "a b", "-rf", "\u{1B}[2J", "é", String(repeating: "a", count: 65)])
  func hostileNames(name: String) {
    #expect(throws: Problem.self) { try RunDirectory.create(exampleConfiguration(name: name), in: home.runs) }
    #expect(folder.names.isEmpty)
  }

  @Test("A loss that is no number survives the heartbeat")
  func notANumber() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    var beat = heartbeat()
    beat.progress.loss = .nan
    try RunJSON.write(beat, to: run.heartbeatFile)
    #expect(RunsReader(home: home).refresh().first?.progress.loss?.isNaN == true)
  }

  @Test("A process that ended is not alive, not even before its parent asked for its exit status")
  func zombies() throws {
    var pid: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("30"), nil]
    defer { arguments.forEach { free($0) } }
    try #require(posix_spawnp(&pid, "sleep", nil, nil, &arguments, environ) == 0)
    let stat = try #require(FileManager.default.contents(atPath: "/proc/\(pid)/stat"))
    let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last!.split(separator: " ")
    var worker = WorkerIdentity.current
    worker.pid = pid
    worker.started = UInt64(fields[19])!
    #expect(worker.isAlive == true)
    kill(pid, SIGKILL)
    var information = siginfo_t()
    waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT)
    #expect(worker.isAlive == false)
    waitpid(pid, nil, 0)
    #expect(worker.isAlive == false)
  }
}
