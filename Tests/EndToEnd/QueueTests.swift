import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// The queue with real workers.
@Suite(.serialized) struct QueueTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  func enqueue(_ name: String, epochs: Int = 100_000) throws -> String {
    let program = try home.start(TinyHome.training(name, epochs: epochs) + ["--queue"])
    try #require(program.wait() == 0, "\(program.errors)")
    return program.output
  }

  func live() -> [String] { home.reader.refresh().filter(\.state.isLive).map(\.name).sorted() }

  func places() -> [String: Int] {
    Dictionary(uniqueKeysWithValues: home.reader.refresh().compactMap { run in run.queuePlace.map { (run.name, $0) } })
  }

  @Test("One at a time: the next begins when one ends, in the order that was made, also after a kill")
  func order() throws {
    #expect(try enqueue("first").contains("is running"))
    #expect(try enqueue("second").contains("is queued at place 1"))
    for name in ["third", "fourth"] { _ = try enqueue(name) }
    #expect(places() == ["second": 1, "third": 2, "fourth": 3] && live() == ["first"])
    #expect(try home.run("runs", "queue", "--first", "fourth").code == 0)
    #expect(try home.run("runs", "stop", "second").output.contains("is stopped"))
    #expect(places() == ["fourth": 1, "third": 2])
    // Its worker gives the queue a push at its end.
    #expect(try home.run("runs", "stop", "first").code == 0)
    #expect(home.wait { live() == ["fourth"] })
    kill(try #require(try home.directory("fourth").heartbeat()).worker.pid, SIGKILL)
    // A killed one cannot; whoever looks does.
    #expect(try home.wait { try home.run("runs", "list").code == 0 && live() == ["third"] })
    #expect(try home.state("fourth") == .lost && home.state("first") == .stopped)
    #expect(try home.run("runs", "resume", "second", "--queue").output.contains("place 1"))
    #expect(try home.run("runs", "queue", "--limit", "2").output.contains(/started \S+-second\n/))
    #expect(live() == ["second", "third"])
    #expect(try home.run("runs", "queue", "--json").output.filter { !$0.isWhitespace }.contains("\"order\":[]"))
  }

  @Test("A run whose dataset is gone fails with the reason, and the next one starts")
  func dataset() throws {
    #expect(try home.run("data", "add", "other", home.folder.path).code == 0)
    #expect(try home.run("runs", "queue", "--limit", "0").code == 0)
    _ = try enqueue("before", epochs: 1)
    var request = TrainingRequest(dataset: "other")
    (request.network, request.name, request["epochs"]) = ("alexnet-28", "gone", "1")
    _ = try TrainingPlan(request, home: home.home, program: "test", command: []).enqueue(home: home.home)
    try RunQueue(home: home.home).move(home.reader.find("gone").id, by: -1)
    _ = try enqueue("next", epochs: 1)
    #expect(try home.run("data", "rm", "other", "--yes").code == 0)
    #expect(try home.run("runs", "queue", "--limit", "1").code == 0)
    #expect(try home.wait { try home.state("next") == .finished })
    #expect(try home.state("gone") == .failed && home.state("before") == .finished)
    #expect(try home.reader.find("gone").problem?.contains("other") == true)
  }

  @Test("However many pushes at once, and however often one is killed: no run has two workers, and never more work than the limit")
  func pushes() throws {
    let limit = 2
    try RunQueue(home: home.home).setLimit(0)
    let names = (1...6).map { "run-\($0)" }
    for name in names { try RunQueue(home: home.home).add(home.queue(name, epochs: 30)) }
    try RunQueue(home: home.home).setLimit(limit)
    var most = 0
    var pushes: [ProgramRun] = []
    var random = SystemRandomNumberGenerator()
    let isDone = try home.wait {
      pushes.removeAll(where: \.hasEnded)
      while pushes.count < 4 { pushes.append(try home.start(["runs", "queue", "--start"])) }
      usleep(UInt32.random(in: 0...60_000, using: &random))
      pushes.randomElement(using: &random)?.send(signal: SIGKILL)
      let runs = home.reader.refresh()
      most = max(most, runs.count(where: \.state.isLive))
      return runs.allSatisfy { $0.state == .finished }
    }
    #expect(isDone && most == limit)
    for name in names {
      #expect(try home.directory(name).result()?.session == 1)
      #expect(try home.directory(name).logTail(lines: 100).count { $0.contains("worker 1:") } == 1)
    }
  }
}
