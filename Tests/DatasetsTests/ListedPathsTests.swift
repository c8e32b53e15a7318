import Basics
import Datasets
import Glibc
import Taxonomy
import TestSupport
import Testing

/// Paths of lists as people write them: all lead to the images below PATH, or are explained as they are written.
@Suite struct ListedPathsTests {
  @Test("Whole paths, those of another machine, of Windows, with ./ and with the folder's own name", arguments: [
    "n01440764/a.png", "./n01440764/a.png", "train/n01440764/a.png", "/train/n01440764/a.png", "ROOT/train/n01440764/a.png",
    "data/train/n01440764/a.png", "/home/somebody/imagenet/train/n01440764/a.png", "train\\n01440764\\a.png", ".\\train\\n01440764\\a.png",
    "C:\\Users\\me\\imagenet\\train\\n01440764\\a.png", "D:/imagenet/train/n01440764/a.png", "\\\\server\\share\\train\\n01440764\\a.png",
    "imagenet/../train/n01440764/a.png|", "../data/train/n01440764/a.png|",
  ])
  func paths(written: String) throws {
    let tree = MadeTree("train/*/a.png", "val/*/a.png")
    let line = written.replacing("ROOT", with: tree.root)
    let other = line.replacing("n01440764", with: "n01484850")
    guard !line.hasSuffix("|") else {
      let problem = #expect(throws: Problem.self) { try tree.add(train: tree.lines(["\(line.dropLast()) 0"])) }
      #expect(problem?.found == "`\(line.dropLast()) 0`")
      return
    }
    for label in ["", " n01440764", "\tn01440764"] {
      try tree.add(train: tree.lines([line + label, other + label.replacing("n01440764", with: "n01484850")]))
      #expect(try tree.images(.train) == ["train/n01440764/a.png", "train/n01484850/a.png"])
    }
  }

  @Test("Whole paths of flat validation images are found by the end that fits")
  func flat() throws {
    let tree = MadeTree("train/*/a.png", "val/x.png", "val/y.png")
    for start in [tree.root, "/mnt/old/imagenet", "E:\\imagenet"] {
      let slash = start.hasPrefix("E") ? "\\" : "/"
      try tree.add(val: tree.lines(["x", "y"].map { "\(start)\(slash)val\(slash)\($0).png 1" }))
      #expect(try tree.images(.val) == ["val/x.png", "val/y.png"])
    }
  }

  @Test("What is not there is told as it is written", arguments: [
    "/somewhere/else/b.png", "C:\\pictures\\b.png", "a/b.png", "/somewhere/a.png", "other/n01440764/a.png",
  ])
  func missing(written: String) throws {
    let tree = MadeTree("train/*/a.png", "val/a.png")
    let problem = #expect(throws: Problem.self) { try tree.add(train: tree.lines([written + " n01440764"])) }
    #expect(problem?.what == "the list's images are not here" && problem?.found == "no \(written)")
    let some = tree.lines(["train/n01440764/a.png", written])
    #expect(#expect(throws: Problem.self) { try tree.add(train: some) }?.found == "no \(written)")
  }

  @Test("Lines `path,label` are read, below the names of the columns too", arguments: [
    ["val/a.png,n01440764", "val/b.png,n01484850"], ["path,label", "val/a.png,0", "val/b.png,1"], ["val/a.png, 0", "val/b.png ,1", ""],
    ["filename,class", "a.png,0", "b.png,1"], ["# by hand", "val\\a.png,0", "val\\b.png,1"],
  ])
  func commas(list: [String]) throws {
    let tree = MadeTree("train/*/1.png", "val/a.png", "val/b.png")
    try tree.add(val: tree.lines(list, "val.csv"))
    #expect(try tree.images(.val) == ["val/a.png", "val/b.png"])
    #expect(try tree.catalog.open("made").labels(.val) == [0, 1])
  }

  @Test("Commas in paths are theirs")
  func commasOfPaths() throws {
    let tree = MadeTree("train/*/1.png", "val/a,3.png", "val/tench, Tinca tinca/b.png")
    for (list, found) in [
      (["a,3.png 0", "tench, Tinca tinca/b.png 0"], ["val/a,3.png", "val/tench, Tinca tinca/b.png"]), (["a,3.png,0", "tench, Tinca tinca/b.png,1"], ["val/a,3.png", "val/tench, Tinca tinca/b.png"]),
    ] {
      try tree.add(val: tree.lines(list))
      #expect(try tree.images(.val) == found)
    }
  }

