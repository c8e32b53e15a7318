import Basics
import EngineFixtures
import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing
import Training

/// Runs of a task that this version does not know, beside classifications: their metrics are read by name wherever runs are.
@Suite struct RunMetricsTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  private static func report(_ ap: Double, _ recall: Double) throws -> ValidationReport {
    try JSONDecoder().decode(
      ValidationReport.self,
      from: Data(#"{"step":4,"epoch":2,"loss":1,"images":4,"skipped":0,"headline":"boxAP","boxAP":\#(ap),"recall":\#(recall)}"#.utf8))
  }

  /// Three runs that are over and were not touched for a minute, or so many of each kind.
  private func makeRuns(copies: Int = 1) throws {
    let reports = [
      "low": try Self.report(0.25, 9), "high": try Self.report(0.5, 3),
      "classes": ValidationReport(step: 4, epoch: 2, loss: 1, metrics: .classification(top1: 0.75, top5: 1, meanClass: 0.7), images: 4, skipped: 0),
    ]
    for (number, (name, report)) in (0..<copies).flatMap({ _ in reports.sorted { $0.key < $1.key } }).enumerated() {
      let run = try RunDirectory.create(exampleConfiguration(name: name, created: 1e9 + Double(number)), in: home.runs)
      var progress = RunProgress()
      (progress.validation, progress.best) = (report, report)
      try RunJSON.write(RunResult(outcome: .finished, session: 1, time: 7, problem: nil, progress: progress), to: run.resultFile)
      var times = [timespec(), timespec()]
      times[0].tv_sec = time_t(unixTime()) - 60
      times[1].tv_sec = times[0].tv_sec
      utimensat(AT_FDCWD, run.path, &times, 0)
    }
  }

  @Test("The index gives back what the run's own files say, metrics of unknown tasks included")
  func index() throws {
    // Fewer are not worth an index.
    try makeRuns(copies: 20)
    let read = RunsReader(home: home).refresh()
    let kept = RunIndex.load(home)
    #expect(kept.count == 60 && read.allSatisfy { kept[$0.id]?.summary == $0 })
    #expect(Set(read.compactMap { $0.progress.best?.headline.value }) == [0.25, 0.5, 0.75])
    // An index of the version before is made anew.
    var bytes = folder.bytes(of: "cache/runs-index")
    #expect(bytes[0..<8].elementsEqual(Array("rindex03".utf8)))
    bytes[7] = UInt8(ascii: "2")
    folder.write(bytes, to: "cache/runs-index")
    #expect(RunIndex.load(home).isEmpty && RunsReader(home: home).refresh() == read && RunIndex.load(home).count == 60)
  }

  @Test("Filter and order take the name of any metric that a run has, in any case, and refuse others with the list")
  func fields() throws {
    try makeRuns()
    let runs = RunsReader(home: home).refresh()
    let metrics = runs.metrics
    func names(_ filter: String) throws -> [String] { try RunFilter(filter, metrics: metrics).fitting(runs).map(\.name).sorted() }
    #expect(try names("boxAP>.3") == ["high"] && names("boxap<=0.5 recall>3") == ["low"] && names("-recall>5") == ["classes", "high"])
    #expect(try names("top1>70%") == ["classes"] && names("acc>.3") == ["classes", "high"])
    #expect(try RunOrder("-boxAP", metrics: metrics).sorted(runs).map(\.name) == ["high", "low", "classes"])
    #expect(try RunOrder("recall", metrics: metrics).sorted(runs).map(\.name) == ["high", "low", "classes"])
    let problem = #expect(throws: Problem.self) { try RunFilter("precision>1", metrics: metrics) }
    #expect(problem?.expected?.hasSuffix("boxAP, recall") == true && problem?.expected?.contains("top1, top5, meanClass, ") == true)
    #expect(throws: Problem.self) { try RunFilter("boxAP>.3") }
  }

  @Test("Comparisons and statistics have a line for each metric, under its own name")
  func results() throws {
    try makeRuns()
    let runs = RunsReader(home: home).refresh().sorted { $0.name < $1.name }
    let configured = try runs.map { (configuration: try RunDirectory($0.path).configuration(), summary: $0) }
    let difference = RunDifference(.init(configured[1].configuration, runs[1], nil), .init(configured[2].configuration, runs[2], nil))
    #expect(difference.results.prefix(4).dropFirst(2).map { [$0.field, $0.a, $0.b] } == [["best boxAP", "0.5", "0.25"], ["its recall", "3.0", "9.0"]])
    let mixed = RunDifference(.init(configured[0].configuration, runs[0], nil), .init(configured[1].configuration, runs[1], nil))
    #expect(mixed.results.first { $0.field == "best top-1" }?.b == "–" && mixed.results.first { $0.field == "best boxAP" }?.a == "–")
    let rows = RunStatistics.rows(Array(configured.dropFirst()), by: .configuration)
    #expect(rows.count == 1 && rows[0].metrics.map(\.estimate.mean) == [0.375, 6] && rows[0].best.map(\.metric.name) == ["boxAP"])
    let json = String(decoding: try JSONEncoder().encode(rows), as: UTF8.self)
    #expect(json.contains("\"boxAP\":{") && json.contains("\"bestBoxAP\":{") && !json.contains("top1"))
  }

  @Test("Curves of metrics are read by any name, listed behind those of every training, and too many are told")
  func curves() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "box", firstStep: 1)
    func metric(_ tag: String) throws -> RunMetric { try #require(RunMetric(tag: tag)) }
    try writer.append(
      [(try metric("val/recall"), 0.5), (try metric("val/box_ap"), 0.25), (try metric("train/loss/box"), 2), (.trainLoss, 1), (.meanClass, 0.75)], step: 3)
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves.metricTags == ["train/loss", "val/mean_class", "train/loss/box", "val/box_ap", "val/recall"])
    #expect(curves.series(tag: "val/box_ap").map(\.value) == [0.25] && curves.remarks.isEmpty)
    for number in 0..<200 { try writer.append([(metric("val/metric_\(number)"), 1)], step: 4) }
    try curves.refresh()
    #expect(curves.metricTags.count == RunCurves.mostMetrics && curves.remarks == ["there are more than 100 metrics; 105 values of others are left out"])
  }

  @Test("A tag is one that a run records, or none", arguments: ["val/Top1", "val/", "val/a b", "train/other", "top1", "train/loss/", "val/" + String(repeating: "a", count: 49)])
  func tags(tag: String) { #expect(RunMetric(tag: tag) == nil) }
}
