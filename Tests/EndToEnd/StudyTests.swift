import Files
import FoundationEssentials
import Glibc
import Kernels
import Runs
import Studies
import TestSupport
import Testing

/// Studies as they are run: killed, stopped, failing, side by side.
@Suite struct StudyTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  /// Two nets, a test that trains and one that measures.
  private static func study(_ train: String = "rate: .001, epochs: 2", tests: String? = nil) -> String {
    """
    study: 1
    dataset: tiny
    train: {net: alexnet-28, batch: 8, \(train)}
    nets: {fine: all, few: images 6 seed 1, random: untrained}
    tests: \(tests ?? "{tuned: {tune: last, labels: all, epochs: 1, rate: .001, batch: 8}, near: {measure: knn, k: 3}}")
    reports:
      r: {rows: [fine, few], columns: [own, tuned, near]}
      s: {rows: [random, fine], columns: [near]}
    """
  }

  private func write(_ name: String, _ text: String = study(), in home: TinyHome? = nil) throws -> String {
    let path = (home ?? self.home).folder.path + "/\(name).yaml"
    try AtomicFile.write(text, to: path)
    return path
  }

  private func run(_ arguments: [String], in home: TinyHome? = nil) throws -> (code: Int, output: String, errors: String) {
    let program = try (home ?? self.home).start(["study"] + arguments)
    return (program.wait(), program.output, program.errors)
  }

  /// The weights of the last checkpoints of a home's runs, by the runs' names.
  private func weights(_ home: TinyHome) throws -> [String: [UInt32]] {
    var found: [String: [UInt32]] = [:]
    for run in home.reader.refresh() {
      let checkpoints = RunDirectory(run.path).checkpoints
      let step = try #require(checkpoints.steps().last)
      // Without the names of what it began with.
      let file = try SafetensorsFile(checkpoints.path(step))
      var values: [UInt32] = []
      for name in file.names.sorted() {
        let tensor = Tensor(try #require(file.shape(of: name)))
        try file.read(name, into: tensor)
        values += tensor.elements.map(\.bitPattern)
      }
      found[run.name] = values
    }
    return found
  }

  @Test("A study does what it lacks, once, and fills its tables") func complete() throws {
    let path = try write("whole")
    let plan = try run(["plan", path])
    #expect(plan.code == 0 && plan.output.contains("4 trainings, 1 untrained net, 3 measures to make, 0 there"), "\(plan.output)\(plan.errors)")
    let asked = try run(["run", path])
    #expect(asked.code == 64 && asked.errors.contains("--yes"), "\(asked.errors)")
    let first = try run(["run", path, "--yes"])
    #expect(first.code == 0 && first.output.contains("complete: 8 pieces of work"), "\(first.output)\(first.errors)")
    let runs = home.reader.refresh()
    #expect(runs.count == 5 && runs.allSatisfy { $0.state == .finished && $0.group?.hasPrefix("whole/") == true })
    let report = try run(["report", "whole", "--format", "csv"])
    #expect(report.output.split(separator: "\n").count == 9 && !report.output.contains(",open,"), "\(report.output)")
    let kept = FileManager.default.contents(atPath: home.path + "/studies/whole/report/whole.csv")
    #expect(kept == Data(report.output.utf8))
    // Nothing twice; and a study of another name shares it all.
    #expect(try run(["run", "whole", "--yes"]).code == 0)
    let other = try run(["run", try write("other"), "--yes"])
    #expect(other.code == 0 && other.output.contains("0 trainings, 0 measures to make, 8 there"), "\(other.output)")
    #expect(home.reader.refresh().count == 5)
    #expect(try run(["status", "whole"]).output.contains("8 of 8 done"))
    #expect(try run(["list"]).output.contains("whole"))
    #expect(try run(["show", "whole"]).output == Self.study())
  }

  @Test("Killed again and again with its workers, a study ends in the bits of one that nobody disturbed") func kills() throws {
    let quiet = try TinyHome()
    let text = Self.study("rate: .001, epochs: 6")
    #expect(try run(["run", write("x", text, in: quiet), "--yes"], in: quiet).code == 0)
    let path = try write("x", text)
    var random = SystemRandomNumberGenerator()
    var kills = 0, ended = false
    while !ended, kills < 30 {
      let program = try home.start(["study", "run", path, "--yes"])
      let patience = Int.random(in: 20...1500, using: &random)
      for _ in 0..<patience where !program.hasEnded { usleep(1_000) }
      ended = program.hasEnded
      guard !ended else { break }
      kills += 1
      program.send(signal: SIGKILL)
      program.wait()
      for run in home.reader.refresh() where run.state.isLive {
        if let worker = RunDirectory(run.path).heartbeat()?.worker { kill(worker.pid, SIGKILL) }
      }
    }
    #expect(try run(["run", path, "--yes"]).code == 0)
    #expect(home.reader.refresh().count == quiet.reader.refresh().count)
    #expect(try weights(home) == weights(quiet))
    func numbers(_ home: TinyHome) throws -> [[Substring]] {
      try run(["report", "x", "--format", "csv"], in: home).output.split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).enumerated().filter { $0.offset != 7 }.map(\.element)
      }
    }
    #expect(try numbers(home) == numbers(quiet))
  }

  @Test("A training that fails blocks what follows from it, and nothing else; resume tries it again") func failure() throws {
    let path = try write("x", Self.study("epochs: 2, rate: 1000, init: \"gaussian:10\""))
    let first = try run(["run", path, "--yes"])
    #expect(first.code == 4, "\(first.output)\(first.errors)")
    let status = try run(["status", "x"]).output
    #expect(status.contains("∞") && status.contains("⊘"), "\(status)")
    // What is measured of random weights is done all the same.
    #expect(status.contains("random  ✓"), "\(status)")
    #expect(try run(["report", "x"]).output.contains("diverged"))
    let again = try run(["resume", "x", "--yes"])
    #expect(again.code == 4)
    #expect(home.reader.refresh().filter { $0.state == .failed }.count == 2)
  }

  @Test("A run that somebody made by hand is taken; removed, its cell is open again") func adopted() throws {
    let trained = try home.start(["train", "--dataset", "tiny", "--net", "alexnet-28", "--batch", "8", "--rate", "0.001", "--epochs", "2", "--validate-every", "2", "--name", "mine"])
    #expect(trained.wait() == 0, "\(trained.errors)")
    let path = try write("x")
    #expect(try run(["plan", path, "--rows", "fine", "--columns", "own"]).output.contains("0 trainings, 0 measures to make, 1 there"))
    #expect(try run(["report", path, "--rows", "fine", "--columns", "own", "--format", "csv"]).output.contains("-mine,"))
    #expect(try home.run("runs", "rm", "mine", "--yes").code == 0)
    #expect(try run(["plan", path, "--rows", "fine", "--columns", "own"]).output.contains("1 training, 0 measures to make, 0 there"))
  }

  @Test("Two studies at once on one home train what they share once") func together() throws {
    let paths = try [write("one"), write("two")]
    let programs = try paths.map { try home.start(["study", "run", $0, "--yes"]) }
    for program in programs { #expect(program.wait() == 0, "\(program.output)\(program.errors)") }
    #expect(home.reader.refresh().count == 5)
  }

  @Test("Asked to stop, by a signal or by study stop, it keeps a checkpoint, says how to go on, and does", arguments: [true, false]) func stopped(bySignal: Bool) throws {
    let path = try write("x", Self.study("rate: .001, epochs: 400"))
    let program = try home.start(["study", "run", path, "--yes", "--rows", "fine", "--columns", "own"])
    #expect(home.wait { home.reader.refresh().contains { $0.state == .running && $0.progress.step > 2 } })
    if bySignal { program.send(signal: SIGTERM) } else { #expect(try run(["stop", path]).output.contains("1 training asked to stop")) }
    #expect(program.wait() == 3 && program.output.contains("study run"), "\(program.output)\(program.errors)")
    let run = try #require(home.reader.refresh().first)
    #expect(home.wait { home.reader.refresh().first?.state == .stopped })
    #expect(!RunDirectory(run.path).checkpoints.steps().isEmpty)
    let going = try home.start(["study", "run", path, "--yes", "--rows", "fine", "--columns", "own"])
    #expect(home.wait { home.reader.refresh().first.map { $0.state == .running && $0.progress.step > run.progress.step } ?? false })
    going.send(signal: SIGTERM)
    #expect(going.wait() == 3)
    #expect(home.reader.refresh().count == 1)
  }

  @Test("What is wrong in a file is said line by line, before anything starts") func faults() throws {
    let path = try write("bad", "study: 1\ndataset: tiny\nnets: {a: al}\nreports: {r: {rows: [b], columns: [own]}}\n")
    let ended = try run(["run", path, "--yes"])
    #expect(ended.code == 65 && ended.errors.contains("\(path):3:11: “al” makes no classes; did you mean `all`?") && ended.errors.contains("\(path):4:"), "\(ended.errors)")
    #expect(try run(["run", "gone", "--yes"]).code == 66)
    #expect(try run(["new", "--from", "fig2"]).errors.contains("did you mean `fig-2`?"))
  }

  @Test("A study of the paper, scaled to small data, is made, planned, and never replaced unasked") func new() throws {
    let made = try run(["new", "--from", "fig-1", "--dataset", "tiny"])
    #expect(made.code == 0 && made.output.contains("fig-1-tiny"), "\(made.errors)")
    #expect(try run(["plan", "fig-1-tiny"]).code == 0)
    #expect(try run(["new", "--from", "fig-1", "--dataset", "tiny"]).code == 73)
    #expect(try run(["new", "--from", "fig-1", "--dataset", "tiny", "--replace"]).code == 0)
  }
}

extension StudyTests {
  @Test("Weights from a file are a row: taken in once, validated, and tuned; so are random ones") func files() throws {
    let trained = try home.start(TinyHome.training("fine", epochs: 2))
    #expect(trained.wait() == 0)
    let weights = home.folder.path + "/w.safetensors"
    #expect(try home.run("weights", "export", "fine", "--format", "native", "-o", weights).code == 0)
    let path = home.folder.path + "/x.yaml"
    try AtomicFile.write(
      """
      study: 1
      dataset: tiny
      train: {net: alexnet-28}
      nets: {stranger: "file \(weights)", random: untrained, mine: run fine}
      tests: {tuned: {tune: last, epochs: 1, batch: 8, rate: .001}, same: {measure: accuracy}}
      reports: {r: {rows: nets, columns: [own, tuned, same]}}
      """, to: path)
    for turn in 1...2 {
      let ended = try home.run("study", "run", path, "--yes")
      #expect(ended.code == 0, "turn \(turn): \(ended.output)\(ended.errors)")
    }
    // The run, the file, the random net, and what was tuned of each.
    #expect(home.reader.refresh().count == 6)
    let report = try home.run("study", "report", path, "--format", "csv").output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    func value(_ row: String, _ column: String) -> Substring? { report.first { $0[1] == row && $0[2] == column && $0[3] == "accuracy" }?[6] }
    #expect(report.allSatisfy { !$0[6].isEmpty }, "\(report)")
    #expect(value("stranger", "own") == value("stranger", "same") && value("mine", "own") == value("mine", "same"))
  }

  @Test("In the background it goes on by itself, and can be stopped from elsewhere") func detached() throws {
    let path = home.folder.path + "/x.yaml"
    try AtomicFile.write(
      "study: 1\ndataset: tiny\ntrain: {net: alexnet-28, batch: 8, epochs: 500, rate: .001}\nnets: {fine: all}\nreports: {r: {rows: nets, columns: [own]}}\n", to: path)
    let started = try home.run("study", "run", path, "--yes", "--detach")
    #expect(started.code == 0 && started.output.contains("goes on in the background"), "\(started.errors)")
    #expect(home.wait { home.reader.refresh().contains { $0.state == .running && $0.progress.step > 2 } })
    #expect(StudyProcess.isRun("x", home: home.home))
    #expect(try home.run("study", "stop", "x").output.contains("1 training asked to stop"))
    #expect(home.wait { !StudyProcess.isRun("x", home: home.home) && home.reader.refresh().allSatisfy { $0.state == .stopped } })
    func log() -> String { FileManager.default.contents(atPath: StudyProcess.log("x", home: home.home)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
    // It says so after it has let go of the study.
    #expect(home.wait { log().contains("stopped with 0 of 1 done") }, "\(log())")
  }

  @Test("SUN's protocol and a transfer to other images train on their own data, from the net's last weights") func transfer() throws {
    let sun = home.folder.path + "/sun"
    _ = try SUNStandIn(at: sun, each: 4)
    let added = try home.run("data", "add", "sun397", sun)
    #expect(added.code == 0, "\(added.errors)")
    let path = home.folder.path + "/x.yaml"
    try AtomicFile.write(
      """
      study: 1
      dataset: sun397
      train: {net: alexnet-28, batch: 8, epochs: 1, rate: .001}
      nets: {fine: all, few: images 2 seed 1}
      tests:
        sun: {task: sun-cls, data: sun397, iterations: 3, batch: 8}
        other: {task: classification, data: sun397, iterations: 2, batch: 8, tune: last}
        gone: {task: classification, data: nowhere}
      reports: {r: {rows: nets, columns: [sun, other, gone]}}
      """, to: path)
    let ended = try home.run("study", "run", path, "--yes")
    #expect(ended.code == 0 && ended.output.contains("gone: "), "\(ended.output)\(ended.errors)")
    let tuned = try #require(home.reader.refresh().first { $0.group == "x/sun" && $0.name.contains("fine") })
    let configuration = try RunDirectory(tuned.path).configuration()
    #expect(configuration.lineage?.hasNewHead == false && configuration.training.solver.learningRate == 0.001 && configuration.training.iterations == 3)
    #expect(configuration.training.solver.schedule.text == "step:20000:0.1")
    let report = try home.run("study", "report", path).output
    #expect(report.contains("SUN-397, partition 1"), "\(report)")
  }

  @Test("Features of another program are a row: what can be measured of them is, and nothing is trained") func importedFeatures() throws {
    let exported = home.folder.path
    let trained = try home.start(TinyHome.training("fine", epochs: 1))
    #expect(trained.wait() == 0)
    for split in ["train", "val"] {
      let written = try home.run("features", "fine", "--split", split, "-o", "\(exported)/\(split).npy")
      #expect(written.code == 0, "\(written.errors)")
    }
    let names = ["n02774152", "n03057021", "n03236735"]
    for (split, count) in [("train", 12), ("val", 3)] {
      try AtomicFile.write(names.flatMap { name in (0..<count).map { _ in name + "\n" } }.joined(), to: "\(exported)/\(split).txt")
    }
    let taken = try home.run(
      "features", "import", "\(exported)/train.npy", "\(exported)/val.npy", "--labels", "\(exported)/train.txt", "--labels", "\(exported)/val.txt", "--dataset", "tiny",
      "--name", "clip", "--split", "train", "--split", "val", "--rows", "classes")
    #expect(taken.code == 0, "\(taken.errors)")
    let path = home.folder.path + "/x.yaml"
    try AtomicFile.write(
      """
      study: 1
      dataset: tiny
      nets: {clip: features clip, mine: run fine}
      tests: {near: {measure: knn, k: 3}, lin: {measure: linear}, neighbours: {measure: neighbours, k: 2}, tuned: {tune: last}}
      reports: {r: {rows: [clip], columns: [near, lin, neighbours, tuned, own]}, s: {rows: [mine], columns: [near, own]}}
      """, to: path)
    let ended = try home.run("study", "run", path, "--yes")
    #expect(ended.code == 0, "\(ended.output)\(ended.errors)")
    let report = try home.run("study", "report", path, "--format", "csv").output
    // The same numbers as of the run that they are from.
    let values = report.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }.filter { $0[2] == "near" }.map { $0[6] }
    #expect(values.count == 2 && values[0] == values[1] && !values[0].isEmpty, "\(report)")
    #expect(report.contains("r,clip,tuned,accuracy,,,,,,no data") && report.contains("r,clip,neighbours,precision"), "\(report)")
  }
}
