import Basics
import Files
import FoundationEssentials
import Glibc
import Taxonomy
import Training

/// The folder `results/` of a run: what each of its classes came to, `<step>.json`, for the last validation, the best one,
/// and every checkpoint that was validated.
public struct ClassResultsFolder: Hashable, Sendable {
  public let folder: String
  private let checkpoints: Checkpoints
  private static let suffix = ".json"

  init(run: RunDirectory) {
    folder = run.path + "/results"
    checkpoints = run.checkpoints
  }

  /// The steps whose results are there, rising.
  public func steps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(Self.suffix) }.compactMap { Int($0.dropLast(Self.suffix.count)) }.filter(Count.range.contains).sorted()
  }

  private func path(_ step: Int) -> String { "\(folder)/\(step)\(Self.suffix)" }

  /// - Parameter labelSet: whose classes they are of.
  /// - Throws: a ``Problem`` where there are none of that step, or the file is damaged.
  public func load(_ step: Int, of labelSet: LabelSet) throws(Problem) -> ClassResults {
    let results = try load(step)
    guard results.classes == labelSet.classes.count else {
      throw Problem(
        "cannot read the results of the classes", at: path(step), expected: "\(labelSet.classes.count) classes", found: "\(results.classes)",
        advice: "the file is of another run; `imagenet-tui runs validate` recreates it", kind: .data)
    }
    return results
  }

  package func load(_ step: Int) throws(Problem) -> ClassResults {
    let results = try RunJSON.read(ClassResults.self, from: path(step), what: "the results of the classes")
    guard results.isSound else {
      throw Problem(
        "cannot read the results of the classes", at: path(step), expected: "counts of classes that there are",
        advice: "the file is damaged; `imagenet-tui runs validate` recreates it", kind: .data)
    }
    return results
  }

  /// Keeps results, and of those up to their step only these, the best ones, and those of checkpoints.
  package func save(_ results: ClassResults, best: Int?) throws(Problem) {
    try RunJSON.write(results, to: path(results.step), isPretty: false)
    let kept = Set(checkpoints.steps() + [best ?? results.step])
    for old in steps() where old < results.step && !kept.contains(old) { unlink(path(old)) }
  }
}

extension RunDirectory {
  public var classResults: ClassResultsFolder { ClassResultsFolder(run: self) }
}
