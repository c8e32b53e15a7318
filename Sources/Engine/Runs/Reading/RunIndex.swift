import Basics
import Files
import FoundationEssentials
import Glibc
import Settings
import Training

/// What was read of runs that are over, kept in the home's `cache/runs-index`, so that a home of ten thousand runs is listed
/// without opening a file of any of them.
///
/// An entry holds as long as the run's directory has the stamp that it had: whatever is written about a run that is over is
/// renamed into its directory. An index that is missing or damaged is made anew.
package enum RunIndex {
  private static let magic: UInt64 = 0x3330_7865_646e_6972  // "rindex03"
  private static func path(_ home: Home) -> String { home.cache + "/runs-index" }

  /// The runs that it knows, by the names of their directories.
  package static func load(_ home: Home) -> [String: KnownRun] {
    guard let file = try? MappedFile(path: path(home)), file.bytes.count >= 16 else { return [:] }
    var head = PackedReader(UnsafeRawBufferPointer(rebasing: file.bytes.prefix(16)))
    let rest = UnsafeRawBufferPointer(rebasing: file.bytes.dropFirst(16))
    guard head.number(UInt64.self) == magic, head.number(UInt64.self) == UInt64(CRC32C(rest).value) else { return [:] }
    var reader = PackedReader(rest)
    let folder = reader.text()
    // A home that was moved has its runs elsewhere.
    guard folder == home.runs else { return [:] }
    let count = reader.count()
    var runs: [String: KnownRun] = [:]
    runs.reserveCapacity(count)
    var lists = MetricLists()
    for _ in 0..<count {
      guard !reader.isAtEnd else { return [:] }
      let stamp = reader.number(FileStamp.self)
      let sessions = reader.int()
      guard let summary = RunSummary(&reader, folder: folder, &lists), summary.isSound, SmallCount.range ~= sessions else { return [:] }
      runs[summary.id] = KnownRun(summary, sessions: sessions, settled: stamp)
    }
    return runs
  }

  /// Keeps those that are over. A cache that cannot be written costs time, nothing else.
  static func save(_ runs: some Collection<KnownRun>, _ home: Home) {
    var writer = PackedWriter()
    writer.text(home.runs)
    writer.int(runs.count { $0.settled != nil })
    for run in runs {
      guard let stamp = run.settled else { continue }
      writer.number(stamp)
      writer.int(run.sessions)
      run.summary.pack(&writer)
    }
    var head: [UInt8] = []
    head.append(littleEndian: magic)
    head.append(littleEndian: UInt64(writer.bytes.withUnsafeBytes { CRC32C($0).value }))
    try? AtomicFile.write(head + writer.bytes, to: path(home), durable: false)
  }
}

extension RunSummary {
  /// Writes every field that a run which is over has, in the order in which ``init(_:folder:)`` reads them.
  fileprivate func pack(_ writer: inout PackedWriter) {
    for text in [id, name, dataset, labelSet, network, host, note, state.rawValue, task.rawValue] { writer.text(text) }
    for text in [problem, labelSetHash, group] { writer.optional(text) { $0.text($1) } }
    writer.int(tags.count)
    for tag in tags { writer.text(tag) }
    for number in [classes, epochs, batchSize] { writer.int(number) }
    writer.number(seed)
    writer.number(created)
    writer.optional(lastSeen) { $0.number($1) }
    progress.pack(&writer)
  }

