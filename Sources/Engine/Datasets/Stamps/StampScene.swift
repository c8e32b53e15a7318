import Glibc
import Kernels

/// One composite: photographs in front of a backdrop, each scaled, turned, mirrored, tinted and lit by chance, and sometimes partly
/// covered. Made of a size and of numbers by position alone, so that any worker makes the same.
struct StampScene {
  /// An object as it can be seen.
  struct Shown: Equatable {
    /// An index into the scene's objects.
    var object: Int
    /// An index into the collection's kinds.
    var kind: Int
    /// The pixels at the borders of what is visible, from 0.
    var left, top, right, bottom: Int
    /// How much of the object is within the picture and not covered, 0…1.
    var visible: Float
    /// Whether a part lies beyond the picture's border.
    var isTruncated: Bool

    /// Between the middles of two boxes, squared, in pixels.
    func distance(to other: Shown) -> Int {
      let (dx, dy) = (left + right - other.left - other.right, top + bottom - other.top - other.bottom)
      return dx * dx + dy * dy
    }
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
      // Something stands in front of one in four, now and then of nearly all of it.
      if random.uniform(4) < 0.25 {
        scene.cover(x: x, y: y, reach: reach * (1 + 2 * random.uniform(5)), leavingAll: true, random: CounterRandom(random.bits(6)))
      }
    }
    scene.addGrain(random: CounterRandom(random.bits(26)))
    scene.look(for: areas)
    return scene
  }

  /// A picture of an object, the first, with another right beside it, the second, and others further away. None covers another.
  static func action(_ cutouts: [(cutout: Cutout, kind: Int)], side: Int, random: CounterRandom) -> StampScene {
    precondition(2...4 ~= cutouts.count, "a scene of \(cutouts.count) objects around one")
    for attempt in 0..<16 {
      let random = CounterRandom(random.bits(attempt))
      let scene = StampScene(action: attempt < 12 ? cutouts : Array(cutouts.prefix(2)), side: side, random: random)
      // Both seen whole, and the second nearer to the first than any other.
      let isWhole = scene.shown.count == cutouts.count || attempt >= 12 && scene.shown.count == 2
      if isWhole, scene.nearest(to: 0)?.object == 1, scene.shown.prefix(2).allSatisfy({ $0.visible > 0.95 }) || attempt == 15 { return scene }
    }
    return StampScene(action: Array(cutouts.prefix(2)), side: side, random: random)
  }

  /// Of the other objects that can be seen, the one whose box's middle is nearest to that of an object's.
  func nearest(to object: Int) -> Shown? {
    guard let marked = shown.first(where: { $0.object == object }) else { return nil }
    return shown.filter { $0.object != object }.min { $0.distance(to: marked) < $1.distance(to: marked) }
  }

  private init(action cutouts: [(cutout: Cutout, kind: Int)], side: Int, random: CounterRandom) {
    self.init(side: side, random: random)
    let direction = turn(random.uniform(20))
    // Longer sides of both, as shares of the picture's; between them a little room.
    let reaches = (0.28 + 0.1 * random.uniform(21), 0.28 + 0.1 * random.uniform(22))
    let distance = (reaches.0 + reaches.1) / 2 + 0.01 + 0.05 * random.uniform(23)
    func middle(_ across: Float, _ counter: Int) -> Float {
      let room = abs(across) * distance / 2 + max(reaches.0, reaches.1) / 2 + 0.02
      return room + (1 - 2 * room) * random.uniform(counter)
    }
    let (x, y) = (middle(direction.0, 24), middle(direction.1, 25))
    var places = [(x: x - direction.0 * distance / 2, y: y - direction.1 * distance / 2, reach: reaches.0)]
    places.append((x: x + direction.0 * distance / 2, y: y + direction.1 * distance / 2, reach: reaches.1))
    for place in cutouts.indices.dropFirst(2) {
      let reach = 0.18 + 0.1 * random.uniform(30 + place)
      // Further from the first than the second, and beside all.
      for attempt in 0..<24 {
        let counter = 100 * place + 2 * attempt
        let (x, y) = (reach / 2 + (1 - reach) * random.uniform(counter), reach / 2 + (1 - reach) * random.uniform(counter + 1))
        let isFree = places.enumerated().allSatisfy { index, other in
          let (dx, dy) = (x - other.x, y - other.y)
          let least = index == 0 ? 1.3 * distance : (reach + other.reach) * 0.55
          return dx * dx + dy * dy > least * least
        }
        if isFree {
          places.append((x, y, reach))
          break
        }
      }
    }
    var areas: [(kind: Int, area: Int)] = []
    for (index, place) in places.enumerated() {
      let area = draw(
        cutouts[index].cutout, owner: Int8(index), x: place.x, y: place.y, reach: place.reach, random: CounterRandom(random.bits(40 + index)))
      areas.append((cutouts[index].kind, area))
    }
    addGrain(random: CounterRandom(random.bits(26)))
    look(for: areas)
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
  /// - Parameter leavingAll: whether it is left out where it would hide five sixths of an object or more.
  private mutating func cover(x: Float, y: Float, reach: Float, leavingAll: Bool = false, random: CounterRandom) {
    let cloth = Backdrop(random: CounterRandom(random.bits(0)), side: side).pixels()
    let direction = turn(random.uniform(1))
    let isBar = random.below(2, 2) == 0
    let size = reach * (isBar ? 0.05 + 0.08 * random.uniform(3) : 0.15 + 0.15 * random.uniform(3))
    let away = reach * (isBar ? 0.3 * random.uniform(4) : 0.2 + 0.25 * random.uniform(4))
    let covered = (0..<side * side).filter { place in
      let dx = (Float(place % side) + 0.5) / Float(side) - x - direction.0 * away
      let dy = (Float(place / side) + 0.5) / Float(side) - y - direction.1 * away
      return (isBar ? abs(dx * direction.0 + dy * direction.1) : (dx * dx + dy * dy).squareRoot()) < size
    }
    if leavingAll {
      // By object; none is at 0.
      var (pixels, hidden) = ([Int](repeating: 0, count: 5), [Int](repeating: 0, count: 5))
      for owner in owners { pixels[Int(owner) + 1] += 1 }
      for place in covered { hidden[Int(owners[place]) + 1] += 1 }
      if (1..<5).contains(where: { pixels[$0] > 0 && hidden[$0] * 6 >= pixels[$0] * 5 }) { return }
    }
    for place in covered {
      pixels[place] = cloth[place]
      owners[place] = -1
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
          object: owner, kind: object.kind, left: left, top: top, right: right, bottom: bottom, visible: visible,
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
