import Datasets

/// A picture reduced to the pixels that a block of cells can show.
package struct ScaledPicture: Equatable, Sendable {
  /// How many pixels a cell has.
  package enum Grain: Sendable {
    /// One across and two down.
    case half
    /// Two across and three down.
    case sextant

    package var across: Int { self == .half ? 1 : 2 }
    package var down: Int { self == .half ? 2 : 3 }
  }

  package struct Pixel: Equatable, Sendable {
    package var red, green, blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    /// Relative luminance, 0…255 (ITU-R BT.601 weights, in 1/256).
    package var luminance: Int { (77 * Int(red) + 150 * Int(green) + 29 * Int(blue)) >> 8 }
  }

  /// Cells across and down.
  package let columns, rows: Int
  package let grain: Grain
  /// Row by row from the top.
  package let pixels: [Pixel]

  package subscript(pixelColumn: Int, pixelRow: Int) -> Pixel { pixels[pixelRow * columns * grain.across + pixelColumn] }

  /// `picture` as large as fits into `columns` × `rows` cells with its aspect kept (a cell is twice as high as wide).
  /// Each pixel is the mean of the area that it covers.
  package init(_ picture: Picture, columns: Int, rows: Int, grain: Grain = .half) {
    self.grain = grain
    guard picture.width > 0, picture.height > 0, columns > 0, rows > 0 else {
      (self.columns, self.rows, pixels) = (0, 0, [])
      return
    }
    let scale = min(Double(columns) / Double(picture.width), Double(rows * 2) / Double(picture.height))
    let width = min(columns, max(1, Int((Double(picture.width) * scale).rounded())))
    // Whole cells: what is left over would be a black part of a row at the bottom.
    let height = min(rows, max(1, Int((Double(picture.height) * scale / 2).rounded())))
    self.columns = width
    self.rows = height
    pixels = Self.areaMeans(picture, width: width * grain.across, height: height * grain.down)
  }

  /// `picture` in just so many cells, whatever its aspect was.
  package init(_ picture: Picture, filling columns: Int, by rows: Int, grain: Grain) {
    (self.columns, self.rows, self.grain) = (columns, rows, grain)
    pixels = Self.areaMeans(picture, width: columns * grain.across, height: rows * grain.down)
  }

  /// Separable box filter: columns first, each source row once, then rows.
  fileprivate static func areaMeans(_ picture: Picture, width: Int, height: Int) -> [Pixel] {
    let channels = picture.channels
    let across = Coverage.table(source: picture.width, target: width)
    let down = Coverage.table(source: picture.height, target: height)
    let stride = width * channels
    var narrowed = [Float](repeating: 0, count: picture.height * stride)
    picture.pixels.withUnsafeBufferPointer { source in
      narrowed.withUnsafeMutableBufferPointer { target in
        for y in 0..<picture.height {
          let row = y * picture.width * channels
          for (x, coverage) in across.enumerated() {
            for channel in 0..<channels {
              var sum: Float = 0
              for (index, weight) in zip(coverage.first..., coverage.weights) {
                sum += weight * Float(source[row + index * channels + channel])
              }
              target[y * stride + x * channels + channel] = sum
            }
          }
        }
      }
    }
    return narrowed.withUnsafeBufferPointer { source in
      (0..<height * width).map { position in
        let (y, x) = position.quotientAndRemainder(dividingBy: width)
        func mean(_ channel: Int) -> UInt8 {
          var sum: Float = 0
          for (index, weight) in zip(down[y].first..., down[y].weights) {
            sum += weight * source[index * stride + x * channels + channel]
          }
          return UInt8(min(255, max(0, sum.rounded())))
        }
        let red = mean(0)
        return channels == 3 ? Pixel(red, mean(1), mean(2)) : Pixel(red, red, red)
      }
    }
  }

  /// Which source pixels a target pixel covers, and how much of it each of them fills (weights sum to one).
  private struct Coverage {
    var first: Int
    var weights: [Float]

    static func table(source: Int, target: Int) -> [Coverage] {
      (0..<target).map { index in
        let start = Double(index) * Double(source) / Double(target)
        let end = Double(index + 1) * Double(source) / Double(target)
        let first = min(source - 1, Int(start))
        let last = max(first, min(source - 1, Int(end.rounded(.up)) - 1))
        let weights = (first...last).map { pixel in
          max(0, min(end, Double(pixel + 1)) - max(start, Double(pixel))) / (end - start)
        }
        return Coverage(first: first, weights: weights.map(Float.init))
      }
    }
  }
}

extension Picture {
  /// The picture with no side longer than `side`, its aspect kept.
  package func reduced(to side: Int) -> Picture {
    guard max(width, height) > side else { return self }
    let scale = Double(side) / Double(max(width, height))
    let (columns, rows) = (max(1, Int(Double(width) * scale)), max(1, Int(Double(height) * scale)))
    let means = ScaledPicture.areaMeans(self, width: columns, height: rows)
    return Picture(width: columns, height: rows, channels: 3, pixels: means.flatMap { [$0.red, $0.green, $0.blue] })
  }
}
