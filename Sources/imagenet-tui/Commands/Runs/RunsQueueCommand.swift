import ArgumentParser
import Basics
import Datasets
import Runs

struct RunsQueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Show queued runs, reorder them, or set how many run at a time.",
    discussion: """
      `train --queue` and `runs resume --queue` put runs here, `runs stop` takes one out. Runs wait for the machine on which they were \
      put here; one is begun there when another ends, and whenever the screens or a command look at the runs.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(help: "Maximum number of concurrent runs on the machine, however they were started; 0 holds its queue.")
  var limit: Int?
  @Option(help: "The machine that --limit is for. (default: this one)")
  var host: String?
  @Option(help: ArgumentHelp("Move a run one place forward.", valueName: "run"))
  var up: String?
  @Option(help: ArgumentHelp("Move a run one place back.", valueName: "run"))
  var down: String?
  @Option(help: ArgumentHelp("Move a run to the front.", valueName: "run"))
  var first: String?
  @Flag(help: "Start the queued runs that may start on this machine, and list them.")
  var start = false
  @Flag(help: "Print JSON.")
  var json = false

  private struct Shown: Encodable {
    var limits: [String: Int]
    var order: [RunSummary]
  }

  func run() throws {
    let home = global.location
    let queue = RunQueue(home: home)
    let reader = RunsReader(home: home)
    if let limit { try queue.setLimit(limit, of: host ?? RunQueue.host) }
    for (run, places) in [(up, -1), (down, 1), (first, -1_000_000)] {
      if let run { try queue.move(reader.find(run).id, by: places) }
    }
    let push = try queue.push(reader)
    if !json { for run in push.started { print("started \(run)") } }
    for (run, problem) in push.failed { RunProgressLine.note("\(run) failed: \(problem)") }
    if start && !json && push.started.isEmpty { print("no queued run may start on \(printable(RunQueue.host))") }
    try show(queue, reader.refresh(patience: RunState.patience))
  }

  private func show(_ queue: RunQueue, _ runs: [RunSummary]) throws {
    let order = try queue.order().compactMap { entry in runs.first { $0.id == entry.run && $0.queuePlace != nil } }
    let hosts = Set(order.map(\.host) + [RunQueue.host, host ?? RunQueue.host]).sorted()
    let limits = Dictionary(uniqueKeysWithValues: try hosts.map { ($0, try queue.limit(of: $0)) })
    if json { return try Output.json(Shown(limits: limits, order: order)) }
    for host in hosts {
      let live = runs.count { $0.state.isLive && $0.host == host }
      print(printable("\(host): \(live) running, at most \(limits[host]!) at a time"))
    }
    guard !order.isEmpty else { return print("no run is queued") }
    Output.table(
      [" place", "run", "labels", "net", " epochs", "host"],
      order.map { ["\($0.queuePlace ?? 0)", $0.id, $0.labelSet, $0.network, "\($0.epochs)", $0.host].map(printable) })
  }
}
