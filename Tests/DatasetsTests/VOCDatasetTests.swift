import Basics
import Datasets
import Files
import Glibc
import TestSupport
import Testing

@Suite struct VOCDatasetTests {
  private let folder = TemporaryFolder()
  private let devkit: VOCStandIn
  private var catalog: DatasetCatalog { DatasetCatalog(home: Home(explicit: folder.path + "/home")) }

  init() throws { devkit = try VOCStandIn(at: folder.path) }

  @discardableResult
  private func add(_ path: String? = nil, _ name: String = "voc2007", boxes: BoxPolicy? = nil) throws(Problem) -> AddedDataset {
    try catalog.add(name, try FolderRecipe(path: path ?? folder.path, named: name, boxes: boxes), wordNet: nil)
  }

  @Test("A devkit is found in its folder, in VOCdevkit and above it, and has its sets, classes and actions", arguments: ["", "/VOCdevkit", "/VOCdevkit/VOC2007"])
  func found(below: String) throws {
    let added = try add(folder.path + below)
    #expect(added.change == .new && added.faults == 0 && added.notes.isEmpty)
    #expect(added.entry.sets == ["train": 2, "val": 1, "trainval": 3, "test": 1, "Action/train": 1, "Action/val": 1])
    #expect(added.entry.classes == 20 && added.entry.train == 2 && added.entry.val == 1 && added.entry.isAnnotated)
    let dataset = try catalog.annotated("voc2007")
    #expect(dataset.sets == ["Action/train", "Action/val", "test", "train", "trainval", "val"] && dataset.count == 4)
    #expect(dataset.objectClasses.first == "aeroplane" && dataset.objectClasses[18] == "train")
    #expect(dataset.actionClasses == ["jumping", "phoning", "playinginstrument", "reading", "ridingbike", "ridinghorse", "running", "takingphoto", "usingcomputer", "walking", "other"])
  }

  @Test("The images of a set come in its order, with labels, boxes, difficult objects and what people do")
  func images() throws {
    try add()
    let dataset = try catalog.annotated("voc2007")
    let images = try dataset.images(in: "trainval")
    #expect(images.map(\.name) == ["000001", "000002", "000003"] && images.allSatisfy { $0.width == 50 && $0.height == 40 })
    #expect(images[0].objects == [AnnotatedObject(label: 11, box: Box(0, 0, 49, 39), place: 1), AnnotatedObject(label: 7, box: Box(9, 11, 19, 29), isDifficult: true, place: 2)])
    #expect(images[1].objects.map(\.actions) == [[1, 3], nil])
    #expect(images[2].objects.map(\.box) == [Box(1, 2, 21, 32), Box(23, 2, 39, 32)] && images[2].objects.map(\.actions) == [nil, []])
    let pixels = try dataset.pixels(of: images[0])
    #expect(pixels.width == 50 && pixels.height == 40)
    #expect(try dataset.objectCounts(in: "train").map(\.all).reduce(0, +) == 4 && dataset.objectCounts(in: "train")[7] == (1, 1))
  }

  @Test("Mirrored twice an image is what it was, and a mirrored box still runs from left to right")
  func mirrored() throws {
    try add()
    for image in try catalog.annotated("voc2007").images(in: "trainval") {
      #expect(image.mirrored.mirrored == image)
      for (object, mirrored) in zip(image.objects, image.mirrored.objects) {
        #expect(mirrored.box.x1 <= mirrored.box.x2 && mirrored.box.x1 >= 0 && mirrored.box.x2 <= 49)
        #expect(mirrored.box.x1 == 49 - object.box.x2 && mirrored.box.width == object.box.width && mirrored.box.y1 == object.box.y1)
      }
    }
  }

  @Test("Who does an action is what its list says, and the annotations where there is none")
  func actionTruth() throws {
    try add()
    let dataset = try catalog.annotated("voc2007")
    #expect(try dataset.actionTruth(of: 1, in: "Action/train") == [ActionTruth(image: "000002", place: 1, value: 1)])
    #expect(try dataset.actionTruth(of: 0, in: "Action/train") == [ActionTruth(image: "000002", place: 1, value: -1)])
    #expect(try dataset.actionTruth(of: 3, in: "Action/train") == [ActionTruth(image: "000002", place: 1, value: 1)])
    #expect(try dataset.actionTruth(of: 3, in: "Action/val") == [ActionTruth(image: "000003", place: 2, value: -1)])
    #expect(problem { _ = try dataset.actionTruth(of: 3, in: "Action/test") }?.kind == .notFound)
    try devkit.write("ImageSets/Action/phoning_train.txt", ["000002 x 1"])
    #expect(problem { _ = try dataset.actionTruth(of: 1, in: "Action/train") }?.place?.hasSuffix("phoning_train.txt, line 1") == true)
  }

