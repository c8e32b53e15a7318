import Glibc
import Kernels
import Runs
import TestSupport
import Testing


/// Lengths around the sizes at which the pyramid gets another node, block and roof.
private let lengths = [0, 1, 63, 64, 65, 4095, 4096, 4097, 9000, 64 * 4096 - 1, 64 * 4096, 64 * 4096 + 5000]

@Suite struct RunSeriesTests {
  /// A curve with steps and times that jump, and gaps of every kind.
  private static func series(_ count: Int, seed: UInt64 = 7) -> RunSeries {
    let random = CounterRandom(seed: seed, 1)
    var series = RunSeries()
    var (step, time) = (0, 1e9)
    for index in 0..<count {
      step += 1 + Int(random.uniform(4 * index + 0) * 3)
      time += Double(random.uniform(4 * index + 1)) * 10
      let value: Float =
        switch Int(random.uniform(4 * index + 2) * 50) {
        case 0: .nan
        case 1: .infinity
        case 2: 0
        default: random.uniform(4 * index + 3) * 4 - 1
        }
      series.append(step: step, value: value, time: time)
    }
    return series
  }

  private static func expectEqual(_ span: SeriesSpan?, _ values: some Collection<Float>, _ comment: Comment) {
    guard let first = values.first else {
      #expect(span == nil, comment)
      return
    }
    let finite = values.filter(\.isFinite)
    #expect(span?.first.bitPattern == first.bitPattern, comment)
    #expect(span?.last.bitPattern == Array(values).last!.bitPattern, comment)
    #expect(span?.range?.lowerBound == finite.min() && span?.range?.upperBound == finite.max(), comment)
    #expect(span?.leastPositive == finite.filter { $0 > 0 }.min() ?? .infinity, comment)
    #expect(span?.count == finite.count, comment)
    let mean = finite.isEmpty ? nil : finite.reduce(0) { $0 + Double($1) } / Double(finite.count)
    #expect(abs((span?.mean ?? 0) - (mean ?? 0)) < 1e-9 && (span?.mean == nil) == (mean == nil), comment)
  }

  @Test("Any stretch comes to what its values come to one by one", arguments: lengths)
  func spans(count: Int) {
    let series = Self.series(count)
    #expect(series.count == count)
    let values = series.map(\.value)
    let random = CounterRandom(seed: 3, 2)
    var ranges = [0..<count, 0..<min(1, count), min(4096, count)..<count]
    for index in 0..<(count < 10_000 ? 40 : 8) {
      let ends = [random.uniform(4 * index + 0), random.uniform(4 * index + 1)].map { Int($0 * Float(count)) }.sorted()
      ranges.append(ends[0]..<ends[1])
    }
    for range in ranges { Self.expectEqual(series.span(range), values[range], "\(range) of \(count)") }
  }

  @Test(
    "Columns hold what rounds to them, by steps, epochs and the clock, however far one looks in or out",
    arguments: [1, 200, 5000, 20_000])
  func columns(count: Int) {
    let series = Self.series(count)
    let points = Array(series)
    let (steps, times) = (Double(points.last!.step), points.last!.time - 1e9)
    for (axis, end) in [(SeriesAxis.step, steps), (.epochs(of: 50), steps / 50), (.seconds(since: 1e9), times)] {
      for (bounds, columns) in [(0...end, 280), (end * 0.3...end * 0.31, 77), (-end...end * 2, 10), (0...end, 1)] {
        let spans = series.spans(in: bounds, on: axis, columns: columns)
        var expected = [[Float]](repeating: [], count: columns)
        for index in points.indices {
          let x = series.position(index, on: axis)
          guard bounds.contains(x) else { continue }
          let share = (x - bounds.lowerBound) * (Double(columns - 1) / (bounds.upperBound - bounds.lowerBound))
          expected[Int((share + 0.5).rounded(.down))].append(points[index].value)
        }
        for column in 0..<columns { Self.expectEqual(spans[column], expected[column], "\(axis) \(bounds) \(column)") }
      }
    }
  }

