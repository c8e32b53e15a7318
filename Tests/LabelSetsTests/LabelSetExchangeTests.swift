import Datasets
import EngineFixtures
import Files
import LabelSets
import Taxonomy
import TestSupport
import Testing

@Suite("Label sets go out to files of other programs and come back")
struct LabelSetExchangeTests {
  private let sets = FashionSets()
  private func path(_ name: String) -> String { sets.folder.path + "/" + name }

  private func write(_ text: String, _ name: String = "file.txt") throws -> String {
    try AtomicFile.write(text, to: path(name))
    return path(name)
  }

  private func exported(_ set: LabelSet, _ format: ExchangeFormat, _ name: String = "file") throws -> String {
    try LabelSetExport(set, as: format, home: sets.home).write(to: path(name), mayReplace: false)
    return path(name)
  }

  private func imported(_ file: String, _ dataset: String = "fashion-mnist", synsets: String? = nil, policy: HypernymPolicy = .name) throws
    -> LabelSetImport
  {
    try LabelSetImport(file: file, .init(dataset: dataset, policy: policy, synsets: synsets), home: sets.home)
  }

  static let recipes: [[RecipeStep]] = [
    [], [.bottomUp(depth: 7)], [.topDown(rounds: 1)], [.cut(collapsed: ["n03380867"])],
    [.leaveOut(classes: ["n02774152"]), .cut(collapsed: ["n03380867"])], [.randomSplit(target: 5, seed: 1, part: .b)],
  ]

  @Test("JSON and CSV give back the same content hash, and the kind is told by the content", arguments: recipes, [ExchangeFormat.json, .csv])
  func roundTrip(recipe: [RecipeStep], format: ExchangeFormat) throws {
    let set = try LabelSet(name: "some", dataset: "fashion-mnist", recipe: recipe, on: RealTrees.hierarchy("fashion-mnist"))
    let back = try imported(try exported(set, format))
    #expect(back.set.contentHash == set.contentHash && back.format == format)
  }

  @Test("Synset words give back every set of ImageNet's that leaves nothing out", arguments: [RecipeStep.topDown(rounds: 1), .bottomUp(depth: 9), .bottomUp(depth: 18)])
  func synsetWords(step: RecipeStep) throws {
    let set = try LabelSet(name: "some", dataset: "imagenet-1k", recipe: [step], on: RealTrees.hierarchy("imagenet-1k"))
    let back = try imported(try exported(set, .synsetWords), "imagenet-1k")
    #expect(back.set.contentHash == set.contentHash && back.format == .synsetWords && back.remarks.isEmpty)
  }

  @Test("A set of another policy comes back under that policy")
  func policy() throws {
    let set = try LabelSet(
      name: "some", dataset: "imagenet-1k", recipe: [.bottomUp(depth: 5)], on: RealTrees.hierarchy("imagenet-1k", policy: .file))
    #expect(try LabelSetExport(set, as: .csv, home: sets.home).losses.joined().contains("--policy"))
    #expect(try imported(try exported(set, .csv), "imagenet-1k", policy: .file).set.contentHash == set.contentHash)
  }

  @Test("Caffe's lists, with the synsets that go with them, give back the same content hash", arguments: [ExchangeFormat.caffeTrain, .caffeVal])
  func caffe(format: ExchangeFormat) throws {
    let set = try sets.set("some", .leaveOut(classes: ["n02774152"]), .bottomUp(depth: 7))
    let (list, synsets) = (try exported(set, format, "list.txt"), try exported(set, .synsetWords, "synsets.txt"))
    let back = try imported(list, synsets: synsets)
    #expect(back.set.contentHash == set.contentHash && back.format == .caffeTrain)
    #expect(back.remarks.contains { $0.hasPrefix("1 fine class is in none") })
    let alone = try imported(list)
    let members = Set(set.classes.map(\.members))
    #expect(Set(alone.set.classes.map(\.members)) == members)
    #expect(alone.remarks.contains { $0.contains("--synsets") })
  }

