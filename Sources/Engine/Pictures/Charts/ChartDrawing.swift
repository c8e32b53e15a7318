/// A chart as numbers and words: axes, series, titles and notes. It is written as SVG (``svg(_:)``), or as a script for gnuplot (``GnuplotFigure``);
/// where everything goes, and which ticks the axes have, follows from it alone, so that the same numbers give the same bytes.
public struct ChartDrawing: Equatable, Sendable {
  public enum Scale: Equatable, Sendable { case linear, logarithmic }

  public struct Axis: Equatable, Sendable {
    public var title: String
    public var scale: Scale
    /// Whether zero is on it, as bars need it.
    public var hasZero: Bool

    public init(_ title: String, scale: Scale = .linear, hasZero: Bool = false) {
      (self.title, self.scale, self.hasZero) = (title, scale, hasZero)
    }
  }

  /// What values stand over.
  public enum Base: Equatable, Sendable {
    case numbers(Axis)
    /// Words; a point's x is the index of one.
    case categories([String], title: String)
    /// Nothing: a map, whose directions have no numbers.
    case plane
  }

  public struct Point: Equatable, Sendable {
    public var x, y: Double
    /// The ends of its error bar.
    public var low, high: Double?
    /// Is shown by browsers where the pointer rests on it.
    public var note: String

    public init(_ x: Double, _ y: Double, low: Double? = nil, high: Double? = nil, note: String = "") {
      (self.x, self.y, self.low, self.high, self.note) = (x, y, low, high, note)
    }

    var isFinite: Bool { x.isFinite && y.isFinite }
  }

  public struct Series: Equatable, Sendable {
    public enum Form: Equatable, Sendable {
      /// Points joined by a line; `hasMarkers` says whether they are to be seen.
      case line(hasMarkers: Bool)
      case points
      case bars
      /// A thin mark across the bar of the same slot, as of a baseline.
      case marks
      /// Many small points, without error bars.
      case dots
    }

    /// For the legend, which leaves out one without a name.
    public var name: String
    public var form: Form
    public var points: [Point]
    /// Its number among the colours, from 0; each has a marker too. Below 0: grey.
    public var colour: Int
    /// Its place within a category, from 0.
    public var slot: Int
    public var isRight: Bool
    public var isDashed: Bool
    public var isHollow: Bool
    /// Whether the ends of its error bars are drawn as an area.
    public var hasBand: Bool

    public init(
      _ name: String, _ form: Form, _ points: [Point], colour: Int, slot: Int = 0, isRight: Bool = false, isDashed: Bool = false, isHollow: Bool = false,
      hasBand: Bool = false
    ) {
      (self.name, self.form, self.points, self.colour, self.slot) = (name, form, points, colour, slot)
      (self.isRight, self.isDashed, self.isHollow, self.hasBand) = (isRight, isDashed, isHollow, hasBand)
    }
  }

  public var title: String
  /// Below the title.
  public var subtitle: [String]
  public var base: Base
  public var left: Axis
  public var right: Axis?
  public var series: [Series]
  /// Below the chart.
  public var notes: [String]
  /// Whether categories stand below each other and bars lie.
  public var isLying: Bool
  /// Of lying bars, what is said behind each.
  public var values: [String]

  public init(
    title: String, subtitle: [String] = [], base: Base, left: Axis, right: Axis? = nil, series: [Series], notes: [String] = [], isLying: Bool = false, values: [String] = []
  ) {
    (self.title, self.subtitle, self.base, self.left, self.right) = (title, subtitle, base, left, right)
    (self.series, self.notes, self.isLying, self.values) = (series, notes, isLying, values)
  }

  package var categories: [String] { if case .categories(let names, _) = base { names } else { [] } }

  /// How many places a category has.
  package var slots: Int { (series.map(\.slot).max() ?? 0) + 1 }

  /// The least and greatest finite number of these series, error bars and zero included where the axis has it; nil where there is none.
  package func values(isRight: Bool) -> ClosedRange<Double>? {
    let axis = isRight ? right ?? left : left
    var (low, high) = (Double.infinity, -Double.infinity)
    func take(_ value: Double?) {
      guard let value, value.isFinite, axis.scale == .linear || value > 0 else { return }
      (low, high) = (min(low, value), max(high, value))
    }
    for series in series where series.isRight == isRight {
      for point in series.points where point.isFinite {
        for value in [point.y, point.low, point.high] { take(value) }
      }
    }
    guard low <= high else { return nil }
    if axis.hasZero, axis.scale == .linear { take(0) }
    return low...high
  }

  /// The least and greatest finite number that values stand over; nil where there is none.
  package var extent: ClosedRange<Double>? {
    let isLogarithmic = if case .numbers(let axis) = base { axis.scale == .logarithmic } else { false }
    var (low, high) = (Double.infinity, -Double.infinity)
    for series in series {
      for point in series.points where point.isFinite && (!isLogarithmic || point.x > 0) { (low, high) = (min(low, point.x), max(high, point.x)) }
    }
    return low <= high ? low...high : nil
  }
}
