/// A version of this program: what a file says that made it, and what this one is.
public struct ProgramVersion: Comparable, Sendable, CustomStringConvertible {
  public static let current = ProgramVersion("0.1.0")!

  private let numbers: [Int]

  /// The first word of digits and points of a text like `imagenet-tui 0.1.0 (x86-64-v3 build)`; nil where there is none.
  package init?(_ text: String) {
    let words = text.split(separator: " ").map { $0.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) } }
    guard let numbers = words.first(where: { $0.allSatisfy { $0 != nil } }) else { return nil }
    self.numbers = numbers.compactMap(\.self)
  }

  public static func < (one: Self, other: Self) -> Bool { one.numbers.lexicographicallyPrecedes(other.numbers) }

  public var description: String { numbers.map(String.init).joined(separator: ".") }
}
