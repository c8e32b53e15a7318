import Basics
import Kernels

/// The directions in which vectors differ most (principal component analysis, Hotelling 1933), by subspace iteration: passes over the
/// rows in blocks, so that neither they nor their covariance need to fit in memory.
public struct PrincipalComponents: Sendable {
  /// Of all rows, [width].
  public let mean: [Float]
  /// Unit vectors, the direction of most variance first, [count, width]. Each one's largest entry is positive.
  public let directions: Tensor
  /// The share of all variance that each direction has.
  public let shares: [Double]

  /// What numbers are multiplied with whose products would be no Float; 1 where that is not so.
  private let scale: Float

  private static let block = 2048
  private static let passes = 60

  /// - Parameters:
  ///   - rows: [count, width]; those that hold NaN or infinity count as the mean.
  ///   - count: directions, at most the width.
  /// - Throws: a ``Problem`` where there are fewer than two rows.
  public init(_ rows: Tensor, count: Int = 2, backend: any Backend) throws(Problem) {
    let (total, width) = (rows.shape[0], rows.shape[1])
    guard total > 1 else {
      throw Problem("cannot map the features", expected: "two images or more", found: "\(total)")
    }
    let kept = min(count, width)
    // A few more than are wanted come along: the wanted ones settle sooner.
    let size = min(width, kept + 4)
    var (sums, squares, counted) = ([Double](repeating: 0, count: width), 0.0, 0)
    var largest: Float = 0
    let values = rows.elements
    for row in 0..<total {
      let line = values[row * width..<(row + 1) * width]
      guard line.allSatisfy(\.isFinite) else { continue }
      counted += 1
      for (column, value) in line.enumerated() {
        sums[column] += Double(value)
        squares += Double(value) * Double(value)
        largest = max(largest, abs(value))
      }
    }
    let mean = sums.map { Float($0 / Double(max(1, counted))) }
    let scale: Float = largest > 0x1p+40 ? 1 / largest.binade : 1
    let variance = max(squares - sums.reduce(0) { $0 + $1 * $1 } / Double(max(1, counted)), 1e-30) * Double(scale) * Double(scale)

    let basis = backend.makeTensor([size, width]), product = backend.makeTensor([size, width])
    let random = CounterRandom(seed: 1, 7)
    for place in basis.elements.indices { basis.elements[place] = random.uniform(place) - 0.5 }
    Self.orthonormalize(basis)
    let centred = backend.makeTensor([min(total, Self.block), width])
    let scores = backend.makeTensor([min(total, Self.block), size])
    let (part, bias) = (backend.makeTensor([size, width]), backend.makeTensor([size]))
    var lengths = [Double](repeating: 0, count: size)
    for _ in 0..<Self.passes {
      backend.fill(product, with: 0)
      for first in stride(from: 0, to: total, by: Self.block) {
        let range = first..<min(total, first + Self.block)
        let (x, y) = (centred.prefix(range.count), scores.prefix(range.count))
        Self.centre(rows, range, mean, scale, into: x)
        backend.rowProducts(x, basis, output: y)
        backend.fullyConnectedWeightGradient(input: x, outputGradient: y, weightGradient: part, biasGradient: bias)
        backend.add(part, to: product)
      }
      backend.copy(product, to: basis)
      let before = lengths
      lengths = Self.orthonormalize(basis)
      // The lengths become the eigenvalues.
      if (0..<kept).allSatisfy({ abs(lengths[$0] - before[$0]) <= 1e-7 * max(lengths[$0], 1e-30) }) { break }
    }
    for direction in 0..<kept {
      let line = UnsafeMutableBufferPointer(rebasing: basis.elements[direction * width..<(direction + 1) * width])
      let largest = line.max { abs($0) < abs($1) } ?? 0
      if largest < 0 { for place in line.indices { line[place] = -line[place] } }
    }
    (self.mean, self.scale) = (mean, scale)
    directions = basis.prefix(kept)
    shares = lengths.prefix(kept).map { min(1, $0 / variance) }
  }

  /// Where the rows lie along the directions, [count, directions].
  public func scores(of rows: Tensor, backend: any Backend) -> Tensor {
    let (total, width) = (rows.shape[0], rows.shape[1])
    let result = backend.makeTensor([total, directions.shape[0]])
    let centred = backend.makeTensor([min(total, Self.block), width])
    for first in stride(from: 0, to: total, by: Self.block) {
      let range = first..<min(total, first + Self.block)
      Self.centre(rows, range, mean, scale, into: centred.prefix(range.count))
      backend.rowProducts(centred.prefix(range.count), directions, output: result.rows(range))
    }
    if scale != 1 { for place in result.elements.indices { result.elements[place] /= scale } }
    return result
  }

  private static func centre(_ rows: Tensor, _ range: Range<Int>, _ mean: [Float], _ scale: Float, into target: Tensor) {
    let width = mean.count
    let (source, result) = (rows.elements, target.elements)
    for (place, row) in range.enumerated() {
      var isDefined = true
      for column in 0..<width {
        let value = source[row * width + column] * scale - mean[column] * scale
        result[place * width + column] = value
        if !value.isFinite { isDefined = false }
      }
      if !isDefined { for column in 0..<width { result[place * width + column] = 0 } }
    }
  }

  /// Gram and Schmidt's process, in double precision, twice for the sake of rounding.
  /// - Returns: the length of each row less what lies along those before it.
  @discardableResult
  private static func orthonormalize(_ basis: Tensor) -> [Double] {
    let (count, width) = (basis.shape[0], basis.shape[1])
    let values = basis.elements
    var lengths: [Double] = []
    for row in 0..<count {
      var line = (0..<width).map { Double(values[row * width + $0]) }
      for _ in 0..<2 {
        for other in 0..<row {
          var product = 0.0
          for place in 0..<width { product += line[place] * Double(values[other * width + place]) }
          for place in 0..<width { line[place] -= product * Double(values[other * width + place]) }
        }
      }
      let length = line.reduce(0) { $0 + $1 * $1 }.squareRoot()
      lengths.append(length)
      for place in 0..<width { values[row * width + place] = length > 1e-30 ? Float(line[place] / length) : 0 }
    }
    return lengths
  }
}
