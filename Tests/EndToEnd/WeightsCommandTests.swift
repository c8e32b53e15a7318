import Engine
import FoundationEssentials
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
  }

  @Test("What cannot be exchanged is one line", arguments: [
    ["import", "none.safetensors", "--net", "alexnet-28"], ["import", "x.pth", "--net", "resnet18"],
    ["import", "x.safetensors", "--net", "lenet"], ["export", "nobody", "--format", "caffe", "-o", "x"],
    ["export", "net", "--format", "caffe", "-o", "/proc/none/x"], ["export", "net", "--format", "caffe", "-o", "x", "--checkpoint", "3"],
  ])
  func refusals(arguments: [String]) throws {
    let program = try home.start(["weights"] + arguments)
    #expect(program.wait() == 1)
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
