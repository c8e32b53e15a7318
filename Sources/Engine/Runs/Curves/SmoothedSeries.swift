/// The exponential moving average of a curve, kept from one look to the next: only values that came since are averaged.
///
/// It is free of the pull towards zero at its start (Kingma & Ba 2015, arXiv:1412.6980, §3): with the weight w on the past,
/// sᵢ = w·sᵢ₋₁ + (1 − w)·yᵢ over mᵢ = w·mᵢ₋₁ + (1 − w). Gaps stay gaps and do not disturb it.
public struct SmoothedSeries: Sendable {
  /// Of the past, 0…1.
  public let weight: Double
  /// The average at every step of the curve, on the curve's own steps and times.
  public private(set) var series = RunSeries()
  /// Where the average stands behind the last whole block.
  private var average = Average()
  private var lineage: RunSeries.Lineage?

  private struct Average {
    var sum = 0.0, mass = 0.0

    mutating func take(_ value: Float, _ weight: Double) -> Float {
      guard value.isFinite else { return value }
      sum = weight * sum + (1 - weight) * Double(value)
      mass = weight * mass + (1 - weight)
      return Float(sum / mass)
    }
  }

  /// - Parameter weight: 0 or more and below 1.
  public init(weight: Double) {
    precondition((0..<1).contains(weight), "a weight below 1")
    self.weight = weight
  }

  /// Takes in what `raw` has become since the last call; anew where it is another curve, or values were taken from it.
  public mutating func follow(_ raw: RunSeries) {
    if lineage !== raw.lineage || series.blocks.count > raw.blocks.count { self = SmoothedSeries(weight: weight) }
    lineage = raw.lineage
    for block in raw.blocks[series.blocks.count...] {
      series.append(
        SeriesBlock(at: block) { values in
          let raw = block.values
          for index in 0..<SeriesBlock.count { values[index] = average.take(raw[index], weight) }
        })
    }
    var rest = average
    var tail = raw.tail
    for index in tail.values.indices { tail.values[index] = rest.take(tail.values[index], weight) }
    series.replaceTail(tail)
  }
}
