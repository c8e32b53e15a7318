import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("Search finds synsets by word, wnid and gloss")
struct SearchTests {
  private func search(_ text: String) throws -> [(id: SynsetID, rank: SearchRank)] {
    try RealTrees.wordNet.get().search(SearchQuery(text))
  }

  @Test("Exact words come first, then beginnings, words inside, parts, and glosses")
  func order() throws {
    let hits = try search("dog")
    let ranks = hits.map(\.rank)
    #expect(ranks == ranks.sorted() && Set(ranks).count == 5)
    #expect(hits.prefix { $0.rank == .exact }.map(\.id.description).contains("n02084071"))
  }

  @Test(
    "It finds exactly what looking at every synset finds",
    arguments: ["Terrier", "gym shoe", "gym_shoe", "of the", "-", "x-"])
  func complete(text: String) throws {
    let wordNet = try RealTrees.wordNet.get()
    let query = SearchQuery(text)
    #expect(Set(wordNet.search(query).map(\.id)) == Set(wordNet.all().filter { wordNet.rank($0, query) != nil }))
  }

  @Test("A wnid, or its beginning, is found")
  func wnids() throws {
    #expect(try search("n02084071").map(\.id.description) == ["n02084071"])
    let beginning = try search("n020840")
    #expect(beginning.allSatisfy { $0.id.description.hasPrefix("n020840") })
    #expect(beginning.contains { $0.id.description == "n02084071" })
  }

  @Test("Case and underscores do not matter; nothing finds nothing")
  func forgiving() throws {
    #expect(try search("  GYM_Shoe ").first?.id.description == "n03472535")
    for text in ["", "   ", "_", "no such words at all"] { #expect(try search(text).isEmpty) }
  }

  @Test("A tree is searched for its own nodes only")
  func tree() throws {
    let tree = try RealTrees.hierarchy("fashion-mnist")
    let hits = tree.search(SearchQuery("shirt"))
    #expect(hits.first.map { tree.name($0.node) } == "shirt")
    #expect(tree.search(SearchQuery("dog")).isEmpty)
  }
}
