import Basics

/// Numbers as the screens show them: short, with the units of the field.
package enum NumberText {
  /// `value` rounded to `decimals` digits after the point: `0.412`, `2.913`, `-0.5`, `NaN`, `∞`.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
    let scale = power(of10: decimals)
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return scientific(value) }
    let digits = UInt64(scaled)
    let unit = UInt64(scale)
    var text = String(digits / unit)
    if decimals > 0 {
      let fraction = String(digits % unit)
      text += "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
    return value < 0 && digits != 0 ? "-" + text : text
  }

  /// A share of one as a percentage: `86.0 %`.
  package static func percent(_ share: Double, _ decimals: Int = 1) -> String { fixed(100 * share, decimals) + " %" }

  /// Four significant digits at most, for a value that stands alone: `2.913`, `0.0451`, `38.4`, `1,204`, `3e-7`.
  package static func compact(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
    switch value.magnitude {
    case 1e6...: return scientific(value)
    case 100...: return grouped(Int(value.rounded()))
    case 10...: return fixed(value, 1)
    case 1...: return fixed(value, 3)
    case 0.1...: return fixed(value, 3)
    case 0.001...: return fixed(value, 4)
    default: return scientific(value)
    }
  }

  /// A count with a unit once it is long: `950`, `9.5k`, `41.2k`, `412k`, `1.28M`.
  package static func count(_ value: Int) -> String {
    let magnitude = Double(value.magnitude)
    let sign = value < 0 ? "-" : ""
    for (unit, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where magnitude >= unit * 0.99995 {
      let scaled = magnitude / unit
      return sign + fixed(scaled, scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0) + letter
    }
    return sign + String(value.magnitude)
  }

  /// All digits, in groups of three: `1,281,167`.
  package static func grouped(_ value: Int) -> String { Basics.grouped(value) }

  /// A span of time in its two largest units, always of the same width within a unit: `9 s`, `4m 05s`, `3h 12m`, `2d 04h`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let total = Int(max(0, seconds).rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    switch total {
    case 86400...: return "\(total / 86400)d \(two(total / 3600 % 24))h"
    case 3600...: return "\(total / 3600)h \(two(total / 60 % 60))m"
    case 60...: return "\(total / 60)m \(two(total % 60))s"
    default: return "\(total)s"
    }
  }

  private static func scientific(_ value: Double) -> String {
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 9.95 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.995 && mantissa > 0 {
      mantissa *= 10
      exponent -= 1
    }
    var digits = fixed(mantissa, 1)
    if digits.hasSuffix(".0") { digits.removeLast(2) }
    return (value < 0 ? "-" : "") + "\(digits)e\(exponent)"
  }

  private static func power(of10 exponent: Int) -> Double { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
