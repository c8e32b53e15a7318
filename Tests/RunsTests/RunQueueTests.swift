import Basics
import EngineFixtures
import Files
import FoundationEssentials
import Runs
import TestSupport
import Testing

@Suite struct RunQueueTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }
  var queue: RunQueue { RunQueue(home: home) }

  func makeRun(_ name: String) throws -> RunDirectory {
    try RunDirectory.create(exampleConfiguration(name: name), in: home.runs)
  }

  func order() throws -> String { try queue.order().map { $0.run.dropFirst(16) }.joined(separator: " ") }

  @Test("A home without a queue has none, and looking does not make it")
  func empty() throws {
    #expect(try queue.order().isEmpty && queue.limit() == RunQueue.standardLimit)
    #expect(try queue.push() == RunQueue.Push())
    #expect(try !queue.remove("none"))
    #expect(folder.names.isEmpty)
  }

  @Test("Runs wait in the order in which they came, and are moved among those of their machine")
  func moves() throws {
    for name in ["a", "b", "c"] { try queue.add(makeRun(name), host: "far") }
    try queue.add(makeRun("x"), host: "near")
    try queue.add(makeRun("d"), host: "far")
    #expect(try order() == "a b c x d")
    try queue.move(RunsReader(home: home).find("d").id, by: -1)
    #expect(try order() == "a b d x c")
    try queue.move(RunsReader(home: home).find("d").id, by: -100)
    #expect(try order() == "d a b x c")
    try queue.move(RunsReader(home: home).find("d").id, by: 100)
    #expect(try order() == "a b c x d")
    let runs = RunsReader(home: home).refresh()
    #expect(Dictionary(uniqueKeysWithValues: runs.map { ($0.name, $0.queuePlace) }) == ["a": 1, "b": 2, "c": 3, "x": 1, "d": 4])
    #expect(runs.allSatisfy { $0.state == .queued && $0.host == ($0.name == "x" ? "near" : "far") })
    #expect(!queue.isDue(runs))
    #expect(throws: Problem.self) { try queue.move("none", by: 1) }
  }

  @Test("What is taken out has stopped; what has begun since waits no more; nothing waits twice")
  func out() throws {
    let (a, b) = (try makeRun("a"), try makeRun("b"))
    try queue.add(a, host: "far")
    try queue.add(b, host: "far")
    #expect(throws: Problem.self) { try queue.add(a, host: "near") }
    #expect(try queue.remove(a.id))
    #expect(try a.state() == .stopped && order() == "b")
    try queue.add(a, host: "far")
    #expect(RunsReader(home: home).refresh().map(\.queuePlace) == [1, 2])
    try RunJSON.write(
      Heartbeat(worker: .current, session: 1, time: unixTime(), isPaused: false, progress: RunProgress()), to: b.heartbeatFile)
    #expect(RunsReader(home: home).refresh().first { $0.name == "b" }?.state == .running)
    #expect(try !queue.remove(b.id))
    #expect(throws: Problem.self) { try queue.add(b) }
  }

  @Test("The limit is each machine's own, and has to be one")
  func limits() throws {
    try queue.setLimit(3, of: "far")
    #expect(try queue.limit(of: "far") == 3 && queue.limit() == 1)
    try queue.setLimit(0)
    #expect(try queue.limit() == 0)
    try queue.add(makeRun("held"))
    #expect(try queue.push() == RunQueue.Push())
    #expect(throws: Problem.self) { try queue.setLimit(-1) }
  }

  @Test("A run that cannot be started has failed, with the reason, and the queue goes on")
  func failures() throws {
    try queue.setLimit(5)
    for name in ["a", "b"] { try queue.add(makeRun(name)) }
    let push = try queue.push(executable: "/no/such/program")
    #expect(push.failed.map { $0.run.dropFirst(16) } == ["a", "b"] && push.started.isEmpty)
    let runs = RunsReader(home: home).refresh()
    #expect(runs.allSatisfy { $0.state == .failed && $0.problem?.contains("cannot start a worker") == true })
    #expect(try queue.order().isEmpty)
  }

  @Test("A run that was deleted by hand is passed over; one in the trash does not wait")
  func gone() throws {
    let (a, b) = (try makeRun("a"), try makeRun("b"))
    for run in [a, b] { try queue.add(run) }
    try FileManager.default.removeItem(atPath: a.path)
    try RunTrash(home: home).remove(b)
    #expect(try queue.push() == RunQueue.Push())
    #expect(try !queue.waits(a.id) && !queue.waits(b.id) && queue.order().map(\.run) == [a.id])
    // The next push that has something to do cleans up.
    try queue.add(makeRun("c"))
    #expect(try queue.push(executable: "/no/such/program").failed.count == 1 && queue.order().isEmpty)
  }

  @Test("A damaged queue is a problem for who changes it, and none for the list")
  func damaged() throws {
    let run = try makeRun("a")
    try queue.add(run)
    folder.write(Array("{\"order\": [".utf8), to: "queue/queue.json")
    #expect(throws: Problem.self) { try queue.push() }
    #expect(throws: Problem.self) { try queue.remove(run.id) }
    #expect(RunsReader(home: home).refresh().map(\.queuePlace) == [nil])
  }
}
