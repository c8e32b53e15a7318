import Files
import FoundationEssentials
import Kernels
import TestSupport
import Testing

@Suite struct WeightsCommandTests {
  let home: TinyHome

  init() throws {
    home = try TinyHome()
    let trained = try home.start(TinyHome.training("net", epochs: 1))
    try #require(trained.wait() == 0, "\(trained.errors)")
  }

  @Test("Weights go out, come back as a run, and that run finds the same neighbours")
  func roundTrip() throws {
    let file = home.folder.path + "/net.safetensors"
    let out = try home.run("weights", "export", "net", "--format", "torchvision", "-o", file)
    #expect(out.code == 0, "\(out.errors)")
    #expect(out.output.contains("conv1.weight") && out.output.contains("channels last → first"))
    let back = try home.run(
      "weights", "import", file, "--net", "alexnet-28", "--name", "back", "--dataset", "tiny")
    #expect(back.code == 0, "\(back.errors)")
    #expect(back.output.contains("16 tensors in torchvision's layout"))
    #expect(try home.state("back") == .finished)
    func neighbours(_ run: String) throws -> [Substring] {
      let found = try home.run("neighbours", run, "--query", "1", "-k", "5")
      #expect(found.code == 0, "\(found.errors)")
      return found.output.split(separator: "\n").filter { $0.contains(".png") && !$0.hasPrefix("query") }
    }
    #expect(try neighbours("net") == neighbours("back"))
    let shown = try home.run("runs", "show", "back")
    #expect(shown.code == 0 && shown.output.contains("alexnet-28"))
    // Nothing was validated there, so nothing is the best.
    #expect(!shown.output.contains("(best)"))
    #expect(try home.run("runs", "show", "net").output.contains("(best)"))
  }

  @Test("What the program does with trained weights it does with imported ones; what only a training can do says so")
  func imported() throws {
    let file = home.folder.path + "/net.safetensors"
    #expect(try home.run("weights", "export", "net", "--format", "torchvision", "-o", file).code == 0)
    #expect(try home.run("weights", "import", file, "--net", "alexnet-28", "--name", "back", "--dataset", "tiny").code == 0)
    func shares(_ run: String) throws -> Substring {
      let found = try home.run("runs", "validate", run)
      #expect(found.code == 0, "\(found.errors)")
      return found.output[(found.output.firstIndex(of: ":") ?? found.output.startIndex)...]
    }
    #expect(try shares("net") == shares("back"))
    for words in [
      ["runs", "classes", "back"], ["runs", "confusions", "back"], ["features", "back", "-o", home.folder.path + "/f.npy", "--text"],
      ["coarse-fine", "back", "--min-members", "1"], ["runs", "log", "back"], ["runs", "results", "back"], ["runs", "diff", "net", "back"],
      ["weights", "export", "back", "--format", "caffe", "-o", home.folder.path + "/c.caffemodel"],
    ] {
      let program = try home.start(words)
      #expect(program.wait() == 0, "\(words): \(program.errors)")
    }
    for words in [["runs", "extend", "back", "--epochs", "9"], ["runs", "resume", "back"], ["runs", "clone", "back"]] {
      let program = try home.start(words)
      #expect(program.wait() == 1)
      #expect(program.errors.contains("imported weights") && program.errors.contains("train --from"), "\(program.errors)")
    }
    #expect(try home.run("runs", "show", "back").output.contains("imported"))
    let further = try home.run(
      "train", "--from", "back", "--dataset", "tiny", "--epochs", "1", "--batch", "8", "--name", "on", "--workers", "1")
    #expect(further.code == 0, "\(further.errors)")
  }

