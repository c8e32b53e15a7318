import Basics
import EngineFixtures
import Runs
import TestSupport
import Testing
import Training

@Suite struct RunStatisticsTests {
  private func run(
    _ name: String, seed: UInt64, top1: Double?, learningRate: Float = 0.01, net: String = "alexnet-28", labels: String = "two"
  ) -> (configuration: RunConfiguration, summary: RunSummary) {
    var configuration = exampleConfiguration(name: name)
    configuration.training.seed = seed
    configuration.training.solver.learningRate = learningRate
    configuration.training.network = net
    configuration.labelSet.name = labels
    configuration.workers = Int(seed)
    var progress = RunProgress()
    progress.validation = top1.map {
      ValidationReport(
        step: 5, epoch: 1, loss: 1 - $0, metrics: .classification(top1: $0, top5: 1, meanClass: $0), images: 10, skipped: 0)
    }
    progress.best = progress.validation
    return (
      configuration,
      RunSummary(
        id: name, name: name, path: "", created: 0, state: .finished, dataset: "", labelSet: labels, classes: 2,
        network: net, epochs: 1, batchSize: 1, seed: seed, host: "", progress: progress)
    )
  }

  @Test("Mean and sample standard deviation are those of the formulas; a single value has no deviation")
  func estimates() {
    let estimate = RunStatistics.Estimate([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(estimate?.mean == 5 && estimate?.n == 8)
    #expect(abs((estimate?.deviation ?? 0) - (32.0 / 7).squareRoot()) < 1e-12)
    #expect(RunStatistics.Estimate([3])?.deviation == nil && RunStatistics.Estimate([3])?.mean == 3)
    #expect(RunStatistics.Estimate([]) == nil)
  }

  @Test("Runs that differ in their seed are one row, whatever they and their label sets are called")
  func seeds() throws {
    let rows = RunStatistics.rows(
      [
        run("a", seed: 1, top1: 0.5), run("b", seed: 2, top1: 0.7, labels: "pair"), run("c", seed: 3, top1: nil),
        run("d", seed: 1, top1: 0.4, learningRate: 0.02), run("e", seed: 1, top1: 0.3, net: "resnet8-28"),
      ], by: .configuration)
    #expect(rows.map(\.runs) == [["a", "b", "c"], ["d"], ["e"]])
    #expect(rows[0].seeds == [1, 2, 3])
    // A run without a validation is shown, and does not count.
    let top1 = try #require(rows[0][.top1])
    #expect(top1.n == 2 && abs(top1.mean - 0.6) < 1e-12 && abs(top1.deviation! - 0.02.squareRoot()) < 1e-12)
    // Only what tells the rows apart is said.
    #expect(rows.map(\.settings) == [["learning rate 0.01"], ["learning rate 0.02"], ["learning rate 0.01"]])
    #expect(rows.map(\.name) == ["two  alexnet-28", "two  alexnet-28", "two  resnet8-28"])
  }

  @Test("Runs are gathered by net, label set or dataset where that is asked for")
  func keys() {
    let runs = [
      run("a", seed: 1, top1: 0.5), run("b", seed: 1, top1: 0.7, learningRate: 0.02), run("c", seed: 1, top1: 0.3, net: "vgg16"),
    ]
    #expect(RunStatistics.rows(runs, by: .net).map(\.runs) == [["a", "b"], ["c"]])
    #expect(RunStatistics.rows(runs, by: .labelSet).map(\.name) == ["two, 2 classes"])
    #expect(RunStatistics.rows(runs, by: .dataset).first?[.top1]?.n == 3)
    #expect(RunStatistics.rows([], by: .configuration).isEmpty)
    let grouped = runs.enumerated().map { index, run in
      var run = run
      run.summary.group = index < 2 ? "first" : nil
      return run
    }
    #expect(RunStatistics.rows(grouped, by: .group).map(\.name) == ["first", "no group"])
    #expect(RunStatistics.rows(grouped, by: .group).map(\.runs) == [["a", "b"], ["c"]])
  }
}
