import Basics
import Datasets
import EngineFixtures
import Files
import LabelSets
import Taxonomy
import TestSupport
import Testing

@Suite("Label sets are kept in files that are refused where they no longer fit")
struct LabelSetStoreTests {
  private let folder = TemporaryFolder()
  private var store: LabelSetStore { LabelSetStore(home: Home(explicit: folder.path)) }

  private func made(_ recipe: RecipeStep..., named name: String = "some") throws -> LabelSet {
    try LabelSet(name: name, dataset: "fashion-mnist", recipe: recipe, on: RealTrees.hierarchy("fashion-mnist"))
  }

  private func write(_ text: String, as name: String = "some") throws {
    try AtomicFile.write(text, to: store.path(name))
  }

  private func problem(_ name: String = "some", for dataset: String? = nil) -> Problem? {
    do throws(Problem) {
      _ = try store.load(name, for: dataset)
      return nil
    } catch { return error }
  }

  @Test("What was saved is loaded, listed and removed")
  func roundTrip() throws {
    let set = try made(
      .leaveOut(classes: ["n02774152"]), .bottomUp(depth: 7), .sampleImages(perClass: 100, seed: .max), named: "coarse.7")
    try store.save(set)
    #expect(try store.load("coarse.7") == set)
    #expect(try store.load("coarse.7", for: "fashion-mnist") == set)
    #expect(store.names() == ["coarse.7"] && store.contains("coarse.7"))
    try store.remove("coarse.7")
    #expect(store.names().isEmpty)
    #expect(problem("coarse.7")?.what == "there is no such label set")
    #expect(throws: Problem.self) { try store.remove("coarse.7") }
  }

  @Test("Every kind of step survives the file")
  func steps() throws {
    var set = try made()
    set.recipe = [
      .bottomUp(depth: 3), .topDown(rounds: 2), .cut(collapsed: ["n1", "n2"]), .without(below: ["n3"]),
      .leaveOut(classes: []), .minimalSplit(depth: 4, target: 522, part: .a), .randomSplit(target: 5, seed: 9, part: .b),
      .sampleClasses(count: 3, seed: .max), .sampleImages(perClass: 4, seed: 0),
    ]
    try store.save(set)
    #expect(try store.load("some").recipe == set.recipe)
  }

  @Test("The file is read by people: a class a line, and a step a line")
  func readable() throws {
    let lines = LabelSetFile.text(try made(.bottomUp(depth: 7))).split(separator: "\n")
    #expect(lines.contains(#"    {"depth":7,"step":"bottom-up"}"#))
    #expect(lines.contains { $0.hasPrefix(#"    {"wnid": "n02774152", "name": "bag", "members": ["n02774152"]}"#) })
  }

