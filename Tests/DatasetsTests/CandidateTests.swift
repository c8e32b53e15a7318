import Basics
import Datasets
import Files
import Glibc
import TestSupport
import Testing

@Suite struct CandidateTests {
  private let folder = TemporaryFolder()
  private var store: CandidateStore { CandidateStore(home: Home(explicit: folder.path + "/home"), dataset: "voc") }
  private let images = [("a", 50, 40), ("b", 192, 192), ("c", 500, 375)].map { AnnotatedImage(name: $0, width: $1, height: $2, objects: []) }

  private func boxes(_ source: String, _ image: AnnotatedImage) throws -> [Box] {
    try store.open(source).boxes(of: [image], in: Nothing(), workers: 1) { _ in }[0]
  }

  private func list(_ lines: String...) -> String {
    folder.write(Array(lines.joined(separator: "\r\n").utf8), to: "boxes.txt")
    return folder.path + "/boxes.txt"
  }

  @Test("The grid has 700 boxes of whole pixels within the image, each once, the whole image among them")
  func grid() throws {
    let grid = GridCandidates()
    for image in images.dropFirst() {
      let boxes = grid.boxes(width: image.width, height: image.height)
      #expect(boxes.count == 700 && Set(boxes).count == 700)
      #expect(boxes.allSatisfy { $0 == $0.clipped(width: image.width, height: image.height) && $0.x1 <= $0.x2 && $0.y1 <= $0.y2 && $0.x1 == $0.x1.rounded() })
      #expect(boxes.last { $0.area == Float(image.width * image.height) } != nil)
      // From edge to edge.
      let quarter = Float(image.width) / 4
      #expect(boxes.contains { $0.x1 == 0 && abs($0.width - quarter) <= 1 } && boxes.contains { $0.x2 == Float(image.width) - 1 && abs($0.width - quarter) <= 1 })
    }
    #expect(grid.boxes(width: 1, height: 1).contains(Box(0, 0, 0, 0)))
  }

  @Test("For any person box of a quarter of the image's sides or more the grid has regions whose overlap with it is between .2 and .75")
  func gridWindow() {
    let boxes = GridCandidates().boxes(width: 192, height: 192)
    for side in [48, 70, 96, 130, 160] {
      for x in stride(from: 0, through: 192 - side, by: 13) {
        let person = Box(Float(x), Float(192 - side - x), Float(x + side - 1), Float(191 - x))
        #expect(boxes.contains { (0.2...0.75).contains($0.overlap(with: person)) })
      }
    }
  }

