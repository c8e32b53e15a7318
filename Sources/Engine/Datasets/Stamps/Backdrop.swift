import Kernels

/// A picture of nothing in particular, made of noise: what objects are put in front of. The same numbers give the same picture, at
/// any size.
struct Backdrop {
  /// Numbers by position; every use of a number has a counter of its own.
  private let random: CounterRandom
  private let side: Int
  private let first, second, third: SIMD3<Float>

  init(random: CounterRandom, side: Int) {
    self.random = random
    self.side = side
    (first, second, third) = (Self.colour(random, 0), Self.colour(random, 3), Self.colour(random, 6))
  }

  /// Rows of red, green and blue, 0…1.
  func pixels() -> [SIMD3<Float>] {
    switch random.below(6, 10) {
    case 0: gradient(withHorizon: false)
    case 1: gradient(withHorizon: true)
    case 2: stripes(isChecked: false)
    case 3: stripes(isChecked: true)
    case 4: marble()
    default: discs()
    }
  }

  /// A colour of moderate saturation, from three numbers.
  static func colour(_ random: CounterRandom, _ counter: Int) -> SIMD3<Float> {
    let hue = random.uniform(counter) * 6
    let saturation = random.uniform(counter + 1) * 0.7
    let value = 0.15 + random.uniform(counter + 2) * 0.8
    func channel(_ shift: Float) -> Float {
      let place = (hue + shift).truncatingRemainder(dividingBy: 6)
      let share = max(0, min(1, min(place, 4 - place)))
      return value * (1 - saturation * share)
    }
    return SIMD3(channel(5), channel(3), channel(1))
  }

  private func every(_ body: (_ x: Float, _ y: Float, _ place: Int) -> SIMD3<Float>) -> [SIMD3<Float>] {
    (0..<side * side).map { place in
      body((Float(place % side) + 0.5) / Float(side), (Float(place / side) + 0.5) / Float(side), place)
    }
  }

  /// From one colour to another in some direction, or a ground of a third colour below a horizon.
  private func gradient(withHorizon: Bool) -> [SIMD3<Float>] {
    let direction = unit(11)
    let horizon: Float = withHorizon ? 0.35 + 0.4 * random.uniform(12) : 2
    let fine = noise(octaves: 4, cells: 4, counter: 1000), coarse = noise(octaves: 5, cells: 12, counter: 2000)
    let strength = 0.1 + 0.25 * random.uniform(13)
    return every { x, y, place in
      if y > horizon { return third * (0.6 + 0.8 * coarse[place]) }
      let t = max(0, min(1, 0.5 + (x - 0.5) * direction.0 + (y - 0.5) * direction.1))
      return first + (second - first) * t + SIMD3(repeating: (fine[place] - 0.5) * strength)
    }
  }

  /// Bands or a chequered floor, a little uneven.
  private func stripes(isChecked: Bool) -> [SIMD3<Float>] {
    let direction = unit(11)
    let frequency = 2 + 8 * random.uniform(12)
    let bend = noise(octaves: 2, cells: 2, counter: 1000), grain = noise(octaves: 3, cells: 16, counter: 2000)
    let wobble = 0.25 * random.uniform(13)
    return every { x, y, place in
      let u = (x * direction.0 + y * direction.1 + bend[place] * wobble) * frequency
      let v = (y * direction.0 - x * direction.1) * frequency
      let band = Int((u + 64).rounded(.down)) + (isChecked ? Int((v + 64).rounded(.down)) : 0)
      return (band % 2 == 0 ? first : second) * (0.8 + 0.4 * grain[place])
    }
  }

  /// Veins of three colours.
  private func marble() -> [SIMD3<Float>] {
    let cells = 2 + random.below(5, 11)
    let one = noise(octaves: 5, cells: cells, counter: 1000), two = noise(octaves: 4, cells: cells, counter: 2000)
    return every { _, _, place in
      let vein = max(0, min(1, (one[place] - 0.5) * 2.5 + 0.5))
      let tint = max(0, min(1, (two[place] - 0.4) * 2))
      return (first + (second - first) * vein) * (1 - tint * 0.6) + third * (tint * 0.6)
    }
  }

  /// Discs with soft or hard borders, as of lights or leaves out of focus.
  private func discs() -> [SIMD3<Float>] {
    let grain = noise(octaves: 4, cells: 6, counter: 1000)
    var pixels = every { _, _, place in first * (0.7 + 0.6 * grain[place]) }
    for disc in 0..<4 + random.below(14, 11) {
      let at = 100 + disc * 10
      let (x, y) = (random.uniform(at) * Float(side), random.uniform(at + 1) * Float(side))
      let radius = (0.04 + 0.2 * random.uniform(at + 2)) * Float(side)
      let soft = max(1, radius * random.uniform(at + 3))
      let colour = Self.colour(random, at + 4)
      for row in max(0, Int(y - radius))..<max(0, min(side, Int(y + radius) + 2)) {
        for column in max(0, Int(x - radius))..<max(0, min(side, Int(x + radius) + 2)) {
          let (dx, dy) = (Float(column) + 0.5 - x, Float(row) + 0.5 - y)
          let cover = max(0, min(1, (radius - (dx * dx + dy * dy).squareRoot()) / soft)) * 0.9
          pixels[row * side + column] += (colour - pixels[row * side + column]) * cover
        }
      }
    }
    return pixels
  }

  /// Smooth noise, 0…1, of several octaves (value noise: Perlin 1985, §3): random values at the corners of a lattice, mixed
  /// between them; each octave has twice the cells and half the weight.
  private func noise(octaves: Int, cells: Int, counter: Int) -> [Float] {
    var sum = [Float](repeating: 0, count: side * side)
    var (cells, weight, total): (Int, Float, Float) = (cells, 1, 0)
    for octave in 0..<octaves where cells <= side {
      let start = counter + octave * 100_000
      let corners = (0..<(cells + 1) * (cells + 1)).map { random.uniform(start + $0) }
      let step = Float(cells) / Float(side)
      for y in 0..<side {
        let v = (Float(y) + 0.5) * step
        let (row, t) = (Int(v), smooth(v - v.rounded(.down)))
        for x in 0..<side {
          let u = (Float(x) + 0.5) * step
          let (column, s) = (Int(u), smooth(u - u.rounded(.down)))
          let corner = row * (cells + 1) + column
          let upper = corners[corner] + (corners[corner + 1] - corners[corner]) * s
          let below = corner + cells + 1
          let lower = corners[below] + (corners[below + 1] - corners[below]) * s
          sum[y * side + x] += (upper + (lower - upper) * t) * weight
        }
      }
      total += weight
      (cells, weight) = (cells * 2, weight * 0.5)
    }
    if total > 0 { for place in sum.indices { sum[place] /= total } }
    return sum
  }

  @inline(__always)
  private func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }

  /// A direction.
  private func unit(_ counter: Int) -> (Float, Float) { turn(random.uniform(counter)) }
}
