import CImageFixtures
import Files
import FoundationEssentials
import Glibc
import Runs
import Settings
import TestSupport
import Testing

/// A home with a dataset of 45 small images, on which an epoch takes a moment, and the program to run in it.
final class TinyHome {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/home" }
  var home: Home { Home(explicit: path) }
  var reader: RunsReader { RunsReader(home: home) }

  init() throws {
    for (label, wnid) in ["n02774152", "n03057021", "n03236735"].enumerated() {
      for (split, count) in [("train", 12), ("val", 3)] {
        for number in 0..<count {
          try Self.image(label, number).write(to: "\(split)/\(wnid)/\(number).png", in: folder)
        }
      }
    }
    let added = try run("data", "add", "tiny", folder.path)
    try #require(added.code == 0, "\(added.errors)")
  }

  /// No worker outlives its test.
  deinit {
    for run in reader.refresh() where run.state.isLive {
      if let worker = RunDirectory(run.path).heartbeat()?.worker { kill(worker.pid, SIGKILL) }
    }
  }

  /// Stripes whose distance tells the class, shifted by the number.
  private static func image(_ label: Int, _ number: Int) -> PNGFile {
    PNGFile(
      pixels: (0..<28 * 28).map { place in
        let (x, y) = (place % 28, place / 28)
        return (x * (label + 1) + y + number * 3) % 14 < 7 ? 210 : UInt8(20 + number * 5)
      })
  }

  var environment: [String: String] {
    ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8", "IMAGENET_TUI_HOME": path]
  }

  func start(_ arguments: [String], wrapper: [String] = []) throws -> ProgramRun {
    try ProgramRun(arguments, environment: environment, wrapper: wrapper)
  }

  func run(_ arguments: String...) throws -> (code: Int, output: String, errors: String) {
    let program = try start(arguments)
    return (program.wait(), program.output, program.errors)
  }

  /// The arguments of a small training.
  static func training(_ name: String, epochs: Int, workers: Int = 1) -> [String] {
    [
      "train", "--dataset", "tiny", "--net", "alexnet-28", "--epochs", "\(epochs)", "--batch", "8", "--name", name,
      "--workers", "\(workers)", "--rate", "0.001",
    ]
  }

  /// A run that no worker has begun.
  func queue(
    _ name: String, epochs: Int, workers: Int = 1, from: String? = nil, tune: String? = nil
  ) throws -> RunDirectory {
    var request = TrainingRequest(dataset: "tiny")
    request.network = "alexnet-28"
    request["epochs"] = "\(epochs)"
    request["batch"] = "8"
    request["rate"] = "0.001"
    request["workers"] = "\(workers)"
    request.name = name
    request["from"] = from
    request["tune"] = tune
    let plan = try TrainingPlan(request, home: home, program: "test", command: [])
    return try plan.makeRun(home: home)
  }

  func directory(_ name: String) throws -> RunDirectory {
    let reader = reader
    return try reader.directory(of: reader.find(name).id)
  }

  func state(_ name: String) throws -> RunState { try reader.find(name).state }

  /// Waits for something that happens soon, however busy the machine is.
  func wait(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<240_000 {
      if try condition() { return true }
      usleep(1_000)
    }
    return false
  }
}

private struct PNGFile {
  /// 28 rows of 28 grey values.
  var pixels: [UInt8]

  func write(to name: String, in folder: TemporaryFolder) throws {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_png(pixels, 28, 28, 8, 0, 0, nil, nil, 0, &file, &size)
    defer { free(file) }
    try AtomicFile.write(Data(UnsafeBufferPointer(start: file, count: size)), to: folder.path + "/" + name)
  }
}