  @Test("Joined classes come back from what tells their members, and never as others from what does not")
  func joined() throws {
    let set = try sets.set("some", .merge(groups: [["n03057021", "n02774152"], ["n04133789", "n04489008"]]))
    for format in [ExchangeFormat.json, .csv] { #expect(try imported(try exported(set, format, "\(format).txt")).set.contentHash == set.contentHash) }
    let (list, synsets) = (try exported(set, .caffeTrain, "list.txt"), try exported(set, .synsetWords, "synsets.txt"))
    #expect(try imported(list, synsets: synsets).set.contentHash == set.contentHash)
    #expect(try imported(list).set.contentHash == set.contentHash)
    // The synset of both joined classes has others below it.
    #expect(problem { _ = try imported(synsets) }?.description.contains("not a cut through the tree") == true)
    #expect(try LabelSetExport(set, as: .synsetWords, home: sets.home).losses.joined().contains("merged"))
  }

  @Test("The order of synset words is kept in mind: other numbers than ours are said")
  func order() throws {
    let words = try sets.set("some").classes.map { "\($0.wnid) \($0.name)\n" }
    let back = try imported(try write(words.reversed().joined()))
    #expect(back.set.classes.count == 10 && back.remarks.contains { $0.contains("another order") })
  }

  @Test("Names with commas, quotes and line ends survive CSV")
  func quoting() throws {
    let fields = ["a,b", "say \"hi\"", "two\nlines", "", "plain"]
    let text = try exported(try sets.set("some"), .csv)
    #expect(try imported(text).set.classes.count == 10)
    #expect(try CSV.records(CSV.line(fields) + "\r\n", at: "x").map(\.fields) == [fields])
  }

  private static let header = "fine wnid,fine name,target index,target wnid,target name\n"

  @Test(
    "What is wrong is one problem that says where",
    arguments: [
      ("", "the file is empty"), ("\n \n", "the file is empty"), ("a\0b", "no text file"),
      ("n99999999 nothing\n", "not in the tree"), ("n03380867 footwear\nn03380867 footwear\n", "did not stand before"),
      ("n03380867 footwear\nn04199027 shoe\n", "not a cut through the tree"), ("n00001740 entity\nn00001740", "did not stand before"),
      ("train/0\n", "no class number"), ("nowhere/x.png 0\n", "does not belong to the dataset"),
      ("n02774152/1.png 0\nn02774152/2.png 1\n", "in two classes of the list"), ("n02774152/1.png 1\nn03057021/1.png 2\n", "count from 1"),
      ("n02774152/1.png 0\nn03057021/1.png 7\n", "have gaps"), ("0\n1\n", "ILSVRC2012"),
      (header + "n99999999,x,0,n03380867,footwear\n", "line 2: expected one of its 10"),
      (header + "n02774152,bag,0,n02774152,bag\nn02774152,bag,0,n02774152,bag\n", "line 3: expected each fine class once"),
      (header + "n02774152,bag,0,n02774152,bag\nn03057021,coat,0,n03057021,coat\n", "two numbers, or a number two classes"),
      (header + "n02774152,bag,0,n02774152,bag\n", "9 missing"), (header + "n02774152,bag,x,n02774152,bag\n", "not a class number"),
      (header + "n02774152,bag,0\n", "found `3`"), (header + "\"n02774152,bag\n", "an end of the quoted field"),
      ("n02774152,bag,0,n02774152,bag\n", "does not name the columns"), ("{", "cannot read the label set"),
      ("{\"format\": \"x\", \"version\": 1, \"hash\": \"\"}", "not a label set"),
    ])
  func refusals(text: String, words: String) throws {
    let file = try write(text)
    let found = problem { _ = try imported(file) }
    #expect(found?.description.contains(words) == true, "\(found?.description ?? "no problem")")
    #expect(found?.description.contains("file.txt") == true)
    #expect(sets.folder.names == ["file.txt"])
  }

  @Test("A folder, a device and a missing file are no label sets", arguments: ["/", "/dev/zero", "/nonexistent"])
  func noFile(path: String) { #expect(problem { _ = try imported(path) } != nil) }

  @Test("JSON whose recipe gives other classes than it lists is refused, and one that was changed")
  func forged() throws {
    let (set, other) = (try sets.set("some"), try sets.set("some", .bottomUp(depth: 7)))
    var forged = set
    forged.recipe = other.recipe
    #expect(problem { _ = try imported(try write(LabelSetFile.text(forged))) }?.what == "the recipe does not produce these classes")
    let changed = LabelSetFile.text(set).replacing("\"members\": [\"n02774152\"]", with: "\"members\": []")
    #expect(problem { _ = try imported(try write(changed)) }?.what == "the label set was changed after it was saved")
    #expect(problem { _ = try imported(try write(LabelSetFile.text(set)), "imagenet-1k") } != nil)
  }

  @Test("Importing keeps the tags, never replaces unasked, and what it replaces lies in the trash")
  func saving() throws {
    let set = try sets.set("some", .bottomUp(depth: 7))
    try sets.store.add(try sets.set("some"))
    let found = try imported(try write(LabelSetFile.text(set, tags: ["a"])))
    #expect(problem { try found.save(in: sets.store, mayReplace: false) }?.advice?.contains("--replace") == true)
    #expect(try sets.store.load("some").classes.count == 10)
    try found.save(in: sets.store, mayReplace: true)
    #expect(try sets.store.load("some") == set && sets.store.tags(of: "some") == ["a"])
    try sets.store.restore("some", as: "before")
    #expect(try sets.store.load("before").classes.count == 10)
  }

  @Test("The name is the file's, made fit for a label set", arguments: [("a/b c.txt", "b-c"), ("x", "x"), (".hidden", "imported"), ("é.csv", "imported"), ("--v1.2.json", "v1.2")])
  func names(path: String, name: String) { #expect(LabelSetImport.name(from: path) == name) }

  @Test("An export does not replace a file unasked")
  func existing() throws {
    let file = try write("precious")
    let export = try LabelSetExport(sets.set("some"), as: .csv, home: sets.home)
    #expect(problem { try export.write(to: file, mayReplace: false) }?.advice?.contains("--replace") == true)
    try export.write(to: file, mayReplace: true)
    #expect(try imported(file).set.classes.count == 10)
  }

  @Test("The commands of a label set, typed in turn, give its classes again", arguments: recipes)
  func commands(recipe: [RecipeStep]) throws {
    let hierarchy = try RealTrees.hierarchy("fashion-mnist")
    let set = try LabelSet(name: "some", dataset: "fashion-mnist", recipe: recipe, on: hierarchy)
    let lines = set.command.lines
    #expect(lines.count == max(1, recipe.count) && lines.allSatisfy { $0.suffix(2) == ["--save", "some"] })
    #expect(lines.dropFirst().allSatisfy { $0.contains("--on") } && lines[0].contains("--dataset"))
  }
}
