import Analysis
import Basics
import Datasets
import Pictures
import TestSupport
import Testing
import Training

@Suite struct MarkedImageTests {
  private let place = Box(10, 10, 29, 29)
  private let other = Box(50, 10, 69, 29)

  private func found(_ detections: [Detection], _ objects: [AnnotatedObject]) -> DetectionResult {
    let image = AnnotatedImage(name: "1", width: 100, height: 50, objects: objects)
    return DetectionResult(
      RunDetections(
        run: "r", step: 10, dataset: "d", objects: FoundObjects(set: "test", classes: ["cat", "dog"], images: [image], detections: [detections])),
      on: ObjectTree(["cat", "dog"]))
  }

  private func kinds(_ image: MarkedImage) -> [MarkedBox.Kind] { image.boxes.map(\.kind) }

  @Test("A detection is right, a second one of the same object doubled, one beside it wrong, and an object that none found is missed")
  func everyKind() {
    let result = found(
      [Detection(label: 0, score: 0.9, box: place), Detection(label: 0, score: 0.8, box: place), Detection(label: 1, score: 0.7, box: place)],
      [AnnotatedObject(label: 0, box: place, place: 1), AnnotatedObject(label: 1, box: other, place: 2)])
    let image = result.images(least: 0.05)[0]
    // Annotated ones first, then what is surer over what is less sure.
    #expect(kinds(image) == [.found, .missed, .wrong, .double, .right])
    #expect(image.errors == 3 && image.boxes.map(\.score) == [nil, nil, 0.7, 0.8, 0.9])
  }

  @Test("What only detections below the shown score have found is missed; the average precision counts them all")
  func leastScore() {
    let result = found([Detection(label: 0, score: 0.4, box: place)], [AnnotatedObject(label: 0, box: place, place: 1)])
    #expect(kinds(result.images(least: 0.5)[0]) == [.missed])
    #expect(kinds(result.images(least: 0.4)[0]) == [.found, .right])
    #expect(result.summary.precision.mean == 1)
  }

  @Test("A difficult object and its detections are neither errors nor right, and of one class alone nothing else is shown")
  func difficult() {
    let result = found(
      [Detection(label: 0, score: 0.9, box: place), Detection(label: 1, score: 0.9, box: other)],
      [AnnotatedObject(label: 0, box: place, isDifficult: true, place: 1), AnnotatedObject(label: 1, box: other, place: 2)])
    let image = result.images(least: 0.05, label: 0)[0]
    #expect(kinds(image) == [.difficult, .difficult] && image.errors == 0)
  }

  @Test("A chart of all classes has the curves of the eight with the most objects, one of a class its own alone")
  func curves() {
    let result = found([Detection(label: 0, score: 0.9, box: place)], [AnnotatedObject(label: 0, box: place, place: 1), AnnotatedObject(label: 1, box: other, place: 2)])
    #expect(result.chart().series.map(\.name) == ["cat 100.0 %", "dog 0.0 %"] && result.chart(1).series.map(\.name) == ["dog 0.0 %"])
    #expect(result.chart(0).series[0].points.map(\.x) == [1])
    let many = (0..<20).map { "class\($0)" }
    let objects = (0..<20).flatMap { label in (0...label).map { AnnotatedObject(label: label, box: place, place: $0 + 1) } }
    let image = AnnotatedImage(name: "1", width: 100, height: 50, objects: objects)
    let crowded = DetectionResult(
      RunDetections(run: "r", step: 1, dataset: "d", objects: FoundObjects(set: "test", classes: many, images: [image], detections: [[]])), on: ObjectTree(many))
    #expect(crowded.chart().series.map { $0.name.split(separator: " ")[0] } == (12..<20).map { "class\($0)" })
  }

  @Test("A box is drawn at its pixels in its kind's colour, however the picture is scaled, and one beyond the border is cut off")
  func outline() {
    let grey = Picture(width: 100, height: 50, channels: 1, pixels: [UInt8](repeating: 128, count: 5000))
    let marked = MarkedPicture(grey, [MarkedBox(.wrong, label: 0, box: place, score: 0.5), MarkedBox(.right, label: 0, box: Box(-40, -40, 400, 400))], classes: ["cat"])
    let drawn = marked.outlined(width: 200, height: 100)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(drawn.pixels[(y * 200 + x) * 3..<(y * 200 + x) * 3 + 3]) }
    func colour(_ kind: MarkedBox.Kind) -> [UInt8] { [kind.colour.red, kind.colour.green, kind.colour.blue] }
    #expect(pixel(20, 20) == colour(.wrong) && pixel(59, 59) == colour(.wrong) && pixel(40, 40) == [128, 128, 128])
    #expect(pixel(0, 0) == colour(.right) && pixel(199, 99) == colour(.right))
    #expect(marked.label(marked.boxes[0]) == "✗ cat 0.50" && marked.label(marked.boxes[1]) == "✓ cat")
  }
}
