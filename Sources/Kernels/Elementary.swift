// Exponential, logarithm and power from additions, multiplications and divisions alone: the same bits on every processor and with every
// C library, whose own differ in the last place. All are computed in double precision.

/// eˣ, within 2·10⁻¹⁵ of its value; 0 below −745, infinite above 709.
package func exponential(_ x: Double) -> Double {
  guard x > -745 else { return x.isNaN ? x : 0 }
  guard x < 710 else { return .infinity }
  // x = n · ln 2 + r with |r| ≤ ln 2 / 2, where e^r is its Taylor series to the fourteenth power.
  let n = (x * 0x1.71547652b82fep+0).rounded()
  let r = (x - n * 0x1.62e42fefa3800p-1) - n * 0x1.ef35793c76730p-45
  var sum = 1.0
  for k in stride(from: 14, through: 1, by: -1) { sum = 1 + sum * r / Double(k) }
  // In two steps, so that a result of less than the least normal number is reached through one.
  let half = Int(n) / 2
  return sum * Double(sign: .plus, exponent: half, significand: 1) * Double(sign: .plus, exponent: Int(n) - half, significand: 1)
}

/// The natural logarithm, within 4·10⁻¹⁶ of 1 or of its value, whichever is larger.
package func naturalLogarithm(_ x: Double) -> Double {
  guard x > 0, x < .infinity else { return x == 0 ? -.infinity : x == .infinity ? x : .nan }
  // x = m · 2^n with m from √½ to √2, and ln m = 2 · artanh((m − 1) / (m + 1)) as its series to the 25th power.
  var (m, n) = (x.significand, Int(x.exponent))
  if m > 0x1.6a09e667f3bcdp+0 { (m, n) = (m / 2, n + 1) }
  let s = (m - 1) / (m + 1)
  let square = s * s
  var sum = 0.0
  for k in stride(from: 25, through: 3, by: -2) { sum = (sum + 1 / Double(k)) * square }
  return Double(n) * 0x1.ef35793c76730p-45 + (2 * s + 2 * s * sum) + Double(n) * 0x1.62e42fefa3800p-1
}

/// base^exponent for a positive base, within half a unit in the last place and 10⁻¹² of the value.
package func power(_ base: Float, _ exponent: Float) -> Float {
  Float(exponential(Double(exponent) * naturalLogarithm(Double(base))))
}

/// base^exponent; within 10⁻¹² of its value. 0 for base 0.
package func power(_ base: Double, _ exponent: Double) -> Double {
  exponent == 0 ? 1 : base == 0 ? 0 : exponential(exponent * naturalLogarithm(base))
}

/// Cosine and sine of so many turns, within 4·10⁻¹⁶.
package func cosineAndSine(turns: Double) -> (cosine: Double, sine: Double) {
  // The nearest quarter of a turn, and the rest as an angle of at most π/4, whose Taylor series end at the eighteenth power.
  let quarter = (4 * turns).rounded()
  let angle = (turns - quarter / 4) * (2 * .pi)
  let square = angle * angle
  var (cosine, sine) = (1.0, 1.0)
  for k in stride(from: 18.0, to: 0, by: -2) {
    cosine = 1 - cosine * square / (k * (k - 1))
    sine = 1 - sine * square / (k * (k + 1))
  }
  sine *= angle
  switch Int(quarter.truncatingRemainder(dividingBy: 4) + 4) % 4 {
  case 0: return (cosine, sine)
  case 1: return (-sine, cosine)
  case 2: return (-cosine, -sine)
  default: return (sine, -cosine)
  }
}
