import Basics
import Files
import FoundationEssentials
import Glibc
import Kernels
import Runs
import Settings
import TUI
import Taxonomy
import Training

/// The files of a run's directory, the queue, and what is made of event files.
extension FuzzPlace {
  private func configuration(_ name: String) throws -> RunConfiguration {
    let labelSet = LabelSet(
      name: "both", dataset: "plain", policy: .name, recipe: [],
      classes: Self.classes.map { TargetClass(wnid: $0, name: $0, members: [$0]) }, leftOut: [])
    let training = try JSONDecoder().decode(
      TrainingConfiguration.self,
      from: Data(
        #"""
        {"network": "alexnet-28", "epochs": 2, "batchSize": 5, "seed": 3, "validateEvery": 1,
         "solver": {"rate": 0.01, "momentum": 0.9, "decay": 0.0005, "schedule": {"cosine": {}}},
         "augmentation": {"resize": "warp", "resizeTo": 28, "padding": 2, "mirror": true, "mean": "channel", "scale": 1}}
        """#.utf8))
    return RunConfiguration(
      name: name, created: 1_450_000_000, dataset: "plain", fingerprint: "f", labelSet: labelSet, training: training, workers: 1,
      program: "imagenet-tui 0", host: "box", command: ["imagenet-tui", "train"])
  }

  /// The runs whose files are replaced, one that is over and one that is at work, and one beside them that must stay readable.
  private func makeRuns() throws -> (over: RunDirectory, live: RunDirectory, good: RunDirectory) {
    let runs = try ["good", "over", "live"].map { name in try RunDirectory.create(configuration(name), in: home.runs) }
    for run in runs {
      let writer = try EventFileWriter(folder: run.path, host: "box", firstStep: 1, now: 1_450_000_000)
      for step in 1...20 {
        try writer.append([.trainLoss: 1 / Float(step), .learningRate: 0.01], step: step, now: 1_450_000_000 + Double(step))
        if step % 10 == 0 { try writer.append([.validationLoss: 1, .top1: 0.5], step: step, now: 1_450_000_100 + Double(step)) }
      }
      var progress = RunProgress()
      (progress.step, progress.steps, progress.stepsPerEpoch, progress.epoch) = (run == runs[2] ? 18 : 20, 20, 10, 1.8)
      (progress.loss, progress.imagesPerSecond, progress.dataWait) = (0.5, 100, 0.1)
      progress.validation = ValidationReport(step: 10, epoch: 1, loss: 1, metrics: .classification(top1: 0.5, top5: 0.9, meanClass: 0.5), images: 10, skipped: 0)
      progress.best = progress.validation
      try RunJSON.write(Heartbeat(worker: .current, session: 1, time: unixTime(), isPaused: false, progress: progress), to: run.heartbeatFile)
      if run != runs[2] { try RunJSON.write(RunResult(outcome: .finished, session: 1, time: unixTime(), problem: nil, progress: progress), to: run.resultFile) }
      _ = try run.extend(by: RunLength(epochs: "3"))
      _ = try run.tag(adding: ["seen"])
      try run.classResults.save(ClassResults(step: 20, epoch: 2, classes: 2, pairs: [0, 1, 1 << 32, 1 << 32 | 1]), best: nil)
    }
    return (runs[1], runs[2], runs[0])
  }

  /// All that lists, the pages of a run, comparisons and charts ask of runs.
  /// - Parameter isThorough: also what takes longer than all the rest: curves, comparisons.
  private func look(_ run: RunDirectory, beside good: RunDirectory, isThorough: Bool = false) {
    let reader = RunsReader(home: home)
    let summaries = reader.refresh()
    precondition(summaries.contains { $0.id == good.id && $0.problem == nil }, "a damaged run takes another one with it")
    for field in RunField.ofEveryRun {
      _ = RunOrder(field).sorted(summaries)
      if let filter = try? RunFilter("\(field.text)>1") { _ = filter.fitting(summaries) }
    }
    for summary in summaries { _ = (summary.problem.map(printable), summary.secondsLeft, summary.progress.warnings) }
    _ = try? run.launched()
    _ = try? run.result()
    _ = try? run.extensions()
    _ = try? run.longer(RunLength(epochs: "+5"))
    _ = try? run.longer(RunLength(iterations: "+5"))
    _ = try? run.notes()
    _ = try? run.state(patience: 0)
    _ = try? run.logTail(lines: 30)
    for step in run.classResults.steps() {
      guard let results = try? run.classResults.load(step) else { continue }
      _ = results.topConfusions()
      for label in 0..<results.classes { _ = results.accuracy(of: label) }
    }
    guard isThorough else { return }
    lookAtCurves(run, reader)
    let sides = [run, good].compactMap { run -> RunDifference.Side? in
      guard let configuration = try? run.configuration(), let summary = summaries.first(where: { $0.id == run.id }) else { return nil }
      return .init(configuration, summary, (try? reader.checkedCurves(of: run.id))?.seconds)
    }
    if sides.count == 2 { _ = RunDifference(sides[0], sides[1]) }
  }

  /// The runs' screen, and the pages of the run that is the `place`-th from above.
  private func play(_ place: Int) {
    put(Array(("2" + String(repeating: "j", count: place) + "<Enter><Tab><Tab><Tab><Tab><Esc><Space>xyl<Esc>").utf8), "keys")
    let options = TerminalAppOptions(program: "fuzzer", home: home, wordNet: path + "/wordnet", dataset: "plain")
    _ = try? Replay(file: path + "/keys", options, rows: 40, columns: 140)
  }

  private func lookAtCurves(_ run: RunDirectory, _ reader: RunsReader) {
    guard let curves = try? reader.checkedCurves(of: run.id) else { return }
    _ = curves.seconds
    for tag in curves.tags {
      let series = curves.series(tag: tag)
      for axis in [SeriesAxis.steps(each: 1), .steps(each: 0.1), .seconds(since: 1_450_000_000)] where !series.isEmpty {
        let (first, last) = (series.position(0, on: axis), series.position(series.count - 1, on: axis))
        if first <= last { _ = series.spans(in: first...last, on: axis, columns: 120) }
      }
      _ = series.means(50)
    }
    for format in CurveExport.Format.allCases { _ = try? CurveExport(format, tags: curves.tags).write([(run.id, curves)], to: "/dev/null") }
  }

  func runEntries() throws -> [FuzzEntry] {
    let (over, live, good) = try makeRuns()
    func file(_ name: String, of run: RunDirectory) -> FuzzEntry {
      let path = "home/runs/\(run.id)/\(name)"
      let kept = get(path)
      return FuzzEntry(run == live ? "\(name), live" : name, isText: true, seeds: [kept]) { [self] in
        put($0, path)
        defer { put(kept, path) }
        look(run, beside: good, isThorough: $0.count % 8 == 0)
        // The screens take longest.
        if $0.count % 64 == 0 { for place in 0..<4 { play(place) } }
      }
    }
    let queue = RunQueue(home: home)
    let waiting = try RunDirectory.create(configuration("waiting"), in: home.runs)
    try queue.add(waiting, host: "far")
    let order = get("home/queue/queue.json")
    let given = try RunDirectory.create(configuration("given"), in: home.runs)
    try RunJSON.write(SubmittedJob(id: "7", submitted: unixTime() - 60, options: ["--time=1"], sessions: 0), to: given.jobFile)
    let (job, said) = (get("home/runs/\(given.id)/job.json"), "home/cache/slurm-\(getuid()).json")
    // While a run has a job, what was said has to be young, or Slurm would be asked.
    unlink(given.jobFile)
    func answer() -> [UInt8] {
      Array(
        """
        {"time": \(unixTime()), "user": \(getuid()), "jobs": [{"id": "7", "state": "PENDING", "reason": "Priority", "node": "n1", "start": "2030-01-01T00:00:00", "comment": ""}]}
        """.utf8)
    }
    func lookAtJobs() {
      for summary in RunsReader(home: home).refresh() { _ = (summary.stateText, summary.problem.map(printable)) }
    }
    let results = try FileNames.of("\(over.path)/results").first { $0.hasSuffix(".json") }!
    return [
      file("run.json", of: over), file("extensions.json", of: over), file("notes.json", of: over), file("result.json", of: over),
      file("results/\(results)", of: over), file("run.json", of: live), file("extensions.json", of: live), file("heartbeat", of: live),
      FuzzEntry("log.txt", isText: true, seeds: [Array("a line\nanother\n".utf8)]) { [self] in
        put($0, "home/runs/\(over.id)/log.txt")
        look(over, beside: good)
      },
      FuzzEntry("queue.json", weight: 2, isText: true, seeds: [order]) { [self] in
        put($0, "home/queue/queue.json")
        defer { put(order, "home/queue/queue.json") }
        _ = RunsReader(home: home).refresh()
        _ = try queue.limit()
        for entry in try queue.order() { _ = try? queue.waits(entry.run) }
      },
      FuzzEntry("job.json", isText: true, seeds: [job]) { [self] in
        put(answer(), said)
        put($0, "home/runs/\(given.id)/job.json")
        defer { unlink(given.jobFile) }
        lookAtJobs()
        _ = try given.job()
      },
      FuzzEntry("what Slurm said", isText: true, seeds: [answer()]) { [self] in
        put($0, said)
        lookAtJobs()
      },
    ]
  }

  // MARK: Event files

  func eventEntries() throws -> [FuzzEntry] {
    let run = try RunDirectory.create(configuration("events"), in: home.runs)
    let writer = try EventFileWriter(folder: run.path, host: "box", firstStep: 1, now: 1_450_000_000)
    for step in 1...6 { try writer.append([.trainLoss: 1 / Float(step), .top1: 0.5, .learningRate: 0.01], step: step, now: 1_450_000_000 + Double(step)) }
    let kept = folder.bytes(of: "home/runs/\(run.id)/" + writer.path.split(separator: "/").last!)
    let name = "home/runs/\(run.id)/" + writer.path.split(separator: "/").last!
    return [
      FuzzEntry("event file", weight: 2, seeds: [kept], seal: Self.sealRecords) { [self] in
        put($0, name)
        var reader = EventFileReader(path + "/" + name)
        try? reader.read { _ in }
        lookAtCurves(run, RunsReader(home: home))
        if $0.count % 16 == 0 { play(0) }
      }
    ]
  }

  /// Checksums of records are put right, as long as lengths lead from one to the next.
  private static func sealRecords(_ bytes: inout [UInt8]) {
    func sum(_ range: Range<Int>) -> [UInt8] { little(bytes[range].withUnsafeBytes { CRC32C($0).masked }) }
    var place = 0
    while place + 16 <= bytes.count {
      let length = bytes[place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let head = sum(place..<place + 8)
      bytes.replaceSubrange(place + 8..<place + 12, with: head)
      guard length <= UInt64(bytes.count - place - 16) else { return }
      let end = place + 12 + Int(length)
      let data = sum(place + 12..<end)
      bytes.replaceSubrange(end..<end + 4, with: data)
      place = end + 4
    }
  }
}
