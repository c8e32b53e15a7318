import Basics
import Datasets
import Foundation
import TestSupport
import Testing
import Training

@Suite struct AveragePrecisionTests {
  private func object(_ label: Int, _ box: Box, difficult: Bool = false, place: Int = 1) -> AnnotatedObject {
    AnnotatedObject(label: label, box: box, isDifficult: difficult, place: place)
  }

  private func found(_ score: Float, _ box: Box, label: Int = 0) -> Detection { Detection(label: label, score: score, box: box) }

  /// Of one class, in images of their own.
  private func value(_ detections: [[Detection]], _ truths: [[AnnotatedObject]], _ metric: DetectionMetric = .init()) -> Double? {
    AveragePrecision(of: detections, truths: truths, classes: ["one"], metric, scoreThreshold: nil).classes[0].value
  }

  private let whole = Box(0, 0, 9, 19)

  // MARK: Areas

  @Test(
    "Eleven points are i · .1 in doubles and the last recall counts, as in all ports to Python",
    arguments: [
      ("TTTFT", 10, 0.4181818, 0.38), ("TFTTFFT", 7, 0.4383117, 0.4387755), ("TFTTFTTTTT", 10, 0.6909091, 0.66),
    ])
  func areas(ranking: String, positives: Int, voc07: Double, voc10: Double) throws {
    let curve = PrecisionRecall(ranking.map { $0 == "T" }, positives: positives)
    #expect(abs(try #require(curve.area(.voc07)) - voc07) < 5e-8)
    #expect(abs(try #require(curve.area(.voc10)) - voc10) < 5e-8)
  }

  @Test("Exact tenths would give more: a recall of 3 of 10 does not reach 3 · .1")
  func tenths() throws {
    #expect(try #require(PrecisionRecall([true, true, true, false, true], positives: 10).area(.voc07)) < 0.4363)
    #expect(PrecisionRecall([Bool](repeating: true, count: 10), positives: 10).area(.voc07) == PrecisionRecall([true], positives: 1).area(.voc07))
    #expect(abs(PrecisionRecall([true], positives: 1).area(.voc07)! - 1) < 1e-15)
  }

  /// Made once by `eval_detection_voc` of chainercv 0.13.1 (its file and `bbox_iou`, run under NumPy 2) on made-up scenes of whole pixels; the overlap that has to be exceeded is the next double there.
  private struct Golden: Decodable {
    struct Result: Decodable {
      var area: PrecisionArea
      var overlap: Double
      var takesEqual: Bool
      var classes: [Double?]
      var mean: Double
    }
    struct Image: Decodable { var objects, detections: [[Double]] }
    var results: [Result]
    var images: [Image]
  }

