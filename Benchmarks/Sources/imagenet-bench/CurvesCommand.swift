import ArgumentParser
import Datasets
import Files
import FoundationEssentials
import Glibc
import Runs

/// Opening, drawing and smoothing the curves of a run of many steps.
struct CurvesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves",
    abstract: "Time the first parse of an event file, the opening of what was kept of it, and what charts ask for.")

  @Option(help: "Steps.") var steps = 10_000_000
  @Option(help: "Columns of dots across a chart.") var columns = 280

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/imagenet-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let home = Home(explicit: folder)
    let run = "20260101-000000-long"
    try AtomicFile.makeFolder("\(home.runs)/\(run)")
    let writer = try EventFileWriter(folder: "\(home.runs)/\(run)", host: "bench", firstStep: 1, now: 1e9)
    for step in 1...steps {
      let noise = Float(step &* 2_654_435_761 & 0xFFFF) / 65_536
      try writer.append(
        [.trainLoss: 7 / (1 + Float(step) / 1e5) + noise, .learningRate: 0.01, .imagesPerSecond: 100 + noise, .dataWait: 0],
        step: step, now: 1e9 + Double(step) * 0.1)
    }
    let bytes = Self.size(writer.path)

    func timed<Value>(_ what: String, _ work: () throws -> Value) rethrows -> Value {
      let start = ContinuousClock.now
      let value = try work()
      print("\(what): \(Int((ContinuousClock.now - start) / .microseconds(1))) µs")
      return value
    }
    let start = ContinuousClock.now
    let reader = RunsReader(home: home)
    try reader.curves(of: run) { _ in }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(
      "first parse: \(steps) steps, \(bytes >> 20) MB in \(decimal(seconds)) s, \(Int(Double(bytes) / seconds / 1e6)) MB/s")
    // The file beside appears when it is whole.
    let kept = "\(home.cache)/curves/\(run).curves"
    while !FileManager.default.fileExists(atPath: kept) { usleep(10_000) }
    print("kept: \(Self.size(kept) >> 20) MB")

    var curves = try timed("opening what was kept") { try RunsReader(home: home).curves(of: run) { $0 } }
    let loss = curves[.trainLoss]
    let all = 0...Double(steps)
    for (what, bounds) in [
      ("all steps", all), ("a hundredth of them", Double(steps) * 0.5...Double(steps) * 0.51), ("a thousand", 7000...8000),
    ] {
      for turn in ["first", "again"] {
        let spans = timed("\(columns) columns of \(what), \(turn)") { loss.spans(in: bounds, on: .step, columns: columns) }
        precondition(spans.contains { $0 != nil })
      }
    }
    _ = timed("\(columns) columns of all by the clock") {
      loss.spans(in: 0...Double(steps) * 0.1, on: .seconds(since: 1e9), columns: columns)
    }
    timed("smoothing, first") { curves.smooth([.trainLoss], weight: 0.9) }
    timed("smoothing, again") { curves.smooth([.trainLoss], weight: 0.9) }
    _ = timed("\(columns) columns of the smooth curve") {
      curves.smoothed(.trainLoss).spans(in: all, on: .step, columns: columns)
    }
  }
}
