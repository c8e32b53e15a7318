import Basics
import Training

/// Which runs of a list are wanted, in words: `net:alexnet classes<500 acc>.8 -tag:old seeds`.
///
/// Terms stand apart by blanks and all have to hold; `-` in front of one means that it must not. A term is
/// - `field:value`. Text fields (name, label, net, dataset, host) hold the value, whatever the case; tag and group are it;
///   state begins with it. `field=value` always means the whole of a text.
/// - `field<value`, `<=`, `>`, `>=`, `=` or `:` of a number, or of a metric of the runs (`top5>.9`). Accuracies are shares, or above 1
///   percent (`acc>.8`, `acc>80%`); times have a unit (`age<2d`); `k` and `M` are thousands and millions.
/// - a word, which the name, the label set, the note or a tag holds.
///
/// Quotes keep blanks and signs together: `"two words"`, `label:"a<b"`. What a run has no value for fits no comparison.
public struct RunFilter: Equatable, Sendable {
  /// As it was written.
  public let text: String
  private let terms: [Term]

  private struct Term: Equatable, Sendable {
    var isNegated: Bool
    var test: Test
  }

  private enum Test: Equatable, Sendable {
    case anywhere(Needle)
    case text(RunField, Needle)
    case states([RunState])
    case number(RunField, Comparison, Double)
  }

  fileprivate enum Comparison: String, CaseIterable {
    case atMost = "<=", atLeast = ">=", below = "<", above = ">", equal = "=", has = ":"
  }

  /// Lets every run through.
  public init() { (text, terms) = ("", []) }

  /// - Parameter metrics: those that may be asked for.
  /// - Throws: a ``Problem`` that names the term and where it begins, where one cannot be read.
  public init(_ text: String, metrics: [TaskMetric] = TaskMetric.known) throws(Problem) {
    self.text = text
    var terms: [Term] = []
    for word in try FilterWord.split(text) { terms.append(try Self.term(word, metrics)) }
    self.terms = terms
  }

  public var isEmpty: Bool { terms.isEmpty }

  /// Those of `runs` that fit, in their order.
  public func fitting(_ runs: [RunSummary], now: Double = unixTime()) -> [RunSummary] {
    isEmpty ? runs : runs.filter { matches($0, now: now) }
  }

  /// - Parameter now: seconds since 1970, for ages.
  public func matches(_ run: RunSummary, now: Double = unixTime()) -> Bool {
    terms.allSatisfy { Self.holds($0.test, run, now) != $0.isNegated }
  }

  private static func holds(_ test: Test, _ run: RunSummary, _ now: Double) -> Bool {
    switch test {
    case .anywhere(let needle):
      return needle.fits(run.name) || needle.fits(run.labelSet) || needle.fits(run.note) || run.tags.contains(where: needle.fits)
    case .text(let field, let needle):
      guard case .words(let words) = field.value(of: run, now: now) else { return false }
      return words.contains(where: needle.fits)
    case .states(let states): return states.contains(run.state)
    case .number(let field, let comparison, let wanted):
      guard case .number(let value?) = field.value(of: run, now: now) else { return false }
      return switch comparison {
      case .below: value < wanted
      case .above: value > wanted
      case .atMost: value <= wanted
      case .atLeast: value >= wanted
      case .equal, .has: value == wanted
      }
    }
  }

  // MARK: Reading

  private static func term(_ word: FilterWord, _ metrics: [TaskMetric]) throws(Problem) -> Term {
    let isNegated = word.isBare("-", at: 0) && word.characters.count > 1
    let rest = isNegated ? word.dropFirst(1) : word
    return Term(isNegated: isNegated, test: try test(rest, word, metrics))
  }

  private static func test(_ rest: FilterWord, _ word: FilterWord, _ metrics: [TaskMetric]) throws(Problem) -> Test {
    guard let sign = rest.firstSign else { return .anywhere(Needle(rest.string, .inside)) }
    let name = String(rest.characters[..<sign])
    guard let field = RunField(name, metrics: metrics) else {
      // What no field could be called is text: `v2:old`.
      guard name.allSatisfy(\.isLetter) else { return .anywhere(Needle(rest.string, .inside)) }
      throw word.problem(
        expected: "one of \(RunField.list(metrics))", found: "`\(name)`", advice: "quote it to search for it as text")
    }
    let comparison = Comparison.allCases.first { rest.hasBare($0.rawValue, at: sign) }!
    let value = rest.dropFirst(sign + comparison.rawValue.count).string
    guard !value.isEmpty else { throw word.problem(expected: "a value after \(name)\(comparison.rawValue)", found: nil) }
    if field.isNumber { return .number(field, comparison, try number(value, field, word)) }
    guard comparison == .has || comparison == .equal else {
      throw word.problem(expected: "\(field.text):TEXT", found: "a comparison of text")
    }
    switch field {
    case .state:
      let states = RunState.allCases.filter {
        comparison == .equal ? $0.rawValue == value.lowercased() : $0.rawValue.hasPrefix(value.lowercased())
      }
      guard !states.isEmpty else {
        throw word.problem(expected: "one of \(RunState.allCases.map(\.rawValue).joined(separator: ", "))", found: "`\(value)`")
      }
      return .states(states)
    case .tag, .group: return .text(field, Needle(value, .whole))
    default: return .text(field, Needle(value, comparison == .equal ? .whole : .inside))
    }
  }

