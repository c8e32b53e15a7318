/// The values that one metric took over a run: steps rise strictly, times never fall.
///
/// Copies share their values, however many there are, and appending to one leaves the others as they are. A pyramid over
/// the values answers what any stretch of them comes to (``span(_:)``) in O(log n).
public struct RunSeries: RandomAccessCollection, Sendable {
  public struct Point: Equatable, Sendable {
    public var step: Int
    public var value: Float
    /// Seconds since 1970, by a clock that is never set back.
    public var time: Double
  }

  /// What is complete, and will not change unless steps are done again.
  private(set) var blocks: [SeriesBlock] = []
  /// The spans of every 64 blocks.
  private var roof: [SeriesSpan] = []
  /// What has not filled a block yet.
  private(set) var tail = Tail()
  /// Another one wherever values were taken away: tells a longer curve from a different one.
  private(set) var lineage = Lineage()

  final class Lineage: Sendable {}

  struct Tail: Equatable, Sendable {
    var steps: [UInt32] = []
    var times: [Double] = []
    var values: [Float] = []
  }

  public init() {}

  public var startIndex: Int { 0 }
  public var endIndex: Int { blocks.count * SeriesBlock.count + tail.values.count }

  public subscript(index: Int) -> Point { Point(step: step(index), value: value(index), time: time(index)) }

  /// The last value.
  public var lastValue: Float? { isEmpty ? nil : value(endIndex - 1) }

  func step(_ index: Int) -> Int {
    let (block, place) = (index / SeriesBlock.count, index % SeriesBlock.count)
    return block < blocks.count ? Int(blocks[block].steps[place]) : Int(tail.steps[place])
  }

  private func value(_ index: Int) -> Float {
    let (block, place) = (index / SeriesBlock.count, index % SeriesBlock.count)
    return block < blocks.count ? blocks[block].values[place] : tail.values[place]
  }

  private func time(_ index: Int) -> Double {
    let (block, place) = (index / SeriesBlock.count, index % SeriesBlock.count)
    return block < blocks.count ? blocks[block].time + Double(blocks[block].times[place]) : tail.times[place]
  }

  // MARK: Growing

  /// The largest step that a curve can hold.
  static let lastStep = Int(UInt32.max)

  /// - Parameter step: at most ``lastStep``. What is there from it on is taken away.
  package mutating func append(step: Int, value: Float, time: Double) {
    if !isEmpty && self.step(endIndex - 1) >= step { removeAll(from: step) }
    tail.steps.append(UInt32(step))
    tail.times.append(isEmpty ? time : Swift.max(time, self.time(endIndex - 1)))
    tail.values.append(value)
    guard tail.values.count == SeriesBlock.count else { return }
    append(SeriesBlock(steps: tail.steps, times: tail.times, values: tail.values))
    tail = Tail()
  }

  /// - Precondition: the tail is empty, or about to be replaced.
  mutating func append(_ block: SeriesBlock) {
    blocks.append(block)
    guard blocks.count % SeriesBlock.fan == 0 else { return }
    let last = blocks.suffix(SeriesBlock.fan)
    roof.append(last.dropFirst().reduce(into: last.first!.span) { $0.append($1.span) })
  }

  /// Steps that are done again after a resume take the place of what was recorded before.
  package mutating func removeAll(from step: Int) {
    let keep = partitionPoint { self.step($0) >= step }
    guard keep < endIndex else { return }
    lineage = Lineage()
    let whole = keep / SeriesBlock.count
    if whole < blocks.count {
      let kept = self[whole * SeriesBlock.count..<keep]
      tail = Tail(steps: kept.map { UInt32($0.step) }, times: kept.map(\.time), values: kept.map(\.value))
      blocks.removeSubrange(whole...)
      roof.removeSubrange((whole / SeriesBlock.fan)...)
    } else {
      let rest = keep % SeriesBlock.count
      tail.steps.removeSubrange(rest...)
      tail.times.removeSubrange(rest...)
      tail.values.removeSubrange(rest...)
    }
  }

