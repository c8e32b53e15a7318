import Basics

/// Which region each pixel of an image belongs to.
package struct RegionMap: Equatable, Sendable {
  package let width, height: Int
  /// Of each pixel, row by row. Regions are numbered from 0 in the order of their first pixels.
  package let regions: [Int32]
  /// How many regions there are.
  package let count: Int
}

/// An image cut into regions of little change inside, by merging pixels along a graph of neighbours (Felzenszwalb, Huttenlocher 2004).
///
/// Edges join each pixel with its eight neighbours and weigh as much as their colours differ (Euclidean). Over edges of rising weight two regions become one where the edge weighs no more than the heaviest
/// one inside either (of its minimum spanning tree) plus k / its pixels. Edges of equal weight come in the order of their pixels.
package struct GraphSegmentation: Sendable {
  private let width, height: Int
  /// Of edge 4 · pixel + direction.
  private let weights: [Float]
  /// The edges there are, by rising weight.
  private let order: [Int32]

  /// - Parameter planes: smoothed colours.
  package init(_ planes: ColorPlanes) {
    let (width, height) = (planes.width, planes.height)
    (self.width, self.height) = (width, height)
    let count = width * height
    let offsets = Self.offsets(width)
    var edges: [Int32] = []
    edges.reserveCapacity(4 * count)
    var keys = [UInt32](repeating: 0, count: 4 * count)
    planes.values.withUnsafeBufferPointer { values in
      func weight(_ one: Int, _ other: Int) -> Float {
        let (a, b, c) = (values[one] - values[other], values[count + one] - values[count + other], values[2 * count + one] - values[2 * count + other])
        return (a * a + b * b + c * c).squareRoot()
      }
      for y in 0..<height {
        for x in 0..<width {
          let pixel = y * width + x
          let isThere = (x + 1 < width, y + 1 < height, x + 1 < width && y + 1 < height, x + 1 < width && y > 0)
          func add(_ direction: Int) {
            edges.append(Int32(4 * pixel + direction))
            // Floats of one sign are in the order of their bits.
            keys[4 * pixel + direction] = weight(pixel, pixel + offsets[direction]).bitPattern
          }
          if isThere.0 { add(0) }
          if isThere.1 { add(1) }
          if isThere.2 { add(2) }
          if isThere.3 { add(3) }
        }
      }
    }
    order = stablySorted(edges, by: keys)
    weights = keys.map { Float(bitPattern: $0) }
  }

  /// To the right, below, right below, right above.
  private static func offsets(_ width: Int) -> SIMD4<Int> { [1, width, width + 1, 1 - width] }

  /// - Parameters:
  ///   - k: the larger, the larger the regions.
  ///   - least: regions of fewer pixels are joined with the neighbour over the lightest edge.
  package func regions(k: Float, least: Int) -> RegionMap {
    let count = width * height
    let offsets = Self.offsets(width)
    // Of each pixel, itself or one nearer to its region's root; of roots the pixels of the region, and the weight up to which it takes an edge.
    var parents = Array(0..<Int32(count))
    var sizes = [Int32](repeating: 1, count: count)
    var limits = [Float](repeating: k, count: count)
    var map = [Int32](repeating: -1, count: count)
    var numbers = 0
    parents.withUnsafeMutableBufferPointer { parents in
      sizes.withUnsafeMutableBufferPointer { sizes in
        limits.withUnsafeMutableBufferPointer { limits in
          func root(_ pixel: Int) -> Int {
            var pixel = pixel
            while Int(parents[pixel]) != pixel {
              parents[pixel] = parents[Int(parents[pixel])]
              pixel = Int(parents[pixel])
            }
            return pixel
          }
          /// - Returns: the root of both.
          func join(_ one: Int, _ other: Int) -> Int {
            let (upper, lower) = sizes[one] >= sizes[other] ? (one, other) : (other, one)
            parents[lower] = Int32(upper)
            sizes[upper] += sizes[lower]
            return upper
          }
          for edge in order {
            let pixel = Int(edge) >> 2
            let (one, other) = (root(pixel), root(pixel + offsets[Int(edge) & 3]))
            let weight = weights[Int(edge)]
            guard one != other, weight <= limits[one], weight <= limits[other] else { continue }
            let both = join(one, other)
            limits[both] = weight + k / Float(sizes[both])
          }
          for edge in order {
            let pixel = Int(edge) >> 2
            let (one, other) = (root(pixel), root(pixel + offsets[Int(edge) & 3]))
            if one != other, sizes[one] < least || sizes[other] < least { _ = join(one, other) }
          }
          map.withUnsafeMutableBufferPointer { map in
            // From here on a root's size is −1 − its number, once it has one.
            for pixel in 0..<count {
              let root = root(pixel)
              if sizes[root] > 0 {
                sizes[root] = -Int32(numbers) - 1
                numbers += 1
              }
              map[pixel] = -sizes[root] - 1
            }
          }
        }
      }
    }
    return RegionMap(width: width, height: height, regions: map, count: numbers)
  }
}
