import TUI
import Testing

/// What colours mean on terminals of each kind.
@Suite struct PaletteTests {
  private func indices(_ depth: ColorDepth, _ colors: Int, _ styles: [Color]) -> [Int] {
    let palette = Palette(depth: depth, colors: colors)
    return styles.map { palette.entry(Style($0)).foreground }
  }

  @Test("A palette has no more than was wished for, and no more than the terminal has")
  func depth() {
    #expect(Palette(depth: .trueColor, colors: 0).depth == .mono)
    #expect(Palette(depth: .trueColor, colors: 8).depth == .ansi16)
    #expect(Palette(depth: .trueColor, colors: 88).depth == .ansi16)
    #expect(Palette(depth: .trueColor, colors: 256).depth == .palette256)
    #expect(Palette(depth: .trueColor, colors: 1 << 24).depth == .trueColor)
    #expect(Palette(depth: .palette256, colors: 1 << 24).depth == .palette256)
    #expect(Palette(depth: .mono, colors: 256).depth == .mono)
  }

  @Test("--color comes before NO_COLOR, which comes before what the terminal has")
  func ladder() {
    #expect(ColorDepth.wished(option: .ansi16, environment: ["NO_COLOR": "1"]) == .ansi16)
    #expect(ColorDepth.wished(option: nil, environment: ["NO_COLOR": "1", "COLORTERM": "truecolor"]) == .mono)
    #expect(ColorDepth.wished(option: nil, environment: ["NO_COLOR": ""]) == .trueColor)
    #expect(ColorDepth.isExact(environment: ["COLORTERM": "24bit"]))
    #expect(!ColorDepth.isExact(environment: ["COLORTERM": "yes"]))
  }

  private static let meanings: [Color] = [.standard, .muted, .accent, .good, .near, .bad, .series(0), .series(8)]

  @Test("What a colour means is one palette index at every depth but mono, the same in exact colour as in 256")
  func meanings() {
    #expect(indices(.palette256, 256, Self.meanings) == [-1, 245, 75, 79, 214, 203, 39, 39])
    #expect(indices(.trueColor, 1 << 24, Self.meanings) == [-1, 245, 75, 79, 214, 203, 39, 39])
    #expect(indices(.ansi16, 16, Self.meanings) == [-1, 8, 6, 2, 3, 1, 6, 6])
    #expect(indices(.ansi16, 8, Self.meanings) == [-1, -1, 6, 2, 3, 1, 6, 6])
    #expect(indices(.mono, 0, Self.meanings).allSatisfy { $0 == -1 })
  }

  @Test("Exact colours are exact, but for blues that would be taken for palette indices")
  func exact() {
    let colors: [Color] = [.rgb(1, 2, 3), .rgb(255, 255, 255), .rgb(0, 1, 0), .rgb(0, 0, 0), .rgb(0, 0, 255)]
    #expect(indices(.trueColor, 1 << 24, colors) == [0x010203, 0xFFFFFF, 0x000100, 0x010000, 0x0100FF])
  }

  @Test("On 256 colours no grey is further off than ten of 255")
  func greys() {
    let palette = Palette(depth: .palette256, colors: 256)
    for value in 0...255 as ClosedRange<UInt8> {
      let index = palette.entry(Style(.rgb(value, value, value))).foreground
      let cube = index < 232 ? (index - 16) % 6 : 0
      let shown = index >= 232 ? 8 + 10 * (index - 232) : cube == 0 ? 0 : 55 + 40 * cube
      #expect(abs(shown - Int(value)) <= 10, "\(value) as \(index)")
    }
  }

  @Test("Verdicts, and curves, are as far apart for those who see no red or no green as words in print", arguments: ColorVision.allCases)
  func colorBlind(vision: ColorVision) {
    for palette in [Palette(depth: .palette256, colors: 256), Palette(depth: .palette256, colors: 256, isOnLight: true)] {
      for colors in [[Color.good, .near, .bad, .accent], (0..<8).map { Color.series($0) }] {
        let seen = colors.map { vision.lab(xterm: palette.entry(Style($0)).foreground) }
        for one in seen.indices {
          for other in seen.indices.dropFirst(one + 1) {
            let distance = zip(seen[one], seen[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
            // 2.3 is what is just seen; 25 is seen at a glance.
            #expect(distance > 25, "\(colors[one]) and \(colors[other]): \(distance)")
          }
        }
      }
    }
  }

  @Test("Every text can be read on its ground, and every curve seen: contrasts of 4.5 and 3 (WCAG 2.2, 1.4.3 and 1.4.11)", arguments: [false, true])
  func contrast(isOnLight: Bool) {
    let palette = Palette(depth: .palette256, colors: 256, isOnLight: isOnLight)
    func contrast(_ color: Color, on ground: Double) -> Double {
      let light = ColorVision.luminance(xterm: palette.entry(Style(color)).foreground)
      return (max(light, ground) + 0.05) / (min(light, ground) + 0.05)
    }
    let ground = isOnLight ? 1.0 : 0
    for color in [Color.muted, .accent, .good, .near, .bad] { #expect(contrast(color, on: ground) >= 4.5, "\(color)") }
    for number in 0..<8 as Range<UInt8> { #expect(contrast(.series(number), on: ground) >= 3, "series \(number)") }
    let selection = ColorVision.luminance(xterm: palette.entry(Style(.standard, on: .selection)).background)
    for color in [Color.accent, .good, .near] { #expect(contrast(color, on: selection) >= 3, "\(color) on the selected line") }
    #expect(palette.entry(Style(.standard, on: .selection)).foreground == (isOnLight ? -1 : 255))
  }

  @Test("Without colour the selected line is reverse, and what matters is bold")
  func mono() {
    let palette = Palette(depth: .mono, colors: 0)
    #expect(palette.entry(Style(.standard, on: .selection)).attributes == .reverse)
    #expect(palette.entry(Style(.bad)).attributes == .bold)
    #expect(palette.entry(Style(.muted)).attributes == [])
  }
}
