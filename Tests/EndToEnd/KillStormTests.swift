import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Workers, screens, or both, killed at random moments while somebody reads along.
@Suite struct KillStormTests {
  let home: TinyHome
  /// `IMAGENET_TUI_KILLS` sets another number of kills.
  static let kills = ProcessInfo.processInfo.environment["IMAGENET_TUI_KILLS"].flatMap { Int($0) } ?? 25

  init() throws { home = try TinyHome() }

  /// What was once told of a run: values by metric and step.
  struct Told {
    private(set) var values: [RunMetric: [Int: Float]] = [:]
    private(set) var contradictions: [String] = []
    var count: Int { values.values.reduce(0) { $0 + $1.count } }
    /// Those that a second training makes again, and not how long it took.
    static let metrics: [RunMetric] = [.trainLoss, .learningRate, .validationLoss, .top1, .top5, .meanClass]

    mutating func take(_ metric: RunMetric, _ step: Int, _ value: Float) {
      if let known = values[metric]?.updateValue(value, forKey: step) ?? nil, known.bitPattern != value.bitPattern {
        contradictions.append("\(metric) of step \(step): \(known), then \(value)")
      }
      values[metric, default: [:]][step] = value
    }

    mutating func take(_ run: RunDirectory) {
      var curves = RunCurves(folder: run.path)
      _ = try? curves.refresh()
      for metric in Self.metrics {
        for (step, value) in zip(curves[metric].map(\.step), curves[metric].map(\.value)) { take(metric, step, value) }
      }
      guard let progress = run.heartbeat()?.progress, progress.step > 0 else { return }
      if let loss = progress.loss { take(.trainLoss, progress.step, loss) }
      if let validation = progress.validation { take(.top1, validation.step, Float(validation[.top1] ?? .nan)) }
    }
  }

  func openScreens() throws -> PseudoTerminal {
    var environment = home.environment
    environment["TERM"] = "xterm-256color"
    return try PseudoTerminal([Program.path, "--dataset", "tiny"], environment: environment, rows: 30, columns: 100)
  }

  @Test("Nothing that was told is lost: it is there at the end, or was made again in the same bits")
  func storm() throws {
    let epochs = 4 * Self.kills
    let whole = try home.queue("whole", epochs: epochs)
    let run = try home.queue("stormy", epochs: epochs)
    var told = Told()
    var random = SystemRandomNumberGenerator()
    var screens = try openScreens()
    _ = screens.wait(for: "1 Tree")
    screens.type("2")
    var (kills, workerKills, screenKills) = (0, 0, 0)
    while kills < Self.kills {
      let state = try run.state()
      if state == .finished { break }
      if !state.isLive {
        let resumed = try home.run("runs", "resume", "stormy")
        #expect(resumed.code == 0, "\(resumed.errors)")
      }
      // Reads along until the moment has come.
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        told.take(run)
        _ = screens.receive(seconds: 0.005)
      }
      let victim = Int.random(in: 0..<3, using: &random)
      if victim != 1, let worker = run.heartbeat()?.worker, try run.state().isLive {
        kill(worker.pid, SIGKILL)
        workerKills += 1
        #expect(home.wait { (try? run.state().isLive) == false })
      }
      if victim != 0 {
        screens.send(signal: SIGKILL)
        #expect(screens.waitForExit() == -Int(SIGKILL))
        screenKills += 1
        screens = try openScreens()
        screens.type("2")
      }
      kills += 1
      told.take(run)
    }
    while true {
      let state = try run.state()
      if state == .finished { break }
      if !state.isLive { #expect(try home.run("runs", "resume", "stormy").code == 0) }
      usleep(50_000)
    }
    print("killed \(workerKills) workers and \(screenKills) screens in \(kills) moments; \(told.count) values were told")
    #expect(workerKills > 0 && screenKills > 0 && told.count > 0)
    #expect(told.contradictions.isEmpty)
    var curves = RunCurves(folder: run.path)
    try curves.refresh()
    for (metric, values) in told.values {
      let kept = Dictionary(uniqueKeysWithValues: zip(curves[metric].map(\.step), curves[metric].map(\.value)))
      let lost = values.filter { kept[$0.key]?.bitPattern != $0.value.bitPattern }
      #expect(lost.isEmpty, "\(metric)")
    }
    let steps = 5 * epochs
    #expect(curves[.trainLoss].map(\.step) == Array(1...steps))
    let worker = try home.start(["worker", whole.path, "--home", home.path])
    #expect(worker.wait() == 0)
    let end = FileManager.default.contents(atPath: run.checkpoints.path(steps))
    #expect(end != nil && end == FileManager.default.contents(atPath: whole.checkpoints.path(steps)))
  }
}