  @Test("Of a wrong annotation file and object are named; its sets are refused, the others are not")
  func faults() throws {
    try devkit.annotate("000002", [VOCStandIn.object("person", 0, 6, 25, 36), VOCStandIn.object("sofa", 30, 20, 29, 38)])
    let added = try add()
    #expect(added.faults == 1 && added.notes.first?.contains("000002.xml, object 1, person") == true)
    let dataset = try catalog.annotated("voc2007")
    let refusal = problem { _ = try dataset.images(in: "train") }
    #expect(refusal?.kind == .data && refusal?.place?.hasSuffix("Annotations/000002.xml, object 1, person (line 1)") == true)
    #expect(refusal?.advice?.contains("1 image of the set train has faults: `imagenet-tui data check voc2007` lists them") == true)
    #expect(try dataset.images(in: "val").count == 1)
    #expect(try add(boxes: .clipped).faults == 1)
    #expect(try catalog.annotated("voc2007").check(workers: 1).faults.map(\.image) == ["000002"])
  }

  @Test("A check lists every fault: of annotations, of pictures that are missing, damaged, or of another size")
  func check() throws {
    try devkit.annotate("000002", [VOCStandIn.object("person", 0, 6, 25, 36), VOCStandIn.object("sofa", 30, 20, 29, 38), VOCStandIn.object("dgo", 3, 3, 9, 9)])
    unlink(devkit.root + "/JPEGImages/000003.jpg")
    unlink(devkit.root + "/Annotations/000004.xml")
    try devkit.put(ImageFixtures.png(40, 50), at: "JPEGImages/000001.jpg")
    try devkit.write("ImageSets/Main/extra.txt", ["000005"])
    try devkit.annotate("000005", [])
    try add()
    let dataset = try catalog.annotated("voc2007")
    let check = try dataset.check(workers: 2)
    #expect(check.isCurrent)
    #expect(check.faults.map(\.image) == ["000002", "000002", "000002", "000003", "000004", "000001"])
    let reasons = check.faults.map(\.reason).joined(separator: "\n")
    for words in ["expected 50×40, found 40×50", "object 1, person", "object 2, sofa", "found dgo", "000003.jpg", "000004.xml"] { #expect(reasons.contains(words), "\(reasons)") }
    let picture = try #require(dataset.images(in: "extra").first)
    try devkit.put([1, 2, 3], at: "JPEGImages/000005.jpg")
    #expect(problem { _ = try dataset.pixels(of: picture) }?.place?.hasSuffix("000005.jpg") == true)
    #expect(try dataset.check(workers: 1).isCurrent == false)
  }

  @Test("Annotations are never those of another set or of before: what is known is told by content")
  func content() throws {
    try add()
    let before = try catalog.annotated("voc2007")
    #expect(try add().change == .unchanged && catalog.isCurrent("voc2007"))
    // Of the same length, within the same second.
    try devkit.annotate("000001", [VOCStandIn.object("dog", 1, 1, 50, 39), VOCStandIn.object("cat", 10, 12, 20, 30, "<difficult>1</difficult>")])
    #expect(try !catalog.isCurrent("voc2007") && before.check(workers: 1).isCurrent == false)
    #expect(try add().change == .changed)
    let after = try catalog.annotated("voc2007")
    #expect(after.fingerprint != before.fingerprint)
    #expect(try after.images(in: "train")[0].objects[0].box == Box(0, 0, 49, 38))
    #expect(try after.images(in: "train").map(\.name) == ["000001", "000002"] && after.images(in: "test").map(\.name) == ["000004"])
    try devkit.write("ImageSets/Main/test.txt", ["000003"])
    #expect(try add().change == .changed && catalog.annotated("voc2007").images(in: "test").map(\.name) == ["000003"])
    #expect(try add(boxes: .clipped).change == .changed)
  }

  @Test("Other classes are those that have lists, sorted; a set may be called with an underscore; difficult objects of other names count nowhere")
  func ownClasses() throws {
    let own = try VOCStandIn(at: folder.path + "/own", folder: "")
    for name in ["bat", "ant", "eel_big"] { try own.write("ImageSets/Main/\(name)_train.txt", ["a 1"]) }
    for name in VOCStandIn.classes { unlink("\(own.root)/ImageSets/Main/\(name)_train.txt") }
    try own.annotate("a", [VOCStandIn.object("eel_big", 1, 1, 9, 9), VOCStandIn.object("cow", 1, 1, 9, 9, "<difficult>1</difficult>"), VOCStandIn.object("ant", 2, 2, 9, 9)])
    for set in ["train", "my_few"] { try own.write("ImageSets/Main/\(set).txt", ["a"]) }
    for set in ["val", "trainval", "test"] { unlink("\(own.root)/ImageSets/Main/\(set).txt") }
    for name in ["train", "val", "phoning_train", "jumping_train"] { unlink("\(own.root)/ImageSets/Action/\(name).txt") }
    #expect(try add(own.root, "own").faults == 0)
    let dataset = try catalog.annotated("own")
    #expect(dataset.objectClasses == ["ant", "bat", "eel_big"] && dataset.actionClasses.isEmpty && dataset.sets == ["my_few", "train"])
    #expect(try dataset.images(in: "train")[0].objects.map(\.label) == [2, 0] && dataset.images(in: "train")[0].objects.map(\.place) == [1, 3])
    // Without lists the classes are those of the objects.
    for name in ["bat", "ant", "eel_big"] { unlink("\(own.root)/ImageSets/Main/\(name)_train.txt") }
    try add(own.root, "own")
    #expect(try catalog.annotated("own").objectClasses == ["ant", "eel_big"])
  }

  @Test("Where labelled images are wanted a devkit is refused with the next step, and the other way round")
  func refusedAsLabelled() throws {
    try add()
    for refusal in [problem { _ = try catalog.open("voc2007") }, problem { _ = try catalog.classes(of: "voc2007") }, problem { _ = try catalog.hierarchy(of: "voc2007") }] {
      #expect(refusal?.kind == .usage && refusal?.what == "the dataset has boxes of objects, and no class for each image")
      #expect(refusal?.advice?.contains("`imagenet-tui data list`") == true && refusal?.advice?.contains("`imagenet-tui data show voc2007`") == true)
    }
    let tree = MadeTree("n01440764/a.png", "n01484850/b.png")
    try tree.add()
    #expect(problem { _ = try tree.catalog.annotated("made") }?.advice?.contains("data add voc2007 PATH") == true)
    #expect(problem { _ = try catalog.annotated("none") }?.kind == .notFound)
    #expect(catalog.isAnnotated("voc2007") && !tree.catalog.isAnnotated("made") && !catalog.isAnnotated("none"))
  }

  @Test("What is no devkit, or could be two, is refused in words", arguments: [
    ("two", Problem.Kind.usage, "VOCdevkit/VOC2007, VOCdevkit/VOC2012"), ("no lists", .data, "no lists of images"), ("empty lists", .data, "no list names an image"),
    ("twice", .data, "train.txt, line 2"), ("a path", .data, "train.txt, line 1"), ("all wrong", .notFound, "nothing.xml"), ("clip", .usage, "only a devkit"), ("imagenet-1k", .usage, "choose another name"),
  ])
  func refused(what: String, kind: Problem.Kind, words: String) throws {
    var refusal: Problem?
    let sets = ["Main/train", "Main/val", "Main/trainval", "Main/test", "Action/train", "Action/val"]
    switch what {
    case "two":
      _ = try VOCStandIn(at: folder.path, folder: "VOCdevkit/VOC2012")
      refusal = problem { try add(folder.path, "pascal") }
      #expect(try add(folder.path, "my-voc2012").entry.place?.hasSuffix("VOC2012") == true)
    case "no lists":
      try AtomicFile.makeFolder(folder.path + "/x/Annotations")
      try AtomicFile.makeFolder(folder.path + "/x/JPEGImages")
      refusal = problem { try add(folder.path + "/x") }
    case "empty lists":
      for set in sets { try devkit.write("ImageSets/\(set).txt", []) }
      refusal = problem { try add() }
    case "twice":
      try devkit.write("ImageSets/Main/train.txt", ["000001", "000001"])
      refusal = problem { try add() }
    case "a path":
      try devkit.write("ImageSets/Main/train.txt", ["../000001"])
      refusal = problem { try add() }
    case "all wrong":
      for set in sets { try devkit.write("ImageSets/\(set).txt", ["nothing"]) }
      refusal = problem { try add() }
    case "clip":
      try devkit.put(ImageFixtures.png(9, 9), at: "../../classes/n01440764/1.png")
      refusal = problem { try add(folder.path + "/classes", boxes: .clipped) }
    default: refusal = problem { try add(folder.path, "imagenet-1k") }
    }
    #expect(refusal?.kind == kind && refusal?.description.contains(words) == true, "\(String(describing: refusal))")
  }

  @Test("An unknown set is refused with those that there are; a damaged index says how to make it anew; a folder that is gone, how to give another")
  func damaged() throws {
    try add()
    let refusal = problem { _ = try catalog.annotated("voc2007").images(in: "trainvla") }
    #expect(refusal?.kind == .notFound && refusal?.expected?.contains("trainval") == true && refusal?.advice?.contains("`trainval`") == true)
    let index = try #require(folder.contents(of: "home/datasets/voc2007").keys.first { $0.hasSuffix(".index") })
    let whole = folder.bytes(of: "home/datasets/voc2007/" + index)
    for place in stride(from: 0, to: whole.count, by: 37) {
      var bytes = whole
      bytes[place] ^= 0x55
      folder.write(bytes, to: "home/datasets/voc2007/" + index)
      #expect(problem { _ = try catalog.annotated("voc2007") }?.what == "the dataset's index is damaged")
    }
    folder.write(whole, to: "home/datasets/voc2007/" + index)
    #expect(rename(devkit.root, folder.path + "/elsewhere") == 0)
    #expect(problem { _ = try catalog.annotated("voc2007") }?.advice?.contains("imagenet-tui data add voc2007 PATH") == true)
    #expect(catalog.list().first { $0.name == "voc2007" }?.problem == "the folder is gone")
  }
}