  @Test("Weights of a checkpoint that are no numbers are shown by no command; a resumed training takes the one before")
  func notNumbers() throws {
    let run = try home.directory("net")
    let step = try #require(run.checkpoints.steps().last)
    let path = run.checkpoints.path(step)
    let file = try SafetensorsFile(path)
    let tensors = try file.names.map { name in
      let tensor = Tensor(try #require(file.shape(of: name)))
      try file.read(name, into: tensor)
      if name == "fc7.weight" { tensor.elements[12] = .nan }
      return (name: name, tensor: tensor)
    }
    try SafetensorsFile.write(tensors, metadata: file.metadata.filter { $0.key != "crc32c" }, to: path)
    for words in [
      ["runs", "validate", "net"], ["neighbours", "net", "--query", "1"], ["features", "net", "--text"], ["coarse-fine", "net"],
      ["weights", "export", "net", "--format", "caffe", "-o", home.folder.path + "/x.safetensors"], ["train", "--from", "net", "--dataset", "tiny"],
    ] {
      let program = try home.start(words)
      #expect(program.wait() == 65, "\(words)")
      #expect(program.errors.contains("fc7.weight") && program.errors.contains("the first at index 12 (nan)"), "\(words): \(program.errors)")
      #expect(!program.output.contains("✓"))
    }
    #expect(!FileManager.default.fileExists(atPath: home.folder.path + "/x.safetensors"))
    // One step earlier the weights were numbers.
    var metadata = file.metadata.filter { $0.key != "crc32c" }
    metadata["step"] = "\(step - 1)"
    for (name, tensor) in tensors where name == "fc7.weight" { tensor.elements[12] = 0 }
    try SafetensorsFile.write(tensors, metadata: metadata, to: run.checkpoints.path(step - 1))
    #expect(try home.run("runs", "extend", "net", "--epochs", "2").code == 0)
    #expect(try home.wait { try home.state("net") == .finished })
    let log = try home.run("runs", "log", "net").output
    #expect(log.contains("the checkpoint of step \(step) cannot be used: the weights are not finite"), "\(log)")
    #expect(log.contains("resumed at step \(step - 1) of"), "\(log)")
  }

  @Test("Changed floats of kept features are noticed: they are computed again, and the answer is the same")
  func damagedFeatures() throws {
    func neighbours(_ arguments: String...) throws -> String {
      let program = try home.start(["neighbours", "net", "-k", "7"] + arguments)
      #expect(program.wait() == 0, "\(program.errors)")
      return program.output
    }
    let queries = [["--query", "1"], ["--query", "train/5"], ["--query", "val/2", "--gallery", "val"]]
    func all() throws -> [String] { try queries.map { try neighbours($0[0], $0[1], $0.count > 2 ? "--gallery" : "--metric", $0.count > 2 ? "val" : "l2") } }
    let before = try all()
    let folder = home.path + "/cache/features"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      var bytes = try Data(contentsOf: URL(filePath: folder + "/" + name))
      if name.hasSuffix(".npy") { for place in stride(from: 131, to: bytes.count, by: 512) { bytes[place] ^= 0x41 } }
      try bytes.write(to: URL(filePath: folder + "/" + name))
    }
    #expect(try all() == before)
  }

  @Test("What cannot be exchanged is one line", arguments: [
    (["import", "none.safetensors", "--net", "alexnet-28"], 66), (["import", "x.pth", "--net", "resnet18"], 66),
    (["import", "x.safetensors", "--net", "lenet"], 64), (["export", "nobody", "--format", "caffe", "-o", "x"], 66),
    (["export", "net", "--format", "caffe", "-o", "/proc/none/x"], 73),
    (["export", "net", "--format", "caffe", "-o", "x", "--checkpoint", "3"], 66),
  ])
  func refusals(arguments: [String], code: Int) throws {
    let program = try home.start(["weights"] + arguments)
    #expect(program.wait() == code)
    #expect(program.errors.split(separator: "\n").count == 1)
  }

  @Test("The safetensors package of PyPI opens checkpoints and exports and sees the same tensors")
  func otherReader() throws {
    let file = home.folder.path + "/net.safetensors"
    #expect(try home.run("weights", "export", "net", "--format", "caffe", "-o", file).code == 0)
    let run = try home.directory("net")
    let checkpoint = run.checkpoints.path(try #require(run.checkpoints.best()))
    let script = """
      import sys
      try:
          from safetensors.numpy import load_file
      except ImportError:
          sys.exit(77)
      for path in sys.argv[1].split(":"):
          print({name: list(t.shape) for name, t in sorted(load_file(path).items())}["conv2.weight"])
      """
    let installed = Program.folder + "/../../python/bin/python"
    let python =
      ProcessInfo.processInfo.environment["PYTHON"]
      ?? (FileManager.default.isExecutableFile(atPath: installed) ? installed : "python3")
    let reader = try ProgramRun(
      [], environment: home.environment, wrapper: ["/usr/bin/env", python, "-c", script, "\(checkpoint):\(file)"])
    let code = reader.wait()
    if code == 77 || code == 127 {
      print("skipped: \(python) has no safetensors package to read with (pip install safetensors numpy, and set PYTHON)")
      return
    }
    #expect(code == 0, "\(reader.errors)")
    #expect(reader.output == "[64, 5, 5, 16]\n[64, 16, 5, 5]\n")
  }
}
