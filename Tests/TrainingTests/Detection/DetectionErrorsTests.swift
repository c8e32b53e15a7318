import Basics
import Datasets
import Foundation
import Taxonomy
import TestSupport
import Testing
import Training

@Suite struct DetectionErrorsTests {
  private static let pascal = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
    "train", "tvmonitor",
  ]

  private func object(_ label: Int, _ box: Box, difficult: Bool = false) -> AnnotatedObject { AnnotatedObject(label: label, box: box, isDifficult: difficult, place: 1) }

  private func errors(_ detections: [[Detection]], _ truths: [[AnnotatedObject]], _ tree: ObjectTree, top: Int? = nil) -> DetectionErrors {
    let judged = JudgedDetections(detections, truths: truths, classes: tree.classes.count)
    return DetectionErrors(judged, detections: detections, truths: truths, on: tree, top: top)
  }

  /// wolf and fox below canine, chair below seat, one root above; a class that WordNet does not know.
  private func tree(depth: Int = 1) throws -> ObjectTree {
    let words = MadeUpWordNet([(["thing"], []), (["canine"], [0]), (["seat"], [0]), (["wolf"], [1]), (["fox"], [1]), (["chair"], [2])])
    return try ObjectTree(
      ["wolf", "fox", "chair", "widget"], wnids: ["wolf": words.wnids[3], "fox": words.wnids[4], "chair": words.wnids[5]], depth: depth, wordNet: words.open())
  }

  @Test("VOC's classes are similar below one node of depth 6: conveyances, animals and furnishings, as the paper's lists but for persons")
  func pascal() throws {
    let tree = try ObjectTree(Self.pascal, wordNet: WordNetFiles.open(environment: [:]))
    #expect(tree.unknown.isEmpty)
    let groups = tree.similar.map { $0.classes.joined(separator: " ") }
    #expect(groups == ["aeroplane bicycle boat bus car motorbike train", "bird cat cow dog horse sheep", "chair diningtable sofa"])
    #expect(tree.similar.map { $0.node.split(separator: " ")[0] } == ["conveyance", "animal", "furnishing"])
  }

  @Test("Classes without a synset are named, similar to none, and counted by name")
  func unknown() throws {
    let tree = try tree()
    #expect(tree.unknown == ["widget"] && tree.areSimilar(0, 1) && !tree.areSimilar(0, 2) && !tree.areSimilar(0, 3) && !tree.areSimilar(3, 3))
    #expect(tree.similar.map(\.classes) == [["wolf", "fox"]])
    #expect(ObjectTree(["a", "b"]).unknown == ["a", "b"] && !ObjectTree(["a", "b"]).areSimilar(0, 1))
    // One level higher all that are known are.
    #expect(try self.tree(depth: 0).areSimilar(0, 2))
  }

  @Test("A wrong detection is a matter of place, then of a similar class, then of any other, then of background")
  func kinds() throws {
    let (place, far) = (Box(0, 0, 99, 99), Box(200, 0, 299, 99))
    let shifted = Box(50, 0, 149, 99)
    func kind(_ detection: Box, _ objects: [AnnotatedObject]) throws -> DetectionErrors.ClassRow {
      // Another image holds objects enough for one wrong detection to be looked at.
      errors([[Detection(label: 0, score: 1, box: detection)], []], [objects, [object(0, far)]], try tree()).classes[0]
    }
    // iou 1/3 with its own class; the similar class beside it does not matter.
    #expect(try kind(shifted, [object(0, place), object(1, shifted)]).localization == 1)
    #expect(try kind(shifted, [object(0, place, difficult: true)]).localization == 1)
    #expect(try kind(place, [object(2, place), object(1, shifted)]).similar == 1)
    #expect(try kind(place, [object(2, place), object(1, far)]).other == 1)
    #expect(try kind(place, [object(3, place)]).confusions == [DetectionErrors.Confusion(name: "widget", detections: 1)])
    #expect(try kind(place, [object(1, far)]).background == 1)
    // Just below and at a tenth: 100 of 1,900 + 100 pixels is 1/20; 10 of 100.
    #expect(try kind(Box(0, 0, 9, 9), [object(1, Box(0, 0, 0, 8))]).background == 1)
    #expect(try kind(Box(0, 0, 9, 9), [object(1, Box(0, 0, 0, 9))]).similar == 1)
  }

  @Test("A second detection of an object is an error of localisation, and counted as a double")
  func doubles() throws {
    let box = Box(0, 0, 9, 9)
    let row = errors([[Detection(label: 0, score: 1, box: box), Detection(label: 0, score: 0.5, box: box)]], [[object(0, box)]], try tree()).classes[0]
    #expect(row.wrong == 1 && row.localization == 1 && row.double == 1)
  }

  @Test("As many wrong detections are looked at as the class has objects, the surest, or as many as asked for")
  func top() throws {
    let box = Box(0, 0, 9, 9), nowhere = Box(100, 100, 109, 109)
    let found = (0..<5).map { Detection(label: 0, score: 1 - Float($0) / 10, box: $0 < 2 ? nowhere : Box(5, 0, 14, 9)) }
    let truths = [[object(0, box)], [object(0, box)], [object(0, box, difficult: true)]]
    let usual = errors([found, [], []], truths, try tree()).classes[0]
    #expect(usual.objects == 2 && usual.wrong == 2 && usual.background == 2)
    let all = errors([found, [], []], truths, try tree(), top: 100)
    #expect(all.classes[0].wrong == 5 && all[.localization] == 3 && all[.background] == 2 && all.wrong == 5)
  }

  @Test("Every wrong detection is of one kind, on random scenes", arguments: 1...5 as ClosedRange<UInt64>)
  func partition(seed: UInt64) throws {
    let scenes = RandomScenes(images: 40, classes: 4, scores: 50, seed: seed)
    let judged = JudgedDetections(scenes.detections, truths: scenes.truths, classes: 4)
    let all = errors(scenes.detections, scenes.truths, try tree(), top: .max)
    for label in 0..<4 {
      let row = all.classes[label]
      #expect(row.wrong == judged.classes[label].count { $0.verdict == .wrong || $0.verdict == .double })
      #expect(DetectionErrors.Kind.allCases.reduce(0) { $0 + row[$1] } == row.wrong)
      #expect(row.confusions.reduce(0) { $0 + $1.detections } == row.similar + row.other)
    }
    #expect(try JSONDecoder().decode(DetectionErrors.self, from: JSONEncoder().encode(all)) == all)
  }
}
