/// Something that is wrong with what a user or a file gave us, worded so that the next step is clear.
///
/// Every error that leaves a public function of this package is a `Problem`. It prints as one line:
/// `what: where: expected …, found …; advice`. Text from outside (file names, lemmas) must pass
/// through ``printable(_:)`` before it is shown.
public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is to be done about a problem, for whoever does it without reading: scripts, by the exit code.
  public enum Kind: String, CaseIterable, Sendable {
    /// The command line asks for something that there cannot be.
    case usage
    /// The content of a file, or of several that belong together, is not what it has to be.
    case data
    /// What was named is not there or cannot be read: a file, run, label set, dataset, checkpoint.
    case notFound
    /// A file cannot be written: no space, no permission, or its name is taken.
    case cannotWrite
    /// The same may work later: another process holds a lock, or a network share does not answer.
    case temporary
    /// A training whose loss is not finite or explodes: with the same settings it would again.
    case diverged
    /// Somebody ended the work; nobody needs to be told.
    case cancelled
    case other

    /// As in BSD's `sysexits.h`, which begins at 64 so that no program's own codes are met; 1 where it has none.
    public var exitCode: Int32 {
      switch self {
      case .usage: 64
      case .data: 65
      case .notFound: 66
      case .cannotWrite: 73
      case .temporary: 75
      case .diverged, .cancelled, .other: 1
      }
    }
  }

  /// What failed, as a short clause: "cannot read the label set".
  public var what: String
  /// The file, line, option or class it is about.
  public var place: String?
  public var expected: String?
  public var found: String?
  /// What the user can do next: "run `imagenet-tui data list`".
  public var advice: String?
  public var kind: Kind
  /// Where several things are wrong at once: a line for each, which are shown below ``description``.
  public var details: [String] = []
  /// Whether a file is not damaged, but what a later version of this program wrote: it is to be left as it is.
  public var isOfNewerVersion = false

  public init(
    _ what: String, at place: String? = nil, expected: String? = nil, found: String? = nil,
    advice: String? = nil, kind: Kind = .other
  ) {
    self.what = what
    self.place = place
    self.expected = expected
    self.found = found
    self.advice = advice
    self.kind = kind
  }

  /// Ends work that nobody waits for any more.
  public static let cancelled = Problem("cancelled", kind: .cancelled)

  public var description: String {
    var line = what
    if let place { line += ": \(place)" }
    let facts = [expected.map { "expected \($0)" }, found.map { "found \($0)" }].compactMap { $0 }
    if !facts.isEmpty { line += ": " + facts.joined(separator: ", ") }
    if let advice { line += "; \(advice)" }
    return printable(line)
  }
}

/// `text` with control characters (C0, DEL, C1) and bidirectional overrides replaced by visible
/// escapes, so that names from outside can never steer the terminal that shows them.
public func printable(_ text: String) -> String {
  // Nearly every name is plain, and every frame asks of hundreds.
  if text.utf8.withContiguousStorageIfAvailable({ $0.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }) == true { return text }
  return replacing(in: text, where: \.steersTerminal) { "\\u{\(String($0.value, radix: 16))}" }
}

/// Lines as a command prints them: ``printable(_:)`` but for their ends and tabs.
package func printableLines(_ text: String) -> String {
  replacing(in: text, where: { $0.steersTerminal && $0 != "\n" && $0 != "\t" }) { "\\u{\(String($0.value, radix: 16))}" }
}

/// JSON with the same content, in which nothing steers the terminal that shows it.
package func printableJSON(_ text: String) -> String {
  // All of them lie within texts, but for the ends of lines.
  replacing(in: text, where: { $0.steersTerminal && $0 != "\n" }) { scalar in
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

private func replacing(in text: String, where isWrong: (Unicode.Scalar) -> Bool, with words: (Unicode.Scalar) -> String) -> String {
  guard text.unicodeScalars.contains(where: isWrong) else { return text }
  var shown = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if isWrong(scalar) { shown.append(contentsOf: words(scalar).unicodeScalars) } else { shown.append(scalar) }
  }
  return String(shown)
}

extension Unicode.Scalar {
  /// Control characters (C0, DEL, C1), marks and overrides of direction, separators of lines.
  package var steersTerminal: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
    default: false
    }
  }
}
