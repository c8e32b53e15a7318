import Kernels

/// The three colours of an image as numbers from 0 to 255, plane by plane.
package struct ColorPlanes: Sendable {
  package let width, height: Int
  /// `3 · height · width`.
  package private(set) var values: [Float]

  package var count: Int { width * height }

  /// - Parameter pixels: `height · width · channels` numbers from 0 to 255, grey or RGB.
  package init(_ pixels: [Float], width: Int, height: Int, channels: Int, _ space: SelectiveSearch.ColorSpace) {
    (self.width, self.height) = (width, height)
    let count = width * height
    values = [Float](unsafeUninitializedCapacity: 3 * count) { values, written in
      for pixel in 0..<count {
        let (red, green, blue) = channels == 3
          ? (pixels[3 * pixel], pixels[3 * pixel + 1], pixels[3 * pixel + 2]) : (pixels[pixel], pixels[pixel], pixels[pixel])
        let color = space == .hsv ? Self.hsv(red, green, blue) : Self.lab(red, green, blue)
        for plane in 0..<3 { values.initializeElement(at: plane * count + pixel, to: color[plane]) }
      }
      written = 3 * count
    }
  }

  private init(width: Int, height: Int, values: [Float]) { (self.width, self.height, self.values) = (width, height, values) }

  // MARK: Colours

  private static func hsv(_ red: Float, _ green: Float, _ blue: Float) -> SIMD3<Float> {
    let most = max(red, green, blue), range = most - min(red, green, blue)
    guard range > 0 else { return [0, 0, most] }
    var sixths = most == red ? (green - blue) / range : most == green ? 2 + (blue - red) / range : 4 + (red - green) / range
    if sixths < 0 { sixths += 6 }
    return [sixths * (255 / 6), 255 * range / most, most]
  }

  private static func lab(_ red: Float, _ green: Float, _ blue: Float) -> SIMD3<Float> {
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    let x = root((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.950456)
    let y = root(0.212671 * r + 0.715160 * g + 0.072169 * b)
    let z = root((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.088754)
    return [(116 * y - 16) * 2.55, 500 * (x - y) + 128, 200 * (y - z) + 128]
  }

  // Tables with straight lines between their entries: fast, and the same bits everywhere.

  private static func linear(_ value: Float) -> Float { look(up: value, in: linearTable) }
  private static func root(_ value: Float) -> Float { look(up: value * 4096, in: rootTable) }

  private static func look(up place: Float, in table: [Float]) -> Float {
    let place = min(max(place, 0), Float(table.count - 1) - 0.001)
    let low = Int(place)
    return table[low] + (place - Float(low)) * (table[low + 1] - table[low])
  }

  /// Light of a value of sRGB (IEC 61966-2-1).
  private static let linearTable: [Float] = (0...256).map { value in
    let share = min(Double(value) / 255, 1)
    return Float(share <= 0.04045 ? share / 12.92 : power((share + 0.055) / 1.055, 2.4))
  }

  /// CIE's cube root, straight near 0.
  private static let rootTable: [Float] = (0...4160).map { value in
    let light = Double(value) / 4096
    return Float(light > 0.008856 ? power(light, 1 / 3) : 7.787 * light + 16 / 116)
  }

  // MARK: Filters

  /// Smoothed by a Gaussian of this deviation, in pixels.
  package func smoothed(_ sigma: Double) -> ColorPlanes {
    let taps = Self.gaussian(sigma)
    return filtered(along: taps, down: taps)
  }

  /// How fast colours change from left to right and from above to below, on the scale of a Gaussian of deviation 1.
  package func gradients() -> (across: ColorPlanes, down: ColorPlanes) {
    let smooth = Self.gaussian(1)
    let reach = smooth.count / 2
    let slope = smooth.indices.map { Float($0 - reach) * smooth[$0] }
    return (filtered(along: slope, down: smooth), filtered(along: smooth, down: slope))
  }

  private static func gaussian(_ sigma: Double) -> [Float] {
    let reach = Int((4 * sigma).rounded(.up))
    let weights = (-reach...reach).map { exponential(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    return weights.map { Float($0 / sum) }
  }

  /// Each plane with each row filtered, and then each column; pixels beyond an edge are those of the edge.
  private func filtered(along: [Float], down: [Float]) -> ColorPlanes {
    let (width, height) = (width, height)
    let reach = along.count / 2
    var result = [Float](repeating: 0, count: values.count)
    var rows = [Float](repeating: 0, count: count)
    var padded = [Float](repeating: 0, count: width + 2 * reach)
    values.withUnsafeBufferPointer { values in
      rows.withUnsafeMutableBufferPointer { rows in
        padded.withUnsafeMutableBufferPointer { padded in
          result.withUnsafeMutableBufferPointer { result in
            for plane in 0..<3 {
              let start = plane * width * height
              for y in 0..<height {
                let source = start + y * width
                for x in 0..<reach {
                  padded[x] = values[source]
                  padded[reach + width + x] = values[source + width - 1]
                }
                for x in 0..<width { padded[reach + x] = values[source + x] }
                let row = y * width
                for x in 0..<width { rows[row + x] = 0 }
                for (tap, weight) in along.enumerated() {
                  for x in 0..<width { rows[row + x] += weight * padded[x + tap] }
                }
              }
              for y in 0..<height {
                let target = start + y * width
                for (tap, weight) in down.enumerated() {
                  let row = min(max(y + tap - down.count / 2, 0), height - 1) * width
                  for x in 0..<width { result[target + x] += weight * rows[row + x] }
                }
              }
            }
          }
        }
      }
    }
    return ColorPlanes(width: width, height: height, values: result)
  }
}
