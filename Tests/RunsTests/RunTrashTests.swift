import Basics
import EngineFixtures
import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

@Suite struct RunTrashTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }
  var trash: RunTrash { RunTrash(home: home) }

  func makeRun(_ name: String = "example") throws -> RunDirectory {
    let run = try RunDirectory.create(exampleConfiguration(name: name), in: home.runs)
    try RunJSON.write(
      RunResult(outcome: .finished, session: 1, time: 1, problem: nil, progress: RunProgress()), to: run.resultFile)
    return run
  }

  @Test("A removed run comes back as it was, whichever way it is named", arguments: ["20151213-094640-example", "example", "exam", "2015"])
  func back(name: String) throws {
    let run = try makeRun()
    try run.tag(adding: ["kept"])
    let removed = try trash.remove(run)
    #expect(RunsReader(home: home).refresh().isEmpty)
    #expect(trash.removed() == [removed] && removed.id == run.id && removed.size > 500)
    #expect(try trash.restore(trash.find(name)) == run)
    #expect(try run.configuration() == exampleConfiguration() && run.notes().tags == ["kept"])
    #expect(trash.removed().isEmpty)
    #expect(throws: Problem.self) { try trash.find(name) }
    #expect(throws: Problem.self) { try trash.restore(removed) }
  }

  @Test("Of several with one name the last comes back, and never over another run")
  func several() throws {
    for size in [1, 2] {
      let run = try makeRun()
      try AtomicFile.write(String(repeating: "x", count: size), to: run.path + "/size")
      try trash.remove(run)
    }
    let last = try trash.find("example")
    #expect(try trash.restore(last).path.hasSuffix("example"))
    #expect(folder.bytes(of: "runs/\(last.id)/size").count == 2)
    let problem = #expect(throws: Problem.self) { try trash.restore(trash.find("example")) }
    #expect(problem?.what == "a run of this name already exists")
    #expect(trash.removed().count == 1)
  }

  @Test("A run with a worker stays, whether its heartbeat or its lock tells of it")
  func live() throws {
    let run = try RunDirectory.create(exampleConfiguration(), in: home.runs)
    let lock = try RunLock.take(run)
    #expect(throws: Problem.self) { try trash.remove(run) }
    #expect(throws: Problem.self) { try trash.deleteForGood(run) }
    withExtendedLifetime(lock) {}
    #expect(RunsReader(home: home).refresh().count == 1)
  }

  @Test("Deleting frees the space, also of what a killed process had begun to delete; strangers in the trash stay")
  func empty() throws {
    try trash.remove(try makeRun("one"))
    try trash.deleteForGood(try makeRun("two"))
    try AtomicFile.write("x", to: home.runs + "/.removed-three-7/run.json")
    try AtomicFile.write("x", to: trash.folder + "/mine.txt")
    #expect(try trash.empty() == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.runs) == [".trash"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: trash.folder) == ["mine.txt"])
  }

  @Test("A damaged run can be removed")
  func damaged() throws {
    let run = try makeRun()
    try AtomicFile.write("{", to: run.resultFile)
    try AtomicFile.write("{", to: run.configurationFile)
    try trash.remove(run)
    #expect(trash.removed().count == 1)
  }
}
