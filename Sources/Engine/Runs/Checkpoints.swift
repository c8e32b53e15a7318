import FoundationEssentials
import Glibc
import Taxonomy

/// The folder of a run's checkpoints, `<step>.safetensors`: the last ones and the best are kept.
public struct Checkpoints: Hashable, Sendable {
  public let folder: String
  /// How many of the last are kept: one to resume from, one for the case that it is damaged.
  static let kept = 2
  private static let suffix = ".safetensors"

  /// The steps, rising.
  public func steps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(Self.suffix) }.compactMap { Int($0.dropLast(Self.suffix.count)) }.sorted()
  }

  public func path(_ step: Int) -> String { "\(folder)/\(step)\(Self.suffix)" }

  /// Deletes what is not worth its space any more.
  func prune(best: Int?) {
    for step in steps().dropLast(Self.kept) where step != best { unlink(path(step)) }
  }

  /// Deletes what killed workers left half-written. Only for the owner of the run's lock.
  func removeUnfinished() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasSuffix(AtomicFile.unfinishedSuffix) {
      unlink("\(folder)/\(name)")
    }
  }
}
