import Basics
import Files
import TestSupport
import Testing

@Suite("Exit codes") struct ExitCodeTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  @Test("The exit code says whether the command line, a file, a name or a place is wrong, and nothing is left behind")
  func kinds() throws {
    home.folder.write(Array("n02774152\u{0}".utf8), to: "damaged.json")
    let folder = home.folder.path
    let answers: [(words: [String], code: Int, error: String)] = [
      (["labels", "bottom-up", "--dataset", "tiny", "--depth", "99"], 64, "0…"),
      (["nets", "show", "alexnet-29"], 64, "no such network"),
      (["runs", "list", "--no-such-option"], 64, "--no-such-option"),
      (["labels", "import", folder + "/damaged.json", "--dataset", "tiny", "--name", "x"], 65, "NUL"),
      (["data", "show", "nothing"], 66, "no such dataset"),
      (["labels", "show", "nothing"], 66, "no such label set"),
      (["runs", "show", "nothing"], 66, "no such run"),
      (["labels", "import", folder + "/none.json", "--dataset", "tiny", "--name", "x"], 66, "No such file"),
      (["labels", "bottom-up", "--dataset", "tiny", "--depth", "1", "--save", "x", "--home", "/proc/home"], 66, "no such dataset"),
      (["data", "add", "again", folder, "--home", "/proc/home"], 73, "/proc/home"),
    ]
    for (words, code, error) in answers {
      let program = try home.start(words)
      #expect(program.wait() == code && program.errors.contains(error), "\(words): \(program.errors)")
      #expect(program.output.isEmpty)
    }
    #expect(try home.run("labels", "list", "--json").output.contains("\"x\"") == false)
  }

  @Test("What another process holds is worth another try, and says so by its code")
  func temporary() throws {
    let target = home.folder.path + "/packed"
    try AtomicFile.makeFolder(target)
    let lock = try FolderLock(target + "/pack.lock", doing: "packs into")
    let refused = try home.run("data", "pack", "tiny", "-o", target)
    #expect(refused.code == 75 && refused.errors.contains("wait until it is done"), "\(refused.errors)")
    lock.release()
    #expect(try home.run("data", "pack", "tiny", "-o", target).code == 0)
  }

  @Test("Each exit code is one kind's, and the help names it")
  func documented() throws {
    let help = try home.run("--help").output
    for kind in Problem.Kind.allCases where kind.exitCode != 1 {
      #expect(help.contains("\(kind.exitCode)"), "\(kind)")
      #expect(Problem.Kind.allCases.count { $0.exitCode == kind.exitCode } == 1)
    }
  }
}
