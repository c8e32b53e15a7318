import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `data pack` as a real process.
@Suite struct DataPackTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  func entries(_ folder: String) throws -> [[UInt8]] {
    var entries: [[UInt8]] = []
    try LMDBReader(folder: folder).forEach { key, value throws(Problem) in entries.append(Array(key) + (try value.all())) }
    return entries
  }

  @Test("A packed dataset is a dataset: it is listed, checked, and trains under the label sets of the one it came from")
  func trains() throws {
    let packed = try home.run("data", "pack", "tiny", "--size", "28", "--raw")
    #expect(packed.code == 0, "\(packed.errors)")
    #expect(packed.output.contains("packed tiny-28: 36 training images, 9 validation images"))
    #expect(try home.run("data", "list").output.contains("tiny-28"))
    #expect(try home.run("data", "check", "tiny-28").code == 0)
    let cut = ["labels", "cut", "--dataset", "tiny", "--collapse", "n03051540", "--save", "two"]
    #expect(try home.start(cut).wait() == 0)
    let training = [
      "train", "--dataset", "tiny-28", "--labels", "two", "--net", "alexnet-28", "--epochs", "1", "--batch", "8", "--rate",
      "0.001",
    ]
    let program = try home.start(training)
    #expect(program.wait() == 0, "\(program.errors)")
    #expect(try home.reader.find("two").dataset == "tiny-28")
  }

  @Test("However often packing is killed, the same command ends with the same entries")
  func killed() throws {
    let picture = home.folder.path + "/train/n02774152/0.png"
    for wnid in ["n02774152", "n03057021"] {
      try AtomicFile.makeFolder("\(home.folder.path)/many/train/\(wnid)")
      for number in 0..<1500 { link(picture, "\(home.folder.path)/many/train/\(wnid)/\(number).png") }
    }
    #expect(try home.run("data", "add", "many", home.folder.path + "/many").code == 0)
    func command(_ folder: String) -> [String] {
      ["data", "pack", "many", "-o", home.folder.path + "/" + folder, "--size", "64", "--workers", "1"]
    }
    #expect(try home.start(command("whole")).wait() == 0)
    let file = home.folder.path + "/killed/train_lmdb/data.mdb"
    func size() -> Int {
      var status = stat()
      return stat(file, &status) == 0 ? Int(status.st_size) : 0
    }
    func expectWhole() throws {
      for split in ["train_lmdb", "val_lmdb"] {
        #expect(try entries("\(home.folder.path)/killed/\(split)") == entries("\(home.folder.path)/whole/\(split)"))
      }
    }
    var kills = 0
    while kills < 40 {
      let before = size()
      let program = try home.start(command("killed"))
      _ = home.wait { program.hasEnded || size() > before }
      if program.hasEnded { break }
      // Anywhere in the lot that follows.
      usleep(UInt32(kills % 5) * 7_000)
      program.send(signal: SIGKILL)
      guard program.wait() == -Int(SIGKILL) else { break }
      kills += 1
      let added = try home.run("data", "add", "part", home.folder.path + "/killed").code
      if added == 0 {
        // The kill came between the last entry and the end: what is taken is whole, and the command has nothing left to pack.
        try expectWhole()
        #expect(try home.start(command("killed")).wait() == 0)
        break
      }
      #expect(added == 65)
    }
    #expect(kills >= 4)
    try expectWhole()
    #expect(try home.run("data", "list").output.contains("many-64"))
  }

  @Test("A disk that takes no more is one clear line, and the same command goes on when there is room")
  func fullDisk() throws {
    let limited = ["/bin/bash", "-c", "ulimit -f 60; exec \"$@\"", "bash"]
    let arguments = ["data", "pack", "tiny", "--size", "64", "--raw"]
    let program = try home.start(arguments, wrapper: limited)
    #expect(program.wait() == 73)
    #expect(program.errors.split(separator: "\n").count == 1 && program.errors.contains("cannot write the database"))
    #expect(try home.run("data", "list").output.contains("tiny-64") == false)
    #expect(try home.start(arguments).wait() == 0)
  }

  @Test("Wrong usage and wrong values are refused", arguments: [
    (["--raw", "--jpeg"], 64), (["--size", "0"], 64), (["--quality", "0"], 64), (["--workers", "0"], 64),
    (["--as", "fashion-mnist"], 64), (["-o", "/proc/nowhere"], 73),
  ])
  func refused(arguments: [String], code: Int) throws {
    let program = try home.start(["data", "pack", "tiny"] + arguments)
    #expect(program.wait() == code)
  }
}