  @Test("Damage is found before a box of it is used, and boxes of an image of another size are not taken for this one's")
  func damaged() throws {
    _ = try store.keep("ss", file: list("a 1 1 9 9", "b 2 2 9 9", "c 1 1 9 9.5"), firstPixel: 1, images: images)
    #expect(store.brought == ["ss"])
    let path = "home/datasets/voc/candidates/ss.boxes"
    let whole = folder.bytes(of: path)
    let right = try images.map { try boxes("ss", $0) }
    #expect(right == [[Box(0, 0, 8, 8)], [Box(1, 1, 8, 8)], [Box(0, 0, 8, 8.5)]])
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 0x10
      folder.write(bytes, to: path)
      for (image, right) in zip(images, right) {
        var found: [Box]?
        let refusal = problem { found = try boxes("ss", image) }
        #expect(refusal != nil || found == right)
      }
    }
    for less in 1..<whole.count {
      folder.write(Array(whole.dropLast(less)), to: path)
      #expect(problem { _ = try boxes("ss", images[2]) } != nil)
    }
    folder.write(whole, to: path)
    let other = AnnotatedImage(name: "a", width: 40, height: 50, objects: [])
    #expect(problem { _ = try boxes("ss", other) }?.found == "another size")
    #expect(problem { _ = try boxes("ss", AnnotatedImage(name: "d", width: 40, height: 50, objects: [])) }?.kind == .notFound)
    #expect(problem { _ = try store.open("mine") }?.expected == "one of grid, selective-search, ss")
    for name in ["grid", "selective-search", "../x", ""] {
      #expect(problem { _ = try store.keep(name, file: list("a 1 1 9 9"), firstPixel: 1, images: images) }?.kind == .usage)
    }
  }

  @Test("A file's boxes are taken as it counts, from 0 or from 1, and kept once under a name; lines of other images are counted")
  func lists() throws {
    let path = list("a 1 1 50 40", "c\t10 20 30 40", "a,2,3,4,5", "", "zz 1 2 3 4")
    let kept = try store.keep("mine", file: path, firstPixel: 1, images: images)
    #expect(kept.images == 2 && kept.boxes == 3 && kept.strangers == 1)
    #expect(try boxes("mine", images[0]) == [Box(0, 0, 49, 39), Box(1, 2, 3, 4)])
    #expect(try boxes("mine", images[2]) == [Box(9, 19, 29, 39)])
    #expect(problem { _ = try store.keep("mine", file: path, firstPixel: 1, images: images) }?.kind == .cannotWrite)
    _ = try store.keep("zero", file: list("b 0 0 191 191.0"), firstPixel: 0, images: images)
    #expect(try boxes("zero", images[1]) == [Box(0, 0, 191, 191)])
  }

  @Test("A line that is none, or whose box leaves its image, is named with what may be meant", arguments: [
    ("a 0 1 20 20", 1, "--first-pixel 0"), ("a 0 0 50 20", 0, "--first-pixel 1"), ("a 5 30 20 48", 1, "MATLAB's order"), ("a 9 9 8 20", 1, "expected x1 y1 x2 y2"), ("a 1 2 3", 1, "line 2"),
    ("a 1 2 3 nan", 1, "line 2"), ("a 1 2 3 4 5", 1, "line 2"), ("a -9 2 3 4", 1, "expected x1 y1 x2 y2"),
  ])
  func refused(line: String, firstPixel: Int, words: String) {
    let path = list("b 1 1 2 2", line)
    let refusal = problem { _ = try store.keep("mine", file: path, firstPixel: firstPixel, images: images) }
    #expect(refusal?.kind == .data && refusal?.description.contains(words) == true, "\(String(describing: refusal))")
    #expect(store.brought.isEmpty)
    #expect(problem { _ = try store.keep("mine", file: list("x 1 1 2 2"), firstPixel: 1, images: images) }?.expected == "names such as a")
  }

  @Test("Recall counts objects that a candidate overlaps by half or more, difficult ones left out")
  func recall() throws {
    var image = images[0]
    image.objects = [
      AnnotatedObject(label: 0, box: Box(0, 0, 9, 9), place: 1), AnnotatedObject(label: 0, box: Box(20, 20, 29, 29), place: 2),
      AnnotatedObject(label: 0, box: Box(40, 30, 44, 34), isDifficult: true, place: 3),
    ]
    // Exactly half of the first; a quarter of the second.
    _ = try store.keep("ss", file: list("a 0 0 9 4", "a 20 20 24 24", "a 48 38 49 39"), firstPixel: 0, images: [image])
    let recall = try CandidateRecall(store.open("ss"), [image], in: Nothing(), workers: 2)
    #expect(recall.source == "ss" && recall.objects == 2 && recall.recall == 0.5 && recall.meanBestOverlap == 0.375 && recall.boxesPerImage == 3)
    #expect(problem { _ = try CandidateRecall(store.open("ss"), images, in: Nothing(), workers: 2) }?.place == "b")
    #expect(try CandidateRecall(store.open("grid"), images, in: Nothing(), workers: 1).boxesPerImage > 650)
  }
}

/// A dataset that nothing has to be asked of.
private struct Nothing: AnnotatedDataset {
  let name = "nothing", summary = "", fingerprint = "0"
  let objectClasses = ["thing"], actionClasses: [String] = [], sets: [String] = []
  func images(in set: String) -> [AnnotatedImage] { [] }
  func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) { throw Problem("nothing is to be decoded") }
}
