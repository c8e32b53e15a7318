import FoundationEssentials
import Testing
import Training

@Suite struct ValidationReportTests {
  private func report(_ json: String) throws -> ValidationReport { try JSONDecoder().decode(ValidationReport.self, from: Data(json.utf8)) }

  private func report(_ error: Double) -> ValidationReport {
    ValidationReport(
      step: 1, epoch: 1, loss: 1, metrics: MetricValues([TaskMetric("pixels", heading: "pixels", direction: .lowerIsBetter, form: .number)], [error]),
      images: 1, skipped: 0)
  }

  @Test("A report of an earlier version is read, and written with the same keys and nothing else")
  func earlier() throws {
    let text = #"{"epoch":2,"images":4,"loss":1.5,"meanClass":0.25,"skipped":1,"step":4,"top1":0.5,"top5":1}"#
    let report = try report(text)
    #expect(report[.top1] == 0.5 && report[.top5] == 1 && report[.meanClass] == 0.25 && report.metrics.list == TaskMetric.classification)
    #expect(report.headline.metric == .top1 && report.headline.value == 0.5)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(report), as: UTF8.self) == text)
  }

  @Test("Metrics that no task here declares are read by their names, after those that are known, with the headline in front")
  func unknown() throws {
    let text = #"{"step":4,"epoch":2,"loss":1,"images":4,"skipped":0,"top1":0.5,"recall":2.5,"headline":"boxAP","boxAP":0.25,"note":"text"}"#
    let report = try report(text)
    #expect(report.metrics.map(\.metric.name) == ["boxAP", "top1", "recall"] && report.metrics.values == [0.25, 0.5, 2.5])
    #expect(report.headline.metric.snakeName == "box_ap" && report.headline.metric.form == .number)
    #expect(try JSONDecoder().decode(ValidationReport.self, from: JSONEncoder().encode(report)) == report)
  }

  @Test(
    "A report without its headline, or with an impossible share, is refused",
    arguments: [#""top5":1,"meanClass":0.5"#, #""headline":"map","top1":0.5"#, #""top1":1.5"#, #""top1":-0.1,"top5":1"#, #""top1":"much""#])
  func refusals(metrics: String) {
    #expect(throws: DecodingError.self) { try report(#"{"step":4,"epoch":2,"loss":1,"images":4,"skipped":0,\#(metrics)}"#) }
  }

  @Test("The best of several is told by the headline's direction, of equal ones the first, and NaN is never the best")
  func best() {
    #expect(report(3).isBetter(than: report(4)) && !report(4).isBetter(than: report(3)) && !report(3).isBetter(than: report(3)))
    #expect(report(3).isBetter(than: nil) && !report(.nan).isBetter(than: nil) && !report(.nan).isBetter(than: report(9)))
    func share(_ top1: Double) -> ValidationReport {
      ValidationReport(step: 1, epoch: 1, loss: 1, metrics: .classification(top1: top1, top5: 1, meanClass: 0), images: 1, skipped: 0)
    }
    #expect(share(0).isBetter(than: nil) && share(0.5).isBetter(than: share(0.25)) && !share(0.25).isBetter(than: share(0.25)))
  }
}
