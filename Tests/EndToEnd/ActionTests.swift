import Files
import FoundationEssentials
import Glibc
import Runs
import Settings
import TestSupport
import Testing
import Training

/// Nets that tell what people do, as a user trains and tests them, on a devkit of four images.
@Suite struct ActionTests {
  let home: TinyHome

  init() throws {
    home = try TinyHome()
    let trained = try home.start(TinyHome.training("base", epochs: 1))
    try #require(trained.wait() == 0, "\(trained.errors)")
    let kit = try VOCStandIn(at: home.folder.path + "/kit", folder: "VOCdevkit/VOC2012")
    for (name, value) in [("jumping", -1), ("phoning", -1), ("reading", 1)] { try kit.write("ImageSets/Action/\(name)_val.txt", ["000003 2 \(value)"]) }
    let added = try home.run("data", "add", "voc2012", home.folder.path + "/kit")
    try #require(added.code == 0, "\(added.errors)")
  }

  private func train(_ more: String...) throws -> (code: Int, output: String, errors: String) {
    let program = try home.start(
      ["train", "--task", "action", "--dataset", "voc2012", "--from", "base", "--iterations", "6", "--validate-every", "iterations:3", "--workers", "1"] + more)
    return (program.wait(), program.output, program.errors)
  }

  @Test("Such a net begins with a run's weights, says so and where it looks for context, and is shown, compared, cloned and tested like any run")
  func wholeWay() throws {
    let trained = try train("--name", "act")
    try #require(trained.code == 0, "\(trained.errors)")
    #expect(trained.errors.contains("weights loaded: conv1, conv2, conv3, conv4, conv5, fc6, fc7; new: cls_score, context_cls_score, bbox_pred; unused: fc8"))
    #expect(trained.errors.contains("note: R*CNN, grid candidates"))
    let run = try home.directory("act")
    #expect(try run.configuration().training.actions == .stamps && run.configuration().labelSet.classes.count == 11)
    let summary = try home.reader.find("act")
    #expect(summary.progress.validation?.headline.metric == .actionMAP && summary.progress.step == 6)
    let curves = try home.run("runs", "export", "act", "--format", "csv")
    for tag in ["train/loss/action", "train/loss/box", "val/action_map"] { #expect(curves.output.contains(tag), "\(tag)") }
    for arguments in [["runs", "show", "act"], ["runs", "list"], ["runs", "results"], ["runs", "log", "act"], ["runs", "show", "act", "--json"]] {
      let program = try home.start(arguments)
      #expect(program.wait() == 0, "\(arguments): \(program.errors)")
    }
    #expect(try home.run("runs", "diff", "act", "base").output.contains("candidates"))
    let cloned = try home.run("runs", "clone", "act", "--no-context", "--name", "alone")
    #expect(cloned.code == 0, "\(cloned.errors)")
    let (alone, before) = (try home.directory("alone").configuration().training, try run.configuration().training)
    #expect(alone.actions?.context == false && alone.solver == before.solver)

    let searched = try train("--candidates", "selective-search", "--name", "searched")
    #expect(searched.code == 0 && searched.errors.contains("note: R*CNN, selective-search candidates"), "\(searched.errors)")

    let folder = home.folder.path + "/results"
    let tested = try home.run("runs", "validate", "act", "-o", folder)
    #expect(tested.code == 0 && tested.output.contains("R*CNN, grid candidates; AP VOC10+, people's boxes given"), "\(tested.errors)")
    let scores = try ResultFolder(folder, set: "val").readActions(["jumping", "phoning", "reading"])
    #expect(scores.allSatisfy { $0.map(\.image) == ["000003"] && $0.map(\.place) == [2] && $0[0].score > 0 && $0[0].score < 1 })
  }

  @Test("A training on actions that is killed again and again ends in the same bits")
  func equalBits() throws {
    func queue(_ name: String) throws -> RunDirectory {
      var request = TrainingRequest(dataset: "voc2012")
      (request["task"], request["from"], request["iterations"], request["workers"]) = ("action", "base", "6", "1")
      request["validate-every"] = "iterations:6"
      request.name = name
      return try TrainingPlan(request, home: home.home, program: "test", command: []).makeRun(home: home.home)
    }
    func worker(_ run: RunDirectory) throws -> ProgramRun { try home.start(["worker", run.path, "--home", home.path, "--checkpoint-every", "0"]) }
    func bytes(_ run: RunDirectory) -> [UInt8] { FileManager.default.contents(atPath: run.checkpoints.path(6)).map(Array.init) ?? [] }
    let whole = try queue("whole")
    #expect(try worker(whole).wait() == 0)
    let killed = try queue("killed")
    for step in [1, 3] {
      let process = try worker(killed)
      #expect(home.wait { (killed.checkpoints.steps().last ?? 0) >= step })
      process.send(signal: SIGKILL)
      _ = process.wait()
    }
    #expect(try worker(killed).wait() == 0)
    try #require(!bytes(whole).isEmpty)
    #expect(bytes(killed) == bytes(whole))
  }

  @Test("What cannot be is refused before it starts, with what is missing")
  func refusals() throws {
    let candidates = try train("--candidates", "none", "--name", "none")
    #expect(candidates.code == 66 && candidates.errors.contains("there are no such candidate regions"))
    let detection = try home.run("train", "--task", "detection", "--dataset", "voc2012", "--from", "base", "--no-context")
    #expect(detection.code == 64 && detection.errors.contains("--context"))
    #expect(try train("--tune", "last").errors.contains("--tune"))
  }
}
