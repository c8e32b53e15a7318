import Files
import Networks
import Runs
import TUI
import Taxonomy
import Training

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
        step: step, epoch: Double(step / 469), loss: 0.5, metrics: .classification(top1: top1, top5: 0.99, meanClass: top1 - 0.01),
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
      "diverged", .failed, step: 12, loss: .nan, problem: "the loss is not finite at step 12; lower the learning rate",
      created: 20),
    run("coarse-9-with-a-very-long-name", .lost, step: 300, loss: 0.6, classes: 9, created: 10),
    run("first", .finished, step: 1876, loss: 0.2134, top1: 0.9123, created: 0),
  ]

  /// A loss that falls over the first `steps` steps, and an accuracy after each epoch.
  static func plot(_ steps: Int, from start: Double) -> RunPlot {
    func wave(_ step: Int) -> Double { Double(step * 37 % 11) / 100 }
    let loss = Curve((1...steps).map { .init(Double($0), start / (1 + Double($0) / 100) + wave($0)) })
    let top1 = Curve((1...4).map { $0 * 469 }.filter { $0 <= steps }.map { .init(Double($0), 1 - start / 10 - 40 / Double($0)) })
    let learningRate = Curve((1...steps).map { .init(Double($0), $0 < 1000 ? 0.01 : 0.001) })
    let speed = Curve((1...steps).map { .init(Double($0), 800 + 100 * wave($0)) })
    let norms = ["conv1.weight", "conv2.weight", "fc8.weight"].enumerated().map { index, name in
      RunPlot.Norm(
        .init(.gradient, name), Curve((1...steps / 100).map { .init(Double($0 * 100), 0.1 * Double(index + 1) / Double($0)) }))
    }
    return RunPlot(
      [.trainLoss: loss, .top1: top1, .learningRate: learningRate, .imagesPerSecond: speed], smoothLoss: loss.smoothed(0.9), norms: norms,
      spark: (0..<10).map { start / (1 + Double($0) * Double(steps) / 1000) }, lastStep: steps, lastSecond: Double(steps) / 8)
  }

  static var look: RunsLook {
    RunsLook(
      runs: all,
      plots: [all[0].id: plot(1200, from: 2.3), all[1].id: plot(640, from: 1.4), all[4].id: plot(1876, from: 2.3)],
      selected: all[0].id, log: ["2026-01-01 00:00:00 started", "2026-01-01 00:00:41 epoch 1: top-1 81.2 %"])
  }

  /// Two groups of runs that differ in their seed, and one of none.
  static var seeds: [RunSummary] {
    let runs = (0..<6).map { index in
      var seed = run("seed-\(index)", index == 0 ? .running : .finished, step: 1876, loss: 0.2, top1: 0.9 + Double(index) / 100, created: Double(60 - index))
      seed.group = index < 3 ? "fine" : "coarse"
      seed.tags = ["paper"]
      return seed
    }
    return runs + [all[4]]
  }

  /// The page of a run's classes: ten, with shirts taken for T-shirts.
  static func classes(rows: Int, columns: Int, _ look: Look = Look()) throws -> AppState {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: rows, columns: columns), look)
    let hierarchy = state.tree.history!.current.cut.hierarchy
    let set = try LabelSet(name: "fine", dataset: "fashion-mnist", recipe: [], on: hierarchy)
    var pairs: [UInt64] = []
    for label in 0..<10 {
      for image in 0..<100 {
        let isWrong = image < 3 * label
        pairs.append(UInt64(label) << 32 | UInt64(isWrong ? (label + 1 + image % 3) % 10 : label))
      }
    }
    let results = ClassResults(step: 1876, epoch: 4, classes: 10, pairs: pairs)
    let nodes = results.nodes(of: set, in: hierarchy).filter(\.isFork)
    _ = update(&state, .runs(.looked(Self.look)))
    _ = update(&state, .perform(.show(.runs)))
    _ = update(&state, .perform(.runs(.page(.classes))))
    let classes = RunClasses(results: results, names: set.classes.map(\.name), nodes: nodes)
    _ = update(&state, .runs(.classes(run: all[0].id, .success(classes))))
    return state
  }

  static func configuration(_ run: RunSummary) -> RunConfiguration {
    let set = LabelSet(
      name: run.labelSet, dataset: run.dataset, policy: .name, recipe: [],
      classes: (0..<run.classes).map { TargetClass(wnid: "n\($0)", name: "class \($0)", members: ["n\($0)"]) }, leftOut: [])
    let training = (try? Architecture.named("alexnet-28"))!.recipe
    return RunConfiguration(
      name: run.name, created: run.created, dataset: run.dataset, fingerprint: "f", labelSet: set, training: training,
      workers: run.name == "fine" ? nil : 1, program: "imagenet-tui 0", host: run.host, command: ["imagenet-tui", "train"])
  }

  /// Two runs beside each other.
  static func difference(rows: Int, columns: Int, _ look: Look = Look()) -> AppState {
    var state = state(rows: rows, columns: columns, look)
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), RememberedRuns())))
    _ = update(&state, .runs(.looked(Self.look)))
    for key in ["v", "v", "d"] as [Key] { _ = update(&state, .key(key)) }
    let sides = [all[1], all[0]].map { RunDifference.Side(configuration($0), $0, nil) }
    _ = update(&state, .runs(.compared(RunDifference(sides[0], sides[1]))))
    return state
  }

  /// One run finished and one was lost since somebody looked.
  static func news(rows: Int, columns: Int, _ look: Look = Look()) -> AppState {
    var state = AppState(
      session: Session(dataset: "fashion-mnist", look: look, size: Size(rows: rows, columns: columns)), screen: .runs)
    var remembered = RememberedRuns()
    remembered.baseline = RunsNews.Baseline(time: 1000, open: [all[0].id: 0.8, all[3].id: 0, all[4].id: 0.5])
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), remembered)))
    var found = Self.look
    found.time = 2000
    _ = update(&state, .runs(.looked(found)))
    return state
  }

  static func state(rows: Int, columns: Int, _ look: Look = Look()) -> AppState {
    var state = AppState(
      session: Session(dataset: "fashion-mnist", look: look, size: Size(rows: rows, columns: columns)), screen: .runs)
    _ = update(&state, .runs(.looked(Self.look)))
    return state
  }
}

extension Curve {
  /// The moving average that the engine makes of a series (``SmoothedSeries``).
  func smoothed(_ weight: Double) -> Curve {
    var (sum, mass) = (0.0, 0.0)
    return Curve(
      spans.map { span in
        (sum, mass) = (weight * sum + (1 - weight) * span.last, weight * mass + 1 - weight)
        return Span(span.x, sum / mass)
      })
  }
}
