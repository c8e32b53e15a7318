import Analysis
import Basics
import Datasets
import FoundationEssentials
import TestSupport
import Testing
import Training

@Suite struct DetectionErrorRequestTests {
  /// A cat found where it is and where it is not; nothing of dogs, which there are none of.
  private func result() -> DetectionErrorResult {
    let cat = AnnotatedObject(label: 0, box: Box(0, 0, 9, 9), place: 1)
    let found = [Detection(label: 0, score: 0.9, box: Box(50, 50, 59, 59)), Detection(label: 0, score: 0.8, box: Box(0, 0, 9, 9))]
    return DetectionErrorResult(
      DetectionErrorRequest(results: "results", dataset: "pets", metric: DetectionMetric(.voc10)), detections: [found], truths: [[cat]], ObjectTree(["cat", "dog"]))
  }

  @Test("The table has a row a class and one of all; the words say metric, what was looked at, what is left out and what is known by name only")
  func report() throws {
    let result = result()
    #expect(result.metrics.map(\.name) == ["meanAP", "localization", "similar", "other", "background"])
    #expect(result.metrics.map(\.value) == [0.5, 0, 0, 0, 1])
    let lines = result.report.parts.compactMap { if case .line(let line) = $0 { line } else { nil } }.joined(separator: "\n")
    #expect(lines.contains("AP VOC10+, IoU > 0.5; 1 class has nothing to be found and is left out: dog"))
    #expect(lines.contains("by name only, as no synset is known: cat, dog"))
    let csv = result.report.csv.split(separator: "\n")
    #expect(csv[0] == "class,objects,AP,wrong,localisation,double,similar,other,background,confused with")
    #expect(csv.count == 4 && csv[1] == "cat,1,0.5,1,0.0,0.0,0.0,0.0,1.0," && csv[2] == "dog,0,,0,,,,,," && csv[3].hasPrefix("all,1,0.5,1,"))
  }

  @Test("Request and result come back from JSON as they were")
  func json() throws {
    let request = DetectionErrorRequest(results: "r", dataset: "voc2007", metric: DetectionMetric(.voc07, takesEqual: true), top: 7)
    #expect(try JSONDecoder().decode(DetectionErrorRequest.self, from: JSONEncoder().encode(request)) == request)
    let read = try JSONDecoder().decode(DetectionErrorResult.self, from: JSONEncoder().encode(result()))
    #expect(read.errors == result().errors && read.precision == result().precision)
  }
}
