import Taxonomy

/// The values that one metric took over a run: steps rise strictly, one value and one time for each.
public struct RunSeries: Equatable, Sendable {
  public private(set) var steps: [Int] = []
  public private(set) var values: [Float] = []
  /// Seconds since 1970.
  public private(set) var times: [Double] = []

  public var last: Float? { values.last }

  mutating func append(step: Int, value: Float, time: Double) {
    removeAll(from: step)
    steps.append(step)
    values.append(value)
    times.append(time)
  }

  /// Steps that are done again after a resume take the place of what was recorded before.
  mutating func removeAll(from step: Int) {
    var keep = steps.count
    while keep > 0 && steps[keep - 1] >= step { keep -= 1 }
    guard keep < steps.count else { return }
    steps.removeSubrange(keep...)
    values.removeSubrange(keep...)
    times.removeSubrange(keep...)
  }
}

/// The curves of a run, read from its event files; each reading takes in only what was appended since the last.
public struct RunCurves: Sendable {
  public private(set) var series: [RunMetric: RunSeries] = [:]
  /// How large the numbers of each layer were.
  public private(set) var norms: [LayerNorm.Place: RunSeries] = [:]
  /// What could not be read, for people; empty where all is well. The end that a running worker is just writing is
  /// no damage.
  public private(set) var remarks: [String] = []

  private let folder: String
  private var readers: [EventFileReader] = []

  /// Curves of the run in `folder`, empty until the first ``refresh()``.
  public init(folder: String) { self.folder = folder }

  public subscript(metric: RunMetric) -> RunSeries { series[metric] ?? RunSeries() }

  /// Reads what was appended since the last call. Returns whether anything was.
  @discardableResult
  public mutating func refresh() throws(Problem) -> Bool {
    let names = EventFiles.list(in: folder)
    let known = Set(readers.map(\.path))
    for name in names where !known.contains("\(folder)/\(name)") {
      readers.append(EventFileReader("\(folder)/\(name)"))
    }
    var taken = 0
    remarks = []
    for index in readers.indices {
      var reader = readers[index]
      try reader.read { event in
        taken += 1
        take(event)
      }
      readers[index] = reader
      remark(on: readers[index], isLast: index == readers.count - 1)
    }
    return taken > 0
  }

  private mutating func take(_ event: EventRecord) {
    switch event.content {
    case .scalars(let scalars):
      for scalar in scalars {
        series[scalar.metric, default: RunSeries()]
          .append(step: event.step, value: scalar.value, time: event.wallTime)
      }
    case .norms(let values):
      for norm in values {
        norms[norm.place, default: RunSeries()].append(step: event.step, value: norm.value, time: event.wallTime)
      }
    case .sessionStart:
      for place in norms.keys { norms[place]?.removeAll(from: event.step) }
      for metric in series.keys { series[metric]?.removeAll(from: event.step) }
    case .version, .other: break
    }
  }

  private mutating func remark(on reader: EventFileReader, isLast: Bool) {
    let name = reader.path.split(separator: "/").last.map(String.init) ?? reader.path
    switch reader.ending {
    case .cut(let offset) where !isLast: remarks.append("\(name) is cut at byte \(offset); read up to there")
    case .damaged(let offset): remarks.append("\(name) is damaged at byte \(offset); read up to there")
    case .cut, .whole: break
    }
    if reader.badRecords > 0 { remarks.append("\(name) has \(reader.badRecords) damaged records; left out") }
  }
}
