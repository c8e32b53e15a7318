import Basics

/// What a job of Slurm asks the cluster for.
public struct SlurmOptions: Equatable, Sendable {
  public var partition: String?
  /// As `sbatch` takes it: `30`, `24:00:00`, `2-00:00`.
  public var time: String?
  /// Processors of the job, which are the training's threads.
  public var cpus: Int?
  /// As `sbatch` takes it: `8G`.
  public var memory: String?
  public var gpus: Int?
  /// Further options of `sbatch`, which count more than all others.
  public var more: [String] = []

  public init() {}

  /// - Parameter text: words as a shell reads them, with quotes around blanks.
  /// - Throws: a ``Problem`` where a quote is open, or an option makes something else of the job.
  public mutating func add(_ text: String) throws(Problem) {
    let words = try Self.words(text)
    for word in words {
      let name = word.prefix { $0 != "=" }
      if ["--array", "-a", "--wrap", "--parsable", "--test-only", "--wait", "-W"].contains(String(name)) {
        throw Problem("this option of sbatch is set by the program", at: "--sbatch \(name)", advice: "leave it out", kind: .usage)
      }
    }
    more += words
  }

  /// - Parameters:
  ///   - comment: what the job is known by.
  ///   - log: with Slurm's own patterns, as `%j`.
  ///   - cpus: where none are asked for.
  package func words(name: String, comment: String, log: String, cpus preset: Int? = nil) -> [String] {
    var words = [
      "--job-name=\(name)", "--comment=\(comment)", "--output=\(log)", "--open-mode=append", "--requeue", "--signal=B:USR1@\(Self.notice)",
    ]
    if let partition { words.append("--partition=\(partition)") }
    if let time { words.append("--time=\(time)") }
    if let cpus = cpus ?? preset { words.append("--cpus-per-task=\(cpus)") }
    if let memory { words.append("--mem=\(memory)") }
    if let gpus, gpus > 0 { words.append("--gpus=\(gpus)") }
    return words + more
  }

  /// Seconds before the end of its time in which a job is told.
  private static let notice = 120

  static func words(_ text: String) throws(Problem) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        (word, isEscaped) = ((word ?? "") + String(character), false)
      } else if let open = quote {
        if character == open { quote = nil } else if character == "\\", open == "\"" { isEscaped = true } else { word = (word ?? "") + String(character) }
      } else if character == "\\" {
        isEscaped = true
      } else if character == "'" || character == "\"" {
        (quote, word) = (character, word ?? "")
      } else if character.isWhitespace {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !isEscaped else {
      throw Problem("a quote is open", at: "--sbatch", expected: "words as a shell reads them", found: text, kind: .usage)
    }
    return words + (word.map { [$0] } ?? [])
  }
}
