import Datasets
import FoundationEssentials
import Glibc
import Runs
import Settings
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

  @Test("Length, schedule, validation and checkpoints are what was asked for")
  func asked() throws {
    let arguments = [
      "train", "--dataset", "tiny", "--net", "alexnet-28", "--batch", "8", "--name", "asked", "--rate", "0.001",
      "--iterations", "12", "--schedule", "step:5:0.5", "--momentum", "0.8", "--convolution", "columns", "--decay", "0.001", "--validate-every",
      "iterations:4", "--keep", "3",
    ]
    let program = try home.start(arguments)
    #expect(program.wait() == 0, "\(program.errors)")
    let run = try home.directory("asked")
    let configuration = try run.configuration()
    #expect(configuration.training.iterations == 12 && configuration.training.epochs == 3 && configuration.keep == 3)
    #expect(configuration.training.convolution == .columns)
    #expect(configuration.training.solver.momentum == 0.8 && configuration.training.solver.weightDecay == 0.001)
    var curves = RunCurves(folder: run.path)
    try curves.refresh()
    #expect(curves[.top1].map(\.step) == [4, 8, 12])
    #expect(curves[.learningRate][4].value == 0.001 && abs(curves[.learningRate][5].value - 0.0005) < 1e-9)
    #expect(Set(run.checkpoints.steps()).isSuperset(of: [4, 8, 12]))
    let shown = try home.run("runs", "show", "asked").output
    #expect(shown.contains("12 iterations") && shown.contains("step:5:0.5") && shown.contains("every 4 iterations"))
  }

  @Test("A run says what multiplies its matrices, and keeps to OpenBLAS where it was asked to")
  func matrix() throws {
    for (name, asked, shown) in [("plain", [], "own matrix product, "), ("blas", ["--matrix", "openblas"], "OpenBLAS for ")] {
      let program = try home.start(TinyHome.training(name, epochs: 1) + asked)
      #expect(program.wait() == 0, "\(program.errors)")
      #expect(try home.run("runs", "show", name).output.contains("computed     with \(shown)"))
      #expect(try home.run("runs", "log", name).output.contains("using \(shown)"))
      #expect(try home.directory(name).configuration().machine?.text.hasPrefix(shown) == true)
    }
    let difference = try home.run("runs", "diff", "plain", "blas").output
    #expect(difference.contains("matrix products") && difference.contains("openblas"))
  }

  @Test("A process that is bound to one processor takes one core")
  func cores() throws {
    // What a training takes depends on its workers.
    let free = try home.run("nets", "show", "alexnet-28", "--workers", "1").output
    let bound = try home.start(["nets", "show", "alexnet-28"], wrapper: ["/usr/bin/taskset", "-c", "0"])
    #expect(bound.wait() == 0, "\(bound.errors)")
    #expect(bound.output == free)
  }

  @Test("A loss that does not fall is a warning that stays with the run; one that is no number ends it, with advice")
  func health() throws {
    func train(_ name: String, _ learningRate: String) throws -> ProgramRun {
      try home.start([
        "train", "--dataset", "tiny", "--net", "alexnet-28", "--batch", "8", "--name", name, "--rate", learningRate, "--schedule",
        "constant", "--iterations", "210",
      ])
    }
    let flat = try train("flat", "1e-12")
    #expect(flat.wait() == 0, "\(flat.errors)")
    #expect(flat.errors.contains("warning: the loss does not fall"))
    #expect(try home.run("runs", "show", "flat").output.contains("warning      the loss does not fall"))
    #expect(try home.run("runs", "list").output.contains("warning: the loss does not fall"))
    let diverging = try train("diverging", "1e12")
    #expect(diverging.wait() == 1)
    #expect(diverging.errors.contains("the loss is not finite") && diverging.errors.contains("lower the learning rate"))
    let run = try home.directory("diverging")
    #expect(try run.state() == .failed && run.result()!.progress.step < 200)
    var curves = RunCurves(folder: run.path)
    try curves.refresh()
    #expect(curves.norms[.init(.gradient, "conv1.weight")]?.map(\.step) == [1])
  }

  @Test("caffe-alexnet is the paper's schedule, on any network; what is asked for besides wins")
  func recipe() throws {
    var request = TrainingRequest(dataset: "tiny")
    request["recipe"] = "caffe-alexnet"
    request.network = "alexnet-28"
    func training() throws -> TrainingConfiguration {
      try TrainingPlan(request, home: home.home, program: "test", command: []).configuration.training
    }
    let plain = try training()
    #expect(plain.iterations == 450_000 && plain.solver.schedule == .step(every: 100_000, factor: 0.1))
    #expect(plain.convolution == .winograd)
    #expect(plain.solver.learningRate == 0.01 && plain.solver.momentum == 0.9 && plain.solver.weightDecay == 5e-4)
    #expect(plain.augmentation.mean == .image && plain.augmentation.resizeTo == 28)
    request["epochs"] = "2"
    request["rate"] = "0.1"
    let asked = try training()
    #expect(asked.iterations == nil && asked.epochs == 2 && asked.solver.learningRate == 0.1)
  }

  @Test(
    "What cannot be trained is refused in one line before anything is made",
    arguments: [
      (["--dataset", "nowhere"], "nowhere"), (["--net", "resnet"], "resnet"), (["--labels", "none"], "none"),
      (["--epochs", "0"], "epochs"), (["--batch", "0"], "batch"),
      (["--batch", "99999999999"], "batch"), (["--rate", "nan"], "rate"),
      (["--iterations", "0"], "iterations"), (["--schedule", "linear"], "linear"), (["--momentum", "1"], "momentum"),
      (["--decay=-1"], "decay"), (["--validate-every", "iterations:x"], "iterations:x"),
      (["--validate-every", "0"], "--validate-every"), (["--epochs", "many"], "--epochs"), (["--init", "zeros"], "--init"), (["--keep", "0"], "keep"), (["--recipe", "mine"], "mine"),
      (["--workers", "0"], "workers"), (["--name", "../up"], "../up"), (["--name", "a b"], "a b"),
    ])
  func refusals(arguments: [String], place: String) throws {
    let program = try home.start(["train", "--dataset", "tiny", "--net", "alexnet-28"] + arguments)
    #expect(program.wait() == (place == "nowhere" || place == "none" ? 66 : 64))
    #expect(program.errors.split(separator: "\n").count == 1)
    #expect(program.errors.contains(place))
    #expect(home.reader.refresh().isEmpty)
  }

  @Test("Every setting of the table is an option of train and of clone, with its help line")
  func settings() throws {
    for help in [try home.run("train", "--help"), try home.run("runs", "clone", "--help")] {
      let help = help.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
      for setting in TrainingSetting.all {
        #expect(help.contains("--\(setting.flag)") && help.contains(setting.help), "\(setting.flag)")
      }
    }
  }

  @Test("Weights can be drawn otherwise, a Nesterov training warms up and smooths its labels, and run.json says so")
  func optimizerOptions() throws {
    let options = ["--init", "he", "--nesterov", "--warm-up", "2", "--label-smoothing", "0.1", "--epochs", "1", "--name", "options"]
    #expect(try home.start(["train", "--dataset", "tiny", "--net", "alexnet-28"] + options).wait() == 0)
    let training = try home.directory("options").configuration().training
    #expect(training.initialization == .he && training.solver.nesterov && training.solver.warmUp == 2 && training.solver.labelSmoothing == 0.1)
    #expect(try home.start(["runs", "clone", "options", "--no-nesterov", "--name", "plain"]).wait() == 0)
    let clone = try home.directory("plain").configuration().training
    #expect(clone.initialization == .he && !clone.solver.nesterov && clone.solver.warmUp == 2)
  }

  @Test("Wrong usage is told apart: exit code 64", arguments: [["--epochs", "1", "--iterations", "5"], ["--seed", "-1"], ["--what"]])
  func usage(arguments: [String]) throws {
    #expect(try home.start(["train"] + arguments).wait() == 64)
  }

  @Test("A home that cannot be written is one clear line")
  func unwritableHome() throws {
    let program = try home.start(["train", "--home", "/proc/nowhere", "--epochs", "1"])
    #expect(program.wait() == 73)
    #expect(program.errors.split(separator: "\n").count == 1)
    #expect(program.errors.contains("/proc/nowhere"))
  }
}