  @Test("Places are found by step and by time")
  func places() {
    let series = Self.series(10_000)
    for index in [0, 1, 4095, 4096, 8191, 8192, 9999] {
      #expect(series.firstIndex(from: Double(series[index].step), on: .step) == index)
      let place = series.firstIndex(from: series[index].time - 1e9, on: .seconds(since: 1e9))
      // Two values may share a time.
      #expect(place <= index && series[place].time == series[index].time)
    }
    #expect(series.firstIndex(from: .infinity, on: .step) == series.endIndex)
  }

  @Test("Times never fall, not even where a block's shorter numbers end")
  func times() {
    var series = RunSeries()
    for step in 0..<20_000 { series.append(step: step, value: 0, time: 1.7e9 + Double(step) * 33.333_333) }
    let times = series.map(\.time)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(zip(times, 0..<20_000).allSatisfy { abs($0 - (1.7e9 + Double($1) * 33.333_333)) < 0.02 })
  }

  @Test(
    "Steps that are taken back leave what stands before them, as if the others had never been",
    arguments: [(1, 0), (60, 30), (60, 60), (4096, 4095), (5000, 0), (5000, 4096), (5000, 4097), (64 * 4096 + 10, 4097)])
  func takenBack(count: Int, from step: Int) {
    var series = RunSeries()
    for index in 0..<count { series.append(step: index, value: Float(index % 97), time: Double(index)) }
    let copy = series
    var expected = RunSeries()
    for index in 0..<min(step, count) { expected.append(step: index, value: Float(index % 97), time: Double(index)) }
    series.removeAll(from: step)
    #expect(series == expected)
    for index in step..<step + 5000 {
      series.append(step: index, value: -1, time: Double(count + index))
      if step <= count { expected.append(step: index, value: -1, time: Double(count + index)) }
    }
    if step <= count {
      #expect(series == expected)
      #expect(series.span(0..<series.count)?.low == -1)
    }
    // What somebody else holds has not changed.
    #expect(copy.count == count && copy.span(0..<count)?.low == 0)
  }

  @Test("The moving average is the direct formula's at every value, however it was handed over, gaps and resumes included")
  func smoothing() {
    let raw = Self.series(9500)
    func direct(_ series: RunSeries, _ weight: Double) -> [Float] {
      var (sum, mass) = (0.0, 0.0)
      return series.map { point in
        guard point.value.isFinite else { return point.value }
        sum = weight * sum + (1 - weight) * Double(point.value)
        mass = weight * mass + (1 - weight)
        return Float(sum / mass)
      }
    }
    for weight in [0.1, 0.9, 0.999] {
      var smoothed = SmoothedSeries(weight: weight)
      var growing = RunSeries()
      func expect() {
        smoothed.follow(growing)
        let expected = direct(growing, weight)
        #expect(smoothed.series.map(\.value.bitPattern) == expected.map(\.bitPattern))
        #expect(smoothed.series.map(\.step) == growing.map(\.step))
        #expect(smoothed.series.map(\.time) == growing.map(\.time))
        Self.expectEqual(smoothed.series.span(10..<expected.count - 1), expected[10..<expected.count - 1], "\(weight)")
      }
      for (index, point) in raw.enumerated() {
        growing.append(step: point.step, value: point.value, time: point.time)
        if [100, 4095, 4096, 4097, 9000].contains(index) { expect() }
      }
      expect()
      growing.removeAll(from: raw[6000].step)
      expect()
      growing.append(step: raw[9000].step, value: 3, time: 2e9)
      expect()
    }
  }

  @Test("A sparkline's means are those of equal shares; gaps do not count")
  func means() {
    var series = RunSeries()
    #expect(series.means(10).isEmpty)
    for (step, value) in [1, 3, Float.nan, .nan, 5, .infinity].enumerated() {
      series.append(step: step, value: value, time: 0)
    }
    #expect(series.means(3) == [2, 5])
    #expect(series.means(100) == [1, 3, 5])
  }
}
