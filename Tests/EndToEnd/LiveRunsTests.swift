import Files
import FoundationEssentials
import Glibc
import Networks
import Runs
import Taxonomy
import TestSupport
import Testing

/// Eight trainings seen from far away.
@Suite(.serialized) struct LiveRunsTests {
  /// A run that this process pretends to train: real files, no network.
  private final class LiveRun {
    let directory: RunDirectory
    private let events: EventFileWriter
    private let number: Int
    private var step = 400
    private var speed = 800.0

    init(_ home: TemporaryFolder, _ number: Int) throws {
      self.number = number
      let set = LabelSet(
        name: "fine-10", dataset: "fashion-mnist", policy: .name, recipe: [],
        classes: (0..<10).map { TargetClass(wnid: "n0000000\($0)", name: "class \($0)", members: ["n0000000\($0)"]) },
        leftOut: [])
      let configuration = RunConfiguration(
        name: "live-\(number)", created: unixTime() - 400, dataset: "fashion-mnist", fingerprint: "", labelSet: set,
        training: try Architecture.named("alexnet-28").recipe, workers: 1, program: "test", host: "here", command: [])
      directory = try RunDirectory.create(configuration, in: home.path + "/home/runs")
      events = try EventFileWriter(folder: directory.path, host: "here", firstStep: 1)
      for step in 1...400 { try events.append(values(step), step: step, now: unixTime() - Double(400 - step) / 4) }
      for step in [100, 200, 300, 400] { try events.append([.top1: 0.6 + Float(step) / 2000], step: step) }
      try beat()
    }

    private func values(_ step: Int) -> KeyValuePairs<RunMetric, Float> {
      let noise = Float((step * 7919 + number * 104_729) % 97) / 970
      return [
        .trainLoss: 2.3 / (1 + Float(step) / 150) + noise + Float(number) / 20, .learningRate: 0.01,
        .imagesPerSecond: Float(speed), .dataWait: noise / 10,
      ]
    }

    /// One more step, as a training of four steps a second makes them.
    func train() throws {
      step += 1
      speed = 0.9 * speed + 0.1 * Double(760 + (step * 37 + number * 11) % 80)
      try events.append(values(step), step: step)
      if step % 4 == number % 4 { try beat() }
    }

    func beat() throws {
      var progress = RunProgress()
      progress.step = step
      progress.steps = 3752
      progress.stepsPerEpoch = 938
      progress.epoch = Double(step) / 938
      progress.loss = values(step)[0].value
      progress.imagesPerSecond = speed
      let heartbeat = Heartbeat(worker: .current, session: 1, time: unixTime(), isPaused: false, progress: progress)
      try RunJSON.write(heartbeat, to: directory.heartbeatFile, durable: false)
    }

    func finish() throws {
      let heartbeat = try #require(directory.heartbeat())
      let result = RunResult(outcome: .finished, session: 1, time: unixTime(), problem: nil, progress: heartbeat.progress)
      try RunJSON.write(result, to: directory.resultFile)
    }
  }

  private func now() -> Double { unixTime() }

  @Test("Eight live runs cost a line 2 kB a second at most at 140×40, a move of the cursor or crosshair 400 bytes, and nothing at rest")
  func bytes() throws {
    let home = TemporaryFolder()
    let runs = try (0..<8).map { try LiveRun(home, $0) }
    let terminal = try TerminalTests.open(rows: 40, columns: 140, home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("2")
    #expect(terminal.wait(seconds: 60) { $0.text.contains("8 live") && $0.text.contains("training loss") })
    func train(seconds: Int) throws {
      for _ in 0..<seconds * 4 {
        let next = now() + 0.25
        for run in runs { try run.train() }
        while now() < next { terminal.receive(seconds: next - now()) }
      }
    }
    try train(seconds: 3)
    terminal.forgetOutput()
    let began = now()
    try train(seconds: 10)
    let rate = Double(terminal.output.count) / (now() - began)
    #expect(rate <= 2000, "\(Int(rate)) bytes a second")
    #expect(!terminal.output.isEmpty)

    for run in runs { try run.finish() }
    #expect(terminal.wait(seconds: 60) { $0.text.contains("✓ finished") && !$0.text.contains("▶ running") })
    terminal.settle(silence: 2.5)
    terminal.forgetOutput()
    terminal.settle(silence: 4)
    #expect(terminal.output.isEmpty, "\(terminal.output.count) bytes at rest")

    // The curves of the selected run follow when the cursor rests.
    for key in ["j", "j", "j", "k", "j", "j", "k"] {
      let sent = try #require(terminal.cost(of: key, silence: 0.5))
      #expect(sent <= 400, "\(sent) bytes for a move of the cursor")
    }

    // Eight curves with their values: in the chart in focus at once, in the other when the crosshair rests. The first key brings it.
    for move in 0..<12 {
      terminal.forgetOutput()
      let before = terminal.screen.text
      terminal.type("h")
      #expect(terminal.wait { $0.text != before })
      terminal.settle(silence: 0.5)
      #expect(move == 0 || terminal.output.count <= 400, "\(terminal.output.count) bytes for a move of the crosshair")
    }
  }
}
