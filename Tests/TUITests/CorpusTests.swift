import FoundationEssentials
import FuzzEntries
import Testing

/// What `make fuzz` has found once, and some inputs beside it.
@Suite struct CorpusTests {
  /// `Tests/Fuzzer/Corpus/<entry>/…`: inputs that ended the program when they were found.
  private static let corpus = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fuzzer/Corpus"

  @Test("Every parser answers what once ended it, and what it is made for, with values or a Problem")
  func replay() throws {
    let place = FuzzPlace()
    let entries = try place.entries()
    #expect(Set(entries.map(\.name)).count == entries.count)
    var folders = Set(try FileManager.default.contentsOfDirectory(atPath: Self.corpus).filter { !$0.hasPrefix(".") })
    for entry in entries {
      let folder = FuzzEntry.folder(of: entry.name)
      folders.remove(folder)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(Self.corpus)/\(folder)").sorted()) ?? [] {
        entry.run([UInt8](try #require(FileManager.default.contents(atPath: "\(Self.corpus)/\(folder)/\(name)"))))
      }
      for seed in entry.seeds { entry.run(seed) }
    }
    #expect(folders.isEmpty, "no entry takes these")
    withExtendedLifetime(place) {}
  }
}
