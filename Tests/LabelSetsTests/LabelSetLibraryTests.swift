import Datasets
import EngineFixtures
import Files
import Glibc
import LabelSets
import Runs
import Taxonomy
import TestSupport
import Testing

@Suite("The library tells of each label set what a list shows")
struct LabelSetLibraryTests {
  private let sets = FashionSets()

  @Test("A home without label sets has none, and looking does not make it")
  func empty() {
    #expect(LabelSetLibrary(home: sets.home).refresh().isEmpty)
    #expect(sets.folder.names.isEmpty)
  }

  @Test("Counts, recipe, tags and hash are those of the set")
  func summary() throws {
    let set = try sets.set("some", .leaveOut(classes: ["n02774152"]), .bottomUp(depth: 7))
    try sets.store.add(set, tags: ["b", "a"])
    try sets.store.save(sets.set("all"))
    let summaries = LabelSetLibrary(home: sets.home).refresh()
    #expect(summaries.map(\.name) == ["all", "some"] && summaries[0].recipe == "every class")
    let some = summaries[1]
    #expect(some.dataset == "fashion-mnist" && some.classes == set.classes.count && some.leftOut == 1)
    #expect(some.recipe == "without n02774152, then bottom-up at depth 7" && some.tags == ["a", "b"])
    #expect(some.hash == set.contentHash && some.problem == nil && some.runs.isEmpty)
    #expect(abs(try #require(some.modified) - unixTime()) < 60)
  }

  @Test("Runs are found by the classes they were trained on, not by the label set's name")
  func runs() throws {
    let set = try sets.set("some", .bottomUp(depth: 7))
    try sets.store.save(set)
    try sets.store.save(sets.set("other"))
    var ids: [String] = []
    for (name, created) in [("first", 1_450_000_000.0), ("second", 1_450_000_100)] {
      var configuration = exampleConfiguration(name: name, created: created)
      configuration.labelSet = set
      configuration.labelSet.name = name
      ids.append(try RunDirectory.create(configuration, in: sets.home.runs).id)
    }
    _ = try RunDirectory.create(exampleConfiguration(name: "third"), in: sets.home.runs)
    let library = LabelSetLibrary(home: sets.home)
    #expect(library.refresh().map(\.runs) == [[], ids.reversed()])
    #expect(library.runs(using: set).map(\.id) == ids.reversed())
    try sets.store.rename("some", to: "renamed")
    #expect(library.refresh().last?.runs == ids.reversed())
  }

  @Test("What changes is seen at the next look; what is gone is gone")
  func changes() throws {
    let library = LabelSetLibrary(home: sets.home)
    try sets.store.save(sets.set("some"))
    #expect(library.refresh().map(\.tags) == [[]])
    try sets.store.tag("some", adding: ["new"])
    #expect(library.refresh().map(\.tags) == [["new"]])
    try sets.store.remove("some")
    #expect(library.refresh().isEmpty)
  }

  @Test("A file that cannot be used is listed with the reason")
  func problems() throws {
    try AtomicFile.write("{}", to: sets.store.path("damaged"))
    var set = try sets.set("foreign")
    set.dataset = "nothing"
    try AtomicFile.write(LabelSetFile.text(set), to: sets.store.path("foreign"))
    let summaries = LabelSetLibrary(home: sets.home).refresh()
    #expect(summaries.map(\.name) == ["damaged", "foreign"])
    #expect(summaries[0].problem?.hasPrefix("cannot read the label set") == true && summaries[0].dataset == nil)
    #expect(summaries[1].problem?.contains("no such dataset") == true && summaries[1].dataset == "nothing")
  }

  /// Writes over a file's content in place. With `isSeen` false, size and time of the file stay as they are.
  private func overwrite(_ path: String, _ bytes: [UInt8], isSeen: Bool) throws {
    var before = stat()
    try #require(stat(path, &before) == 0 && before.st_size == bytes.count)
    let file = try #require(fopen(path, "r+"))
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    var times = [before.st_atim, before.st_mtim]
    if isSeen { times[1].tv_sec += 1 }
    try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
  }

  @Test("A dataset's classes are read again when their file changed, and not before")
  func classesOnce() throws {
    for wnid in ["n02084071", "n02121620"] {
      for image in 0..<3 { try sets.folder.write(ImageFixtures.png(6, 6, phase: image), at: "pets/\(wnid)/\(image).png") }
    }
    let catalog = DatasetCatalog(home: sets.home)
    _ = try catalog.add("pets", FolderRecipe(path: sets.folder.path + "/pets"), wordNet: nil)
    try sets.store.save(LabelSet(name: "both", dataset: "pets", recipe: [], on: catalog.hierarchy(of: "pets")))
    let library = LabelSetLibrary(home: sets.home)
    #expect(library.refresh(imagesPerFine: ["pets": [3, 3]]).map(\.images) == [6])
    #expect(library.refresh(imagesPerFine: ["pets": [3, 4]]).map(\.images) == [7], "other counts are another number of images")

    let description = sets.folder.path + "/datasets/pets/dataset.json"
    let text = sets.folder.bytes(of: "datasets/pets/dataset.json")
    try overwrite(description, [UInt8](repeating: UInt8(ascii: "?"), count: text.count), isSeen: false)
    #expect(library.refresh().map(\.problem) == [nil] && library.haveEqualClasses("pets", "pets"))
    try overwrite(description, [UInt8](repeating: UInt8(ascii: "?"), count: text.count), isSeen: true)
    #expect(library.refresh().first?.problem?.contains("cannot read the dataset's description") == true && !library.haveEqualClasses("pets", "pets"))
    try overwrite(description, text, isSeen: true)
    #expect(library.refresh().map(\.problem) == [nil])
  }
}
