import Basics
import CImageFixtures
import Datasets
import Files
import Glibc
import TestSupport
import Testing

/// ILSVRC-2012 and its kin as people have them on disk, in small: the real names and orders, made-up pictures.
@Suite struct ListedDatasetTests {
  let folder = TemporaryFolder()
  var root: String { folder.path + "/imagenet" }
  var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }
  let wnids: [String]

  init() throws { wnids = try Assets.lines("imagenet-1k.wnids") }

  // MARK: Layouts

  @Test("ILSVRC-2012: train in wnid folders, validation flat with Caffe's val.txt", arguments: [
    ("train", "val"), ("ILSVRC2012_img_train", "ILSVRC2012_img_val"),
  ])
  func imageNet(train: String, val: String) throws {
    for wnid in wnids { write("\(train)/\(wnid)/\(wnid)_10026.JPEG") }
    let labels = [65, 970, 230, 809, 516]
    for number in 1...5 { write("\(val)/ILSVRC2012_val_0000000\(number).JPEG") }
    let list = lines(labels.enumerated().map { "ILSVRC2012_val_0000000\($0 + 1).JPEG \($1)" }, "val.txt")
    let dataset = try add("imagenet-1k", val: list)
    #expect(dataset.classes.map(\.wnid) == wnids)
    #expect(dataset.labels(.train) == (0..<1000).map(Int32.init))
    #expect(dataset.labels(.val) == [65, 230, 516, 809, 970])
    #expect(dataset.identifier(.val, 4) == "\(val)/ILSVRC2012_val_00000002.JPEG")
    #expect(try dataset.picture(.val, 4).width == 6)
  }

  @Test("ILSVRC-2012 with validation in wnid folders needs no list")
  func folders() throws {
    for wnid in wnids.prefix(3) {
      write("train/\(wnid)/\(wnid)_1.JPEG")
      write("val/\(wnid)/ILSVRC2012_val_00000001.JPEG")
    }
    let dataset = try add("part")
    #expect(dataset.labels(.train) == [0, 1, 2] && dataset.labels(.val) == [0, 1, 2])
  }

  @Test("Caffe's two lists and its synset words: the words' order counts, not the alphabet's")
  func synsetWords() throws {
    let (shark, tench) = ("n01484850", "n01440764")
    for name in ["a.JPEG", "b.JPEG", "c d.JPEG"] { write("pictures/\(name)") }
    let words = lines(["\(shark) great white shark", "\(tench) tench, Tinca tinca"], "synset_words.txt")
    let train = lines(["pictures/a.JPEG 0", "./pictures/c d.JPEG 1"], "train.txt")
    let val = lines(["/pictures/b.JPEG 0", "", "# the end"], "val.txt")
    let dataset = try add("fishes", train: train, val: val, synsets: words)
    #expect(dataset.classes.map(\.wnid) == [tench, shark])
    #expect(dataset.labels(.train) == [0, 1] && dataset.labels(.val) == [1])
    #expect(dataset.identifier(.train, 0) == "pictures/c d.JPEG")
    #expect(try catalog.isCurrent("fishes"))
    // Adding it again reads the lists again.
    _ = lines(["pictures/a.JPEG 0", "pictures/c d.JPEG 1", "pictures/b.JPEG 1"], "train.txt")
    #expect(try !catalog.isCurrent("fishes"))
  }

  @Test("Tiny ImageNet: images in a folder below their class, and annotations with columns")
  func tinyImageNet() throws {
    let (shark, tench) = ("n01484850", "n01440764")
    for wnid in [shark, tench] { write("train/\(wnid)/images/\(wnid)_0.JPEG") }
    for number in 0..<2 { write("val/images/val_\(number).JPEG") }
    let list = lines(["val_0.JPEG\t\(shark)\t0\t32\t44\t62", "val_1.JPEG\t\(tench)\t52\t55\t57\t59\r"], "annotations.txt")
    let dataset = try add("tiny", val: list)
    #expect(dataset.labels(.val) == [0, 1])
    #expect(dataset.identifier(.val, 0) == "val/images/val_1.JPEG")
  }

  @Test("Kaggle's solution file lists images by name and wnid")
  func solution() throws {
    let shark = "n01484850"
    write("train/\(shark)/x.JPEG")
    write("val/ILSVRC2012_val_00000007.JPEG")
    let list = lines(["ImageId,PredictionString", "ILSVRC2012_val_00000007,\(shark) 1 2 3 4 \(shark) 5 6 7 8 "], "s.csv")
    #expect(try add("kaggle", val: list).labels(.val) == [0])
  }

  @Test("A list of paths alone takes the class from the folder")
  func paths() throws {
    for path in ["n01484850/1.JPEG", "n01440764/2.JPEG", "n01440764/3.JPEG"] { write(path) }
    let list = lines(["/n01484850/1.JPEG", "/n01440764/3.JPEG"], "part.txt")
    #expect(try add("part", train: list).labels(.train) == [0, 1])
  }

  @Test("grey, CMYK, a PNG named .JPEG, and broken files: what can be decoded is, the rest is listed")
  func contents() throws {
    let wnid = wnids[0]
    let pixels = ImageFixtures.pixels(20, 10, 4)
    let files: [(String, [UInt8])] = [
      ("a_grey", ImageFixtures.jpeg(ImageFixtures.pixels(20, 10, 1), 20, 10, FIXTURE_GREY)),
      ("b_cmyk", ImageFixtures.jpeg(pixels, 20, 10, FIXTURE_ADOBE_CMYK)),
      ("c_ycck", ImageFixtures.jpeg(pixels, 20, 10, FIXTURE_ADOBE_YCCK)),
      ("d_png", ImageFixtures.png(20, 10)),
      ("e_cut", ImageFixtures.jpeg(ImageFixtures.pixels(20, 10, 3), 20, 10, FIXTURE_RGB).dropLast(60)),
      ("f_empty", []), ("g_html", Array("<html>gone</html>".utf8)),
    ]
    for (name, bytes) in files { try folder.write(bytes, at: "imagenet/train/\(wnid)/\(wnid)_\(name).JPEG") }
    write("val/x.JPEG")
    let dataset = try add("mixed", val: lines(["x.JPEG 0"], "val.txt"))
    let shapes = try (0..<4).map { try dataset.picture(.train, $0) }
    #expect(shapes.map(\.channels) == [1, 3, 3, 3] && shapes.allSatisfy { $0.width == 20 && $0.height == 10 })
    let bad = try DatasetCheck.run(dataset, workers: 2)
    #expect(bad.map(\.image) == ["e_cut", "f_empty", "g_html"].map { "train/\(wnid)/\(wnid)_\($0).JPEG" })
    #expect(bad[1].reason == "an empty file" && bad[2].reason == "neither PNG, JPEG, WebP nor GIF")
  }

  // MARK: Wrong orders

  @Test("the devkit's ground truth is refused with an explanation: labels without paths")
  func groundTruth() throws {
    write("train/\(wnids[0])/x.JPEG")
    let problem = #expect(throws: Problem.self) { try add("x", val: lines(["490", "361", "171"], "ground_truth.txt")) }
    #expect(problem?.what == "the list has labels without paths")
    #expect(problem?.advice?.contains("ILSVRC2012_ID") == true && problem?.place?.hasSuffix("line 1") == true)
  }

  @Test("labels from 1 to the number of classes are refused: of ImageNet's they are the devkit's, of others they only count from 1", arguments: [3, 1000])
  func fromOne(classes: Int) throws {
    for wnid in wnids.prefix(classes) { write("train/\(wnid)/x.JPEG") }
    for number in 1...3 { write("val/\(number).JPEG") }
    let problem = #expect(throws: Problem.self) { try add("x", val: lines(["1.JPEG 1", "2.JPEG \(classes)", "3.JPEG 2"], "l")) }
    #expect(problem?.what == "the list's labels count from 1" && problem?.advice?.contains("ILSVRC2012_ID") == (classes == 1000))
    #expect(problem?.advice?.contains("take 1 from each") == (classes == 3))
  }

  @Test("a list of other classes in another order is told of its own order, not of the devkit's")
  func otherOrder() throws {
    for wnid in wnids.prefix(3) { write("\(wnid)/1.JPEG") }
    let list = lines(["\(wnids[0])/1.JPEG 1", "\(wnids[1])/1.JPEG 0", "\(wnids[2])/1.JPEG 2"], "train.txt")
    let problem = #expect(throws: Problem.self) { try add("x", train: list, synsets: lines(Array(wnids.prefix(3)), "words")) }
    #expect(problem?.what == "the list's labels contradict its paths")
    #expect(problem?.description.contains("ILSVRC2012_ID") == false && problem?.advice?.contains("--synsets") == true, "\(problem?.description ?? "")")
  }

  @Test("ILSVRC-2012's first validation images give away a list in another order")
  func landmarks() throws {
    for wnid in wnids { write("train/\(wnid)/x.JPEG") }
    write("val/ILSVRC2012_val_00000001.JPEG")
    // 490 is its ILSVRC2012_ID; from 0 it would be 489.
    let problem = #expect(throws: Problem.self) { try add("x", val: lines(["ILSVRC2012_val_00000001.JPEG 489"], "l")) }
    #expect(problem?.what == "the list's labels contradict its paths" && problem?.expected == "n01751748")
    #expect(problem?.found?.hasPrefix("label 489, which is n0") == true)
  }

  @Test("training images bear their class: a list that contradicts a name is refused, line by line")
  func names() throws {
    for wnid in wnids.prefix(2) { write("\(wnid)/\(wnid)_7.JPEG") }
    let list = lines(["\(wnids[0])/\(wnids[0])_7.JPEG 0", "\(wnids[1])/\(wnids[1])_7.JPEG 2"], "train.txt")
    let problem = #expect(throws: Problem.self) { try add("x", train: list) }
    #expect(problem?.place?.hasSuffix("train.txt, line 2") == true && problem?.expected == wnids[1])
  }

  @Test("a list of coarse classes, as `labels export` writes it, is called one, and what it is for")
  func coarse() throws {
    for wnid in wnids.prefix(4) { for number in 0..<2 { write("train/\(wnid)/\(wnid)_\(number).JPEG") } }
    let lines = wnids.prefix(4).enumerated().flatMap { place, wnid in (0..<2).map { "\(wnid)/\(wnid)_\($0).JPEG \(place / 2)" } }
    let problem = #expect(throws: Problem.self) { try add("x", train: self.lines(lines, "my list.txt")) }
    #expect(problem?.what == "the list has the numbers of coarse classes" && problem?.place == folder.path + "/my list.txt")
    #expect(problem?.found == "number 0 for \(wnids[0]), \(wnids[1])")
    #expect(problem?.advice?.contains("`imagenet-tui labels import '\(folder.path)/my list.txt' --dataset NAME`") == true)
    #expect(problem?.description.contains("ILSVRC2012_ID") == false)
  }

  @Test("ILSVRC-2012's validation list with the numbers of coarse classes is called one too")
  func coarseValidation() throws {
    for wnid in wnids { write("train/\(wnid)/x.JPEG") }
    let labels = (1...1000).map { "ILSVRC2012_val_0000\($0 < 1000 ? "0" : "")\($0 < 100 ? "0" : "")\($0 < 10 ? "0" : "")\($0).JPEG \($0 % 127)" }
    let problem = #expect(throws: Problem.self) { try add("x", val: lines(labels, "val.txt")) }
    #expect(problem?.what == "the list has the numbers of coarse classes" && problem?.found?.contains("127") != true)
    #expect(problem?.found == "0 to 126, and 1,000 fine classes")
  }

  @Test("folders name classes too: a list that contradicts them is refused, not trained on")
  func folderNames() throws {
    for wnid in wnids.prefix(2) { write("\(wnid)/1.JPEG") }
    let problem = #expect(throws: Problem.self) { try add("x", train: lines(["\(wnids[0])/1.JPEG 1", "\(wnids[1])/1.JPEG 0"], "train.txt")) }
    #expect(problem?.what == "the list's labels contradict its paths" && problem?.expected == wnids[0])
    #expect(try add("x", train: lines(["\(wnids[0])/1.JPEG 0", "\(wnids[1])/1.JPEG 1"], "train.txt")).classes.count == 2)
  }

  @Test("a number beyond the classes, and numbers without classes, ask for the synsets")
  func range() throws {
    write("train/\(wnids[0])/x.JPEG")
    write("val/x.JPEG")
    let problem = #expect(throws: Problem.self) { try add("x", val: lines(["x.JPEG 7"], "l")) }
    #expect(problem?.expected == "0 to 0" && problem?.advice?.contains("--synsets") == true)
  }

  // MARK: Hostile and mistaken lists

  @Test("lists that cannot be used are refused by their line", arguments: [
    ("../../etc/passwd 0", "below the folder"), ("a/../../b.JPEG 0", "below the folder"),
    ("x.JPEG 0\nx.JPEG 0", "twice"), ("nothing.JPEG 0", "not here"), ("x.JPEG 0\nnothing.JPEG 0", "1 of the list's 2"),
    ("x.JPEG 99999999999999999999", "not `path label`"), ("", "empty"), ("\t0", "without paths"), ("x.JPEG\tcat", "numbers from 0 or wnids"),
    ("x.JPEG cat", "not `path label`"), ("folder 0", "not here"),
  ])
  func refused(text: String, reason: String) throws {
    write("train/\(wnids[0])/x.JPEG")
    write("val/x.JPEG")
    write("val/folder/y.JPEG")
    let problem = #expect(throws: Problem.self) { try add("x", val: lines([text], "list.txt")) }
    #expect(problem?.description.contains(reason) == true, "\(String(describing: problem))")
    #expect(!catalog.hasImages("x"))
  }

  @Test("a list cannot reach out of the dataset's folder by a link, unless links are trusted")
  func links() throws {
    write("train/\(wnids[0])/x.JPEG")
    try folder.write(ImageFixtures.png(6, 5), at: "outside/o.JPEG")
    try AtomicFile.makeFolder(root + "/val")
    symlink(folder.path + "/outside", root + "/val/linked")
    symlink(folder.path + "/outside/o.JPEG", root + "/val/o.JPEG")
    for path in ["linked/o.JPEG", "o.JPEG"] {
      let list = lines(["\(path) 0"], "list.txt")
      let problem = #expect(throws: Problem.self) { try add("x", val: list) }
      #expect(problem?.what == "a symbolic link leads out of the dataset's folder")
      #expect(try add("x", val: list, followsLinks: true).labels(.val) == [0])
    }
  }

  @Test("a file of synsets is one wnid a line, each once", arguments: ["tench", "n01440764 a\nn01440764 b", "", "0 n01440764"])
  func synsets(text: String) throws {
    write("x.JPEG")
    let list = lines(["x.JPEG 0"], "l")
    #expect(throws: Problem.self) { try add("x", train: list, synsets: lines([text], "words")) }
  }

  @Test("flat validation images without a list say which option gives their labels")
  func advice() throws {
    write("train/\(wnids[0])/x.JPEG")
    write("val/ILSVRC2012_val_00000001.JPEG")
    #expect(#expect(throws: Problem.self) { try add("x") }?.advice?.contains("--val-list") == true)
  }

  // MARK: Helpers

  private func write(_ name: String) { try! folder.write(ImageFixtures.png(6, 5), at: "imagenet/" + name) }

  /// Writes a list and returns its path.
  private func lines(_ lines: [String], _ name: String) -> String {
    folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: name)
    return folder.path + "/" + name
  }

  private func add(
    _ name: String, train: String? = nil, val: String? = nil, synsets: String? = nil, followsLinks: Bool = false
  ) throws(Problem) -> any Dataset {
    let recipe = try FolderRecipe(
      path: root, trainList: train, valList: val, synsetsFile: synsets, followsLinks: followsLinks)
    _ = try catalog.add(name, recipe, wordNet: nil)
    return try catalog.open(name)
  }
}
