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
    lines.map { (["imagenet-tui"] + ($0 + options).map(Self.quoted)).joined(separator: " ") }.joined(separator: " && ")
  }

  /// A word that the shell takes as it is.
  static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "_-./:,=+@%".utf8.contains(byte)
      }
    }
    return isPlain ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
