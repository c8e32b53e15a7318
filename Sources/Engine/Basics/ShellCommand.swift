/// What to type into a shell: one command line of this program, or several of which each goes on where the one before ended.
public struct ShellCommand: Hashable, Sendable {
  /// The words of each line, without the program's name.
  public let lines: [[String]]

  public init(_ words: [String]) { lines = [words] }
  public init(_ words: String...) { lines = [words] }

  /// All lines of these, one after another.
  public init(inOrder commands: [ShellCommand]) { lines = commands.flatMap(\.lines) }

  /// What somebody typed, the program's name in front, without the options that say where things are kept: they are said as
  /// they are now by ``text(options:)``.
  public init(typed words: [String]) {
    let places = ["--home", "--wordnet"]
    var kept: [String] = []
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      if places.contains(word) {
        _ = rest.popFirst()
      } else if !places.contains(where: { word.hasPrefix($0 + "=") }) {
        kept.append(word)
      }
    }
    lines = [kept]
  }

  /// As it is typed, in a single line.
  /// - Parameter options: words that every line ends with, as `--home DIR`.
  public func text(options: [String] = []) -> String {
    lines.map { (["imagenet-tui"] + ($0 + options).map { Self.quoted($0) }).joined(separator: " ") }.joined(separator: " && ")
  }

  /// As a sentence shows it, between backticks.
  package var inSentence: String { "`\(text())`" }

  /// A word that any shell takes as it is, on one line and in letters that steer no terminal.
  package static func quoted(_ word: String) -> String {
    // zsh takes a word that begins with = for a command's path.
    let isPlain = !word.isEmpty && word.first != "=" && word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "_-./:,=+@%".utf8.contains(byte)
      }
    }
    if isPlain { return word }
    guard !word.unicodeScalars.contains(where: \.steersTerminal) else { return printed(word) }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// Words that stay what they are in any shell.
  package static func quoted(_ words: [String]) -> String { words.map { quoted($0) }.joined(separator: " ") }

  /// A word with characters that cannot be shown. By printf, as not every sh knows `$'\n'`; but `$( )` takes the last ends of lines off.
  private static func printed(_ word: String) -> String {
    let isAnsi = word.last == "\n"
    var text = ""
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "'": text += isAnsi ? "\\'" : "'\\''"
      case _ where scalar.steersTerminal:
        for byte in String(scalar).utf8 {
          let digits = String(byte, radix: 8)
          text += (isAnsi ? "\\" : "\\0") + String(repeating: "0", count: 3 - digits.count) + digits
        }
      default: text.unicodeScalars.append(scalar)
      }
    }
    return isAnsi ? "$'\(text)'" : "\"$(printf %b '\(text)')\""
  }
}