  /// Nil where the state or the task is none.
  fileprivate init?(_ reader: inout PackedReader, folder: String, _ lists: inout MetricLists) {
    let texts = (0..<7).map { _ in reader.text() }
    guard let state = RunState(rawValue: reader.text()), let task = LearnedTask(rawValue: reader.text()) else { return nil }
    let (problem, hash, group) = (reader.optional { $0.text() }, reader.optional { $0.text() }, reader.optional { $0.text() })
    let tags = (0..<reader.count()).map { _ in reader.text() }
    let (classes, epochs, batch) = (reader.int(), reader.int(), reader.int())
    let (seed, created) = (reader.number(UInt64.self), reader.number(Double.self))
    let seen = reader.optional { $0.number(Double.self) }
    self.init(
      id: texts[0], name: texts[1], path: "\(folder)/\(texts[0])", created: created, state: state, problem: problem,
      dataset: texts[2], labelSet: texts[3], labelSetHash: hash, classes: classes, network: texts[4], epochs: epochs,
      batchSize: batch, seed: seed, host: texts[5], progress: RunProgress(&reader, &lists), lastSeen: seen)
    (self.tags, note, self.group, self.task) = (tags, texts[6], group, task)
  }
}

extension RunSummary {
  /// Whether the numbers are some that a run's own files may have.
  fileprivate var isSound: Bool {
    let reports = [progress.validation, progress.best].compactMap(\.self)
    let counts = [classes, epochs, batchSize, progress.step, progress.steps, progress.stepsPerEpoch, progress.skippedImages]
    return (counts + reports.flatMap { [$0.step, $0.images, $0.skipped] }).allSatisfy(Count.range.contains)
      && reports.allSatisfy { $0.metrics.allSatisfy { $0.form == .number || Share.range ~= $1 } }
      && [created, lastSeen ?? 0].allSatisfy(Moment.range.contains) && Measure.range ~= progress.epoch
  }
}

extension RunProgress {
  fileprivate func pack(_ writer: inout PackedWriter) {
    for number in [step, steps, stepsPerEpoch, skippedImages] { writer.int(number) }
    writer.number(epoch)
    writer.optional(loss) { $0.number($1) }
    for number in [imagesPerSecond, dataWait] { writer.optional(number) { $0.number($1) } }
    for text in [lossWarning, storageWarning] { writer.optional(text) { $0.text($1) } }
    for report in [validation, best] { writer.optional(report) { $1.pack(&$0) } }
  }

  fileprivate init(_ reader: inout PackedReader, _ lists: inout MetricLists) {
    self.init()
    (step, steps, stepsPerEpoch, skippedImages) = (reader.int(), reader.int(), reader.int(), reader.int())
    epoch = reader.number(Double.self)
    loss = reader.optional { $0.number(Float.self) }
    imagesPerSecond = reader.optional { $0.number(Double.self) }
    dataWait = reader.optional { $0.number(Double.self) }
    lossWarning = reader.optional { $0.text() }
    storageWarning = reader.optional { $0.text() }
    validation = reader.optional { ValidationReport(&$0, &lists) }
    best = reader.optional { ValidationReport(&$0, &lists) }
  }
}

extension ValidationReport {
  fileprivate func pack(_ writer: inout PackedWriter) {
    for number in [step, images, skipped] { writer.int(number) }
    for number in [epoch, loss] { writer.number(number) }
    writer.text(metrics.list.map(\.name).joined(separator: " "))
    for value in metrics.values { writer.number(value) }
  }

  fileprivate init(_ reader: inout PackedReader, _ lists: inout MetricLists) {
    let (step, images, skipped) = (reader.int(), reader.int(), reader.int())
    let (epoch, loss) = (reader.number(Double.self), reader.number(Double.self))
    let list = lists[reader.text()]
    let values = list.map { _ in reader.number(Double.self) }
    self.init(step: step, epoch: epoch, loss: loss, metrics: MetricValues(list, values), images: images, skipped: skipped)
  }
}

/// The lists of metrics of an index, by their names: ten thousand runs share a few.
private struct MetricLists {
  private var last = (names: "", list: TaskMetric.classification)
  private var others: [String: [TaskMetric]] = [:]

  subscript(names: String) -> [TaskMetric] {
    mutating get {
      if names == last.names { return last.list }
      let list = others[names] ?? TaskMetric.list(named: names.split(separator: " ").map(String.init))
      others[names] = list
      last = (names, list)
      return list
    }
  }
}
