import Basics

extension NeighborsScreen {
  package func command(_ session: Session) -> CommandSource {
    guard let command = command(neighbors: Self.neighborCount) else { return .none("no run has a checkpoint yet") }
    return .made { command }
  }

  func command(neighbors: Int) -> ShellCommand? {
    guard let query, !rows.isEmpty else { return nil }
    let place =
      switch query {
      case .image(let split, let index): split == .val ? "\(index)" : "\(split.rawValue)/\(index)"
      case .file(let path): path
      }
    let labels = coarse.flatMap { context?.saved.contains($0.name) == true ? ["--labels", $0.name] : nil } ?? []
    let runs = rows.map { row in row.run.id + (row.step.map { "@\($0)" } ?? "") }
    return ShellCommand(
      ["neighbours"] + runs + ["--space", space.rawValue, "--query", place, "-k", "\(neighbors)"]
        + ["--metric", metric.rawValue, "--gallery", gallery.rawValue] + labels)
  }
}
