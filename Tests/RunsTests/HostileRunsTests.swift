import Basics
import EngineFixtures
import Files
import FoundationEssentials
import Kernels
import Networks
import Runs
import TestSupport
import Testing

/// Runs whose files hold what no run of this version writes.
@Suite struct HostileRunsTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  /// A finished run, a neighbour that is sound, and what is known of both.
  func makeRuns() throws -> RunDirectory {
    _ = try RunDirectory.create(exampleConfiguration(name: "sound", created: 1.4e9), in: home.runs)
    let run = try RunDirectory.create(exampleConfiguration(name: "hostile"), in: home.runs)
    var progress = RunProgress()
    (progress.step, progress.steps, progress.stepsPerEpoch) = (4, 4, 2)
    try RunJSON.write(RunResult(outcome: .finished, session: 1, time: 1.46e9, problem: nil, progress: progress), to: run.resultFile)
    try RunJSON.write(
      Heartbeat(worker: .current, session: 1, time: 1.46e9, isPaused: false, progress: progress, usage: ProcessUsage(memory: 1, peak: 2, cores: 1)),
      to: run.heartbeatFile)
    try AtomicFile.write(
      #"[{"epochs": 2, "steps": 4, "stepsBefore": 2, "time": 1460000000, "host": "box"}]"#, to: run.path + "/extensions.json")
    return run
  }

  /// Puts a text in the place of another in a file of the run.
  func change(_ file: String, of run: RunDirectory, _ old: String, _ new: String) throws {
    let text = String(decoding: folder.bytes(of: "runs/\(run.id)/\(file)"), as: UTF8.self)
    try #require(text.contains(old), "\(text)")
    folder.write(Array(text.replacing(old, with: new, maxReplacements: 1).utf8), to: "runs/\(run.id)/\(file)")
  }

  /// The hostile run as the list has it; the sound one is there too.
  func listed() throws -> RunSummary {
    let runs = RunsReader(home: home).refresh()
    #expect(runs.map(\.name) == ["hostile", "sound"] && runs[1].state == .queued && runs[1].problem == nil)
    return try #require(runs.first)
  }

  @Test(
    "A number that no run has is one damaged run, named by file and key, and every command on it says so",
    arguments: [
      ("run.json", #""batchSize" : 5"#, #""batchSize" : 9223372036854775807"#, "training.batchSize: expected 1 to 65,536, found 9223372036854775807"),
      ("run.json", #""batchSize" : 5"#, #""batchSize" : 1e308"#, "training.batchSize: expected 1 to 65,536, found 1e308"),
      ("run.json", #""seed" : 3"#, #""seed" : -1e300"#, "training.seed: expected a number that has room, found -1e300"),
      ("run.json", #""epochs" : 2"#, #""epochs" : -1"#, "training.epochs: expected 1 to 1,000,000, found -1"),
      ("run.json", #""epochs" : 2"#, #""epochs" : "x""#, "training.epochs: expected a whole number, found \"x\""),
      ("run.json", #""created" : 1450000000"#, #""created" : 1e19"#, "created: expected seconds since 1970, found 1e+19"),
      ("run.json", #""workers" : 1"#, #""workers" : 4611686018427387904"#, "workers: expected 1 to 1,024"),
      ("run.json", #""rate" : 0.0"#, #""rate" : -0.0"#, "training: rate: expected a number above 0"),
      ("extensions.json", #""epochs": 2"#, #""epochs": 9223372036854775807"#, "[0].epochs: expected 1 to 1,000,000, found 9223372036854775807"),
      ("extensions.json", #""steps": 4"#, #""steps": 9223372036854775807"#, "[0].steps: expected 0 to"),
      ("result.json", #""step" : 4"#, #""step" : 9223372036854775807"#, "progress.step: expected 0 to 1,099,511,627,776, found 9223372036854775807"),
      ("result.json", #""stepsPerEpoch" : 2"#, #""stepsPerEpoch" : 18446744073709551616"#, "progress.stepsPerEpoch: expected 0 to"),
      ("result.json", #""session" : 1"#, #""session" : -9223372036854775808"#, "session: expected 0 to 1,000,000,000"),
      ("result.json", #""epoch" : 0"#, #""epoch" : "nan""#, "progress.epoch: expected 0 or more, found nan"),
    ])
  func damaged(file: String, old: String, new: String, words: String) throws {
    let run = try makeRuns()
    try change(file, of: run, old, new)
    let summary = try listed()
    #expect(summary.state == .damaged)
    #expect(summary.problem?.contains("\(run.path)/\(file): \(words)") == true, "\(summary.problem ?? "")")
    for action: () throws -> Void in [
      { _ = try run.state() }, { try run.resume(home: home) }, { try RunQueue(home: home).add(run) }, { try run.extend(by: .moreEpochs(1)) },
      { try run.pause() }, { try run.stop(home: home) },
    ] {
      let problem = #expect(throws: Problem.self) { try action() }
      #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "")")
    }
    try run.checkRemovable()
  }

  @Test(
    "A heartbeat with numbers at their limits is none: the run counts as lost and says which key",
    arguments: [
      (#""step" : 4"#, #""step" : 9223372036854775807"#, "progress.step"), (#""session" : 1"#, #""session" : 9223372036854775807"#, "session"),
      (#""memory" : 1"#, #""memory" : 9223372036854775807"#, "usage.memory"), (#""cores" : 1"#, #""cores" : "-inf""#, "usage.cores"),
      (#""time" : 1460000000"#, #""time" : -1"#, "time"),
    ])
  func heartbeat(old: String, new: String, key: String) throws {
    let run = try makeRuns()
    try change("heartbeat", of: run, old, new)
    #expect(try listed().state == .finished)
    try FileManager.default.removeItem(atPath: run.resultFile)
    let summary = try listed()
    #expect(summary.state == .lost && summary.problem?.contains("/heartbeat: \(key): expected") == true, "\(summary.problem ?? "")")
    #expect(try run.state() == .lost)
  }

  @Test(
    "What a later version made is newer, never failed; nothing of it is changed, and every command says so",
    arguments: [
      ("run.json", #""cosine" : {"#, #""exponential" : {"gamma" : 0.9"#, "training.solver.schedule: found “exponential”"),
      ("run.json", #""alexnet-28""#, #""resnet-152""#, "training.network: found “resnet-152”"),
      ("run.json", #""momentum" :"#, #""optimizer" : "adam", "momentum" :"#, "training.solver.optimizer: found a key"),
      ("run.json", #""name" :"#, #""format" : 2, "name" :"#, "found a key"),
      ("run.json", #""resize" : "warp""#, #""resize" : "lanczos""#, "training.augmentation.resize: found \"lanczos\""),
      ("run.json", #""validateEvery" : 1"#, #""validateEvery" : 1, "tuning" : {"part" : {"from" : {"_0" : "conv9"}}, "rateFactors" : {}}"#, "training.tuning: found the layer “conv9”"),
      ("run.json", #""recipe" : ["#, #""recipe" : [{"step" : "wu-palmer", "k" : 3}"#, "labelSet.recipe[0].step: found “wu-palmer”"),
      ("run.json", #""program" : "imagenet-tui 0""#, #""program" : "imagenet-tui 9.1 (x)", "keep" : 0"#, "keep: found 0"),
      ("extensions.json", #""epochs": 2"#, #""epochs": 2, "rate": 0.1"#, "extensions.json: rate: found a key"),
      ("result.json", #""finished""#, #""preempted""#, "outcome: found \"preempted\""),
    ])
  func newer(file: String, old: String, new: String, words: String) throws {
    let run = try makeRuns()
    try change(file, of: run, old, new)
    let summary = try listed()
    #expect(summary.state == .newer && summary.problem?.contains("newer version") == true, "\(summary.problem ?? "")")
    let before = folder.contents(of: "runs/\(run.id)")
    let entry = #"{"run": "\#(run.id)", "host": "\#(RunQueue.host)", "sessions": 1}"#
    try AtomicFile.write(#"{"order": [\#(entry)], "limits": {}}"#, to: home.path + "/queue/queue.json")
    _ = try RunQueue(home: home).push(executable: "/bin/false")
    for action: () throws -> Void in [
      { _ = try run.state() }, { try run.resume(home: home) }, { try run.extend(by: .moreEpochs(1)) }, { try run.pause() },
      { _ = try RunTrash(home: home).remove(run) }, { try run.checkRemovable() }, { _ = try RunWorker(run, home: home).work() },
    ] {
      let problem = #expect(throws: Problem.self) { try action() }
      #expect(problem?.isOfNewerVersion == true && problem?.description.contains(words) == true, "\(problem?.description ?? "")")
    }
    if file != "result.json" { #expect(throws: Problem.self) { try run.annotate { $0.note = "mine" } } }
    let isUntouched = folder.contents(of: "runs/\(run.id)") == before
    #expect(isUntouched)
  }

  @Test("A tensor or a fact in a checkpoint that this version does not know is a later version's, wherever it is read", arguments: ["momentum2.conv1.weight", "ema.conv1.weight", "conv9.weight", "key"])
  func newerCheckpoint(name: String) throws {
    let run = try makeRuns()
    var metadata = ["network": "alexnet-28", "classes": "2", "seed": "3", "step": "4", "epoch": "2.0", "validated": "0"]
    let network = try Architecture.named("alexnet-28").network(classes: 2, batch: 1, purpose: .training, backend: ReferenceBackend())
    let weights = zip(network.parameters, network.values).map { (name: $0.name, tensor: $1) }
    let tensors = weights + weights.map { ("momentum." + $0.name, $0.tensor) } + [("input.mean", Tensor([1], shape: [1]))]
    try SafetensorsFile.write(tensors, metadata: metadata, to: run.checkpoints.path(4))
    #expect(try run.checkpoints.load(4).tensors.count == weights.count + 1)
    if name == "key" { metadata["schedule"] = "x" }
    try SafetensorsFile.write(tensors + (name == "key" ? [] : [(name, Tensor([1], shape: [1]))]), metadata: metadata, to: run.checkpoints.path(4))
    for read: () throws -> Void in [{ _ = try run.checkpoints.load(4) }, { _ = try StartingWeights(run.checkpoints.path(4), home: home) }] {
      let problem = #expect(throws: Problem.self) { try read() }
      #expect(problem?.isOfNewerVersion == true && problem?.place == run.checkpoints.path(4) + ": " + (name == "key" ? "schedule" : name), "\(problem?.description ?? "")")
    }
  }

  @Test("A run without checkpoints says whether one is to come, and a step that has none lists those that there are")
  func noCheckpoints() throws {
    let over = try makeRuns()
    let waiting = try RunDirectory.create(exampleConfiguration(name: "waiting", created: 1.46e9), in: home.runs)
    #expect(#expect(throws: Problem.self) { try over.chosenCheckpoint(nil) }?.description.contains("wait") == false)
    #expect(#expect(throws: Problem.self) { try waiting.chosenCheckpoint(3) }?.advice?.hasPrefix("wait") == true)
    // Numbers that no training reaches are no steps.
    for name in ["2", "40", "-1", "9223372036854775807"] { try AtomicFile.write("x", to: "\(over.path)/checkpoints/\(name).safetensors") }
    #expect(over.checkpoints.steps() == [2, 40])
    let problem = #expect(throws: Problem.self) { try over.chosenCheckpoint(.max) }
    #expect(problem?.expected == "step 2, 40" && problem?.found == "9223372036854775807")
    #expect(try over.chosenCheckpoint(40) == 40)
  }

  @Test("A file that is cut off is damaged, whoever made the run")
  func cutOff() throws {
    let run = try makeRuns()
    try change("run.json", of: run, #""imagenet-tui 0""#, #""imagenet-tui 9""#)
    let whole = folder.bytes(of: "runs/\(run.id)/run.json")
    for count in [0, 1, whole.count / 2, whole.count - 3] {
      folder.write(Array(whole.prefix(count)), to: "runs/\(run.id)/run.json")
      #expect(try listed().state == .damaged)
    }
  }

  @Test(
    "A queue with numbers or keys that are not its own is refused and stays",
    arguments: [
      (#"{"order": [{"run": "a", "host": "b", "sessions": 9223372036854775807}], "limits": {}}"#, "order[0].sessions: expected 0 to"),
      (#"{"order": [], "limits": {"box": -1}}"#, "limits.box: expected 0 to 1,000, found -1"),
      (#"{"order": [{"run": "a", "host": "b", "sessions": 1, "gpu": 2}], "limits": {}}"#, "order.gpu"),
      (#"{"order": [], "limits": {}, "priorities": {"a": 1}}"#, "priorities"),
    ])
  func queue(text: String, words: String) throws {
    _ = try makeRuns()
    try AtomicFile.write(text, to: home.path + "/queue/queue.json")
    let problem = #expect(throws: Problem.self) { try RunQueue(home: home).setLimit(3) }
    #expect(problem?.description.contains("queue.json: \(words)") == true, "\(problem?.description ?? "")")
    #expect(String(decoding: folder.bytes(of: "queue/queue.json"), as: UTF8.self) == text)
    #expect(try listed().state == .finished)
  }
}
