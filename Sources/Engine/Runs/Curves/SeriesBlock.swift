/// 4096 values of a curve that will not change any more, with the spans of every 64 of them: shared by all copies of the
/// curve, in memory of its own or in a mapped file.
final class SeriesBlock: @unchecked Sendable {
  /// Each level of the pyramid joins so many of the one below: 64 values are a node, 64 nodes a block.
  static let fan = 64
  static let count = fan * fan

  /// Rising.
  let steps: UnsafePointer<UInt32>
  /// Seconds since ``time``, never falling and never beyond the next block's: rounded down. A Float tells a hundredth of a
  /// second apart over a day.
  let times: UnsafePointer<Float>
  let values: UnsafePointer<Float>
  let nodes: UnsafePointer<SeriesSpan>
  /// Of the first value, in seconds since 1970.
  let time: Double
  /// Of all values.
  let span: SeriesSpan
  /// Whoever holds memory that is not this block's own.
  private let owner: AnyObject?
  private let own: UnsafeMutableRawPointer?

  /// The bytes of a block as a cache holds it: steps, times, values, nodes.
  static let bytes = count * 12 + fan * MemoryLayout<SeriesSpan>.stride

  /// Copies what a curve has gathered.
  init(steps: [UInt32], times: [Double], values: [Float]) {
    precondition(steps.count == Self.count && times.count == Self.count && values.count == Self.count)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.bytes, alignment: 16)
    let places = Self.places(in: memory)
    time = times[0]
    for index in 0..<Self.count {
      places.steps[index] = steps[index]
      places.times[index] = Self.roundedDown(times[index] - times[0])
      places.values[index] = values[index]
    }
    Self.fill(places.nodes, of: places.values)
    (self.steps, self.times, self.values) = (.init(places.steps), .init(places.times), .init(places.values))
    nodes = .init(places.nodes)
    span = Self.span(of: places.nodes)
    own = memory
    owner = nil
  }

  /// Other values at the steps and times of `block`.
  init(at block: SeriesBlock, values write: (UnsafeMutablePointer<Float>) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Self.count * 4 + Self.fan * MemoryLayout<SeriesSpan>.stride, alignment: 16)
    let values = memory.bindMemory(to: Float.self, capacity: Self.count)
    let nodes = (memory + Self.count * 4).bindMemory(to: SeriesSpan.self, capacity: Self.fan)
    write(values)
    Self.fill(nodes, of: values)
    (steps, times, time) = (block.steps, block.times, block.time)
    (self.values, self.nodes, span) = (.init(values), .init(nodes), Self.span(of: nodes))
    own = memory
    owner = block
  }

  /// A block whose ``bytes`` begin at `memory`, a multiple of 8, and live as long as `owner`.
  init(at memory: UnsafeRawPointer, time: Double, span: SeriesSpan, owner: AnyObject) {
    let places = Self.places(in: UnsafeMutableRawPointer(mutating: memory))
    (steps, times, values) = (.init(places.steps), .init(places.times), .init(places.values))
    nodes = .init(places.nodes)
    (self.time, self.span, self.owner) = (time, span, owner)
    own = nil
  }

  private static func roundedDown(_ value: Double) -> Float {
    let nearest = Float(value)
    return Double(nearest) > value ? nearest.nextDown : nearest
  }

  deinit { own?.deallocate() }

  private static func places(in memory: UnsafeMutableRawPointer) -> (
    steps: UnsafeMutablePointer<UInt32>, times: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>,
    nodes: UnsafeMutablePointer<SeriesSpan>
  ) {
    (
      memory.bindMemory(to: UInt32.self, capacity: count),
      (memory + count * 4).bindMemory(to: Float.self, capacity: count),
      (memory + count * 8).bindMemory(to: Float.self, capacity: count),
      (memory + count * 12).bindMemory(to: SeriesSpan.self, capacity: fan)
    )
  }

  private static func fill(_ nodes: UnsafeMutablePointer<SeriesSpan>, of values: UnsafeMutablePointer<Float>) {
    for node in 0..<fan {
      (nodes + node).initialize(to: SeriesSpan(UnsafeBufferPointer(start: values + node * fan, count: fan)))
    }
  }

  private static func span(of nodes: UnsafeMutablePointer<SeriesSpan>) -> SeriesSpan {
    var span = nodes[0]
    for node in 1..<fan { span.append(nodes[node]) }
    return span
  }
}
