import Basics

/// Regions that are merged two by two, the most alike first, until the image is one (Uijlings et al. 2013, §3.1). The box of every region on the way is a candidate.
package struct RegionGrouping: Sendable {
  /// Left, top, right, bottom, both ends inside.
  package typealias Corners = SIMD4<Int32>

  /// 25 steps of each colour, and some zeros up to a multiple of 8.
  private static let colorSteps = 25
  private static let colorBins = 80
  /// 10 steps of the slope in 8 directions of each colour.
  private static let slopeSteps = 10
  private static let textureBins = 240
  private static let bins = colorBins + textureBins

  private let pixels: Int
  /// Of each region.
  package private(set) var sizes: [Int32]
  package private(set) var corners: [Corners]
  /// Of each region, the shares of its pixels in every bin of colour, then of texture; either adds up to 1.
  private var shares: [Float]
  /// Regions that touch, the lower number first, in order.
  package let neighbors: [(Int32, Int32)]

  package init(_ map: RegionMap, _ planes: ColorPlanes) {
    pixels = map.regions.count
    sizes = [Int32](repeating: 0, count: map.count)
    corners = [Corners](repeating: [.max, .max, -1, -1], count: map.count)
    for y in 0..<map.height {
      for x in 0..<map.width {
        let region = Int(map.regions[y * map.width + x])
        sizes[region] += 1
        let box = corners[region]
        corners[region] = [min(box[0], Int32(x)), min(box[1], Int32(y)), max(box[2], Int32(x)), max(box[3], Int32(y))]
      }
    }
    shares = Self.shares(map, planes, sizes)
    neighbors = Self.neighbors(map)
  }

  // MARK: What regions look like

  private static func shares(_ map: RegionMap, _ planes: ColorPlanes, _ sizes: [Int32]) -> [Float] {
    let count = map.regions.count
    var bins = [Int32](repeating: 0, count: map.count * Self.bins)
    let (across, down) = planes.gradients()
    bins.withUnsafeMutableBufferPointer { bins in
      map.regions.withUnsafeBufferPointer { regions in
        planes.values.withUnsafeBufferPointer { values in
          for plane in 0..<3 {
            for pixel in 0..<count {
              let step = min(max(Int(values[plane * count + pixel] * (Float(colorSteps) / 256)), 0), colorSteps - 1)
              bins[Int(regions[pixel]) * Self.bins + plane * colorSteps + step] += 1
            }
          }
        }
        across.values.withUnsafeBufferPointer { across in
          down.values.withUnsafeBufferPointer { down in
            for plane in 0..<3 { addSlopes(plane, count, across, down, regions, bins) }
          }
        }
      }
    }
    return [Float](unsafeUninitializedCapacity: bins.count) { shares, written in
      for place in bins.indices {
        let size = Float(sizes[place / Self.bins])
        shares.initializeElement(at: place, to: Float(bins[place]) / (size * (place % Self.bins < colorBins ? 3 : 24)))
      }
      written = bins.count
    }
  }

  /// Counts the slopes of a plane in eight directions, in steps of the steepest one. Each slope is one of two opposite directions, and nothing in the other.
  private static func addSlopes(
    _ plane: Int, _ count: Int, _ across: UnsafeBufferPointer<Float>, _ down: UnsafeBufferPointer<Float>, _ regions: UnsafeBufferPointer<Int32>,
    _ bins: UnsafeMutableBufferPointer<Int32>
  ) {
    let diagonal = Float(0.5).squareRoot()
    func slopes(_ pixel: Int) -> SIMD4<Float> {
      let (x, y) = (across[plane * count + pixel], down[plane * count + pixel])
      return [x, y, (x + y) * diagonal, (y - x) * diagonal]
    }
    var steepest: Float = 0
    for pixel in 0..<count {
      let slopes = slopes(pixel)
      steepest = max(steepest, max(slopes.max(), -slopes.min()))
    }
    let scale = steepest > 0 ? Float(slopeSteps) / steepest : 0
    for pixel in 0..<count {
      let start = Int(regions[pixel]) * Self.bins + colorBins + plane * 8 * slopeSteps
      let slopes = slopes(pixel)
      for direction in 0..<4 {
        let slope = slopes[direction]
        let step = min(Int(abs(slope) * scale), slopeSteps - 1)
        bins[start + (slope > 0 ? direction : direction + 4) * slopeSteps + step] += 1
        bins[start + (slope > 0 ? direction + 4 : direction) * slopeSteps] += 1
      }
    }
  }

  private static func neighbors(_ map: RegionMap) -> [(Int32, Int32)] {
    var pairs: [UInt64] = []
    for y in 0..<map.height {
      for x in 0..<map.width {
        let pixel = y * map.width + x
        let region = map.regions[pixel]
        func add(_ other: Int) {
          let neighbor = map.regions[other]
          guard neighbor != region else { return }
          let pair = UInt64(min(region, neighbor)) << 32 | UInt64(max(region, neighbor))
          if pairs.last != pair { pairs.append(pair) }
        }
        if x + 1 < map.width { add(pixel + 1) }
        if y + 1 < map.height {
          add(pixel + map.width)
          if x + 1 < map.width { add(pixel + map.width + 1) }
          if x > 0 { add(pixel + map.width - 1) }
        }
      }
    }
    pairs.sort()
    var kept: [(Int32, Int32)] = []
    var last: UInt64 = .max
    for pair in pairs where pair != last {
      kept.append((Int32(pair >> 32), Int32(truncatingIfNeeded: pair)))
      last = pair
    }
    return kept
  }

  // MARK: Merging

  /// How alike two regions are, 0…4.
  package func likeness(_ one: Int, _ other: Int, by kind: SelectiveSearch.Likeness) -> Float {
    let (a, b) = (corners[one], corners[other])
    let both: Corners = [min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])]
    let (size, box) = (Float(sizes[one]) + Float(sizes[other]), Float(both[2] - both[0] + 1) * Float(both[3] - both[1] + 1))
    let all = Float(pixels)
    // What is small is merged early, and what fills the other's gaps.
    let sizeAndFill = (1 - size / all) + (1 - (box - size) / all)
    return common(one, other, from: kind == .colorTextureSizeFill ? 0 : Self.colorBins) + sizeAndFill
  }

  /// The sum over bins of the smaller share.
  private func common(_ one: Int, _ other: Int, from start: Int) -> Float {
    shares.withUnsafeBufferPointer { shares in
      let a = UnsafeRawPointer(shares.baseAddress! + one * Self.bins), b = UnsafeRawPointer(shares.baseAddress! + other * Self.bins)
      var sum = SIMD8<Float>.zero
      for bin in stride(from: start, to: Self.bins, by: 8) {
        sum += pointwiseMin(a.loadUnaligned(fromByteOffset: 4 * bin, as: SIMD8<Float>.self), b.loadUnaligned(fromByteOffset: 4 * bin, as: SIMD8<Float>.self))
      }
      let four = sum.lowHalf + sum.highHalf
      return (four[0] + four[1]) + (four[2] + four[3])
    }
  }

  /// Makes `one` the union of both; `other` is no region any more.
  package mutating func merge(_ other: Int, into one: Int) {
    let (a, b) = (Float(sizes[one]), Float(sizes[other]))
    let (mine, its) = (a / (a + b), b / (a + b))
    shares.withUnsafeMutableBufferPointer { shares in
      for bin in 0..<Self.bins { shares[one * Self.bins + bin] = mine * shares[one * Self.bins + bin] + its * shares[other * Self.bins + bin] }
    }
    sizes[one] += sizes[other]
    let (c, d) = (corners[one], corners[other])
    corners[one] = [min(c[0], d[0]), min(c[1], d[1]), max(c[2], d[2]), max(c[3], d[3])]
  }

  /// The boxes of all regions at first, then of each merged one, the last of which is the image's. Of pairs that are equally alike the first goes first, by the lower number and then the other one;
  /// the lower number is that of the union.
  package func hierarchy(by kind: SelectiveSearch.Likeness) -> [Corners] {
    var grouping = self
    var boxes = corners
    boxes.reserveCapacity(2 * boxes.count)
    var pairs = neighbors.map { (one: $0.0, other: $0.1, likeness: likeness(Int($0.0), Int($0.1), by: kind)) }
    // Of each region, the last merge that it became a neighbour in.
    var metIn = [Int32](repeating: -1, count: sizes.count)
    while !pairs.isEmpty {
      var best = pairs[0]
      for pair in pairs.dropFirst() where pair.likeness >= best.likeness {
        if pair.likeness > best.likeness || (pair.one, pair.other) < (best.one, best.other) { best = pair }
      }
      let (one, other) = (best.one, best.other)
      grouping.merge(Int(other), into: Int(one))
      let merge = Int32(boxes.count)
      boxes.append(grouping.corners[Int(one)])
      metIn[Int(one)] = merge
      metIn[Int(other)] = merge
      // Pairs with either become one with the union; the others stay.
      var kept = 0
      for place in pairs.indices {
        var pair = pairs[place]
        let touches = pair.one == one || pair.one == other
        if touches || pair.other == one || pair.other == other {
          let third = touches ? pair.other : pair.one
          guard metIn[Int(third)] != merge else { continue }
          metIn[Int(third)] = merge
          pair = (min(one, third), max(one, third), grouping.likeness(Int(one), Int(third), by: kind))
        }
        pairs[kept] = pair
        kept += 1
      }
      pairs.removeLast(pairs.count - kept)
    }
    return boxes
  }
}