  private static func number(_ text: String, _ field: RunField, _ word: FilterWord) throws(Problem) -> Double {
    let units: [(String, Double)] =
      switch field {
      case .age, .left: [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)]
      case _ where field.isShare: [("%", 0.01)]
      default: [("k", 1e3), ("K", 1e3), ("M", 1e6)]
      }
    let unit = units.first { text.hasSuffix($0.0) }
    let digits = text.dropLast(unit?.0.count ?? 0).filter { $0 != "," && $0 != "_" }
    let hasUnit = unit != nil || !(field == .age || field == .left)
    guard let value = Double(digits), value.isFinite, hasUnit else {
      let expected =
        switch field {
        case .age, .left: "a time with its unit, as 90s, 30m, 12h, 7d or 2w"
        case _ where field.isShare: "a share or percent, as .8 or 80%"
        default: "a number"
        }
      throw word.problem(expected: expected, found: "`\(text)`")
    }
    let scaled = value * (unit?.1 ?? 1)
    return field.isShare && unit == nil && scaled > 1 ? scaled / 100 : scaled
  }
}

/// A text that is looked for in others, whatever the case of ASCII letters.
private struct Needle: Equatable, Sendable {
  enum Fit { case inside, whole }

  private let bytes: [UInt8]
  private let fit: Fit

  init(_ text: String, _ fit: Fit) {
    bytes = text.utf8.map(Self.lower)
    self.fit = fit
  }

  func fits(_ text: String) -> Bool {
    let hay = text.utf8
    guard hay.count >= bytes.count, fit == .inside || hay.count == bytes.count else { return false }
    return hay.withContiguousStorageIfAvailable(found) ?? Array(hay).withUnsafeBufferPointer(found)
  }

  private func found(_ hay: UnsafeBufferPointer<UInt8>) -> Bool {
    (0...hay.count - bytes.count).contains { start in
      bytes.indices.allSatisfy { Self.lower(hay[start + $0]) == bytes[$0] }
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { 65...90 ~= byte ? byte + 32 : byte }
}

/// A piece of a filter between blanks, with what of it stood in quotes.
private struct FilterWord {
  var characters: [Character]
  private var isQuoted: [Bool]
  /// As it was written, and where it began, in characters from 1.
  private let source: String
  private let place: Int

  static func split(_ text: String) throws(Problem) -> [FilterWord] {
    var words: [FilterWord] = []
    let all = Array(text)
    var next = 0
    while next < all.count {
      if all[next].isWhitespace {
        next += 1
        continue
      }
      let start = next
      var characters: [Character] = [], isQuoted: [Bool] = []
      var isOpen = false
      while next < all.count, isOpen || !all[next].isWhitespace {
        if all[next] == "\"" {
          isOpen.toggle()
        } else {
          characters.append(all[next])
          isQuoted.append(isOpen)
        }
        next += 1
      }
      let word = FilterWord(
        characters: characters, isQuoted: isQuoted, source: String(all[start..<next]), place: start + 1)
      if isOpen { throw word.problem(expected: "a second quote", found: nil) }
      if !characters.isEmpty { words.append(word) }
    }
    return words
  }

  var string: String { String(characters) }

  /// The place of the first comparison outside quotes, behind what could be a field's name.
  var firstSign: Int? {
    guard let sign = characters.indices.first(where: { !isQuoted[$0] && ":<>=".contains(characters[$0]) }), sign > 0 else {
      return nil
    }
    return characters[0].isLetter && characters[..<sign].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? sign : nil
  }

  func isBare(_ character: Character, at index: Int) -> Bool {
    characters.indices.contains(index) && characters[index] == character && !isQuoted[index]
  }

  func hasBare(_ text: String, at index: Int) -> Bool {
    text.enumerated().allSatisfy { isBare($1, at: index + $0) }
  }

  func dropFirst(_ count: Int) -> FilterWord {
    FilterWord(
      characters: Array(characters.dropFirst(count)), isQuoted: Array(isQuoted.dropFirst(count)), source: source,
      place: place)
  }

  func problem(expected: String, found: String?, advice: String? = nil) -> Problem {
    Problem(
      "invalid filter", at: "`\(source)`, character \(place)", expected: expected, found: found, advice: advice, kind: .usage)
  }
}
