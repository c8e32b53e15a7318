import Datasets
import Files
import LabelSets
import TestSupport
import Testing

@Suite("Label sets are renamed, copied, tagged, removed and taken back")
struct LabelSetChangesTests {
  private let sets = FashionSets()
  private var store: LabelSetStore { sets.store }

  @Test("A renamed set keeps classes, hash and tags, and its old name is free")
  func rename() throws {
    let set = try sets.set("old", .bottomUp(depth: 7))
    try store.add(set, tags: ["paper"])
    try store.rename("old", to: "new")
    #expect(store.names() == ["new"])
    #expect(try store.load("new").name == "new" && store.load("new").contentHash == set.contentHash)
    #expect(try store.tags(of: "new") == ["paper"])
    #expect(problem { try store.rename("old", to: "x") }?.what == "there is no such label set")
    #expect(problem { try store.rename("new", to: "../x") }?.what == "invalid label set name")
  }

  @Test("What cannot be read can be renamed and removed all the same")
  func damaged() throws {
    try AtomicFile.write("{}", to: store.path("bad"))
    try store.rename("bad", to: "worse")
    try store.remove("worse")
    #expect(store.removed().map(\.name) == ["worse"])
  }

  @Test("A copy is a set of its own")
  func copy() throws {
    try store.add(sets.set("one"), tags: ["a", "b"])
    try store.duplicate("one", as: "two")
    try store.tag("two", adding: ["c"], removing: ["a"])
    #expect(try store.tags(of: "one") == ["a", "b"] && store.tags(of: "two") == ["b", "c"])
    #expect(sets.text("two").contains(#""name": "two""#))
    #expect(problem { try store.duplicate("three", as: "four") }?.what == "there is no such label set")
  }

  @Test("A name that is taken is refused, and nothing changes")
  func taken() throws {
    try store.save(sets.set("one"))
    try store.save(sets.set("two", .bottomUp(depth: 7)))
    let before = sets.text("two")
    for change: () throws -> Void in [
      { try store.rename("one", to: "two") }, { try store.duplicate("one", as: "two") }, { try store.add(sets.set("two")) },
      { try store.rename("one", to: "one") },
    ] {
      #expect(problem(change)?.what == "a label set of this name already exists")
    }
    #expect(sets.text("two") == before && store.names() == ["one", "two"])
    #expect(sets.folder.names == ["label-sets"])
  }

  @Test("Removed sets are taken back, the latest first")
  func trash() throws {
    try store.save(sets.set("some"))
    try store.remove("some")
    try store.add(sets.set("some", .bottomUp(depth: 7)), tags: ["second"])
    let gone = try store.remove("some")
    #expect(gone.name == "some" && gone.removed.count == 19)
    #expect(store.names().isEmpty && store.removed().map(\.name) == ["some", "some"])
    try store.restore("some")
    #expect(try store.load("some").classes.count == sets.set("x", .bottomUp(depth: 7)).classes.count)
    #expect(try store.tags(of: "some") == ["second"])
    let refusal = problem { try store.restore("some") }
    #expect(refusal?.what == "a label set of this name already exists" && refusal?.advice?.contains("--as") == true)
    try store.restore("some", as: "first")
    #expect(try store.load("first").classes.count == 10)
    #expect(store.removed().isEmpty)
    #expect(problem { try store.restore("some") }?.what == "no label set of this name was removed")
    #expect(problem { try store.restore("some", as: "a/b") }?.what == "invalid label set name")
  }

  @Test("A hundred sets removed at once are all there to take back")
  func manyRemovals() throws {
    for _ in 0..<100 {
      try store.save(sets.set("some"))
      try store.remove("some")
    }
    #expect(store.removed().count == 100)
  }

  @Test("Files in the trash that are none of ours are passed over", arguments: [
    "x.json", "20151231-235959.000000-.json", "20151231-235959.000000-a b.json", "20151231-2359590000000-a.json",
    "ä0151231-235959.000000-a.json", "20151231-235959.000000-a", ".json",
  ])
  func strangers(name: String) throws {
    try AtomicFile.write("{}", to: store.trash + "/" + name)
    #expect(store.removed().isEmpty)
  }

  @Test("Tags are sorted, kept once, and leave the hash alone")
  func tags() throws {
    let set = try sets.set("some")
    try store.save(set)
    #expect(!sets.text("some").contains("tags"))
    #expect(try store.tag("some", adding: ["b", "a", "b"]) == ["a", "b"])
    #expect(sets.text("some").contains(#""tags": ["a","b"]"#))
    #expect(try store.load("some") == set)
    #expect(try store.tag("some", adding: [], removing: ["a", "b"]).isEmpty)
    #expect(sets.text("some") == LabelSetFile.text(set))
  }

  @Test("Saving again under the same name keeps the tags")
  func savedAgain() throws {
    try store.add(sets.set("some"), tags: ["kept"])
    try store.save(sets.set("some", .bottomUp(depth: 7)))
    #expect(try store.tags(of: "some") == ["kept"])
  }

  @Test("Words that cannot be tags are refused", arguments: ["", "-a", "a b", "ä", "a\u{1B}", String(repeating: "x", count: 33)])
  func badTags(tag: String) throws {
    try store.save(sets.set("some"))
    #expect(problem { try store.tag("some", adding: [tag]) }?.what == "invalid tag")
    #expect(problem { try store.tag("some", adding: [], removing: [tag]) }?.what == "the label set has no such tag")
    let text = sets.text("some").replacing("\"classes\"", with: "\"tags\": [\(#""\#(tag)""#)],\n\"classes\"")
    try AtomicFile.write(text, to: store.path("some"))
    #expect(problem { _ = try store.load("some") } != nil)
  }

  @Test("More tags than a line can show are refused")
  func manyTags() throws {
    try store.save(sets.set("some"))
    #expect(problem { try store.tag("some", adding: (0...32).map { "t\($0)" }) }?.found == "33")
    #expect(throws: Never.self) { try store.tag("some", adding: (0..<32).map { "t\($0)" }) }
  }
}
