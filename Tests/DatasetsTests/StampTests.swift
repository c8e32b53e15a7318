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
    _ name: String, layout: StampRecipe.Layout = .folders, train: Int = 4, val: Int = 2, side: Int = 48, seed: UInt64 = 1,
    workers: Int = 1
  ) throws -> StampMaker.Report {
    let recipe = try StampRecipe(layout: layout, side: side, seed: seed, train: train, val: val)
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
    let report = try make("voc", layout: .voc, train: 6, val: 3, side: 128, seed: seed)
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
    #expect(counts == ["n00000001": 9, "n00000002": 9, "n00000003": 9])
    func ids(_ set: String) -> [String] {
      String(decoding: folder.bytes(of: "voc/VOC2007/ImageSets/Main/\(set).txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    }
    #expect(ids("train").count == report.train && ids("test").count == report.val)
    #expect(Set(ids("trainval")).isDisjoint(with: ids("test")))
    #expect((ids("trainval") + ids("test")).allSatisfy { !folder.bytes(of: "voc/VOC2007/JPEGImages/\($0).jpg").isEmpty })
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
