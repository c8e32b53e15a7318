import ArgumentParser
import Basics
import Kernels

/// How far a training step can be shared out to many cores by the way its operations are cut, were cores all that mattered: each
/// piece is timed on one core, and the longest sum of pieces on a core counts.
struct PiecesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pieces", abstract: "Find the best speed-up at many cores that the cut of each operation allows.")

  @Option(help: "The network.") var net = "alexnet"
  @Option(help: "Images of a step.") var batch = 64
  @Option(help: "Target classes.") var classes = 1000
  @Option(help: ArgumentHelp("So many cores, between commas.", valueName: "cores")) var cores = "2,8,32,64,128"

  func run() throws {
    let counts = cores.split(separator: ",").compactMap { Int($0) }.filter { $0 > 0 }
    // Per operation: its seconds on one core as one core would cut it, then for each count the pieces and the best seconds.
    let alone = try shares(workers: 1)
    let columns = try counts.map { try shares(workers: $0) }
    let total = alone.reduce(0) { $0 + $1.alone }
    print("| operation | share | " + counts.map { "\($0) cores: pieces, speed-up" }.joined(separator: " | ") + " |")
    print("|---|---|" + String(repeating: "---|", count: counts.count))
    for (index, row) in alone.enumerated() where row.alone > 0.01 * total {
      let cells = columns.map { "\($0[index].pieces), \(decimal(row.alone / $0[index].shared))" }
      print("| \(row.name) | \(decimal(100 * row.alone / total)) % | \(cells.joined(separator: " | ")) |")
    }
    let whole = columns.map { decimal(total / $0.reduce(0) { $0 + $1.shared }) }
    print("| **whole step** | 100 % | \(whole.joined(separator: " | ")) |")
  }

  private func shares(workers: Int) throws -> [TimingBackend.Share] {
    let times = PieceTimes()
    let timing = TimingBackend(CPUBackend(workers: workers, pieceTimes: times), pieceTimes: times)
    let training = try MadeUpTraining(net: net, batch: batch, classes: classes, backend: timing)
    training.step(0)
    timing.reset()
    training.step(1)
    return timing.shares
  }
}
