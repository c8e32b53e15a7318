import Basics
import Files
import FoundationEssentials
import Glibc

/// What a measure of a study gave, or why a work of it could not be done, kept as `studies/results/<key>.json`.
public struct StudyResult: Codable, Equatable, Sendable {
  /// A bar of a figure: a class with its difference.
  public struct Bar: Codable, Equatable, Sendable {
    public var name: String
    public var value: Double
    public var note: String?

    package init(name: String, value: Double, note: String? = nil) { (self.name, self.value, self.note) = (name, value, note) }
  }

  /// What the key is the hash of.
  public var text: String
  /// Shares from 0 to 1, by the metric's name.
  public var metrics: [String: Double]
  public var bars: [Bar]?
  /// The run it was measured on; nil where it came to none.
  public var run: String?
  public var program: String
  /// The version of the numbers (``Runs/Numerics``); nil: 1.
  @BoundedIfThere<Natural> public var numerics: Int?
  /// Why there are no metrics.
  public var problem: String?
}

/// The results of a home's measures, shared by all studies.
struct StudyResults: Sendable {
  let folder: String

  init(home: Home) { folder = home.studies + "/results" }

  func path(_ key: String) -> String { "\(folder)/\(key).json" }

  /// - Returns: nil where there is none.
  /// - Throws: a ``Problem`` where the file is damaged, or not of this key.
  func read(_ key: String) throws(Problem) -> StudyResult? {
    guard access(path(key), F_OK) == 0 else { return nil }
    let repair = "delete the file, and `imagenet-tui study run` measures again"
    let result = try RunJSON.read(StudyResult.self, from: path(key), what: "the result", repair: repair)
    guard sha256(result.text.utf8) == key else {
      throw Problem("the result is not what its name says", at: path(key), expected: key, found: sha256(result.text.utf8), advice: repair, kind: .data)
    }
    return result
  }

  /// Makes a work that has failed one that may be begun.
  func forget(_ key: String) { unlink(path(key)) }

  func write(_ result: StudyResult, key: String) throws(Problem) { try RunJSON.write(result, to: path(key)) }
}
