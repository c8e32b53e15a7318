import Engine
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite struct TrainCommandTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  @Test("train follows its worker to the end and prints the result")
  func foreground() throws {
    let program = try home.start(TinyHome.training("short", epochs: 2) + ["--json"])
    #expect(program.wait() == 0, "\(program.errors)")
    let result = try JSONDecoder().decode(RunSummary.self, from: Data(program.output.utf8))
    #expect(result.state == .finished && result.name == "short" && result.classes == 3)
    #expect(result.progress.step == 10 && result.progress.steps == 10)
    #expect(result.progress.best?.images == 9)
    #expect(program.errors.contains("3 classes, 36 images"))
  }

  @Test("Ctrl-C stops the run at a checkpoint and says how to go on; it then goes on")
  func interrupt() throws {
    let program = try home.start(TinyHome.training("long", epochs: 100_000))
    #expect(try home.wait { try !home.reader.refresh().isEmpty && home.state("long") == .running })
    #expect(try home.wait { try home.reader.find("long").progress.step > 0 })
    program.send(signal: SIGINT)
    #expect(program.wait() == 130)
    #expect(program.errors.contains("runs resume"))
    let stopped = try home.reader.find("long")
    #expect(stopped.state == .stopped)
    #expect(RunDirectory(stopped.path).checkpoints.steps().contains(stopped.progress.step))
    #expect(try home.run("runs", "resume", "long").code == 0)
    #expect(try home.wait { try home.reader.find("long").progress.step > stopped.progress.step })
  }

  @Test("A detached training survives its terminal: it leads a session of its own")
  func detach() throws {
    let program = try home.start(TinyHome.training("free", epochs: 100_000) + ["--detach"])
    #expect(program.wait() == 0, "\(program.errors)")
    let run = try home.directory("free")
    let worker = try #require(run.heartbeat()?.worker)
    #expect(getsid(worker.pid) == worker.pid)
    #expect(try run.state() == .running)
    for descriptor in 0...2 {
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(worker.pid)/fd/\(descriptor)")
      #expect(target == (descriptor == 0 ? "/dev/null" : run.log))
    }
  }

  @Test("The run keeps all that is needed to repeat it")
  func configuration() throws {
    #expect(try home.start(TinyHome.training("kept", epochs: 1) + ["--seed", "7"]).wait() == 0)
    let configuration = try home.directory("kept").configuration()
    #expect(configuration.training.seed == 7 && configuration.training.epochs == 1)
    #expect(configuration.labelSet.classes.map(\.members) == [["n02774152"], ["n03057021"], ["n03236735"]])
    #expect(try configuration.fingerprint == DatasetCatalog(home: home.home).open("tiny").fingerprint)
    #expect(configuration.command.dropFirst().starts(with: ["train", "--dataset", "tiny"]))
  }

  @Test(
    "What cannot be trained is refused in one line before anything is made",
    arguments: [
      (["--dataset", "nowhere"], "nowhere"), (["--net", "resnet"], "resnet"), (["--labels", "none"], "none"),
      (["--epochs", "0"], "epochs"), (["--batch", "0"], "batch"),
      (["--batch", "99999999999"], "batch"), (["--rate", "nan"], "rate"),
      (["--workers", "0"], "workers"), (["--name", "../up"], "../up"), (["--name", "a b"], "a b"),
    ])
  func refusals(arguments: [String], place: String) throws {
    let program = try home.start(["train", "--dataset", "tiny", "--net", "alexnet-28"] + arguments)
    #expect(program.wait() == 1)
    #expect(program.errors.split(separator: "\n").count == 1)
    #expect(program.errors.contains(place))
    #expect(home.reader.refresh().isEmpty)
  }

  @Test("Wrong usage is told apart: exit code 64", arguments: [["--epochs", "many"], ["--seed", "-1"], ["--what"]])
  func usage(arguments: [String]) throws {
    #expect(try home.start(["train"] + arguments).wait() == 64)
  }

  @Test("A home that cannot be written is one clear line")
  func unwritableHome() throws {
    let program = try home.start(["train", "--home", "/proc/nowhere", "--epochs", "1"])
    #expect(program.wait() == 1)
    #expect(program.errors.split(separator: "\n").count == 1)
    #expect(program.errors.contains("/proc/nowhere"))
  }
}
