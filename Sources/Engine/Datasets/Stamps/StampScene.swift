import Glibc
import Kernels

/// One composite: photographs in front of a backdrop, each scaled, turned, mirrored, tinted and lit by chance, and sometimes partly
/// covered. Made of a size and of numbers by position alone, so that any worker makes the same.
struct StampScene {
  /// An object as it can be seen.
  struct Shown: Equatable {
    /// An index into the collection's kinds.
    var kind: Int
    /// The pixels at the borders of what is visible, from 0.
    var left, top, right, bottom: Int
    /// How much of the object is within the picture and not covered, 0…1.
    var visible: Float
    /// Whether a part lies beyond the picture's border.
    var isTruncated: Bool
  }

  let side: Int
  private(set) var shown: [Shown] = []
  private var pixels: [SIMD3<Float>]
  /// The object that each pixel shows, −1 for none.
  private var owners: [Int8]

  /// Red, green and blue, row by row.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pixels.count * 3)
    for pixel in pixels {
      let clamped = pixel.clamped(lowerBound: .zero, upperBound: .one) * 255
      for channel in 0..<3 { bytes.append(UInt8(clamped[channel].rounded())) }
    }
    return bytes
  }

  /// A picture of one object that fills much of it, now and then with something in front. More than half of the object is visible.
  static func single(_ cutout: Cutout, kind: Int, side: Int, random: CounterRandom) -> StampScene {
    for attempt in 0..<8 {
      let random = CounterRandom(random.bits(attempt))
      var scene = StampScene(side: side, random: random)
      let reach: Float = 0.5 + 0.45 * random.uniform(20)
      let free = max(0.12, 1 - reach)
      let (x, y) = (0.5 + (random.uniform(21) - 0.5) * free, 0.5 + (random.uniform(22) - 0.5) * free)
      let area = scene.draw(cutout, owner: 0, x: x, y: y, reach: reach, random: CounterRandom(random.bits(23)))
      if random.uniform(24) < 0.5, attempt < 7 { scene.cover(x: x, y: y, reach: reach, random: CounterRandom(random.bits(25))) }
      scene.addGrain(random: CounterRandom(random.bits(26)))
      scene.look(for: [(kind, area)])
      if let shown = scene.shown.first, shown.visible > 0.55 || attempt == 7 { return scene }
    }
    preconditionFailure("the last attempt shows its object")
  }

  /// A picture of one to four objects, each in a part of its own, whose neighbours may reach in.
  static func several(_ cutouts: [(cutout: Cutout, kind: Int)], side: Int, random: CounterRandom) -> StampScene {
    precondition(1...4 ~= cutouts.count, "a scene of \(cutouts.count) objects")
    var scene = StampScene(side: side, random: random)
    let isAcross = random.below(2, 20) == 0
    var areas: [(kind: Int, area: Int)] = []
    for (place, (cutout, kind)) in cutouts.enumerated() {
      let random = CounterRandom(random.bits(30 + place))
      let (columns, rows) = cutouts.count == 1 ? (1, 1) : cutouts.count > 2 ? (2, 2) : isAcross ? (2, 1) : (1, 2)
      let x = (Float(place % columns) + 0.4 + 0.2 * random.uniform(0)) / Float(columns)
      let y = (Float(place / columns) + 0.4 + 0.2 * random.uniform(1)) / Float(rows)
      let reach = (0.55 + 0.45 * random.uniform(2)) / Float(max(columns, rows))
      let area = scene.draw(cutout, owner: Int8(place), x: x, y: y, reach: reach, random: CounterRandom(random.bits(3)))
      areas.append((kind, area))
    }
    scene.addGrain(random: CounterRandom(random.bits(26)))
    scene.look(for: areas)
    return scene
  }

  private init(side: Int, random: CounterRandom) {
    self.side = side
    pixels = Backdrop(random: CounterRandom(random.bits(0)), side: side).pixels()
    owners = [Int8](repeating: -1, count: side * side)
  }

  // MARK: Drawing

  /// Draws an object around (x, y), its longer side `reach` of the picture's.
  /// - Returns: how many pixels it takes, those beyond the border as well.
  private mutating func draw(
    _ cutout: Cutout, owner: Int8, x: Float, y: Float, reach: Float, random: CounterRandom
  ) -> Int {
    let length = reach * Float(side)
    let level = cutout.level(side: length)
    let angle = turn((random.uniform(0) - 0.5) * 0.2)
    let scale = Float(max(level.width, level.height)) / length
    let mirror: Float = random.below(2, 1) == 0 ? 1 : -1
    let stretch = 0.85 + 0.3 * random.uniform(2)
    let look = Look(random: CounterRandom(random.bits(3)))
    let (centreX, centreY) = (x * Float(side), y * Float(side))
    let radius = Int(length * 0.8) + 2
    var area = 0
    for row in Int(centreY) - radius...Int(centreY) + radius {
      for column in Int(centreX) - radius...Int(centreX) + radius {
        let (dx, dy) = (Float(column) + 0.5 - centreX, Float(row) + 0.5 - centreY)
        let u = (dx * angle.0 + dy * angle.1) * mirror * stretch, v = (dy * angle.0 - dx * angle.1) / stretch
        let sample = level.sample(u * scale + Float(level.width) / 2, v * scale + Float(level.height) / 2)
        guard sample.w > 0.02 else { continue }
        let isSolid = sample.w > 0.5
        if isSolid { area += 1 }
        guard column >= 0, row >= 0, column < side, row < side else { continue }
        let place = row * side + column
        let colour = look.changed(SIMD3(sample.x, sample.y, sample.z) / sample.w, dx / length, dy / length)
        pixels[place] += (colour - pixels[place]) * min(1, sample.w)
        if isSolid { owners[place] = owner }
      }
    }
    return area
  }

  /// How an object's colours and the light on it differ from its photograph.
  private struct Look {
    let gain: SIMD3<Float>
    let contrast, saturation: Float
    let light: (Float, Float)

    init(random: CounterRandom) {
      let brightness = 0.75 + 0.5 * random.uniform(0)
      gain = SIMD3(random.uniform(1), random.uniform(2), random.uniform(3)) * (0.24 * brightness) + 0.88 * brightness
      contrast = 0.8 + 0.4 * random.uniform(4)
      saturation = 0.6 + 0.7 * random.uniform(5)
      let direction = turn(random.uniform(6))
      let strength = 0.5 * random.uniform(7)
      light = (direction.0 * strength, direction.1 * strength)
    }

    @inline(__always)
    func changed(_ colour: SIMD3<Float>, _ x: Float, _ y: Float) -> SIMD3<Float> {
      let grey = SIMD3(repeating: (colour.x + colour.y + colour.z) / 3)
      let tinted = (grey + (colour - grey) * saturation) * gain
      return ((tinted - 0.5) * contrast + 0.5) * (1 + x * light.0 + y * light.1)
    }
  }

  /// Puts a bar or a disc of another backdrop in front of an object's border.
  private mutating func cover(x: Float, y: Float, reach: Float, random: CounterRandom) {
    let cloth = Backdrop(random: CounterRandom(random.bits(0)), side: side).pixels()
    let direction = turn(random.uniform(1))
    let isBar = random.below(2, 2) == 0
    let size = reach * (isBar ? 0.05 + 0.08 * random.uniform(3) : 0.15 + 0.15 * random.uniform(3))
    let away = reach * (isBar ? 0.3 * random.uniform(4) : 0.2 + 0.25 * random.uniform(4))
    for row in 0..<side {
      for column in 0..<side {
        let dx = (Float(column) + 0.5) / Float(side) - x - direction.0 * away
        let dy = (Float(row) + 0.5) / Float(side) - y - direction.1 * away
        let distance = isBar ? abs(dx * direction.0 + dy * direction.1) : (dx * dx + dy * dy).squareRoot()
        guard distance < size else { continue }
        pixels[row * side + column] = cloth[row * side + column]
        owners[row * side + column] = -1
      }
    }
  }

  private mutating func addGrain(random: CounterRandom) {
    let strength = 0.08 * random.uniform(0)
    for place in pixels.indices { pixels[place] += (random.uniform(place + 1) - 0.5) * strength }
  }

  /// Finds out what can be seen of each object.
  private mutating func look(for objects: [(kind: Int, area: Int)]) {
    for (owner, object) in objects.enumerated() {
      var (left, right, top, bottom, count) = (side, -1, side, -1, 0)
      for place in owners.indices where owners[place] == Int8(owner) {
        (left, right) = (min(left, place % side), max(right, place % side))
        (top, bottom) = (min(top, place / side), max(bottom, place / side))
        count += 1
      }
      guard count > 0 else { continue }
      let touches = left == 0 || top == 0 || right == side - 1 || bottom == side - 1
      let visible = Float(count) / Float(max(object.area, count))
      shown.append(
        Shown(
          kind: object.kind, left: left, top: top, right: right, bottom: bottom, visible: visible,
          isTruncated: touches && visible < 0.98))
    }
  }
}

/// Cosine and sine of a share of a full turn.
@inline(__always)
func turn(_ share: Float) -> (Float, Float) {
  let (cosine, sine) = cosineAndSine(turns: Double(share))
  return (Float(cosine), Float(sine))
}
