import EngineFixtures
import Files
import Runs
import TestSupport
import Testing

@Suite struct RunAncestryTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  private func configuration(_ name: String, from: String?, step: Int? = 7) -> RunConfiguration {
    var configuration = exampleConfiguration(name: name)
    configuration.lineage = from.map { .init(from: $0, step: step, hasNewHead: false) }
    return configuration
  }

  @Test("Where weights come from is followed from run to run, to a file, to chance, and never in circles")
  func chains() throws {
    let reader = RunsReader(home: home)
    #expect(reader.ancestry(of: configuration("a", from: nil)).isEmpty)
    let first = try RunDirectory.create(configuration("first", from: "/weights/net.safetensors", step: nil), in: home.runs)
    let second = try RunDirectory.create(configuration("second", from: first.id), in: home.runs)
    let found = reader.ancestry(of: configuration("third", from: second.id))
    #expect(found.map(\.from) == [second.id, first.id, "/weights/net.safetensors"])
    #expect(found.map(\.step) == [7, 7, nil] && found.map(\.labelSet) == ["two", "two", nil])
    #expect(reader.ancestry(of: configuration("orphan", from: "gone")).map(\.from) == ["gone"])
    let circle = RunDirectory(home.runs + "/circle")
    try RunJSON.write(configuration("circle", from: "circle"), to: circle.configurationFile)
    #expect(reader.ancestry(of: try circle.configuration()).count == 1)
  }
}
