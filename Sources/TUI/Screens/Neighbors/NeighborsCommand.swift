import Basics

extension NeighborsScreen {
  package func command(_ session: Session) -> CommandSource {
    guard let command = command(neighbors: Self.neighborCount) else { return .none("no run has a checkpoint yet") }
    return .made { command }
  }

  func command(neighbors: Int) -> ShellCommand? {
    guard let query, !rows.isEmpty else { return nil }
    let labels = coarse.flatMap { context?.saved.contains($0.name) == true ? ["--labels", $0.name] : nil } ?? []
    let runs = rows.map { NeighborsRequest.Run(id: $0.run.id, step: $0.step).text }
    return ShellCommand(
      ["neighbours"] + runs + ["--space", space.rawValue, "--query", query.asked.description, "-k", "\(neighbors)"]
        + ["--metric", metric.rawValue, "--gallery", gallery.rawValue] + labels)
  }
}