  @Test("Classes and mean are those of chainercv to 1e-12, for both areas, both readings of the overlap and two overlaps")
  func chainercv() throws {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Goldens"
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: folder + "/voc-ap.json")))
    func box(_ numbers: ArraySlice<Double>) -> Box {
      let sides = numbers.map { Float($0) }
      return Box(sides[0], sides[1], sides[2], sides[3])
    }
    let truths = golden.images.map { $0.objects.map { object(Int($0[0]), box($0[1...4]), difficult: $0[5] == 1) } }
    let detections = golden.images.map { $0.detections.map { found(Float($0[1]), box($0[2...5]), label: Int($0[0])) } }
    #expect(golden.results.count == 8)
    for expected in golden.results {
      let metric = DetectionMetric(expected.area, overlap: expected.overlap, takesEqual: expected.takesEqual)
      let result = AveragePrecision(of: detections, truths: truths, classes: (0..<6).map(String.init), metric, scoreThreshold: nil)
      for (row, value) in zip(result.classes, expected.classes) {
        if let value { #expect(abs(try #require(row.value) - value) < 1e-12, "\(metric.name)") } else { #expect(row.value == nil) }
      }
      #expect(abs(try #require(result.mean) - expected.mean) < 1e-12)
    }
  }

  // MARK: Rules

  @Test("An overlap of exactly one half is not enough, but to the devkit, and the metric's name says which")
  func half() {
    #expect(Box(0, 0, 9, 9).overlap(with: whole) == 0.5)
    #expect(value([[found(1, Box(0, 0, 9, 9))]], [[object(0, whole)]]) == 0)
    #expect(value([[found(1, Box(0, 0, 9, 9))]], [[object(0, whole)]], .init(.voc10, takesEqual: true)) == 1)
    #expect(DetectionMetric().name == "AP VOC07, IoU > 0.5" && DetectionMetric(.voc10, takesEqual: true).name == "AP VOC10+, IoU ≥ 0.5")
  }

  @Test("Every result carries its metric's name and the score below which detections were thrown away, in its file too")
  func named() throws {
    let result = AveragePrecision(of: [[]], truths: [[object(0, whole)]], classes: ["cat"], .init(.voc10), scoreThreshold: 0.05)
    #expect(result.note == "AP VOC10+, IoU > 0.5, scores of 0.05 or more")
    let read = try JSONDecoder().decode(AveragePrecision.self, from: JSONEncoder().encode(result))
    #expect(read == result && read.metric.area == .voc10 && read.scoreThreshold == 0.05)
  }

  @Test("A threshold that throws detections away lowers the figure and stands beside it")
  func threshold() throws {
    let scenes = RandomScenes(images: 40, classes: 3, scores: 1000, seed: 3)
    func result(_ threshold: Float) -> AveragePrecision {
      AveragePrecision(
        of: scenes.detections.map { $0.filter { $0.score >= threshold } }, truths: scenes.truths, classes: ["a", "b", "c"], .init(.voc10),
        scoreThreshold: Double(threshold))
    }
    #expect(try #require(result(0.7).mean) < #require(result(0.05).mean))
    #expect(result(0.7).note != result(0.05).note)
  }

  @Test("Without a detection the average precision is 0, without an image or an object there is none")
  func nothing() {
    #expect(value([[]], [[object(0, whole)]]) == 0)
    #expect(value([], []) == nil)
    #expect(value([[found(1, whole)]], [[]]) == nil)
  }

  @Test("A class with nothing to be found is left out of the mean and named, and is no 0 in it")
  func leftOut() {
    let result = AveragePrecision(
      of: [[found(0.9, whole), found(0.8, whole, label: 1)]], truths: [[object(0, whole), object(1, whole, difficult: true)]], classes: ["cat", "bird", "cow"],
      .init(.voc10), scoreThreshold: nil)
    #expect(result.mean == 1)
    #expect(result.leftOut == ["bird", "cow"])
    #expect(result.note.hasSuffix("; 2 classes have nothing to be found and are left out: bird, cow"))
    #expect(AveragePrecision(of: [], truths: [], classes: ["cat"], scoreThreshold: nil).mean == nil)
  }

  @Test("Difficult objects are not to be found, and finding them is neither right nor wrong, however often")
  func difficult() {
    let other = Box(100, 100, 140, 140)
    let truths = [[object(0, whole, difficult: true), object(0, other)]]
    let judged = JudgedDetections([[found(0.9, whole), found(0.8, whole), found(0.7, other)]], truths: truths, classes: 1)
    #expect(judged.positives == [1] && judged.difficult == [1])
    #expect(judged.classes[0].map(\.verdict) == [.difficult, .difficult, .right])
    #expect(judged.curve(0).precisions == [1])
  }

  @Test("Of several detections of an object the best is right, the others wrong; one that lies better on a found object does not take another")
  func doubles() {
    let beside = Box(0, 4, 9, 23)
    let judged = JudgedDetections(
      [[found(0.5, whole), found(0.9, whole), found(0.7, Box(0, 1, 9, 20))]], truths: [[object(0, whole), object(0, beside, place: 2)]], classes: 1)
    #expect(judged.classes[0].map(\.verdict) == [.right, .double, .double])
    #expect(judged.classes[0].map(\.detection) == [1, 2, 0])
    #expect(judged.classes[0].map(\.object) == [0, 0, 0])
  }

  @Test("The truth as detections gives 1, shifted by a pixel too; each box twice costs what the rule says")
  func truth() {
    let scenes = RandomScenes(images: 30, classes: 4, scores: 10, seed: 8)
    let truths = scenes.truths.map { $0.filter { $0.box.width > 20 && $0.box.height > 20 } }
    // Apart, so that no shifted box lies better on another object.
    let apart = truths.map { Array($0.prefix(1)) }
    func mean(_ detections: [[Detection]]) -> Double? {
      AveragePrecision(of: detections, truths: apart, classes: ["a", "b", "c", "d"], .init(.voc10), scoreThreshold: nil).mean
    }
    func boxes(_ dx: Float) -> [[Detection]] {
      apart.map { $0.map { found(1, Box($0.box.x1 + dx, $0.box.y1, $0.box.x2 + dx, $0.box.y2), label: $0.label) } }
    }
    #expect(mean(boxes(0)) == 1 && mean(boxes(1)) == 1)
    // One object, twice found: the second comes after full recall.
    #expect(value([[found(0.9, whole), found(0.9, whole)]], [[object(0, whole)]]) == PrecisionRecall([true], positives: 1).area(.voc07))
    // Two objects: right, double, right.
    #expect(
      value([[found(0.9, whole), found(0.8, whole)], [found(0.7, whole)]], [[object(0, whole)], [object(0, whole)]], .init(.voc10)) == 0.5 + 0.5 * 2 / 3)
  }

  @Test("A score that is no number comes last, and −0 stands where 0 does")
  func oddScores() {
    let judged = JudgedDetections(
      [[found(.nan, whole), found(-0.0, whole), found(0, whole), found(-1, whole), found(.infinity, whole), found(-.infinity, whole)]],
      truths: [[object(0, whole)]], classes: 1)
    #expect(judged.classes[0].map(\.detection) == [4, 1, 2, 3, 5, 0])
  }

  @Test("Boxes inside out or without numbers overlap nothing")
  func oddBoxes() {
    for box in [Box(9, 9, 0, 0), Box(.nan, 0, 9, 19), Box(0, 0, .nan, .nan), Box(-.infinity, 0, .infinity, 19)] {
      #expect(value([[found(1, box)]], [[object(0, whole)]]) == 0)
    }
  }

  // MARK: The naive twin

  /// By the words of the definitions, in their own loops.
  private func naive(_ scenes: RandomScenes, _ label: Int, _ metric: DetectionMetric) -> Double? {
    var ranked: [(image: Int, place: Int)] = []
    for (image, detections) in scenes.detections.enumerated() {
      for (place, one) in detections.enumerated() where one.label == label { ranked.append((image, place)) }
    }
    ranked.sort { one, other in
      let (a, b) = (scenes.detections[one.image][one.place].score, scenes.detections[other.image][other.place].score)
      return a != b ? a > b : (one.image, one.place) < (other.image, other.place)
    }
    var used: [Int: [Int]] = [:]
    var marks: [Bool] = []
    for (image, place) in ranked {
      let box = scenes.detections[image][place].box
      let overlaps = scenes.truths[image].map { $0.label == label ? Double(box.overlap(with: $0.box)) : -1 }
      guard let best = overlaps.max(), metric.takesEqual ? best >= metric.overlap : best > metric.overlap else {
        marks.append(false)
        continue
      }
      let object = overlaps.firstIndex(of: best)!
      if scenes.truths[image][object].isDifficult { continue }
      marks.append(!used[image, default: []].contains(object))
      used[image, default: []].append(object)
    }
    let positives = scenes.truths.joined().count { $0.label == label && !$0.isDifficult }
    guard positives > 0 else { return nil }
    let points = marks.indices.map { end -> (recall: Double, precision: Double) in
      let right = marks[...end].count { $0 }
      return (Double(right) / Double(positives), Double(right) / Double(end + 1))
    }
    func best(_ recall: Double) -> Double { points.filter { $0.recall >= recall }.map(\.precision).max() ?? 0 }
    switch metric.area {
    case .voc07: return (0...10).map { best(Double($0) * 0.1) }.reduce(0, +) / 11
    case .voc10: return (1...positives).map { best(Double($0) / Double(positives)) }.reduce(0, +) / Double(positives)
    }
  }

  @Test("Random scenes with many equal scores come to what the definitions say word by word", arguments: 1...12 as ClosedRange<UInt64>)
  func twin(seed: UInt64) throws {
    let scenes = RandomScenes(images: 25, classes: 3, scores: seed % 2 == 0 ? 5 : 1000, seed: seed)
    for metric in [DetectionMetric(.voc07), .init(.voc10), .init(.voc10, overlap: 0.4, takesEqual: true)] {
      let result = AveragePrecision(of: scenes.detections, truths: scenes.truths, classes: ["a", "b", "c"], metric, scoreThreshold: nil)
      for label in 0..<3 {
        let expected = naive(scenes, label, metric)
        #expect((result.classes[label].value == nil) == (expected == nil))
        if let expected { #expect(abs(result.classes[label].value! - expected) < 1e-12) }
      }
    }
  }

  @Test("The order in which detections of different scores come in changes nothing")
  func order() {
    var random = SeededGenerator(seed: 4)
    for seed in 1...6 as ClosedRange<UInt64> {
      let scenes = RandomScenes(images: 20, classes: 3, scores: 7, seed: seed)
      let judged = JudgedDetections(scenes.detections, truths: scenes.truths, classes: 3)
      // Any order in which equal scores of an image stand as they stood.
      let shuffled = scenes.detections.map { detections in
        let groups = Dictionary(grouping: detections.indices) { detections[$0].score }
        return groups.values.shuffled(using: &random).flatMap { $0.sorted().map { detections[$0] } }
      }
      let again = JudgedDetections(shuffled, truths: scenes.truths, classes: 3)
      for label in 0..<3 { #expect(again.curve(label) == judged.curve(label)) }
    }
  }
}
