import Basics
import Datasets
import TestSupport
import Testing
import Training

@Suite struct ResultFolderTests {
  private let folder = TemporaryFolder()
  private var results: ResultFolder { ResultFolder(devkit: folder.path, year: 2007, set: "test") }
  private let classes = ["cat", "dog", "cow"]

  private func text(_ name: String) -> String { String(decoding: folder.bytes(of: "results/VOC2007/" + name), as: UTF8.self) }

  private func write(_ text: String) throws {
    for name in classes { try folder.write(name == "cat" ? Array(text.utf8) : [], at: "results/VOC2007/Main/comp4_det_test_\(name).txt") }
  }

  @Test("Detections lie where the devkit looks, count pixels from 1, and a class without any has an empty file")
  func layout() throws {
    let found = [
      [Detection(label: 1, score: 0.7027324, box: Box(88, 111, 515, 465.25)), Detection(label: 0, score: 0.5, box: Box(0, 0, 9, 9))],
      [Detection(label: 1, score: 1, box: Box(2, 3, 4, 5))],
    ]
    try results.write(found, images: ["000004", "000006"], classes: classes)
    #expect(text("Main/comp4_det_test_dog.txt") == "000004 0.702732 89.000 112.000 516.000 466.250\n000006 1.000000 3.000 4.000 5.000 6.000\n")
    #expect(text("Main/comp4_det_test_cow.txt").isEmpty && folder.names == ["results"])
    #expect(folder.contents(of: "results").keys.sorted().contains("VOC2007/Main/comp4_det_test_cow.txt"))
    try results.write(found, images: ["000004", "000006"], classes: classes, .original)
    #expect(text("Main/comp4_det_test_dog.txt") == "000004 0.703 89.0 112.0 516.0 466.2\n000006 1.000 3.0 4.0 5.0 6.0\n")
  }

  @Test("Halves are rounded to the even digit, as C does")
  func halves() throws {
    let found = [[Detection(label: 0, score: 0.0625, box: Box(0.25, 0.75, 1.25, 1.75)), Detection(label: 0, score: 0.1875, box: Box(0, 0, 1, 1))]]
    try results.write(found, images: ["a"], classes: classes, .original)
    #expect(text("Main/comp4_det_test_cat.txt") == "a 0.062 1.2 1.8 2.2 2.8\na 0.188 1.0 1.0 2.0 2.0\n")
  }

  @Test("Average precision from files is that in memory, as long as rounding makes no ties", arguments: 1...5 as ClosedRange<UInt64>)
  func same(seed: UInt64) throws {
    let scenes = RandomScenes(images: 30, classes: 3, scores: 900, seed: seed)
    let images = scenes.truths.indices.map { "scene\($0)" }
    func precision(_ detections: [[Detection]]) -> AveragePrecision {
      AveragePrecision(of: detections, truths: scenes.truths, classes: classes, .init(.voc10), scoreThreshold: nil)
    }
    let expected = precision(scenes.detections)
    for rounding in ResultFolder.Rounding.allCases {
      try results.write(scenes.detections, images: images, classes: classes, rounding)
      let read = try results.readDetections(images: images, classes: classes)
      for (one, other) in zip(precision(read).classes, expected.classes) {
        #expect(one.detections == other.detections)
        // Scores of at most 900 steps keep their order with three decimals but for ties, and boxes are whole pixels.
        if rounding == .fine { #expect(one == other) } else { #expect(abs((one.value ?? 0) - (other.value ?? 0)) < 0.05) }
      }
    }
  }

  @Test("Lines of other images in between change nothing")
  func lines() throws {
    var random = SeededGenerator(seed: 5)
    let scenes = RandomScenes(images: 20, classes: 3, scores: 6, seed: 12)
    let images = scenes.truths.indices.map { "scene\($0)" }
    try results.write(scenes.detections, images: images, classes: classes)
    let before = try results.readDetections(images: images, classes: classes)
    for name in classes {
      let path = "results/VOC2007/Main/comp4_det_test_\(name).txt"
      let groups = Dictionary(grouping: String(decoding: folder.bytes(of: path), as: UTF8.self).split(separator: "\n")) { $0.split(separator: " ")[0] }
      try folder.write(Array(groups.values.shuffled(using: &random).flatMap { $0 }.map { $0 + "\r\n" }.joined().utf8), at: path)
    }
    #expect(try results.readDetections(images: images, classes: classes) == before)
  }

  @Test(
    "A line that is none is refused with file and line, what was expected and what was found",
    arguments: [
      ("a 0.5 1 2 3", "5 words"), ("a 0.5 1 2 3 4 5", "7 words"), ("", "0 words"), ("b 0.5 1 2 3 4", "b"), ("a nan 1 2 3 4", "nan"), ("a inf 1 2 3 4", "inf"),
      ("a 0x1p3 1 2 3 4", "0x1p3"), ("a 1e99 1 2 3 4", "1e99"), ("a 0,5 1 2 3 4", "0,5"), ("a 0.5 9 2 3 4", "9 2 3 4"), ("a 0.5 1 5 3 4", "1 5 3 4"), ("a 0.5 1 2 3 -", "-"),
      ("\u{1B}[2J 0.5 1 2 3 4", "\u{1B}[2J"),
    ])
  func hostile(line: String, found: String) throws {
    try write("a 0.9 1 2 3 4\n" + line + "\na 0.1 1 2 3 4\n")
    let refused = problem { _ = try results.readDetections(images: ["a"], classes: classes) }
    #expect(refused?.kind == .data && refused?.place == results.detections(of: "cat") + ", line 2" && refused?.found == found)
    #expect(refused?.description.contains("\u{1B}") == false)
  }

  @Test("A class without a file is refused, as nothing says that it was looked for")
  func missing() throws {
    try write("")
    let refused = problem { _ = try results.readDetections(images: [], classes: classes + ["sheep"]) }
    #expect(refused?.kind == .notFound && refused?.place == results.detections(of: "sheep"))
  }

  @Test("Names that would be several words or another folder are refused", arguments: ["a b", "", "../a", "a\nb"])
  func names(name: String) {
    #expect(problem { try results.write([[]], images: [name], classes: classes) }?.kind == .data)
    #expect(problem { try results.write([], images: [], classes: [name]) }?.kind == .data)
  }

  @Test("Scores of actions come back with every digit, under the devkit's names")
  func actions() throws {
    let scores = [[ActionScore(image: "2010_006215", place: 1, score: 0.1), ActionScore(image: "2010_006217", place: 12, score: 1e-7 as Float)], []]
    try results.write(scores, actions: ["jumping", "phoning"])
    #expect(folder.contents(of: "results").keys.contains("VOC2007/Action/comp10_action_test_jumping.txt"))
    #expect(try results.readActions(["jumping", "phoning"]) == scores)
    #expect(problem { try results.write([[ActionScore(image: "a", place: 1, score: .nan)]], actions: ["jumping"]) }?.kind == .data)
  }

  @Test("A line of an action that is none is refused with its place", arguments: ["a 0 0.5", "a 1", "a 1 nan", "a 1 2 3", "a x 1", "a 99999999999999999999 1"])
  func hostileActions(line: String) throws {
    try folder.write(Array("a 1 0.5\n\(line)\n".utf8), at: "results/VOC2007/Action/comp10_action_test_jumping.txt")
    #expect(problem { _ = try results.readActions(["jumping"]) }?.place == results.actions(of: "jumping") + ", line 2")
  }
}
