import Basics
import Datasets
import Files
import Glibc
import TestSupport
import Testing

/// The stand-in, and a home to add it to.
private struct MadeSUN {
  let tree = MadeTree()
  private let stand: SUNStandIn

  init(partitions: String = "Partitions", lists: String = "SUN397") { stand = try! SUNStandIn(at: tree.root, partitions: partitions, lists: lists) }

  func write(_ name: String, _ lines: [String]) { try! stand.write(name, lines: lines) }

  @discardableResult
  func add(_ path: String? = nil, partition: Int? = nil) throws(Problem) -> AddedDataset {
    try tree.catalog.add("made", try FolderRecipe(path: path ?? tree.root, partition: partition), wordNet: nil)
  }
}

@Suite struct SUNFolderTests {
  @Test("Classes are called as SUN writes them, nested ones too, and each image has that of its folder", arguments: [
    ("Partitions", "SUN397"), ("Partitions", "Partitions"), (".", "."), ("SUN397", "SUN397"),
  ])
  func classes(partitions: String, lists: String) throws {
    let sun = MadeSUN(partitions: partitions, lists: lists)
    let added = try sun.add()
    #expect(added.change == .new && added.notes.first?.contains("partition 1 of SUN397") == true)
    let dataset = try sun.tree.catalog.open("made")
    #expect(dataset.classes.map(\.wnid) == ["abbey", "bakery/kitchen", "bakery/shop", "bow_window/indoor", "zen_garden"])
    // For people with blanks, as those of any hierarchy of its own.
    #expect(dataset.classes.map(\.name) == ["abbey", "bakery/kitchen", "bakery/shop", "bow window/indoor", "zen garden"])
    #expect(dataset.labels(.train) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] && dataset.labels(.val) == dataset.labels(.train))
    #expect(try sun.tree.images(.train).prefix(3) == ["a/abbey/sun_a0.jpg", "a/abbey/sun_a1.jpg", "b/bakery/kitchen/sun_a0.jpg"])
    #expect(try sun.tree.images(.val).last == "z/zen_garden/sun_a3.jpg")
    #expect(dataset.summary.contains("partition 1 of SUN397"))
  }

  @Test("Images that are PNG or GIF under .jpg decode; one that is none is named and left out")
  func contents() throws {
    let sun = MadeSUN()
    sun.tree.put(Array("no image".utf8), at: "SUN397/a/abbey/sun_a1.jpg")
    try sun.add()
    let bad = try DatasetCheck.run(sun.tree.catalog.open("made"), workers: 1)
    #expect(bad.map(\.image) == ["a/abbey/sun_a1.jpg"])
  }

  @Test("All classes lie below one root: there are no synsets")
  func flat() throws {
    let sun = MadeSUN()
    try sun.add()
    let tree = try sun.tree.catalog.hierarchy(of: "made")
    #expect(tree.count == 6 && tree.deepest == 1 && tree.fineClasses.count == 5)
  }

  @Test("Another partition has other images; the same again is unchanged, and the dataset is current while its files are")
  func partitions() throws {
    let sun = MadeSUN()
    try sun.add(partition: 2)
    #expect(try sun.tree.images(.train).first == "a/abbey/sun_a2.jpg" && sun.tree.images(.val).first == "a/abbey/sun_a4.jpg")
    #expect(try sun.add(partition: 2).change == .unchanged && sun.tree.catalog.isCurrent("made"))
    #expect(try sun.add().change == .changed)
    sun.tree.put(ImageFixtures.png(9, 9), at: "SUN397/a/abbey/sun_a0.jpg")
    #expect(try !sun.tree.catalog.isCurrent("made"))
  }

  @Test("The folder of the images alone will do where the lists lie in it")
  func inner() throws {
    let sun = MadeSUN(partitions: "SUN397", lists: "SUN397")
    try sun.add(sun.tree.root + "/SUN397")
    #expect(try sun.tree.images(.train).first == "a/abbey/sun_a0.jpg")
  }

  @Test("What is missing or wrong is refused and named", arguments: [
    ("no partitions", Problem.Kind.notFound, "partition files are missing"), ("no such partition", .notFound, "expected one of 1, 2, found 11"),
    ("absent image", .data, "no /b/bakery/shop/sun_a1.jpg"), ("unknown class", .data, "gives no class"), ("class twice", .data, "line 6"),
    ("no class", .data, "line 6"), ("a list beside", .usage, "beside --partition"), ("no SUN", .usage, "no folder of SUN397"),
  ])
  func refused(what: String, kind: Problem.Kind, words: String) throws {
    let sun = MadeSUN()
    let root = sun.tree.root
    var refusal: Problem?
    switch what {
    case "no partitions":
      for name in ["Training_01", "Testing_01", "Training_02"] { unlink("\(root)/Partitions/\(name).txt") }
      refusal = problem { try sun.add() }
    case "no such partition": refusal = problem { try sun.add(partition: 11) }
    case "absent image":
      unlink("\(root)/SUN397/b/bakery/shop/sun_a1.jpg")
      refusal = problem { try sun.add() }
    case "unknown class":
      sun.tree.write("SUN397/c/castle/1.jpg")
      sun.write("Partitions/Testing_01.txt", ["/c/castle/1.jpg"])
      refusal = problem { try sun.add() }
    case "class twice":
      sun.write("SUN397/ClassName.txt", SUNStandIn.classes + ["/a/abbey"])
      refusal = problem { try sun.add() }
    case "no class":
      sun.write("SUN397/ClassName.txt", SUNStandIn.classes + ["abbey"])
      refusal = problem { try sun.add() }
    case "a list beside": refusal = problem { _ = try FolderRecipe(path: root, trainList: root + "/Partitions/Training_01.txt", partition: 1) }
    default: refusal = problem { _ = try FolderRecipe(path: root + "/SUN397/a", partition: 1) }
    }
    #expect(refusal?.kind == kind && refusal?.description.contains(words) == true, "\(String(describing: refusal))")
  }

  @Test("Splits of one's own: lists, and the list of classes as a hierarchy")
  func ownSplits() throws {
    let sun = MadeSUN()
    let hierarchy = sun.tree.lines(SUNStandIn.classes.map { "\($0.dropFirst(3))\tscene" }, "tree")
    let lists = [0, 1].map { number in sun.tree.lines(SUNStandIn.classes.map { "\($0)/sun_a\(number).jpg" }, "list\(number)") }
    try sun.tree.add(sun.tree.root + "/SUN397", train: lists[0], val: lists[1], hierarchy: hierarchy)
    #expect(try sun.tree.catalog.open("made").classes.map(\.wnid).contains("bakery/shop") && sun.tree.images(.val).count == 5)
  }

  @Test("Whoever names lists or a map reads the folder as any other")
  func explicit() throws {
    let sun = MadeSUN()
    let map = sun.tree.lines(["a/abbey\tn02667093", "z/zen_garden\tn03991837"], "map")
    let lists = sun.tree.lines(["/a/abbey/sun_a0.jpg", "/z/zen_garden/sun_a1.jpg"])
    try sun.tree.add(sun.tree.root + "/SUN397", map: map, train: lists)
    #expect(try sun.tree.catalog.open("made").classes.map(\.wnid) == ["n02667093", "n03991837"])
  }
}
