import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("WordNet's files are read where they lie")
struct WordNetTests {
  @Test("A synset has its words, gloss, hypernyms and kinds")
  func synset() throws {
    let wordNet = try RealTrees.wordNet.get()
    let dog = try #require(wordNet.synset(SynsetID("n02084071")!))
    #expect(dog.lemmas == ["dog", "domestic dog", "Canis familiaris"])
    #expect(dog.gloss.hasPrefix("a member of the genus Canis"))
    #expect(dog.gloss.hasSuffix("\"the dog barked all night\""))
    #expect(dog.hypernyms.map(\.description) == ["n02083346", "n01317541"])
    #expect(dog.hyponyms.count == 18)
    #expect(dog.hyponyms.contains(SynsetID("n02110341")!))
  }

  @Test("There are 82,115 nouns, and each can be opened, named and climbed to a root")
  func everySynset() throws {
    let wordNet = try RealTrees.wordNet.get()
    var count = 0
    for id in wordNet.all() {
      count += 1
      let synset = try #require(wordNet.synset(id))
      #expect(!synset.name.isEmpty && !synset.gloss.isEmpty)
      #expect(wordNet.canonicalName(of: id)?.hasSuffix(".n.00") == false)
    }
    #expect(count == 82_115)
  }

  @Test("What something is an instance of is no hypernym")
  func instances() throws {
    let wordNet = try RealTrees.wordNet.get()
    let paris = try #require(wordNet.synsets(of: "paris").first)
    #expect(wordNet.name(of: paris) == "Paris")
    #expect(wordNet.hypernyms(of: paris).isEmpty)
  }

  @Test(
    "The canonical name has the rank of the sense",
    arguments: [
      ("n03595614", "jersey.n.03"), ("n04489008", "trouser.n.01"), ("n03472535", "gym_shoe.n.01"),
      ("n02774152", "bag.n.04"), ("n00001740", "entity.n.01"), ("n02872752", "boot.n.01"),
    ])
  func canonicalNames(wnid: String, name: String) throws {
    let wordNet = try RealTrees.wordNet.get()
    #expect(wordNet.canonicalName(of: SynsetID(wnid)!) == name)
    #expect(try wordNet.find(name).wnid == wnid)
  }

  @Test("A word has its synsets in order, however it is written")
  func senses() throws {
    let wordNet = try RealTrees.wordNet.get()
    let dog = ["n02084071", "n10114209", "n10023039", "n09886220", "n07676602", "n03901548", "n02710044"]
    for word in ["dog", "Dog", "DOG"] { #expect(wordNet.synsets(of: word).map(\.description) == dog) }
    #expect(wordNet.synsets(of: "gym shoe").map(\.description) == ["n03472535"])
    for word in ["", " ", "dogg", "do_", "zzzzzz", "'", "\u{0}", "ÄÖ"] { #expect(wordNet.synsets(of: word).isEmpty) }
    // The first and the last line of the index.
    #expect(wordNet.synsets(of: "'hood").count == 1)
    #expect(wordNet.synsets(of: "zymurgy").count == 1)
  }

  @Test("What is no wnid of a noun is not found", arguments: ["n00000001", "n02084072", "n99999999", "n00000000"])
  func unknown(wnid: String) throws {
    let wordNet = try RealTrees.wordNet.get()
    let id = try #require(SynsetID(wnid))
    #expect(wordNet.synset(id) == nil)
    #expect(!wordNet.contains(id))
    #expect(wordNet.canonicalName(of: id) == nil)
    #expect(wordNet.chain(from: id, policy: .name).isEmpty)
  }

  @Test(
    "A wnid is n and eight digits",
    arguments: [
      "", "n", "n0208407", "n020840711", "02084071", "v02084071", "n0208407x", "n-2084071",
      "n٠٢٠٨٤٠٧١",
    ])
  func malformedWnids(text: String) { #expect(SynsetID(text) == nil) }

  @Test("A wnid reads back as it was written")
  func wnids() { #expect(SynsetID("n00001740")?.description == "n00001740") }

  @Test("A word with several meanings is refused with what there is to choose from")
  func ambiguousWord() throws {
    let wordNet = try RealTrees.wordNet.get()
    let problem = #expect(throws: Problem.self) { try wordNet.find("dog") }
    #expect(problem?.expected?.contains("n02084071") == true)
    #expect(try wordNet.find("gym shoe").wnid == "n03472535")
    #expect(throws: Problem.self) { try wordNet.find("no such word") }
  }

  @Test("Of several hypernyms the primary one has the smallest name, or comes first in the file")
  func policies() throws {
    let made = MadeUpWordNet([(["top"], []), (["zebra"], [0]), (["ant"], [0]), (["both"], [1, 2])])
    let wordNet = try made.open()
    let both = SynsetID(made.wnids[3])!
    #expect(wordNet.primaryHypernym(of: both, policy: .file)?.description == made.wnids[1])
    #expect(wordNet.primaryHypernym(of: both, policy: .name)?.description == made.wnids[2])
    #expect(wordNet.primaryHypernym(of: SynsetID(made.wnids[0])!, policy: .name) == nil)
  }

  @Test("Files without WordNet 3.0's licence text are refused")
  func otherVersion() {
    let made = MadeUpWordNet([(["top"], [])])
    let other = made.data.map { $0 == UInt8(ascii: "3") ? UInt8(ascii: "4") : $0 }
    let problem = #expect(throws: Problem.self) { try WordNet(data: Bytes(other), index: Bytes(made.index)) }
    #expect(problem?.expected == "WordNet 3.0")
    #expect(throws: Problem.self) { try WordNet(data: Bytes(made.data), index: Bytes([])) }
  }

  @Test("Damaged files never stop the program", arguments: 0..<60)
  func hostileBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let made = MadeUpWordNet(
      (0..<12).map { (["w\($0)", "v\($0 % 3)"], $0 == 0 ? [] : Array(Set([$0 - 1, $0 / 2]))) })
    var (data, index) = (made.data, made.index)
    // The licence text stays, so that the files are opened at all.
    func damage(_ bytes: inout [UInt8]) {
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let place = Int.random(in: 80..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = UInt8(ascii: "9")
        case 2: bytes[place] = UInt8.newline
        case 3: bytes[place] = UInt8(ascii: " ")
        default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        }
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<(bytes.count - 80), using: &random)) }
    }
    damage(&data)
    damage(&index)
    let wordNet = try WordNet(data: Bytes(data), index: Bytes(index))
    var found = 0
    for id in made.wnids.compactMap({ SynsetID($0) }) + Array(wordNet.all()) {
      if let synset = wordNet.synset(id) { found += synset.lemmas.count }
      _ = (wordNet.canonicalName(of: id), wordNet.chain(from: id, policy: .name), wordNet.name(of: id))
    }
    for word in ["w0", "w11", "v2", "zz"] { found += wordNet.synsets(of: word).count }
    for text in ["w", "means", "n0000", "v 1", "9"] { found += wordNet.search(SearchQuery(text)).count }
    #expect(found >= 0)
    if let hierarchy = try? Hierarchy(fineClasses: made.wnids, wordNet: wordNet) {
      #expect(hierarchy.fineClassesBelow(hierarchy.roots[0]) > 0)
      _ = try? Partition(hierarchy).without(below: [made.wnids[1]])
    }
  }
}

extension UInt8 {
  fileprivate static let newline = UInt8(ascii: "\n")
}
