import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Runs that are made longer, and runs that are launched like others.
@Suite struct ExtendTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  func run(_ name: String, epochs: Int, schedule: String = "constant") throws -> RunDirectory {
    let program = try home.start(TinyHome.training(name, epochs: epochs) + ["--schedule", schedule])
    try #require(program.wait() == 0, "\(program.errors)")
    return try home.directory(name)
  }

  func bytes(_ run: RunDirectory, _ step: Int) -> [UInt8] {
    FileManager.default.contents(atPath: run.checkpoints.path(step)).map(Array.init) ?? []
  }

  func curve(_ run: RunDirectory, _ metric: RunMetric) throws -> [Float] {
    var curves = RunCurves(folder: run.path)
    try curves.refresh()
    return curves[metric].map(\.value)
  }

  @Test("A finished run goes on in the bits of one that was launched so long", arguments: ["constant", "step:7:0.5"])
  func finished(schedule: String) throws {
    let whole = try run("whole", epochs: 4, schedule: schedule)
    let short = try run("short", epochs: 2, schedule: schedule)
    let before = FileManager.default.contents(atPath: short.configurationFile)
    let extended = try home.run("runs", "extend", "short", "--epochs", "+2")
    #expect(extended.code == 0 && extended.output.contains("extended to 20 steps, from 10") && !extended.errors.contains("note"))
    #expect(try home.wait { try short.state() == .finished && short.result()?.progress.step == 20 })
    #expect(!bytes(whole, 20).isEmpty && bytes(short, 20) == bytes(whole, 20))
    #expect(try curve(short, .trainLoss) == curve(whole, .trainLoss))
    #expect(FileManager.default.contents(atPath: short.configurationFile) == before)
    #expect(try short.configuration().training == whole.configuration().training)
    #expect(try home.reader.find("short").epochs == 4)
    #expect(try home.run("runs", "show", "short").output.contains("to 20 steps"))
  }

  @Test("A running run takes the new length up without a new worker, and a stopped one goes on to it")
  func live() throws {
    let whole = try run("whole", epochs: 60)
    let program = try home.start(TinyHome.training("asked", epochs: 100_000) + ["--schedule", "constant", "--detach"])
    #expect(program.wait() == 0)
    let asked = try home.directory("asked")
    #expect(home.wait { asked.heartbeat()?.progress.step ?? 0 > 0 })
    #expect(try home.run("runs", "extend", "asked", "--epochs", "200000").output.contains("is running"))
    #expect(asked.heartbeat()?.progress.steps == 1_000_000 && asked.heartbeat()?.session == 1)
    #expect(try home.run("runs", "stop", "asked").code == 0)

    let stopped = try home.start(TinyHome.training("stopped", epochs: 50) + ["--schedule", "constant"])
    #expect(try home.wait { try home.reader.refresh().contains { $0.name == "stopped" } && home.reader.find("stopped").progress.step > 0 })
    stopped.send(signal: SIGINT)
    stopped.wait()
    let run = try home.directory("stopped")
    #expect(try run.result()?.progress.step ?? 0 < 250)
    #expect(try home.run("runs", "extend", "stopped", "--iterations", "300").code == 0)
    #expect(try home.wait { try run.state() == .finished })
    #expect(bytes(run, 300) == bytes(whole, 300))
  }

  @Test("A run that is extended while it runs, or waits, ends in the bits of one launched so long, with one worker", arguments: [false, true])
  func whileRunning(isPaused: Bool) throws {
    let whole = try run("whole", epochs: 60)
    let program = try home.start(TinyHome.training("live", epochs: 40) + ["--schedule", "constant", "--detach"])
    #expect(program.wait() == 0)
    let live = try home.directory("live")
    #expect(home.wait { live.heartbeat()?.progress.step ?? 0 > 0 })
    if isPaused { #expect(try home.run("runs", "pause", "live").code == 0) }
    #expect(try home.run("runs", "extend", "live", "--epochs", "60").code == 0)
    if isPaused { #expect(try home.run("runs", "resume", "live").code == 0) }
    #expect(try home.wait { try live.state() == .finished && live.result()?.progress.step == 300 })
    #expect(try live.result()?.session == 1)
    #expect(!bytes(whole, 300).isEmpty && bytes(live, 300) == bytes(whole, 300))
    #expect(try curve(live, .trainLoss) == curve(whole, .trainLoss) && curve(live, .top1) == curve(whole, .top1))
  }

  @Test("Where the rate depends on the length this is said, and the rest of the run has the longer run's rates")
  func cosine() throws {
    let whole = try run("whole", epochs: 4, schedule: "cosine")
    let short = try run("short", epochs: 2, schedule: "cosine")
    let extended = try home.run("runs", "extend", "short", "--epochs", "4")
    #expect(extended.errors.contains("stretched over the new length") && extended.errors.contains("differs from that of a run launched with this length"))
    #expect(try home.wait { try short.state() == .finished && short.result()?.progress.step == 20 })
    let rates = try curve(short, .learningRate)
    #expect(try rates.suffix(10) == curve(whole, .learningRate).suffix(10) && rates.prefix(10) != curve(whole, .learningRate).prefix(10))
    #expect(bytes(short, 20) != bytes(whole, 20))
  }

  @Test("A length that is none, or no longer, is refused, and so is a run that never began")
  func refusals() throws {
    _ = try run("done", epochs: 2)
    for length in ["2", "1", "0", "-1", "+0", "many", "99999999999999999999"] {
      let answer = try home.run("runs", "extend", "done", "--epochs=\(length)")
      #expect(answer.code == 64 && answer.errors.split(separator: "\n").count == 1, "\(length): \(answer)")
    }
    #expect(try home.run("runs", "extend", "done").code == 64)
    #expect(try home.directory("done").extensions().isEmpty && home.state("done") == .finished)
    _ = try home.queue("young", epochs: 1)
    #expect(try home.run("runs", "extend", "young", "--epochs", "9").errors.contains("never began"))
  }

  @Test("A clone has the bits of its model, and with changes these alone differ")
  func clone() throws {
    let model = try run("model", epochs: 2)
    let same = try home.run("runs", "clone", "model", "--name", "same")
    #expect(same.code == 0, "\(same.errors)")
    let twin = try home.directory("same")
    #expect(bytes(twin, 10) == bytes(model, 10))
    #expect(try home.run("runs", "extend", "model", "--epochs", "3").code == 0)
    #expect(try home.wait { try model.state() == .finished && model.result()?.progress.step == 15 })
    #expect(try home.run("runs", "clone", "model", "--seed", "5", "--rate", "0.002", "--name", "other", "--tag", "new").code == 0)
    var expected = try model.launched().training
    expected.seed = 5
    expected.solver.learningRate = 0.002
    let other = try home.directory("other")
    #expect(try other.configuration().training == expected && other.notes().tags == ["new"])
    #expect(try other.configuration().labelSet == model.configuration().labelSet)
    let net = try home.run("runs", "clone", "model", "--net", "resnet8-28", "--name", "net", "--queue")
    #expect(net.code == 0 && net.errors.contains("as its recipe says"))
    let changed = try home.directory("net").configuration().training
    #expect(changed.network == "resnet8-28" && changed.epochs == 2 && changed.seed == expected.seed - 4)
  }

  @Test("A tuned run is cloned with its weights and its rate")
  func tuned() throws {
    _ = try run("base", epochs: 1)
    let program = try home.start(
      ["train", "--from", "base", "--dataset", "tiny", "--tune", "last", "--rate", "0.004", "--epochs", "1", "--name", "tuned"])
    #expect(program.wait() == 0, "\(program.errors)")
    #expect(try home.run("runs", "clone", "tuned", "--name", "twin").code == 0)
    let (tuned, twin) = (try home.directory("tuned"), try home.directory("twin"))
    #expect(try twin.configuration().training == tuned.configuration().training)
    let step = try #require(tuned.checkpoints.steps().last)
    #expect(bytes(tuned, step) == bytes(twin, step))
  }

  @Test("checkpoint keeps one at once, and the run goes on")
  func checkpoint() throws {
    let program = try home.start(TinyHome.training("kept", epochs: 100_000) + ["--detach", "--validate-every", "50000"])
    #expect(program.wait() == 0)
    let run = try home.directory("kept")
    #expect(home.wait { run.heartbeat()?.progress.step ?? 0 > 5 })
    #expect(run.checkpoints.steps().isEmpty)
    #expect(try home.run("runs", "checkpoint", "kept").output.contains("wrote a checkpoint of "))
    #expect(!run.checkpoints.steps().isEmpty)
    #expect(try run.state() == .running)
    #expect(try home.run("runs", "stop", "kept").code == 0)
    #expect(try home.run("runs", "checkpoint", "kept").code == 1)
  }
}
