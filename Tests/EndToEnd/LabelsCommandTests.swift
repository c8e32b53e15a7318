import Files
import FoundationEssentials
import LabelSets
import Taxonomy
import TestSupport
import Testing

@Suite("The commands labels and tree")
struct LabelsCommandTests {
  private let home = TemporaryFolder()

  /// What a finished command left.
  private struct Finished {
    let output, errors: String
    let code: Int
    var lines: [String] {
      output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  private func run(_ arguments: String) throws -> Finished {
    let program = try ProgramRun(
      arguments.split(separator: " ").map(String.init), environment: ["IMAGENET_TUI_HOME": home.path])
    let code = program.wait()
    return Finished(output: program.output, errors: program.errors, code: code)
  }

  @Test(
    "Each way to make a label set prints its classes' wnids, sorted",
    arguments: [
      ("bottom-up --classes 486", 486), ("bottom-up --depth 3", 9), ("top-down --classes 127", 127),
      ("top-down --rounds 3", 2), ("split --minimal --part A", 522), ("split --minimal --part B", 478),
      ("split --random --seed 5 --part a", 522), ("split --random --target 100 --seed 5 --part B", 900),
      ("split --a n00021939 --part A", 522), ("split --a n00021939 --b n00001740 --part B", 478),
      ("split --a n00021939 --neither n03183080 --part a", 398),
      ("without --pascal", 771), ("without --below n02084071,n02121620", 875), ("cut --collapse n02084071", 883),
      ("sample --classes 250 --images 50 --seed 1", 250), ("bottom-up --classes 6 --dataset fashion-mnist", 6),
      ("split --minimal --part A --dataset fashion-mnist", 4), ("bottom-up --depth 18 --policy file", 1000),
    ])
  func counts(arguments: String, count: Int) throws {
    let made = try run("labels \(arguments) --format wnids")
    #expect(made.code == 0 && made.errors.isEmpty)
    #expect(made.lines.count == count)
    #expect(made.lines == made.lines.sorted() && made.lines.allSatisfy { $0.hasPrefix("n") && $0.count == 9 })
  }

  @Test("The map has each fine class with its class, sorted by fine class")
  func map() throws {
    let lines = try run("labels bottom-up --classes 486 --format map").lines
    #expect(lines.count == 1000 && lines == lines.sorted())
    #expect(lines.first == "n01440764\tn01473806")
    #expect(Set(lines.map { $0.split(separator: "\t").last! }).count == 486)
  }

  @Test("A label set is saved, listed, shown, built upon, compared and removed")
  func life() throws {
    let nine = try run("labels bottom-up --classes 9 --dataset fashion-mnist --save nine")
    #expect(nine.output.hasPrefix("saved nine: 9 classes"))
    #expect(try run("labels cut --on nine --collapse n03380867 --format wnids").lines.count == 7)
    #expect(try run("labels without --on nine --below n02774152 --save bagless").code == 0)
    #expect(home.names == ["label-sets"])
    #expect(try run("labels list").lines.count == 3)
    #expect(try run("labels list --json").output.contains("\"name\" : \"nine\""))
    #expect(try run("labels show nine").output.contains("60,000 training images"))
    #expect(try run("labels show nine --json").output == run("labels show nine --format json").output)
    #expect(try run("labels show nine --format wnids").lines.count == 9)
    #expect(try run("labels diff nine bagless --json").output.contains("\"relation\" : \"equal\""))
    #expect(try run("labels diff nine bagless").code == 0)
    #expect(try run("labels diff nine bagless").output.contains("variation of information 0.000 bits"))
    #expect(try run("labels diff nine bagless --tree").output.contains("bag n02774152  1  in nine; in bagless:\n  └─ left out  1\n"))
    #expect(try run("labels diff nine bagless --tree --json").output.contains("\"side\" : \"a\""))
    #expect(try run("labels rm nine").output.contains("labels restore nine"))
    #expect(try run("labels show nine").code == 66)
  }

  @Test("A label set is renamed, copied, tagged, removed and restored")
  func changes() throws {
    #expect(try run("labels bottom-up --classes 9 --dataset fashion-mnist --save nine").code == 0)
    #expect(try run("labels rename nine neuf").output == "renamed nine to neuf\n")
    #expect(try run("labels copy neuf nine").code == 0)
    #expect(try run("labels copy neuf nine").errors.contains("already exists"))
    #expect(try run("labels tag nine paper fig-3").output == "nine: fig-3 paper\n")
    #expect(try run("labels tag nine --remove paper --json").output.filter { !$0.isWhitespace } == #"["fig-3"]"#)
    #expect(try run("labels tag nine --remove paper").errors.contains("has no such tag"))
    #expect(try run("labels list --tag fig-3 --json").output.contains("\"name\" : \"nine\""))
    #expect(try run("labels list --tag fig-3").lines.count == 2)
    #expect(try run("labels rm nine").code == 0 && run("labels restore").output.contains("nine"))
    #expect(try run("labels restore nine").output == "restored nine\n")
    #expect(try run("labels tag nine").output == "nine: fig-3\n")
    #expect(try run("labels restore nine").code == 66)
  }

  @Test(
    "What cannot be is one line that says what to do, and nothing is written",
    arguments: [
      ("labels bottom-up --classes 127", "expected one of 1000 999 977", 64), ("labels bottom-up --depth 19", "0…18", 64),
      ("labels bottom-up --classes 9 --dataset nothing", "data list", 66), ("labels cut --collapse n00000000", "n00000000", 64),
      ("labels bottom-up --classes 9 --save ../x", "invalid label set name", 64), ("labels show nothing", "labels list", 66),
      ("labels bottom-up --classes 9 --wordnet /nonexistent", "wordnet-base", 66),
      ("labels split --minimal --part A --target 0", "1…999", 64),
      ("tree show dog", "several meanings", 64), ("tree show n00000000", "no such synset", 66),
      ("tree search qqqq", "nothing matches", 1),
    ])
  func refusals(arguments: String, words: String, code: Int) throws {
    let refused = try run(arguments)
    #expect(refused.code == code && refused.output.isEmpty)
    #expect(refused.errors.hasPrefix("imagenet-tui: ") && refused.errors.contains(words))
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(home.names.isEmpty)
  }

  @Test(
    "Wrong usage exits with 64",
    arguments: [
      "labels bottom-up", "labels bottom-up --classes 9 --depth 3", "labels split --part A", "labels without",
      "labels split --minimal --random --part A", "labels split --minimal --part C", "labels sample", "labels cut",
      "labels bottom-up --classes x", "tree show", "tree search",
    ])
  func usage(arguments: String) throws { #expect(try run(arguments).code == 64) }

  @Test("The tree shows a synset's path, kinds and classes, and finds by text")
  func tree() throws {
    let dog = try run("tree show dog.n.01")
    #expect(dog.output.contains("carnivore › canine") && dog.output.contains("at or below it: 118"))
    #expect(try run("tree show n04197391 --dataset fashion-mnist").output.contains("at or below it: 2"))
    #expect(try run("tree show n02084071 --json").output.contains("\"dog.n.01\""))
    #expect(try run("tree search domestic cat").lines.contains { $0.hasPrefix("n02121808") })
    #expect(try run("tree search cat --limit 3 --json").code == 0)
    #expect(try run("tree policies").lines.last?.hasPrefix("138 of 1,000 classes") == true)
  }

  @Test("A label set goes out as each format and comes back with its hash; nothing is replaced unasked")
  func exchange() throws {
    #expect(try run("labels bottom-up --classes 4 --dataset fashion-mnist --save four").code == 0)
    let hash = try LabelSetStore(home: Home(explicit: home.path)).load("four").contentHash
    for format in ["json", "csv", "synset-words", "caffe-train", "caffe-val"] {
      let file = "\(home.path)/\(format).txt"
      let written = try run("labels export four --format \(format) -o \(file)")
      #expect(written.code == 0 && written.output == "wrote \(file)\n", "\(written.errors)")
      #expect(written.errors.contains("does not store") == format.hasPrefix("caffe"))
      let synsets = format.hasPrefix("caffe") ? " --synsets \(home.path)/synset-words.txt" : ""
      let found = try run("labels import \(file) --dataset fashion-mnist --name from-\(format)\(synsets)")
      #expect(found.code == 0 && found.output.contains(hash), "\(found.errors)")
    }
    #expect(try run("labels export four --format csv -o \(home.path)/csv.txt").errors.contains("--replace"))
    #expect(try run("labels import \(home.path)/csv.txt --dataset fashion-mnist --name four").errors.contains("--replace"))
    #expect(try run("labels import \(home.path)/csv.txt --dataset fashion-mnist --name four --replace").code == 0)
    #expect(try run("labels restore four --as before").code == 0)
    #expect(try run("labels diff four before").output.contains("are identical on"))
    #expect(try run("labels import \(home.path)/csv.txt").errors.contains("--dataset"))
  }

  @Test("CSV calls ImageNet's classes by their names, and so does the dataset")
  func names() throws {
    #expect(try run("labels bottom-up --classes 9 --save nine").code == 0)
    #expect(try run("labels export nine --format csv -o \(home.path)/nine.csv").code == 0)
    let lines = String(decoding: home.bytes(of: "nine.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 1001 && lines[1].hasPrefix("n01440764,tench,"))
    #expect(try run("data show imagenet-1k").output.contains("tench  "))
  }

  @Test("What comes from outside never steers the terminal: JSON stays JSON with the same content")
  func hostile() throws {
    let name = "a\u{9B}31m\u{7F}\u{202E}\u{85}b"
    try AtomicFile.write("no image", to: home.path + "/images/\(name)/1.png", durable: false)
    home.write(Array("\(name)\tn02774152\n".utf8), to: "map")
    func start(_ arguments: String...) throws -> ProgramRun {
      let program = try ProgramRun(arguments, environment: ["IMAGENET_TUI_HOME": home.path])
      #expect(program.wait() == 0, "\(program.errors)")
      #expect(!program.output.unicodeScalars.contains { 0x7F..<0xA0 ~= $0.value || $0.value == 0x202E })
      return program
    }
    _ = try start("data", "add", "hostile", home.path + "/images", "--map", home.path + "/map")
    struct Shown: Decodable {
      struct Class: Decodable { var name: String }
      var classes: [Class]
    }
    let shown = try JSONDecoder().decode(Shown.self, from: Data(try start("data", "show", "hostile", "--json").output.utf8))
    #expect(shown.classes.map(\.name) == [name])
    #expect(try start("data", "show", "hostile").output.contains("a\\u{9b}31m"))
    _ = try start("data", "list")
  }

  @Test("Two animals and plants of one name are refused with both lines, and told apart by lineages")
  func homonyms() throws {
    for species in ["Ammophila sabulosa", "Ammophila arenaria"] { try AtomicFile.write("no image", to: home.path + "/images/\(species)/1.png", durable: false) }
    let edges = "Ammophila sabulosa\tAmmophila\nAmmophila arenaria\tAmmophila\nAmmophila\tSphecidae\nAmmophila\tPoaceae\n"
    home.write(Array(edges.utf8), to: "edges.tsv")
    home.write(Array("Animalia/Sphecidae/Ammophila/Ammophila sabulosa\nPlantae/Poaceae/Ammophila/Ammophila arenaria\n".utf8), to: "lineages.txt")
    let add = "data add life \(home.path)/images --hierarchy \(home.path)/"
    let refused = try run(add + "edges.tsv")
    #expect(refused.code == 65 && refused.errors.contains("edges.tsv, lines 3 and 4") && home.names == ["edges.tsv", "images", "lineages.txt"])
    #expect(try run(add + "edges.tsv --several-parents").code == 0)
    #expect(try run(add + "lineages.txt").code == 0)
    #expect(try run("tree show Poaceae/Ammophila --dataset life").output.contains("classes of life at or below it: 1\n  Ammophila arenaria"))
    #expect(try run("labels bottom-up --classes 2 --dataset life").output.contains("2 classes of 2 fine ones"))
  }

  @Test("WordNet of another version is named with its folder and what named it")
  func otherWordNet() throws {
    for name in ["data.noun", "index.noun"] {
      let head = Array(try #require(FileManager.default.contents(atPath: "/usr/share/wordnet/" + name)).prefix(3000))
      home.write(Array(String(decoding: head, as: UTF8.self).replacing("WordNet 3.0 ", with: "WordNet 3.1 ").utf8), to: name)
    }
    let refused = try run("labels bottom-up --classes 9 --wordnet \(home.path)")
    #expect(refused.code == 65 && refused.errors.contains("\(home.path)/data.noun: expected WordNet 3.0, found WordNet 3.1; --wordnet names this folder"))
    let program = try ProgramRun(["tree", "search", "dog"], environment: ["WNSEARCHDIR": home.path])
    #expect(program.wait() == 65 && program.errors.contains("the environment's WNSEARCHDIR names this folder"))
  }

  @Test("The commands that a label set is said to be made by make it", arguments: ["cut --collapse n03380867", "without --classes n02774152", "bottom-up --depth 7"])
  func sameAs(step: String) throws {
    #expect(try run("labels \(step) --dataset fashion-mnist --save one").code == 0)
    let set = try LabelSetStore(home: Home(explicit: home.path)).load("one")
    for line in set.command.lines {
      #expect(try run(line.map { $0 == "one" ? "two" : $0 }.joined(separator: " ")).code == 0)
    }
    #expect(try LabelSetStore(home: Home(explicit: home.path)).load("two").contentHash == set.contentHash)
  }

  @Test("A collage of the parts of a split is a PNG of the size that its tiles take, and is not half-written")
  func collage() throws {
    for part in ["A", "B"] {
      #expect(try run("labels split --minimal --part \(part) --dataset fashion-mnist --save half-\(part)").code == 0)
    }
    let file = home.path + "/collage.png"
    let made = try run("labels collage half-A half-B -o \(file) --images 6 --columns 3 --size 20")
    #expect(made.code == 0 && made.output.hasSuffix("138×42 pixels\n"), "\(made.output)\(made.errors)")
    let bytes = try Data(contentsOf: URL(filePath: file))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try run("labels collage half-A -o \(file) --columns 0").code == 64)
    #expect(try run("labels collage nothing -o \(file)").code == 66)
    #expect(try Data(contentsOf: URL(filePath: file)) == bytes)
  }
}
