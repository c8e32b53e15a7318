import Engine
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
