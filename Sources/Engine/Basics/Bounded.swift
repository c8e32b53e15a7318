/// Which numbers a value from outside may have.
public protocol Limits: Sendable {
  associatedtype Number: Comparable & Codable & Sendable
  static var range: ClosedRange<Number> { get }
  /// The range for people.
  static var text: String { get }
}

extension Limits {
  public static var text: String { "\(grouped(range.lowerBound)) to \(grouped(range.upperBound))" }

  /// Whole numbers in groups of three digits.
  private static func grouped(_ number: Number) -> String { (number as? Int).map { Basics.grouped($0) } ?? "\(number)" }
}

/// A number of a file: one that is outside its limits is damage, and found where it is decoded, so that whatever is computed with it
/// later has room. In the file it is the number alone.
@propertyWrapper
public struct Bounded<Limit: Limits>: Codable, Sendable {
  public var wrappedValue: Limit.Number

  public init(wrappedValue: Limit.Number) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let number: Limit.Number
    do {
      number = try container.decode(Limit.Number.self)
    } catch let error where !(error is DecodingError) {
      // A number that no variable of the type holds, of which JSONDecoder does not say the place.
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "", underlyingError: Unexpected(expected: Limit.text)))
    }
    guard Limit.range.contains(number) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "", underlyingError: Unexpected(expected: Limit.text, found: "\(number)")))
    }
    wrappedValue = number
  }

  public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

/// A ``Bounded`` number that may be missing.
@propertyWrapper
public struct BoundedIfThere<Limit: Limits>: Codable, Sendable {
  public var wrappedValue: Limit.Number?

  public init(wrappedValue: Limit.Number?) { self.wrappedValue = wrappedValue }
  public init(from decoder: any Decoder) throws { wrappedValue = try Bounded<Limit>(from: decoder).wrappedValue }
  public func encode(to encoder: any Encoder) throws { try wrappedValue?.encode(to: encoder) }
}

extension Bounded: Equatable where Limit.Number: Equatable {}
extension BoundedIfThere: Equatable where Limit.Number: Equatable {}

// What the compiler writes for a wrapped property asks for these, and has no key where there is no number.
extension KeyedDecodingContainer {
  public func decode<Limit>(_ type: BoundedIfThere<Limit>.Type, forKey key: Key) throws -> BoundedIfThere<Limit> {
    try decodeIfPresent(type, forKey: key) ?? BoundedIfThere(wrappedValue: nil)
  }
}

extension KeyedEncodingContainer {
  public mutating func encode<Limit>(_ value: BoundedIfThere<Limit>, forKey key: Key) throws {
    try encodeIfPresent(value.wrappedValue, forKey: key)
  }
}

/// What a decoder tells of a value that is not what this version writes, beside its place.
package struct Unexpected: Error {
  package var expected: String
  package var found: String?
  /// Whether it may well be what a later version writes.
  package var isNewer = false

  package init(expected: String, found: String? = nil, isNewer: Bool = false) {
    (self.expected, self.found, self.isNewer) = (expected, found, isNewer)
  }
}

/// What can be counted, far below where sums and products of it have no room: steps, images, classes.
public enum Count: Limits { public static let range = 0...1 << 40 }

/// What nothing is computed with but a comparison: any whole number, as people may have asked for.
public enum Natural: Limits {
  public static let range = 0...Int.max
  public static let text = "0 or more"
}

/// Bytes of memory or of files.
public enum ByteCount: Limits { public static let range = 0...1 << 56 }

/// What there are few of: the workers that a run has had, runs at a time.
public enum SmallCount: Limits { public static let range = 0...1_000_000_000 }

/// Seconds since 1970, up to the end of the year 9999.
public enum Moment: Limits {
  public static let range = 0...253_402_300_799.0
  public static let text = "seconds since 1970"
}

/// A part of a whole.
public enum Share: Limits { public static let range = 0...1.0 }

/// What is measured and cannot be below zero; it may be too large for a number.
public enum Measure: Limits {
  public static let range = 0...Double.infinity
  public static let text = "0 or more"
}

extension Int {
  /// The whole number nearest to `value`; the nearest that there is where it lies beyond, 0 for what is no number.
  package init(nearest value: Double) {
    self = Int(exactly: value.rounded()) ?? (value.isNaN ? 0 : value < 0 ? .min : .max)
  }
}
