import Engine

extension NeighborsScreen {
  package func command(_ session: Session) -> CommandSource {
    guard let query, !rows.isEmpty else { return .none("no run has a checkpoint yet") }
    let place =
      switch query {
      case .image(let split, let index): split == .val ? "\(index)" : "\(split.rawValue)/\(index)"
      case .file(let path): path
      }
    let labels = coarse.flatMap { context?.saved.contains($0.name) == true ? ["--labels", $0.name] : nil } ?? []
    let options =
      ["--query", place, "-k", "\(Self.neighborCount)", "--metric", metric.rawValue, "--gallery", gallery.rawValue]
      + labels
    // Nets that call the layer alike are one command.
    var spaces: [(name: String, runs: [String])] = []
    for row in rows {
      let name = space.layer(of: row.run.network)
      if let index = spaces.firstIndex(where: { $0.name == name }) {
        spaces[index].runs.append(row.run.id)
      } else {
        spaces.append((name, [row.run.id]))
      }
    }
    let lines = spaces.map { ShellCommand(["neighbours"] + $0.runs + ["--space", $0.name] + options) }
    return .made { ShellCommand(inOrder: lines) }
  }
}
