import Kernels
import Networks
import TestSupport
import Testing

@Suite struct ParameterTests {
  private func filled(_ initialization: Initialization, count: Int, fanIn: Int = 50, key: UInt64 = 1) -> [Float] {
    let tensor = Tensor([count])
    initialization.fill(tensor, fanIn: fanIn, key: key)
    return tensor.array
  }

  @Test("Gaussian weights have the mean, deviation and tails that they should", arguments: [Float(0.01), 0.005, 1])
  func gaussian(deviation: Float) {
    let values = filled(.gaussian(deviation), count: 200_000).map { Double($0 / deviation) }
    let mean = values.reduce(0, +) / 200_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200_000
    // Four standard errors of each.
    #expect(abs(mean) < 4 / 447)
    #expect(abs(variance - 1) < 4 * 0.00316)
    let beyond = { (limit: Double) in Double(values.count { abs($0) > limit }) / 200_000 }
    #expect(abs(beyond(1) - 0.3173) < 0.0042)
    #expect(abs(beyond(2) - 0.0455) < 0.0019)
    let neighbours = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 200_000
    #expect(abs(neighbours) < 4 / 447)
  }

  @Test("He's weights have variance 2 / fan-in")
  func he() {
    let values = filled(.he, count: 100_000, fanIn: 50).map(Double.init)
    let variance = values.reduce(0) { $0 + $1 * $1 } / 100_000
    #expect(abs(variance - 0.04) < 4 * 0.04 * 0.00447)
  }

  @Test("a constant is constant, and an odd count is filled to its end")
  func constants() {
    #expect(filled(.constant(0.1), count: 3) == [0.1, 0.1, 0.1])
    #expect(filled(.gaussian(1), count: 5).allSatisfy { $0 != 0 && $0.isFinite })
  }

  @Test("equal keys give equal weights, other keys others")
  func keys() {
    #expect(filled(.he, count: 100, key: 1) == filled(.he, count: 100, key: 1))
    #expect(filled(.he, count: 100, key: 1) != filled(.he, count: 100, key: 2))
  }
}
