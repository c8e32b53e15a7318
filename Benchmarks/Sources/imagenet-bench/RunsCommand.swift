import ArgumentParser
import Datasets
import Files
import FoundationEssentials
import Glibc
import Networks
import Runs
import Taxonomy

/// Listing a home of many runs.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Make a home of finished runs, and time how long it takes to list them.")

  @Option(help: "Runs.") var count = 10_000
  @Option(help: "Where to make the home; it is left there.") var home: String

  func run() throws {
    let home = Home(explicit: home)
    let wnids = try Assets.lines("imagenet-1k.wnids")
    let set = LabelSet(
      name: "first-100", dataset: "imagenet-1k", policy: .name, recipe: [],
      classes: wnids.prefix(100).map { TargetClass(wnid: $0, name: $0, members: [$0]) }, leftOut: [])
    let training = try Architecture.named("alexnet").recipe
    for number in 0..<count {
      let run = try RunDirectory.create(
        RunConfiguration(
          name: "run-\(number)", created: 1.7e9 + Double(number) * 60, dataset: "imagenet-1k", fingerprint: "f", labelSet: set,
          training: training, workers: nil, program: "bench", host: "box", command: ["imagenet-tui", "train"]),
        in: home.runs)
      var progress = RunProgress()
      (progress.step, progress.steps, progress.loss) = (450_000, 450_000, 1 + Float(number) / 1e4)
      let result = RunResult(outcome: .finished, session: 1, time: 1.7e9, problem: nil, progress: progress)
      try AtomicFile.write(JSONEncoder().encode(result), to: run.path + "/result.json", durable: false)
    }
    // A directory that has just changed is looked at again.
    sleep(3)
    let reader = RunsReader(home: home)
    for (what, reader) in [("the first look ever", reader), ("a first look with the index", RunsReader(home: home)), ("another look", reader)] {
      let start = ContinuousClock.now
      let runs = reader.refresh()
      print("\(what) at \(runs.count) runs: \(decimal((ContinuousClock.now - start) / .milliseconds(1))) ms")
    }
  }
}
