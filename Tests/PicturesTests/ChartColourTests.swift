import Glibc
import Testing
import Pictures

@Suite("Colours of charts") struct ChartColourTests {
  /// Linear light of red, green and blue.
  private func light(_ colour: String) -> [Double] {
    let value = Int(colour.dropFirst(), radix: 16)!
    return [value >> 16, value >> 8 & 255, value & 255].map { channel in
      let share = Double(channel) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
  }

  private func luminance(_ colour: String) -> Double {
    let light = light(colour)
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
  }

  private func contrast(_ one: String, _ other: String) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test("Text, axes and every series have a contrast of 4.5:1 or more against their ground, light and dark")
  func contrast() {
    for ink in [ChartInk.ink, .soft] + ChartInk.series.indices.map(ChartInk.series) {
      #expect(contrast(ink.colour.light, ChartInk.ground.colour.light) >= 4.5, "\(ink) on white")
      #expect(contrast(ink.colour.dark, ChartInk.ground.colour.dark) >= 4.5, "\(ink) on black")
    }
  }

  /// What those see who lack one kind of cone, by Machado, Oliveira and Fernandes (2009), in linear light.
  static let eyes: [(name: String, matrix: [[Double]])] = [
    ("all cones", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    ("no long ones", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    ("no middle ones", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
  ]

  private func lab(_ colour: String, _ matrix: [[Double]]) -> [Double] {
    func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] { matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } } }
    let seen = times(matrix, light(colour)).map { max(0, min(1, $0)) }
    let xyz = zip(times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], seen), [0.9505, 1, 1.089]).map { $0 / $1 }
    let f = xyz.map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  @Test("No two series look alike to those who see fewer colours", arguments: eyes.indices)
  func distance(eye: Int) {
    for theme in [\(light: String, dark: String).light, \.dark] {
      for one in ChartInk.series.indices {
        for other in 0..<one {
          let pair = [one, other].map { lab(ChartInk.series[$0][keyPath: theme], Self.eyes[eye].matrix) }
          let distance = zip(pair[0], pair[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
          #expect(distance > 11, "\(one) and \(other) with \(Self.eyes[eye].name)")
        }
      }
    }
  }

  @Test("35 series have a colour and a marker each that no other one has")
  func pairs() {
    let pairs = Set((0..<35).map { "\(ChartInk($0).name) \(ChartMarker($0))" })
    #expect(pairs.count == 35)
  }
}
