import Basics
import Datasets
import Files
import Glibc
import Training

/// Writes a TensorBoard event file: append-only, each record with one `write`, so that a reader or a killed process
/// finds whole records and at most one cut one at the end.
public final class EventFileWriter {
  public let path: String
  private let descriptor: Int32
  private var length: off_t = 0

  /// Makes a new event file in `folder`, named so that it sorts after those that earlier sessions wrote there.
  /// - Parameter firstStep: the step that is recorded next; what was recorded from it on is void for readers.
  /// - Throws: a ``Problem`` where the file cannot be made.
  public init(
    folder: String, host: String, firstStep: Int, now: Double = unixTime()
  ) throws(Problem) {
    let last = EventFiles.list(in: folder).last.map { EventFiles.time(of: $0) } ?? 0
    let seconds = max(Int(now), last + 1)
    path = "\(folder)/\(EventFiles.prefix)\(seconds).\(EventFiles.nameable(host))"
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot make the event file", path) }
    try append(EventRecord(wallTime: now, step: 0, content: .version(EventRecord.fileVersion)))
    try append(EventRecord(wallTime: now, step: firstStep, content: .sessionStart))
  }

  deinit { close(descriptor) }

  public func append(
    _ values: KeyValuePairs<RunMetric, Float>, step: Int, now: Double = unixTime()
  ) throws(Problem) {
    try append(values.map { ($0.key, $0.value) }, step: step, now: now)
  }

  /// - Throws: a ``Problem`` where the file cannot be written.
  package func append(_ values: [(metric: RunMetric, value: Float)], step: Int, now: Double = unixTime()) throws(Problem) {
    let scalars = values.map { EventRecord.Scalar(metric: $0.metric, value: $0.value) }
    try append(EventRecord(wallTime: now, step: step, content: .scalars(scalars)))
  }

  /// - Throws: a ``Problem`` where the file cannot be written.
  public func append(_ norms: [LayerNorm], step: Int, now: Double = unixTime()) throws(Problem) {
    try append(EventRecord(wallTime: now, step: step, content: .norms(norms)))
  }

  package func append(_ histograms: [WeightHistogram], step: Int, now: Double = unixTime()) throws(Problem) {
    try append(EventRecord(wallTime: now, step: step, content: .histograms(histograms)))
  }

  /// Appends a picture, as a PNG.
  package func append(_ picture: Picture, tag: String, step: Int, now: Double = unixTime()) throws(Problem) {
    let image = EventRecord.Image(
      tag: tag, width: picture.width, height: picture.height, channels: picture.channels, png: try ImageCodec.png(picture))
    try append(EventRecord(wallTime: now, step: step, content: .image(image)))
  }

  private func append(_ record: EventRecord) throws(Problem) {
    let bytes = record.encoded()
    let code = bytes.withUnsafeBytes { AtomicFile.append($0, to: descriptor) }
    guard code == 0 else {
      // A full disk may have taken a part of the record; what follows it could not be read.
      ftruncate(descriptor, length)
      throw AtomicFile.failure("cannot write the event file", path, code: code)
    }
    length += off_t(bytes.count)
  }
}

/// Seconds since 1970.
public func unixTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
