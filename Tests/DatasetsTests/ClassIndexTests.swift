import Basics
import Files
import LabelSets
import TestSupport
import Testing

@Suite("Class lists of other programs")
struct ClassIndexTests {
  private let folder = TemporaryFolder()

  private func imported(_ text: String) throws(Problem) -> LabelSetImport {
    folder.write(Array(text.utf8), to: "classes")
    return try LabelSetImport(file: folder.path + "/classes", .init(dataset: "fashion-mnist"), home: Home(explicit: folder.path + "/home"))
  }

  private static let wnids = ["n02774152", "n02872752", "n03057021", "n03236735", "n03472535", "n03595614", "n04021028", "n04133789", "n04197391", "n04489008"]

  private static func object(_ entry: (Int, String) -> String) -> String {
    "{" + wnids.enumerated().shuffled().map { entry($0, $1) }.joined(separator: ", ") + "}"
  }

  static let lists = [
    object { "\"\($0)\": [\"\($1)\", \"some words\"]" }, object { "\"\($0)\": \"\($1)\"" }, object { "\"\($0)\": \"\($1) some words\"" },
    object { "\"\($1)\": \($0)" }, "[" + wnids.map { "\"\($0)\"" }.joined(separator: ", ") + "]",
    "{\"num_classes\": 10, \"label_names\": [" + wnids.map { "\"\($0)\"" }.joined(separator: ", ") + "]}",
    "{\"id2label\": " + object { "\"\($0)\": \"\($1)\"" } + "}", wnids.joined(separator: "\n"),
    wnids.map { "\($0) some, words\n" }.joined(), wnids.map { "\($0)\tsome words\n" }.joined(),
  ]

  @Test("Keras', torchvision's, timm's and Kaggle's lists are the classes in their order", arguments: lists)
  func forms(text: String) throws {
    let found = try imported(text)
    #expect(found.set.classes.map(\.wnid) == Self.wnids && found.remarks.isEmpty && found.format == .synsetWords)
  }

  @Test("They name the classes of a list's numbers too")
  func order() throws {
    let reversed = "{" + Self.wnids.reversed().enumerated().map { "\"\($0)\": [\"\($1)\", \"x\"]" }.joined(separator: ", ") + "}"
    folder.write(Array(reversed.utf8), to: "index.json")
    folder.write(Array(Self.wnids.enumerated().map { "\($1)/1.png \(9 - $0)\n" }.joined().utf8), to: "list")
    let set = try LabelSetImport(
      file: folder.path + "/list", .init(dataset: "fashion-mnist", synsets: folder.path + "/index.json"), home: Home(explicit: folder.path)
    ).set
    #expect(set.classes.map(\.wnid) == Self.wnids)
  }

  private static func list(_ entry: (Int, String) -> String) -> String { "[" + wnids.enumerated().map { entry($0, $1) }.joined(separator: ", ") + "]" }

  @Test("Other shapes of the same are read: wrapped, numbers as texts, objects that hold the wnid", arguments: [
    "{\"class_to_idx\": \(object { "\"\($1)\": \($0)" }), \"epoch\": 3}", "{\"label2id\": \(object { "\"\($1)\": \"\($0)\"" })}",
    "{\"classes\": \(list { "\"\($1)\"" })}", object { "\"\($0)\": {\"wnid\": \"\($1)\", \"name\": \"a\"}" }, list { "{\"id\": \($0), \"name\": \"\($1)\"}" },
    "{\"categories\": \(list { "{\"wnid\": \"\($1)\"}" })}", object { "\"\($1)\": \($0).0" },
  ])
  func shapes(text: String) throws { #expect(try imported(text).set.classes.map(\.wnid) == Self.wnids) }

  @Test(
    "What cannot be used says why, and what can",
    arguments: [
      ("tench\ngoldfish\ngreat white shark\n", "names alone do not tell"), ("{\"0\": \"tench\", \"1\": \"goldfish\"}", "names alone do not tell"),
      ("[\"tench\", \"goldfish\"]", "names alone do not tell"), ("{\"id2label\": {\"0\": \"tench\"}}", "names alone do not tell"),
      ("{0: 'tench, Tinca tinca',\n 1: 'goldfish, Carassius auratus'}", "json.dump"),
      ("{\"1\": \"n02774152\", \"2\": \"n02872752\"}", "expected the numbers 0 to 1, found 1 to 2"),
      ("{\"0\": \"n02774152\", \"2\": \"n02872752\"}", "2 numbers from 0 to 2"), ("{\"0\": \"n02774152\", \"x\": \"n02872752\"}", "the keys x"),
      ("[\"n02774152\", \"n02774152\"]", "did not stand before"), ("[]", "empty"), ("[1, 2]", "class 0: expected a wnid"),
      (#"[{"id": 1, "name": "n02774152"}, {"id": 0, "name": "n03057021"}]"#, "found number 1 at place 0"), (#"{"0": {"id": 1, "name": "n02774152"}, "1": {"id": 0, "name": "n03057021"}}"#, "the keys"),
    ])
  func refusals(text: String, words: String) {
    let found = problem { _ = try imported(text) }
    #expect(found?.description.contains(words) == true, "\(found?.description ?? "none")")
    #expect(found?.description.contains("ILSVRC2012_ID") == false && found?.place?.contains("classes") == true)
  }
}
