import Basics

/// Whether a chart is dark on white or light on black.
public enum ChartTheme: String, CaseIterable, Sendable {
  /// As whoever looks at it has chosen for everything; light where nothing asks.
  case auto
  case light, dark
}

/// What something in a chart means, which decides its colour.
package enum ChartInk: Hashable, Sendable {
  /// The ground, text and axes, lesser text, lines of the grid.
  case ground, ink, soft, grid
  case series(Int)

  /// Of a series: its number; below 0, that of what is no part of any.
  package init(_ number: Int) { self = number < 0 ? .soft : .series(number) }

  package var colour: (light: String, dark: String) {
    switch self {
    case .ground: ("#FFFFFF", "#15171C")
    case .ink: ("#1A1C20", "#ECEEF2")
    case .soft: ("#575D66", "#A9B0BA")
    case .grid: ("#E4E6EA", "#2C3038")
    case .series(let number): Self.series[number % Self.series.count]
    }
  }

  /// As a class of the style sheet is called.
  package var name: String {
    switch self {
    case .ground: "ground"
    case .ink: "ink"
    case .soft: "soft"
    case .grid: "grid"
    case .series(let number): "s\(number % Self.series.count)"
    }
  }

  /// Told apart with any kind of colour blindness, by their lightness too; 4.5:1 or more against their ground.
  package static let series: [(light: String, dark: String)] = [
    ("#0060B0", "#56B4E9"), ("#B35900", "#E08A1E"), ("#5A1050", "#F3E55A"), ("#00694F", "#2FA884"), ("#D0306A", "#E77FB3"), ("#3A3000", "#A8F0D8"),
    ("#2A20A0", "#8C86FF"),
  ]
}

/// What stands for a value of a series; its number goes with the colour, so that no two of 35 series look alike.
package enum ChartMarker: Int, CaseIterable {
  case circle, square, triangle, diamond, downTriangle

  package init(_ colour: Int) { self = Self.allCases[max(0, colour) % Self.allCases.count] }

  /// Small points are circles until the colours are used up.
  package init(ofDots colour: Int) { self.init(max(0, colour) / ChartInk.series.count) }

  /// The corners around (0, 0), for a radius of 1; empty: a circle.
  package var corners: [(x: Double, y: Double)] {
    switch self {
    case .circle: []
    case .square: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    case .triangle: [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)]
    case .diamond: [(0, -1.3), (1.15, 0), (0, 1.3), (-1.15, 0)]
    case .downTriangle: [(0, 1.2), (1.1, -0.8), (-1.1, -0.8)]
    }
  }
}
