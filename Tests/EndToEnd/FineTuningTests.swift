import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// Trainings that begin with the weights of another, as real processes.
@Suite struct FineTuningTests {
  let home: TinyHome

  init() throws {
    home = try TinyHome()
    let trained = try home.start(TinyHome.training("base", epochs: 2))
    try #require(trained.wait() == 0, "\(trained.errors)")
  }

  func bytes(_ run: RunDirectory, step: Int) -> [UInt8] {
    FileManager.default.contents(atPath: run.checkpoints.path(step)).map(Array.init) ?? []
  }

  @Test("However often a tuning is killed it ends in the same bits, with features kept or made anew", arguments: [true, false])
  func equalBits(keeps: Bool) throws {
    if !keeps {
      // Mirrored images have no features that could be kept.
      let base = try home.directory("base")
      var configuration = try base.configuration()
      configuration.training.augmentation.mirror = true
      try RunJSON.write(configuration, to: base.configurationFile)
    }
    func queue(_ name: String, workers: Int) throws -> RunDirectory {
      try home.queue(name, epochs: 2, workers: workers, from: "base", tune: "from:fc7")
    }
    func worker(_ run: RunDirectory) throws -> ProgramRun {
      try home.start(["worker", run.path, "--home", home.path, "--checkpoint-every", "0"])
    }
    let whole = try queue("whole", workers: 1)
    #expect(try worker(whole).wait() == 0)
    let expected = bytes(whole, step: 10)
    try #require(!expected.isEmpty)
    for workers in [1, 2] {
      let run = try queue("killed-\(workers)", workers: workers)
      #expect(run.checkpoints.steps() == [0])
      var kills = 0
      while kills < 30 {
        let before = run.checkpoints.steps().last ?? 0
        let program = try worker(run)
        _ = home.wait { program.hasEnded || run.checkpoints.steps().last ?? 0 > before }
        if program.hasEnded { break }
        program.send(signal: SIGKILL)
        program.wait()
        kills += 1
      }
      #expect(kills >= 5)
      #expect(try run.state() == .finished)
      #expect(bytes(run, step: 10) == expected, "with \(workers) workers, killed \(kills) times")
    }
    // What was kept goes when it is of no more use.
    #expect((try? FileManager.default.contentsOfDirectory(atPath: home.path + "/cache/trunks"))?.isEmpty ?? true)
  }

  @Test("A tuning says where it is from, and begins a new classifier where the label set is another")
  func lineage() throws {
    let saved = try home.run("labels", "without", "--dataset", "tiny", "--below", "n02774152", "--save", "two")
    try #require(saved.code == 0, "\(saved.errors)")
    let program = try home.start(
      [
        "train", "--dataset", "tiny", "--labels", "two", "--from", "base", "--tune", "last", "--epochs", "1", "--batch",
        "8", "--name", "tuned",
      ])
    #expect(program.wait() == 0, "\(program.errors)")
    let base = try home.directory("base")
    let lineage = try #require(try home.directory("tuned").configuration().lineage)
    #expect(lineage.from == base.id && lineage.step == base.checkpoints.best())
    #expect(lineage.hasNewHead)
    #expect(program.errors.contains("the classifier begins anew"))
    #expect(program.errors.contains("begins with the weights of \(base.id)"))
    #expect(program.errors.contains("only fc8 and what is behind it learns"))
    let shown = try home.run("runs", "show", "tuned")
    #expect(shown.output.contains("from \(base.id), step"))
    // A file does as well as a run, and all may learn.
    let file = base.checkpoints.path(try #require(base.checkpoints.best()))
    let all = try home.start(
      ["train", "--dataset", "tiny", "--from", file, "--epochs", "1", "--batch", "8", "--name", "all", "--rate-factor", "fc8=10"])
    #expect(all.wait() == 0, "\(all.errors)")
    let kept = try home.directory("all").configuration()
    #expect(kept.training.tuning?.rateFactors == ["fc8": 10] && kept.lineage?.hasNewHead == false)
  }

  @Test("What cannot be tuned is one line before anything is made", arguments: [
    (["--from", "nobody"], 66), (["--from", "none.safetensors"], 66), (["--tune", "last"], 64), (["--from", "base", "--tune", "most"], 64),
    (["--from", "base", "--tune", "from:relu7"], 64), (["--from", "base", "--net", "resnet8-28"], 64),
    (["--from", "base", "--rate-factor", "fc8"], 64), (["--from", "base", "--rate-factor", "fc9=2"], 64),
    (["--from", "base", "--rate-factor", "fc8=-2"], 1),
  ])
  func refusals(arguments: [String], code: Int) throws {
    let program = try home.start(["train", "--dataset", "tiny"] + arguments)
    #expect(program.wait() == code)
    #expect(program.errors.split(separator: "\n").count == 1, "\(program.errors)")
    #expect(home.reader.refresh().count == 1)
  }
}
