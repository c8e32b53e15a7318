import Engine
import TUI
import Taxonomy

/// Runs to show: one of each state that matters.
enum RunsFixtures {
  static func run(
    _ name: String, _ state: RunState, step: Int = 0, loss: Float? = nil, top1: Double? = nil, speed: Double? = nil,
    classes: Int = 10, problem: String? = nil, created: Double = 0
  ) -> RunSummary {
    var progress = RunProgress()
    progress.step = step
    progress.steps = 1876
    progress.stepsPerEpoch = 469
    progress.epoch = Double(step) / 469
    progress.loss = loss
    progress.imagesPerSecond = speed
    progress.validation = top1.map { top1 in
      ValidationReport(
        step: step, epoch: Double(step / 469), loss: 0.5, top1: top1, top5: 0.99, meanClass: top1 - 0.01,
        images: 10_000,
        skipped: 0)
    }
    progress.best = progress.validation
    return RunSummary(
      id: "20260101-000000-\(name)", name: name, path: "/home/runs/20260101-000000-\(name)", created: created,
      state: state, problem: problem, dataset: "fashion-mnist", labelSet: classes == 10 ? "fine" : "coarse-\(classes)",
      classes: classes, network: "alexnet-28", epochs: 4, batchSize: 128, seed: 1, host: "box", progress: progress)
  }

  static let all: [RunSummary] = [
    run("fine", .running, step: 1200, loss: 0.412, top1: 0.8714, speed: 812.4, created: 40),
    run("coarse-4", .paused, step: 640, loss: 0.1534, top1: 0.9512, classes: 4, created: 30),
    run(
      "diverged", .failed, step: 12, loss: .nan, problem: "the loss is not finite at step 12; lower the rate",
      created: 20),
    run("coarse-9-with-a-very-long-name", .lost, step: 300, loss: 0.6, classes: 9, created: 10),
    run("first", .finished, step: 1876, loss: 0.2134, top1: 0.9123, created: 0),
  ]

  /// A loss that falls over the first `steps` steps, and an accuracy after each epoch.
  static func plot(_ steps: Int, from start: Double) -> RunPlot {
    func wave(_ step: Int) -> Double { Double(step * 37 % 11) / 100 }
    return RunPlot(
      loss: Curve((1...steps).map { .init(Double($0), start / (1 + Double($0) / 100) + wave($0)) }),
      top1: Curve(
        (1...4).map { $0 * 469 }.filter { $0 <= steps }.map { .init(Double($0), 1 - start / 10 - 40 / Double($0)) }))
  }

  static var look: RunsLook {
    RunsLook(
      runs: all,
      plots: [all[0].id: plot(1200, from: 2.3), all[1].id: plot(640, from: 1.4), all[4].id: plot(1876, from: 2.3)],
      selected: all[0].id, log: ["2026-01-01 00:00:00 started", "2026-01-01 00:00:41 epoch 1: top-1 .812"])
  }

  static func state(rows: Int, columns: Int, _ look: Look = Look()) -> AppState {
    var state = AppState(
      session: Session(dataset: "fashion-mnist", look: look, size: Size(rows: rows, columns: columns)), screen: .runs)
    _ = update(&state, .runs(.looked(Self.look)))
    return state
  }
}
