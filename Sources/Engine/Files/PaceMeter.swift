/// How fast work goes, over the last while.
public struct PaceMeter: Sendable {
  private var samples: [(time: Double, done: Int)] = []
  /// Seconds that count.
  private static let window = 20.0

  public init() {}

  /// - Parameter done: how much is done by now; less than before begins anew.
  /// - Parameter now: in seconds, on a clock that never goes back.
  public mutating func add(_ done: Int, at now: Double = PaceMeter.now) {
    if let last = samples.last, done < last.done { samples = [] }
    if samples.count > 1, now - samples[samples.count - 1].time < Self.window / 40 { samples.removeLast() }
    samples.append((now, done))
    while samples.count > 2, now - samples[1].time > Self.window { samples.removeFirst() }
  }

  /// A second; nil before the second sample.
  public var rate: Double? {
    guard let first = samples.first, let last = samples.last, last.time > first.time, last.done > first.done else { return nil }
    return Double(last.done - first.done) / (last.time - first.time)
  }

  /// Seconds until all is done.
  public func left(of total: Int) -> Double? {
    guard let rate, let last = samples.last else { return nil }
    return Double(max(0, total - last.done)) / rate
  }

  public static var now: Double { steadyTime() }
}
