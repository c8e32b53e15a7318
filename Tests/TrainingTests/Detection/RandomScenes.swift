import Basics
import Datasets
import TestSupport

/// Made-up objects and what a middling detector finds of them: shifted, doubled, taken for another class, and nothing at all.
struct RandomScenes {
  var truths: [[AnnotatedObject]] = []
  var detections: [[Detection]] = []

  /// - Parameter scores: how many different ones there are; few make ties.
  init(images: Int, classes: Int, scores: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func score() -> Float { Float(number(1...scores)) / Float(scores) }
    for _ in 0..<images {
      var objects: [AnnotatedObject] = []
      var found: [Detection] = []
      for place in 0..<number(0...4) {
        let (x, y, width, height) = (number(0...100), number(0...100), number(5...60), number(5...60))
        let label = number(0...classes - 1)
        objects.append(
          AnnotatedObject(
            label: label, box: Box(Float(x), Float(y), Float(x + width), Float(y + height)), isDifficult: number(0...4) == 0, place: place + 1))
        for _ in 0..<number(0...3) {
          let (dx, dy) = (number(-width / 3...width / 3), number(-height / 3...height / 3))
          found.append(
            Detection(
              label: number(0...9) == 0 ? number(0...classes - 1) : label, score: score(),
              box: Box(Float(x + dx), Float(y + dy), Float(x + width + dx), Float(y + height))))
        }
      }
      if number(0...2) == 0 { found.append(Detection(label: number(0...classes - 1), score: score(), box: Box(3, 4, 40, 50))) }
      truths.append(objects)
      detections.append(found.shuffled(using: &random))
    }
  }
}
