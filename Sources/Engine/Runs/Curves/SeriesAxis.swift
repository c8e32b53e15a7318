/// What a curve is drawn over. Along a curve it never falls.
public enum SeriesAxis: Hashable, Sendable {
  /// So much a step: 1 for steps, 1/(steps of an epoch) for epochs, the batch size for images.
  case steps(each: Double)
  /// Seconds since a moment, which is given in seconds since 1970.
  case seconds(since: Double)

  public static let step = SeriesAxis.steps(each: 1)
  public static func epochs(of steps: Int) -> SeriesAxis { .steps(each: 1 / Double(max(steps, 1))) }
  public static func images(batch: Int) -> SeriesAxis { .steps(each: Double(batch)) }
}