  @Test("A table that is no list says so, with the line that makes one of it, and that line does", arguments: [
    ("\"a.png\",\"0\"\n\"b.png\",\"1\"\n", "fields between commas"), ("a.png;0\nb.png;1\n", "fields between semicolons"),
    ("Filename;Width;ClassId\na.png;x;0\nb.png;y;1\n", "below their names"), ("0 a.png\n1 b.png\n", "fields between blanks"),
    ("0\ta.png\n1\tb.png\n", "fields between tabs"), ("0,a.png\r\n1,b.png\r\n", "fields between commas"), ("id|file|label\nx|a.png|0\ny|b.png|1", "fields between bars"),
    ("a,0\nb,1\n", "fields between commas"), ("id,label\na,0\nb,1\n", "with the ending"),
  ])
  func tables(text: String, words: String) throws {
    let tree = MadeTree("train/*/1.png", "val/a.png", "val/b.png")
    let list = tree.lines([text], "a list.csv")
    let problem = try #require(throws: Problem.self) { try tree.add(val: list) }
    #expect(problem.what == "the list is a table" && problem.description.contains(words), "\(problem)")
    let command = String(try #require(problem.advice?.split(separator: "`", omittingEmptySubsequences: false).dropFirst().first))
    let shell = try ProgramRun(
      [], environment: ["PATH": "/usr/bin:/bin"],
      wrapper: ["/bin/sh", "-c", command.replacing("> list.txt", with: "> '\(tree.folder.path)/made.txt'").replacing("\".jpg\"", with: "\".png\"")])
    #expect(shell.wait() == 0, "\(shell.errors)")
    try tree.add(val: tree.folder.path + "/made.txt")
    #expect(try tree.images(.val) == ["val/a.png", "val/b.png"])
  }

  @Test("What stands around a path that is there is told as such, not as a missing image", arguments: [
    "a.png 0.0", "a.png -1", "a.png: 0", "a.png=0", "'a.png' 0", "\"a.png\" 0", "{\"file\": \"a.png\", \"label\": 0},", "a.png 1 0", "a.png cat", "a.png,cat", "a.png;0", "a.png 99999999999999999999",
    "<a.png> 0",
  ])
  func around(line: String) throws {
    let tree = MadeTree("train/*/1.png", "val/a.png", "val/b.png")
    for lines in [[line, line], ["b.png 0", line]] {
      let problem = #expect(throws: Problem.self) { try tree.add(val: tree.lines(lines)) }
      #expect(["a line of the list is not `path label`", "the list is a table"].contains(problem?.what), "\(problem?.description ?? "")")
      #expect(problem?.description.contains("are missing") == false)
    }
  }

  @Test("A line that names the columns is no missing image, and joined lists with byte order marks are read")
  func heads() throws {
    let tree = MadeTree("train/*/1.png", "val/a.png", "val/b.png")
    let problem = #expect(throws: Problem.self) { try tree.add(val: tree.lines(["file label", "a.png 0", "b.png 1"])) }
    #expect(problem?.what == "the list's first line is no image")
    try tree.add(val: tree.lines(["\u{FEFF}a.png 0", "\u{FEFF}b.png 1"]))
    #expect(try tree.images(.val).count == 2)
  }

  @Test("A table with several columns of numbers names them, and a line of another kind is told by its number")
  func manyColumns() throws {
    let tree = MadeTree("train/*/1.png", "val/a.png", "val/b.png")
    let problem = #expect(throws: Problem.self) { try tree.add(val: tree.lines(["path,width,height,class", "a.png,6,5,0", "b.png,6,5,1"])) }
    #expect(problem?.advice?.contains("columns 2, 3, 4 hold numbers") == true)
    let names = #expect(throws: Problem.self) { try tree.add(val: tree.lines(["path,class", "a.png,cat", "b.png,dog"])) }
    #expect(names?.what == "the list is a table" && names?.advice?.contains("labels are numbers") == true)
    let mixed = #expect(throws: Problem.self) { try tree.add(val: tree.lines(["a.png,0", "b.png 1"])) }
    #expect(mixed?.place?.hasSuffix("line 2") == true && mixed?.expected?.hasPrefix("`path,label`, as in the lines above") == true)
  }

  @Test("A folder of the list cannot be read as one, and a list that may not be read is not about --home")
  func unreadable() throws {
    let tree = MadeTree("train/*/a.png")
    let problem = #expect(throws: Problem.self) { try tree.add(train: tree.root) }
    #expect(problem?.expected == "a file" && problem?.found == "a folder")
    #expect(#expect(throws: Problem.self) { try tree.add(train: tree.root + "/no/list") }?.advice == "there is no `\(tree.root)/no`: check the path, or mount what lies there")
  }

  @Test("Numbers and single letters as class folders are no words of WordNet, and of several senses none is chosen")
  func names() throws {
    let wordNet = try WordNetFiles.open()
    for folders in [["0/", "1/", "2/"], ["a/", "b/"], ["00/", "01/"], ["class1/", "class2/"], ["images2/x/"]] {
      let tree = MadeTree()
      folders.forEach(tree.write)
      let advice = #expect(throws: Problem.self) { try tree.add(wordNet: wordNet) }?.advice
      #expect(advice == "name folders by wnid, or give --map a file of lines `folder<TAB>wnid`")
    }
    let advice = #expect(throws: Problem.self) { try MadeTree("crane/").add(wordNet: wordNet) }?.advice
    #expect(advice?.contains("`crane` has 5 senses, which `imagenet-tui tree search crane --dataset wordnet` lists") == true)
  }
}
