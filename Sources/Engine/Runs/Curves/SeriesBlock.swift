import Files
import Synchronization

/// 4096 values of a curve that will not change any more, with the spans of every 64 of them: shared by all copies of the
/// curve, in memory of its own or in a mapped file, of which a part is held against its checksum when it is first looked at.
final class SeriesBlock: @unchecked Sendable {
  /// Each level of the pyramid joins so many of the one below: 64 values are a node, 64 nodes a block.
  static let fan = 64
  static let count = fan * fan

  /// Rising.
  var steps: UnsafePointer<UInt32> { base?.steps ?? sound(.steps).assumingMemoryBound(to: UInt32.self) }
  /// Seconds since ``time``, never falling and never beyond the next block's: rounded down. A Float tells a hundredth of a
  /// second apart over a day.
  var times: UnsafePointer<Float> { base?.times ?? sound(.times).assumingMemoryBound(to: Float.self) }
  var values: UnsafePointer<Float> { sound(.values).assumingMemoryBound(to: Float.self) }
  var nodes: UnsafePointer<SeriesSpan> { sound(.nodes).assumingMemoryBound(to: SeriesSpan.self) }
  /// Of the first value, in seconds since 1970.
  let time: Double
  /// Of all values.
  let span: SeriesSpan

  /// Where the parts lie, in the order of ``Part``; steps and times only where there is no base.
  private let start: UnsafeRawPointer
  private let ownsMemory: Bool
  /// The block whose steps and times this one's values are at.
  private let base: SeriesBlock?
  /// The file that holds the memory, and the checksums of the parts in it.
  private let file: CurveFile?
  private let sums: SIMD4<UInt32>
  /// A bit for each part that was found sound, and four places further one for each that was not.
  private let checked = Atomic<UInt8>(0)

  /// The parts of a block as they follow each other in memory and in a cache.
  enum Part: Int, CaseIterable {
    case steps, times, values, nodes

    var offset: Int { rawValue * SeriesBlock.count * 4 }
    var bytes: Int { self == .nodes ? SeriesBlock.fan * MemoryLayout<SeriesSpan>.stride : SeriesBlock.count * 4 }
  }

  /// The bytes of a block as a cache holds it.
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
    span = Self.span(of: places.nodes)
    (start, ownsMemory, base) = (UnsafeRawPointer(memory), true, nil)
    (file, sums) = (nil, .zero)
  }

  /// Other values at the steps and times of `block`.
  init(at block: SeriesBlock, values write: (UnsafeMutablePointer<Float>) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Self.count * 4 + Self.fan * MemoryLayout<SeriesSpan>.stride, alignment: 16)
    let values = memory.bindMemory(to: Float.self, capacity: Self.count)
    let nodes = (memory + Self.count * 4).bindMemory(to: SeriesSpan.self, capacity: Self.fan)
    write(values)
    Self.fill(nodes, of: values)
    (time, span) = (block.time, Self.span(of: nodes))
    (start, ownsMemory, base) = (UnsafeRawPointer(memory), true, block)
    (file, sums) = (nil, .zero)
  }

  /// A block whose ``bytes`` begin at `memory`, a multiple of 8 in `file`.
  /// - Parameter sums: of its parts, in their order.
  init(at memory: UnsafeRawPointer, in file: CurveFile, time: Double, span: SeriesSpan, checksums sums: SIMD4<UInt32>) {
    (self.time, self.span) = (time, span)
    (start, ownsMemory, base) = (memory, false, nil)
    (self.file, self.sums) = (file, sums)
  }

  private static func roundedDown(_ value: Double) -> Float {
    let nearest = Float(value)
    return Double(nearest) > value ? nearest.nextDown : nearest
  }

  deinit { if ownsMemory { UnsafeMutableRawPointer(mutating: start).deallocate() } }

  // MARK: Checking

  /// The bytes as a cache is to hold them.
  var content: UnsafeRawBufferPointer {
    precondition(base == nil, "a curve that is made from others is not kept")
    return UnsafeRawBufferPointer(start: start, count: Self.bytes)
  }

  /// Of the parts of ``content``; of what is mapped those that it had, so that damage stays one in a copy.
  var checksums: SIMD4<UInt32> {
    guard file == nil else { return sums }
    var sums = SIMD4<UInt32>()
    for part in Part.allCases { sums[part.rawValue] = Self.checksum(start + part.offset, part) }
    return sums
  }

  private static func checksum(_ memory: UnsafeRawPointer, _ part: Part) -> UInt32 {
    CRC32C(UnsafeRawBufferPointer(start: memory, count: part.bytes)).value
  }

  /// Where a part lies; one without values in the place of one that is damaged, which the file is told.
  private func sound(_ part: Part) -> UnsafeRawPointer {
    guard let file else { return start + part.offset - (base == nil ? 0 : Part.values.offset) }
    let memory = start + part.offset
    let (good, bad) = (UInt8(1) << UInt8(part.rawValue), UInt8(16) << UInt8(part.rawValue))
    let known = checked.load(ordering: .relaxed)
    if known & good != 0 { return memory }
    if known & bad == 0, Self.checksum(memory, part) == sums[part.rawValue] {
      checked.bitwiseOr(good, ordering: .relaxed)
      return memory
    }
    checked.bitwiseOr(bad, ordering: .relaxed)
    file.reportDamage()
    return Self.blank.start + part.offset
  }

  /// A block of gaps at step 0.
  private static let blank = SeriesBlock(
    steps: [UInt32](repeating: 0, count: count), times: [Double](repeating: 0, count: count),
    values: [Float](repeating: .nan, count: count))

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