  @Test("A file that was changed after it was saved is refused")
  func changed() throws {
    let text = LabelSetFile.text(try made())
    try write(text.replacing("n02774152", with: "n02774153"))
    #expect(problem()?.what == "the label set was changed after it was saved")
    try write(text.replacing(#""policy": "name""#, with: #""policy": "file""#))
    #expect(problem()?.what == "the label set was changed after it was saved")
  }

  @Test("Labels do not depend on the order in the file")
  func order() throws {
    let set = try made()
    let text = LabelSetFile.text(set)
    let lines = text.split(separator: "\n").map(String.init)
    let first = try #require(lines.firstIndex { $0.contains("\"wnid\"") })
    var swapped = lines
    swapped.swapAt(first, first + 1)
    try write(swapped.joined(separator: "\n"))
    #expect(try store.load("some") == set)
  }

  @Test("A file that does not fit its dataset is refused with the classes")
  func misfit() throws {
    var set = try made()
    let lost = set.classes.removeFirst()
    try write(LabelSetFile.text(set))
    #expect(problem()?.found == "1: \(lost.wnid)")
    set.classes[0].members += [lost.wnid, "n02084071"]
    try write(LabelSetFile.text(set))
    #expect(problem()?.found == "1: n02084071")
    #expect(throws: Problem.self) { try store.save(set) }
    set = try made()
    set.classes[0].members += set.classes[1].members
    try write(LabelSetFile.text(set))
    #expect(problem()?.found == "1: \(set.classes[1].wnid)")
    set = try made()
    // Eight of the ten: jersey and sandal are classes of ImageNet-1k, too.
    set.dataset = "imagenet-1k"
    try write(LabelSetFile.text(set))
    #expect(problem()?.found?.hasPrefix("8: n02774152, n02872752, n03057021 and 5 more") == true)
  }

  @Test("A label set of another dataset than the one asked for is refused")
  func otherDataset() throws {
    try store.save(made())
    #expect(problem(for: "imagenet-1k")?.what == "the label set is of another dataset")
  }

  @Test("A later version and other files are refused in words")
  func otherFiles() throws {
    let text = LabelSetFile.text(try made())
    try write(text.replacing("\"version\": 1", with: "\"version\": 2"))
    #expect(problem()?.isOfNewerVersion == true && problem()?.description.contains("version: found version 2") == true)
    try write(text.replacing("imagenet-tui label set", with: "something"))
    #expect(problem()?.found == "“something”")
    for other in ["", "{}", "[]", "null", "\u{0}", String(repeating: "[", count: 100_000), "{\"format\": 3}"] {
      try write(other)
      #expect(problem() != nil)
    }
  }

  @Test("A file cut off anywhere is refused")
  func truncated() throws {
    let text = Array(LabelSetFile.text(try made()).utf8)
    for length in stride(from: 0, to: text.count - 2, by: 37) {
      try write(String(decoding: text[..<length], as: UTF8.self))
      #expect(problem() != nil)
    }
  }

  @Test(
    "Names that would leave the folder, or hide in it, are refused",
    arguments: ["", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "a b", "a\nb", "ä", "-x", "a\u{0}b"])
  func names(name: String) throws {
    var set = try made()
    set.name = name
    #expect(throws: Problem.self) { try store.save(set) }
    #expect(throws: Problem.self) { try store.load(name) }
    #expect(throws: Problem.self) { try store.remove(name) }
    #expect(!store.contains(name))
    #expect(folder.names.isEmpty)
  }

  @Test("A folder without WordNet is refused with what to do")
  func missingWordNet() throws {
    let problem = #expect(throws: Problem.self) { try WordNetFiles.open(explicit: folder.path) }
    #expect(problem?.place == folder.path + "/data.noun")
    #expect(problem?.advice?.contains("wordnet-base") == true)
    folder.write(Array("not WordNet".utf8), to: "data.noun")
    folder.write([], to: "index.noun")
    let other = #expect(throws: Problem.self) { try WordNetFiles.open(environment: ["WNSEARCHDIR": folder.path]) }
    #expect(other?.expected == "WordNet 3.0" && other?.place == folder.path + "/data.noun")
    #expect(throws: Problem.self) { try WordNetFiles.open(environment: ["WNHOME": folder.path]) }
    #expect(throws: Never.self) { try WordNetFiles.open(environment: ["WNHOME": "", "WNSEARCHDIR": ""]) }
  }

  @Test("A name that is taken gives one that is free")
  func freeName() throws {
    let sets = FashionSets()
    func keep(_ name: String) throws { try sets.store.save(sets.set(name)) }
    #expect(sets.store.freeName("four") == "four")
    for (name, next) in [("four", "four-edited"), ("four-edited", "four-edited-2"), ("four-edited-2", "four-edited-3")] {
      try keep(name)
      #expect(sets.store.freeName("four") == next)
    }
    let longest = String(repeating: "a", count: 64)
    try keep(longest)
    #expect(throws: Never.self) { try sets.store.path(sets.store.freeName(longest)) }
  }
}
