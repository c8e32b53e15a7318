import Basics
import Datasets
import EngineFixtures
import Files
import FoundationEssentials
import Kernels
import Taxonomy
import TestSupport
import Testing

/// Composites of photographs that are made here: a package of stamps of our own.
@Suite struct StampTests {
  private let folder = TemporaryFolder()

  init() throws {
    // A red square, a green cross, and two blue discs, on nothing.
    try stamp("square.png", 60, 40, [220, 20, 20]) { x, y in x > 4 && x < 55 && y > 3 && y < 37 }
    try stamp("cross.png", 50, 80, [20, 200, 20]) { x, y in abs(x - 25) < 8 || abs(y - 40) < 8 }
    try stamp("disc-1.png", 70, 70, [20, 20, 220]) { x, y in (x - 35) * (x - 35) + (y - 35) * (y - 35) < 1000 }
    try stamp("disc-2.png", 30, 30, [60, 60, 250]) { x, y in (x - 15) * (x - 15) + (y - 15) * (y - 15) < 180 }
  }

  private func stamp(_ name: String, _ width: Int, _ height: Int, _ colour: [UInt8], _ shows: (Int, Int) -> Bool) throws {
    var rows: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { rows += colour + [shows(x, y) ? 255 : 0] }
    }
    try folder.write(ImageFixtures.png(rows, width, height, depth: 8, colourType: 6), at: "stamps/" + name)
  }

  private func stamps() throws -> StampCollection {
    let lines = [
      "square.png\tn00000001", "cross.png\tn00000002", "disc-1.png\tn00000003", "disc-2.png\tn00000003", "gone.png\tn00000004",
    ]
    return try StampCollection(StampMap(lines: lines, place: "map"), folder: folder.path + "/stamps")
  }

  private func make(
    _ name: String, layout: StampRecipe.Layout = .folders, train: Int = 4, val: Int = 2, test: Int? = nil, side: Int = 48, seed: UInt64 = 1,
    workers: Int = 1, classes: StampClasses = .own
  ) throws -> StampMaker.Report {
    let recipe = try StampRecipe(layout: layout, side: side, seed: seed, train: train, val: val, test: test, classes: classes)
    return try StampMaker(stamps(), recipe: recipe, folder: folder.path + "/" + name, workers: workers).run()
  }

  /// The files below a made folder with their bytes.
  private func files(_ name: String) throws -> [String: [UInt8]] {
    let root = folder.path + "/" + name
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path.hasSuffix(".jpg") || path.hasSuffix(".xml") {
      files[path] = folder.bytes(of: name + "/" + path)
    }
    return files
  }

  @Test("The map that ships names at least 120 classes of WordNet, the deepest at 15 or more, none below another")
  func asset() throws {
    let map = try StampMap.asset()
    #expect(map.wnids.count >= 120)
    #expect(Set(map.entries.map(\.path)).count == map.entries.count)
    let tree = try Hierarchy(fineClasses: map.wnids, wordNet: RealTrees.wordNet.get())
    #expect(tree.deepest >= 15)
    #expect(tree.nodeOfFine.allSatisfy { tree.isLeaf(Int($0)) })
    #expect(tree.roots.count == 1)
  }

  @Test("Equal recipes make equal files, for any number of workers; another seed makes others")
  func reproducible() throws {
    let report = try make("a")
    #expect(report.train == 12 && report.val == 6 && report.photographs == 4)
    _ = try make("b", workers: 4)
    _ = try make("c", seed: 2)
    let (a, b, c) = (try files("a"), try files("b"), try files("c"))
    #expect(a.count == 18 && a == b)
    #expect(Set(a.keys) == Set(c.keys))
    #expect(a.allSatisfy { c[$0.key] != $0.value })
    #expect(Set(a.values).count == 18)
  }

  @Test("The images of fewer are the first of more")
  func nested() throws {
    _ = try make("few", train: 2, val: 1)
    _ = try make("many", train: 5, val: 3)
    let many = try files("many")
    #expect(try files("few").allSatisfy { many[$0.key] == $0.value })
  }

  @Test("What was interrupted goes on with what is missing, and a folder of something else is refused")
  func resumes() throws {
    _ = try make("whole")
    _ = try make("torn")
    for path in ["train/n00000001/n00000001_00002.jpg", "val/n00000003/n00000003_00001.jpg"] {
      try FileManager.default.removeItem(atPath: folder.path + "/torn/" + path)
    }
    folder.write([], to: "torn/train/n00000002/n00000002_00001.jpg")
    #expect(try make("torn").resumedAt == 15)
    #expect(try files("torn") == files("whole"))
    #expect(throws: Problem.self) { try make("torn", seed: 5) }
    try folder.write([1], at: "other/mine.txt")
    #expect(throws: Problem.self) { try make("other") }
  }

  @Test("What is made is a dataset: classes by wnid, both splits, every image of the size that was asked for")
  func dataset() throws {
    _ = try make("set", side: 40)
    let home = Home(explicit: folder.path + "/home")
    let catalog = DatasetCatalog(home: home)
    _ = try catalog.add("set", FolderRecipe(path: folder.path + "/set", note: "made of four"), wordNet: nil)
    let dataset = try catalog.open("set")
    #expect(dataset.classes.map(\.wnid) == ["n00000001", "n00000002", "n00000003"])
    #expect(dataset.labels(.train).count == 12 && dataset.labels(.val).count == 6)
    #expect(dataset.summary.contains("made of four"))
    for index in 0..<12 {
      let picture = try dataset.picture(.train, index)
      #expect((picture.width, picture.height, picture.channels) == (40, 40, 3))
    }
  }

  @Test("Each object occurs as often as asked, in boxes that lie in the picture and around its colour", arguments: [1, 2, 3] as [UInt64])
  func boxes(seed: UInt64) throws {
    let report = try make("voc", layout: .voc, train: 6, val: 3, test: 2, side: 128, seed: seed)
    var counts: [String: Int] = [:]
    for (path, bytes) in try files("voc") where path.hasSuffix(".xml") {
      let text = String(decoding: bytes, as: UTF8.self)
      let objects = text.split(separator: "<object>").dropFirst()
      #expect(1...4 ~= objects.count)
      for object in objects {
        func value(_ tag: String) -> String {
          String(object.split(separator: "<\(tag)>").last?.split(separator: "</\(tag)>").first ?? "")
        }
        counts[value("name"), default: 0] += 1
        let box = try ["xmin", "ymin", "xmax", "ymax"].map { try #require(Int(value($0))) }
        #expect(box.allSatisfy { 1...128 ~= $0 } && box[0] <= box[2] && box[1] <= box[3])
      }
    }
    #expect(counts == ["n00000001": 11, "n00000002": 11, "n00000003": 11])
    func ids(_ set: String) -> [String] {
      String(decoding: folder.bytes(of: "voc/VOC2007/ImageSets/Main/\(set).txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    }
    #expect(ids("train").count == report.train && ids("val").count == report.val && ids("test").count == report.test)
    #expect(ids("trainval") == ids("train") + ids("val") && Set(ids("trainval")).count == report.train + report.val)
    #expect(Set(ids("trainval")).isDisjoint(with: ids("test")))
    #expect((ids("trainval") + ids("test")).allSatisfy { !folder.bytes(of: "voc/VOC2007/JPEGImages/\($0).jpg").isEmpty })
  }

  /// The stamps' kinds in two classes, or with the cross left out.
  private func coarse(withCross: Bool = true, leftOut: StampClasses.LeftOut = .absent) -> StampClasses {
    let target = TargetClass(wnid: "n00000009", name: "angular thing", members: withCross ? ["n00000001", "n00000002"] : ["n00000001"])
    return StampClasses(
      LabelSet(
        name: "coarse", dataset: "stamps", policy: .name, recipe: [], classes: [target, TargetClass(wnid: "n00000003", name: "disc", members: ["n00000003"])],
        leftOut: withCross ? [] : ["n00000002"]), leftOut: leftOut)
  }

  private func open(_ name: String) throws -> VOCDataset {
    let catalog = DatasetCatalog(home: Home(explicit: folder.path + "/home"))
    #expect(try catalog.add(name, FolderRecipe(path: folder.path + "/" + name, named: name), wordNet: nil).faults == 0)
    return try catalog.annotated(name)
  }

  @Test("Scenes take their classes from a label set, each as often as asked, and are a dataset without faults; the same for any number of workers")
  func labelSet() throws {
    let report = try make("det", layout: .voc, train: 30, val: 4, side: 96, classes: coarse())
    #expect(report.classes == 2)
    let dataset = try open("det")
    #expect(dataset.objectClasses == ["angular-thing", "disc"] && dataset.sets == ["test", "train", "trainval", "val"])
    #expect(try dataset.objectCounts(in: "train").map(\.all) == [30, 30] && dataset.objectCounts(in: "test").map(\.all) == [4, 4])
    #expect(try dataset.check(workers: 2).faults.isEmpty)
    _ = try make("again", layout: .voc, train: 30, val: 4, side: 96, workers: 3, classes: coarse())
    #expect(folder.contents(of: "det/VOC2007") == folder.contents(of: "again/VOC2007"))
    // Some are covered so far that they are difficult, most are not.
    let counts = try dataset.objectCounts(in: "trainval")
    #expect(counts.map(\.difficult).reduce(0, +) < counts.map(\.all).reduce(0, +) / 4)
  }

  @Test("The lists of a class say 1 where it is in a scene, 0 where only difficult, −1 elsewhere")
  func classLists() throws {
    _ = try make("det", layout: .voc, train: 20, val: 2, side: 64, classes: coarse())
    let dataset = try open("det")
    var values: [String: Int] = [:]
    for line in String(decoding: folder.bytes(of: "det/VOC2007/ImageSets/Main/disc_trainval.txt"), as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      values[String(fields[0])] = Int(fields[1])
    }
    for image in try dataset.images(in: "trainval") {
      let discs = image.objects.filter { $0.label == 1 }
      #expect(values[image.name] == (discs.isEmpty ? -1 : discs.allSatisfy(\.isDifficult) ? 0 : 1))
    }
    #expect(Set(values.values).isSuperset(of: [1, -1]))
  }

  @Test("Kinds that are left out are in no scene, or there as difficult objects that no class has")
  func leftOut() throws {
    _ = try make("absent", layout: .voc, train: 6, val: 2, classes: coarse(withCross: false))
    #expect(try files("absent").filter { $0.key.hasSuffix(".xml") }.allSatisfy { !String(decoding: $0.value, as: UTF8.self).contains("n00000002") })
    _ = try make("difficult", layout: .voc, train: 6, val: 2, classes: coarse(withCross: false, leftOut: .difficult))
    var crosses: [String] = []
    for (path, bytes) in try files("difficult") where path.hasSuffix(".xml") {
      crosses += String(decoding: bytes, as: UTF8.self).split(separator: "<object>").map(String.init).filter { $0.contains("n00000002") }
    }
    #expect(crosses.count == 10 && crosses.allSatisfy { $0.contains("<difficult>1</difficult>") })
    let dataset = try open("difficult")
    #expect(dataset.objectClasses == ["angular-thing", "disc"])
    #expect(try dataset.objectCounts(in: "train").map(\.all) == [6, 6])
  }

  @Test("An action is the class of the object nearest to the marked one, each as often as asked, whatever the marked one is; its lists say the same")
  func actions() throws {
    _ = try make("act", layout: .actions, train: 24, val: 3, side: 96, classes: coarse())
    let dataset = try open("act")
    #expect(dataset.actionClasses == ["angular-thing", "disc"] && dataset.sets.contains("Action/val"))
    var marked: [[Int]: Int] = [:]
    for set in ["Action/train", "Action/val", "Action/test"] {
      let images = try dataset.images(in: set)
      #expect(images.count == (set == "Action/train" ? 48 : 6))
      for image in images {
        let people = image.objects.filter { $0.actions != nil }
        try #require(people.count == 1 && image.objects.count >= 2)
        func squared(_ object: AnnotatedObject) -> Float {
          let (a, b) = (object.box, people[0].box)
          let (dx, dy) = (a.x1 + a.x2 - b.x1 - b.x2, a.y1 + a.y2 - b.y1 - b.y2)
          return dx * dx + dy * dy
        }
        let nearest = image.objects.filter { $0.actions == nil }.min { squared($0) < squared($1) }!
        #expect(people[0].actions == [nearest.label])
        #expect(people[0].box.overlap(with: nearest.box) < 0.2)
        marked[[people[0].label, nearest.label], default: 0] += 1
        for action in 0..<2 {
          let truth = try dataset.actionTruth(of: action, in: set).filter { $0.image == image.name }
          #expect(truth == [ActionTruth(image: image.name, place: people[0].place, value: nearest.label == action ? 1 : -1)])
        }
      }
    }
    #expect(marked.count == 4 && marked.values.allSatisfy { $0 > 4 })
    #expect(try dataset.actionTruth(of: 0, in: "Action/train").filter { $0.value == 1 }.count == 24)
    let places = try dataset.images(in: "Action/train").map { $0.objects.first { $0.actions != nil }!.place }
    #expect(Set(places).count > 1)
  }

  @Test("A cut-out is cut to what is visible, and smaller sizes keep its colour and its share of transparency")
  func cutout() throws {
    let cutout = try Cutout(file: folder.path + "/stamps/square.png")
    #expect(cutout.width == 50 && cutout.height == 33)
    let half = cutout.levels[0].halved
    #expect(half.width == 25 && half.height == 17)
    let middle = half.sample(12, 8)
    #expect(abs(middle.w - 1) < 1e-5 && abs(middle.x - 220 / 255) < 1e-3 && abs(middle.y - 20 / 255) < 1e-3)
    #expect(half.sample(-2, -2) == .zero)
  }

  @Test("Recipes out of range, a map that is none, and a missing package are refused in words")
  func refused() throws {
    #expect(throws: Problem.self) { try StampRecipe(side: 257, train: 1, val: 1) }
    #expect(throws: Problem.self) { try StampRecipe(train: 0, val: 1) }
    #expect(throws: Problem.self) { try StampMap(lines: ["../x.png\tn00000001"], place: "map") }
    let problem = #expect(throws: Problem.self) { try StampCollection(.asset(), folder: folder.path + "/none") }
    #expect(problem?.advice?.contains("tuxpaint-stamps-default") == true)
  }
}
