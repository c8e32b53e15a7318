import Files
import FoundationEssentials
import Glibc
import Kernels
import Runs
import Settings
import TestSupport
import Testing
import Training

/// Detectors as a user trains and tests them, on a devkit of four images.
@Suite struct DetectionTests {
  let home: TinyHome

  init() throws {
    home = try TinyHome()
    let trained = try home.start(TinyHome.training("base", epochs: 1))
    try #require(trained.wait() == 0, "\(trained.errors)")
    _ = try VOCStandIn(at: home.folder.path + "/kit")
    let added = try home.run("data", "add", "voc2007", home.folder.path + "/kit")
    try #require(added.code == 0, "\(added.errors)")
  }

  private let training = ["train", "--task", "detection", "--dataset", "voc2007", "--from", "base", "--iterations", "6", "--validate-every", "iterations:3", "--workers", "1"]

  private func train(_ more: String...) throws -> (code: Int, output: String, errors: String) {
    let program = try home.start(training + more)
    return (program.wait(), program.output, program.errors)
  }

  @Test("A detector begins with a run's weights, says which, has its losses and its average precision as curves, and is shown, compared, cloned and tested like any run")
  func wholeWay() throws {
    let trained = try train("--name", "det")
    try #require(trained.code == 0, "\(trained.errors)")
    #expect(trained.errors.contains("weights loaded: conv1, conv2, conv3, conv4, conv5, fc6, fc7; new: rpn_conv, rpn_cls, rpn_box, cls_score, bbox_pred; unused: fc8"))
    let run = try home.directory("det")
    #expect(try run.configuration().training.detection == .stamps)
    #expect(try run.configuration().labelSet.classes.count == 20)
    let summary = try home.reader.find("det")
    #expect(summary.progress.validation?.headline.metric == .map07 && summary.progress.step == 6)
    let curves = try home.run("runs", "export", "det", "--format", "csv")
    for tag in ["train/loss/rpn_cls", "train/loss/rpn_box", "train/loss/head_cls", "train/loss/head_box", "val/map07", "val/map10"] {
      #expect(curves.output.contains(tag), "\(tag)")
    }
    for arguments in [["runs", "show", "det"], ["runs", "list"], ["runs", "results"], ["runs", "diff", "det", "base"], ["runs", "log", "det"], ["runs", "show", "det", "--json"]] {
      let program = try home.start(arguments)
      #expect(program.wait() == 0, "\(arguments): \(program.errors)")
    }
    #expect(try home.run("runs", "diff", "det", "base").output.contains("task"))
    let cloned = try home.run("runs", "clone", "det", "--seed", "2", "--name", "again")
    #expect(cloned.code == 0, "\(cloned.errors)")
    #expect(try home.directory("again").configuration().training.detection == run.configuration().training.detection)

    let results = home.folder.path + "/results"
    let tested = try home.run("runs", "validate", "det", "--set", "test", "-o", results)
    #expect(tested.code == 0 && tested.output.contains("AP VOC07, IoU > 0.5, scores of 0.05"), "\(tested.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: results + "/Main")
    #expect(files.count == 20 && files.contains("comp4_det_test_dog.txt"))
    // What looks at features of classes says what it cannot do.
    let features = try home.run("induction", "det")
    #expect(features.code != 0 && features.errors.split(separator: "\n").count == 1, "\(features.errors)")
  }

  @Test("A detection that is killed again and again ends in the same bits")
  func equalBits() throws {
    func queue(_ name: String) throws -> RunDirectory {
      var request = TrainingRequest(dataset: "voc2007")
      (request["task"], request["from"], request["iterations"], request["workers"]) = ("detection", "base", "6", "1")
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

  @Test("What a detection cannot be is refused before it starts")
  func refusals() throws {
    let other = try train("--net", "alexnet-64", "--name", "other")
    #expect(other.code == 64 && other.errors.contains("the weights are of another network"))
    #expect(try train("--batch", "4").errors.contains("a detection takes one image a step"))
    #expect(try train("--tune", "last").errors.contains("--tune"))
    let labelled = try home.run("train", "--task", "detection", "--dataset", "tiny", "--net", "alexnet-28")
    #expect(labelled.code == 64 && labelled.errors.contains("no annotated objects"))
    // A classifier alone is nothing to begin a detector with.
    let file = home.folder.path + "/only.safetensors"
    try SafetensorsFile.write([("fc8.weight", Tensor([3, 512]))], metadata: ["network": "alexnet-28", "classes": "3"], to: file)
    let nothing = try home.run("train", "--task", "detection", "--dataset", "voc2007", "--from", file)
    #expect(nothing.code != 0 && nothing.errors.contains("the weights have nothing for the backbone"))
    let set = try home.run("runs", "validate", "base", "--set", "test")
    #expect(set.code == 64 && set.errors.contains("--set"))
  }
}
