import Glibc
import Kernels
import Testing

@Suite struct ElementaryTests {
  /// Numbers in [low, high).
  private func numbers(_ low: Double, _ high: Double) -> [Double] {
    let random = CounterRandom(seed: 5, 5)
    return (0..<20_000).map { low + (high - low) * Double(random.uniform($0)) }
  }

  @Test("the exponential is the C library's to fourteen digits, and has its ends")
  func exponentials() {
    for x in numbers(-700, 700) + numbers(-2, 2) { #expect(abs(exponential(x) / exp(x) - 1) < 2e-15, "e^\(x)") }
    #expect(exponential(0) == 1 && exponential(-746) == 0 && exponential(710) == .infinity && exponential(-.infinity) == 0)
    #expect(exponential(.nan).isNaN)
    #expect(exponential(-740) == exp(-740), "less than the least normal number")
  }

  @Test("the logarithm is the C library's to fifteen digits, and has its ends")
  func logarithms() {
    for x in numbers(1e-3, 3) + numbers(0, 1e300) + numbers(0, 1e-300) where x > 0 {
      #expect(abs(naturalLogarithm(x) - log(x)) <= 4.5e-16 * max(1, abs(log(x))), "ln \(x)")
    }
    #expect(naturalLogarithm(1) == 0 && naturalLogarithm(0) == -.infinity && naturalLogarithm(.infinity) == .infinity)
    #expect(naturalLogarithm(-1).isNaN && naturalLogarithm(.nan).isNaN)
  }

  @Test("powers, cosines and sines are the C library's")
  func powersAndAngles() {
    for (base, exponent) in zip(numbers(1e-6, 100), numbers(-9, 9)) {
      #expect(abs(power(base, exponent) / pow(base, exponent) - 1) < 1e-12)
      #expect(abs(power(Float(base), Float(exponent)) / powf(Float(base), Float(exponent)) - 1) < 2e-7)
    }
    #expect(power(0.1, 0) == 1 && power(0.0, 2.0) == 0 && power(0.0, 0.0) == 1)
    for turns in numbers(-3, 3) {
      let (cosine, sine) = cosineAndSine(turns: turns)
      #expect(abs(cosine - cos(2 * .pi * turns)) < 4e-15 && abs(sine - sin(2 * .pi * turns)) < 4e-15, "\(turns) turns")
    }
    #expect(cosineAndSine(turns: 0.5) == (-1, 0) && cosineAndSine(turns: 0) == (1, 0))
  }
}
