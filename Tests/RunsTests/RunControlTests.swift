import Basics
import Dispatch
import EngineFixtures
import Files
import Runs
import TestSupport
import Testing

@Suite struct RunControlTests {
  let folder = TemporaryFolder()

  @Test("Requests come in the order in which they were made, once")
  func order() throws {
    let control = RunControl(folder: folder.path + "/control")
    let sent: [RunRequest] = [.pause, .checkpoint, .resume, .pause, .resume, .stop]
    for request in sent { try control.send(request) }
    #expect(control.take() == sent)
    #expect(control.take() == [])
  }

  @Test("Files that are no requests are left alone", arguments: ["stop", "x-stop", "1-explode", "-1-stop", "5-", "2-stop.part"])
  func strangers(name: String) {
    folder.write([], to: name)
    #expect(RunControl(folder: folder.path).take() == [])
    #expect(folder.names == [name])
  }

  @Test("A run without a control folder has no requests")
  func missing() { #expect(RunControl(folder: folder.path + "/none").take() == []) }
}

@Suite struct RunLockTests {
  let folder = TemporaryFolder()

  @Test("A run has one worker at a time; the lock goes with its owner")
  func lock() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: folder.path)
    var first: RunLock? = try RunLock.take(run)
    let problem = #expect(throws: Problem.self) { try RunLock.take(run, patience: 0) }
    #expect(problem?.what == "another worker is on the run")
    withExtendedLifetime(first) {}
    first = nil
    _ = try RunLock.take(run)
  }

  @Test("A worker that is dead but has not let go of its lock yet is waited for")
  func dying() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: folder.path)
    nonisolated(unsafe) var dying: RunLock? = try RunLock.take(run)
    withExtendedLifetime(dying) {}
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { dying = nil }
    _ = try RunLock.take(run, patience: 60)
  }

  @Test("Where locks do not reach, a fresh heartbeat from another machine keeps a second worker away")
  func heartbeat() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: folder.path)
    var elsewhere = WorkerIdentity.current
    elsewhere.machine = "another boot"
    elsewhere.host = "far"
    func beat(age: Double) throws {
      try RunJSON.write(
        Heartbeat(worker: elsewhere, session: 1, time: unixTime() - age, isPaused: false, progress: RunProgress()),
        to: run.heartbeatFile)
    }
    try beat(age: 5)
    let problem = #expect(throws: Problem.self) { try RunLock.take(run) }
    #expect(problem?.found?.contains("on far") == true)
    try beat(age: 60)
    _ = try RunLock.take(run)
  }
}
