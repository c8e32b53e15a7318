import Basics
import Dispatch
import EngineFixtures
import Files
import FoundationEssentials
import Runs
import Synchronization
import TestSupport
import Testing

@Suite struct RunNotesTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  func makeRun() throws -> RunDirectory { try RunDirectory.create(exampleConfiguration(), in: home.runs) }

  @Test("Tags, note and group are kept beside run.json, which stays as it is, and are shown at the next look")
  func kept() throws {
    let run = try makeRun()
    let before = folder.bytes(of: "runs/\(run.id)/run.json")
    let reader = RunsReader(home: home)
    #expect(reader.refresh()[0].tags.isEmpty)
    #expect(try run.notes() == RunNotes())
    #expect(try run.tag(adding: ["paper", "good", "paper"]) == ["good", "paper"])
    try run.annotate { $0.note = "a note" }
    try run.annotate { $0.group = "seeds" }
    #expect(try run.tag(adding: [], removing: ["good"]) == ["paper"])
    let summary = reader.refresh()[0]
    #expect(summary.tags == ["paper"] && summary.note == "a note" && summary.group == "seeds")
    try run.annotate { $0.group = "" }
    #expect(reader.refresh()[0].group == nil)
    #expect(folder.bytes(of: "runs/\(run.id)/run.json") == before)
  }

  @Test("What cannot be kept is refused, and what was kept stays", arguments: ["a b", "", "-x", "é", "\u{1B}[2J"])
  func refusals(word: String) throws {
    let run = try makeRun()
    try run.tag(adding: ["kept"])
    #expect(throws: Problem.self) { try run.tag(adding: [word]) }
    if !word.isEmpty { #expect(throws: Problem.self) { try run.annotate { $0.group = word } } }
    #expect(throws: Problem.self) { try run.tag(adding: [], removing: [word]) }
    #expect(throws: Problem.self) { try run.annotate { $0.note = String(repeating: "x", count: RunNotes.longest + 1) } }
    #expect(try run.notes() == RunNotes(tags: ["kept"]))
  }

  @Test("Writers at the same time lose none of each other's fields")
  func together() throws {
    let run = try makeRun()
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 24) { number in
      do {
        switch number % 3 {
        case 0: try run.tag(adding: ["t\(number)"])
        case 1: try run.annotate { $0.note = "note" }
        default: try run.annotate { $0.group = "group" }
        }
      } catch {
        failures.add(1, ordering: .relaxed)
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
    let notes = try run.notes()
    #expect(Set(notes.tags) == Set(stride(from: 0, to: 24, by: 3).map { "t\($0)" }))
    #expect(notes.note == "note" && notes.group == "group")
  }

  @Test("Damaged notes are a problem for who changes them; the list says so of a run that is as it was; those of a later version stay")
  func damaged() throws {
    let run = try makeRun()
    folder.write(Array("{\"tags\": 7}".utf8), to: "runs/\(run.id)/notes.json")
    #expect(throws: Problem.self) { try run.tag(adding: ["x"]) }
    let summary = RunsReader(home: home).refresh()[0]
    #expect(summary.state == .queued && summary.problem?.contains("notes.json: tags: expected a list, found 7") == true)
    folder.write(Array("{\"tags\": [\"a\"], \"of a later version\": 1}".utf8), to: "runs/\(run.id)/notes.json")
    #expect(try run.notes().tags == ["a"])
    let problem = #expect(throws: Problem.self) { try run.tag(adding: ["x"]) }
    #expect(problem?.isOfNewerVersion == true && problem?.description.contains("notes.json: of a later version") == true)
  }
}
