import Basics
import Files
import Glibc
import Training

/// Curves as tables for other programs: a row for every step at which something was recorded.
public struct CurveExport: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    /// A header and a column for each metric; empty where a metric has no value at a step.
    case csv
    /// A JSON object a line, without the metrics that have no value.
    case jsonl
  }

  private let format: Format
  /// As in the event files.
  private let tags: [String]

  /// - Parameter tags: of metrics (`train/loss`) and of layers' norms (`norm/gradient/conv1.weight`), in this order.
  public init(_ format: Format, tags: [String]) { (self.format, self.tags) = (format, tags) }

  /// Writes the curves of runs, one after the other, to a file, whole or not at all, or to standard output.
  /// - Returns: the number of rows.
  /// - Throws: a ``Problem`` where the file cannot be written.
  @discardableResult
  public func write(_ runs: [(id: String, curves: RunCurves)], to path: String?) throws(Problem) -> Int {
    var rows = 0
    func write(to descriptor: Int32) throws(Problem) {
      var text = format == .csv ? (["run", "step", "time"] + tags).map(Self.quoted).joined(separator: ",") + "\n" : ""
      for (id, curves) in runs {
        try forEachRow(of: curves) { (step, time, values) throws(Problem) in
          line(id, step, time, values, to: &text)
          rows += 1
          if text.utf8.count > 1 << 16 { try flush(&text, descriptor) }
        }
      }
      try flush(&text, descriptor)
    }
    func flush(_ text: inout String, _ descriptor: Int32) throws(Problem) {
      // A terminal must not obey what runs are called.
      if path == nil, isatty(descriptor) == 1 { text = printableLines(text) }
      let code = text.withUTF8 { AtomicFile.append(UnsafeRawBufferPointer($0), to: descriptor) }
      if code != 0 { throw AtomicFile.failure("cannot write", path ?? "standard output", code: code) }
      text = ""
    }
    if let path {
      try AtomicFile.write(to: path) { (descriptor) throws(Problem) in try write(to: descriptor) }
    } else {
      try write(to: STDOUT_FILENO)
    }
    return rows
  }

  /// Goes through all steps in their order; the time is that of the first of the tags that has the step.
  func forEachRow(
    of curves: RunCurves, _ body: (Int, Double, [Float?]) throws(Problem) -> Void
  ) throws(Problem) {
    let series = tags.map { curves.series(tag: $0) }
    var places = [Int](repeating: 0, count: series.count)
    var values = [Float?](repeating: nil, count: series.count)
    while let step = series.indices.compactMap({ places[$0] < series[$0].count ? series[$0].step(places[$0]) : nil }).min() {
      var time: Double?
      for index in series.indices {
        values[index] = nil
        guard places[index] < series[index].count else { continue }
        let point = series[index][places[index]]
        guard point.step == step else { continue }
        values[index] = point.value
        time = time ?? point.time
        places[index] += 1
      }
      try body(step, time ?? 0, values)
    }
  }

  private func line(_ id: String, _ step: Int, _ time: Double, _ values: [Float?], to text: inout String) {
    let seconds = "\((time * 1000).rounded() / 1000)"
    switch format {
    case .csv:
      text += "\(Self.quoted(id)),\(step),\(seconds)"
      for value in values { text += "," + (value.map { "\($0)" } ?? "") }
      text += "\n"
    case .jsonl:
      text += "{\"run\":\(Self.json(id)),\"step\":\(step),\"time\":\(seconds)"
      for (tag, value) in zip(tags, values) {
        guard let value else { continue }
        // JSON has no number for what a training that diverges has.
        text += ",\(Self.json(tag)):" + (value.isFinite ? "\(value)" : "\"\(value)\"")
      }
      text += "}\n"
    }
  }

  /// RFC 4180.
  private static func quoted(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  private static func json(_ text: String) -> String {
    let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return "\"" + printableJSON(quoted) + "\""
  }
}

extension RunCurves {
  /// The tags of all curves that have values: first the metrics, then the layers' norms by name.
  public var tags: [String] { metricTags + normTags }

  public var metricTags: [String] {
    let recorded = series.filter { !$0.value.isEmpty }.keys
    let known = RunMetric.known.filter(recorded.contains).map(\.tag)
    return known + recorded.map(\.tag).filter { !known.contains($0) }.sorted()
  }
  public var normTags: [String] { norms.filter { !$0.value.isEmpty }.keys.map(\.tag).sorted() }

  /// The curve of a tag, empty where there is none.
  public func series(tag: String) -> RunSeries {
    if let metric = RunMetric(tag: tag) { return self[metric] }
    return LayerNorm.Place(tag: tag).flatMap { norms[$0] } ?? RunSeries()
  }
}