  /// For curves that are made from others.
  mutating func replaceTail(_ tail: Tail) { self.tail = tail }

  // MARK: Looking

  /// What the values at these places come to; nil where there are none.
  public func span(_ range: Range<Int>) -> SeriesSpan? {
    let (fan, block) = (SeriesBlock.fan, SeriesBlock.count)
    var span: SeriesSpan?
    func join(_ next: SeriesSpan) { if span == nil { span = next } else { span!.append(next) } }
    var index = range.lowerBound
    let complete = Swift.min(range.upperBound, blocks.count * block)
    while index < complete {
      if index % (block * fan) == 0 && index + block * fan <= complete {
        join(roof[index / (block * fan)])
        index += block * fan
      } else if index % block == 0 && index + block <= complete {
        join(blocks[index / block].span)
        index += block
      } else if index % fan == 0 && index + fan <= complete {
        join(blocks[index / block].nodes[index % block / fan])
        index += fan
      } else {
        join(SeriesSpan(blocks[index / block].values[index % block]))
        index += 1
      }
    }
    while index < range.upperBound {
      join(SeriesSpan(tail.values[index % block]))
      index += 1
    }
    return span
  }

  /// Where the value at a place lies on an axis.
  public func position(_ index: Int, on axis: SeriesAxis) -> Double {
    switch axis {
    case .steps(let each): Double(step(index)) * each
    case .seconds(let since): time(index) - since
    }
  }

  /// The first place that lies at `x` or beyond it, ``endIndex`` where none does.
  public func firstIndex(from x: Double, on axis: SeriesAxis) -> Int { partitionPoint { position($0, on: axis) >= x } }

  /// What falls into each of `columns` columns of dots whose first stands at the lower bound and whose last at the upper
  /// one; nil where nothing does. O(columns · log n).
  public func spans(in bounds: ClosedRange<Double>, on axis: SeriesAxis, columns: Int) -> [SeriesSpan?] {
    guard columns > 0 else { return [] }
    let length = bounds.upperBound - bounds.lowerBound
    let dots = length > 0 ? Double(columns - 1) / length : 0
    /// Rounded to the nearest dot; half a dot belongs to the later one.
    func column(_ index: Int) -> Double { ((position(index, on: axis) - bounds.lowerBound) * dots + 0.5).rounded(.down) }
    var start = firstIndex(from: bounds.lowerBound, on: axis)
    let end = partitionPoint(in: start..<endIndex) { position($0, on: axis) > bounds.upperBound }
    var spans = [SeriesSpan?](repeating: nil, count: columns)
    while start < end {
      let place = column(start)
      let next = partitionPoint(in: start..<end) { column($0) > place }
      // Steps of a damaged block lie anywhere.
      spans[Swift.min(Swift.max(0, Int(nearest: place)), columns - 1)] = span(start..<next)
      start = next
    }
    return spans
  }

  /// The means of at most `count` equal shares of the values, for a sparkline; shares without a finite value are left out.
  public func means(_ count: Int) -> [Double] {
    let shares = Swift.min(count, self.count)
    return (0..<shares).compactMap { span($0 * self.count / shares..<($0 + 1) * self.count / shares)?.mean }
  }

  private func partitionPoint(_ isBehind: (Int) -> Bool) -> Int { partitionPoint(in: 0..<endIndex, isBehind) }

  /// The first place of the range from which on `isBehind` holds.
  private func partitionPoint(in range: Range<Int>, _ isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension RunSeries: Equatable {
  public static func == (one: RunSeries, other: RunSeries) -> Bool {
    one.count == other.count && one.elementsEqual(other) {
      $0.step == $1.step && $0.time == $1.time && $0.value.bitPattern == $1.value.bitPattern
    }
  }
}
