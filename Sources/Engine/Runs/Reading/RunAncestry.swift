/// One step back in where a run's weights come from.
public struct RunAncestor: Codable, Equatable, Sendable {
  /// A run's directory name, or a file.
  public var from: String
  /// The step of the checkpoint; nil for a file.
  public var step: Int?
  /// Whether whoever began with it began with a new classifier.
  public var hasNewHead: Bool
  /// What the run was trained on; nil where it is not in this home, or a file.
  public var labelSet: String?
  public var network: String?
}

extension RunsReader {
  /// Where the weights that a run began with come from, and those before them, the nearest first; empty: from chance.
  public func ancestry(of configuration: RunConfiguration) -> [RunAncestor] {
    var ancestors: [RunAncestor] = []
    var next = configuration.lineage
    // A chain that was made by hand may bite its tail.
    while let lineage = next, !ancestors.contains(where: { $0.from == lineage.from }) {
      let run = lineage.from.contains("/") ? nil : try? directory(of: lineage.from).configuration()
      ancestors.append(
        RunAncestor(
          from: lineage.from, step: lineage.step, hasNewHead: lineage.hasNewHead, labelSet: run?.labelSet.name,
          network: run?.training.network))
      next = run?.lineage
    }
    return ancestors
  }
}
