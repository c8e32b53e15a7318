import Basics
import Files
import Synchronization
import Training

/// The curves of a run, read from its event files; each reading takes in only what was appended since the last.
public struct RunCurves: Sendable {
  public private(set) var series: [RunMetric: RunSeries] = [:]
  /// How large the numbers of each layer were.
  public private(set) var norms: [LayerNorm.Place: RunSeries] = [:]
  /// What could not be read, for people; empty where all is well. The end that a running worker is just writing is
  /// no damage; one that nobody has gone on with for a minute is.
  public private(set) var remarks: [String] = []
  /// Another number whenever something was read: no two states of any curves share one, but 0, where nothing was read yet.
  public private(set) var version = 0
  /// Bytes of the event files that were left for the next reading.
  public private(set) var unreadBytes = 0

  /// Norms of layers that are not kept: no network has so many.
  private(set) var unkeptNorms = 0
  package static let mostNorms = 2048
  /// Values of metrics that are not kept: no task has so many.
  private(set) var unkeptMetrics = 0
  package static let mostMetrics = 100

  private let folder: String
  private(set) var readers: [EventFileReader] = []
  private(set) var clock = RunClock()
  /// The cache that holds their blocks; nil where they were read of event files alone.
  private var file: CurveFile?
  /// The metrics' moving averages, all of one weight.
  private var averages: [RunMetric: SmoothedSeries] = [:]

  /// Curves of the run in `folder`, empty until the first ``refresh(atMost:)``.
  public init(folder: String) { self.folder = folder }

  /// Curves as a cache kept them.
  init?(
    folder: String, readers: [EventFileReader], clock: RunClock, _ curves: [(tag: String, series: RunSeries)], in file: CurveFile
  ) {
    (self.folder, self.readers, self.clock, self.file) = (folder, readers, clock, file)
    for (tag, curve) in curves {
      if let metric = RunMetric(tag: tag) {
        series[metric] = curve
      } else if let place = LayerNorm.Place(tag: tag) {
        norms[place] = curve
      } else {
        return nil
      }
    }
    version = nextVersion.add(1, ordering: .relaxed).newValue
  }

  public subscript(metric: RunMetric) -> RunSeries { series[metric] ?? RunSeries() }

  /// Whether a look at them found their cache damaged, so that what was made of them holds gaps in place of values.
  package var isDamaged: Bool { file?.isDamaged ?? false }

  /// Looks at every value, so that ``isDamaged`` tells whether all are what was read.
  package func lookAtAll() {
    for series in Array(series.values) + Array(norms.values) {
      for block in series.blocks { _ = (block.steps, block.times, block.values, block.nodes) }
    }
  }

  /// A metric's moving average where ``smooth(_:weight:)`` made one, else its values.
  public func smoothed(_ metric: RunMetric) -> RunSeries { averages[metric]?.series ?? self[metric] }

  /// Brings the moving averages of these metrics up to date, of which only what came since the last call is computed; those
  /// of another weight are dropped. 0: none.
  public mutating func smooth(_ metrics: [RunMetric], weight: Double) {
    if averages.first?.value.weight != weight { averages = [:] }
    guard weight > 0 else { return }
    for metric in metrics { averages[metric, default: SmoothedSeries(weight: weight)].follow(self[metric]) }
  }

  /// From the first recorded step to the last one; nil where none is recorded.
  public var seconds: Double? {
    let loss = self[.trainLoss]
    guard let first = loss.first, let last = loss.last else { return nil }
    return last.time - first.time
  }

  /// The bytes of the event files that were read.
  package var readBytes: Int { readers.reduce(0) { $0 + $1.offset } }

  /// Reads what was appended since the last call, but of long files about `atMost` bytes: ``unreadBytes`` are left for the
  /// next call. Returns whether anything was read.
  /// - Throws: a ``Problem`` where an event file cannot be read.
  @discardableResult
  public mutating func refresh(atMost: Int = .max) throws(Problem) -> Bool {
    let names = EventFiles.list(in: folder)
    let known = Set(readers.map(\.path))
    for name in names where !known.contains("\(folder)/\(name)") {
      readers.append(EventFileReader("\(folder)/\(name)"))
    }
    var taken = 0
    var room = atMost
    remarks = []
    unreadBytes = 0
    for index in readers.indices {
      // What a later session recorded comes behind all of the earlier one's.
      var reader = readers[index]
      let start = reader.offset
      try reader.read(atMost: unreadBytes > 0 ? 0 : room) { event in
        taken += 1
        take(event)
      }
      readers[index] = reader
      room = max(0, room - (reader.offset - start))
      unreadBytes += reader.unreadBytes
      remark(on: reader, isLast: index == readers.count - 1)
    }
    if unkeptNorms > 0 { remarks.append("there are norms of more than \(Self.mostNorms) layers; \(unkeptNorms) values of others are left out") }
    if unkeptMetrics > 0 { remarks.append("there are more than \(Self.mostMetrics) metrics; \(unkeptMetrics) values of others are left out") }
    if taken > 0 { version = nextVersion.add(1, ordering: .relaxed).newValue }
    return taken > 0
  }

  private mutating func take(_ event: EventRecord) {
    switch event.content {
    case .scalars(let scalars):
      let time = clock.take(event.wallTime)
      for scalar in scalars {
        guard series.count < Self.mostMetrics || series[scalar.metric] != nil else {
          unkeptMetrics += 1
          continue
        }
        series[scalar.metric, default: RunSeries()].append(step: event.step, value: scalar.value, time: time)
      }
    case .norms(let values):
      let time = clock.take(event.wallTime)
      for norm in values {
        guard norms[norm.place] != nil || norms.count < Self.mostNorms else {
          unkeptNorms += 1
          continue
        }
        norms[norm.place, default: RunSeries()].append(step: event.step, value: norm.value, time: time)
      }
    case .sessionStart:
      for place in norms.values.indices { norms.values[place].removeAll(from: event.step) }
      for place in series.values.indices { series.values[place].removeAll(from: event.step) }
    case .version, .histograms, .image, .other: break
    }
  }

  private static func isLeft(_ path: String) -> Bool {
    FileStamp(path).map { unixTime() - $0.modified > 60 } ?? false
  }

  private mutating func remark(on reader: EventFileReader, isLast: Bool) {
    let name = reader.path.split(separator: "/").last.map(String.init) ?? reader.path
    switch reader.ending {
    case .cut(let offset) where !isLast || Self.isLeft(reader.path): remarks.append("\(name) is cut at byte \(offset); read up to there")
    case .damaged(let offset): remarks.append("\(name) is damaged at byte \(offset); read up to there")
    case .cut, .whole: break
    }
    if reader.badRecords > 0 { remarks.append("\(name) has \(reader.badRecords) damaged records; left out") }
  }
}

private let nextVersion = Atomic(0)

/// Makes times that never fall of clocks that were set back, or were those of several machines: a step back counts as no
/// time at all, and what follows goes on from there.
struct RunClock: Sendable, Codable {
  private var recorded: Double?
  private var time = 0.0

  mutating func take(_ next: Double) -> Double {
    guard next.isFinite else { return time }
    time = recorded.map { time + max(0, next - $0) } ?? next
    recorded = next
    return time
  }
}
