import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing

/// One home used by many at once, moved, copied, and on disks that take nothing.
@Suite struct SharedHomeTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  /// Files of the home that are no whole JSON, or were left half-written.
  func damage() throws -> [String] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: home.path).filter { !$0.contains("/.trash/") }
    return names.filter { name in
      if name.hasSuffix(".part") { return true }
      guard name.hasSuffix(".json") || name.hasSuffix("/heartbeat") else { return false }
      let data = FileManager.default.contents(atPath: home.path + "/" + name) ?? Data()
      return (try? JSONDecoder().decode(AnyJSON.self, from: data)) == nil
    }
  }

  private struct AnyJSON: Decodable { init(from decoder: any Decoder) throws { _ = try decoder.singleValueContainer() } }

  @Test("Two screens, three workers and many commands on one home: all answer, nothing is damaged, the runs end in the right bits")
  func together() throws {
    let whole = try home.queue("whole", epochs: 60)
    #expect(try home.start(["worker", whole.path, "--home", home.path]).wait() == 0)
    let names = ["one", "two", "three"]
    for name in names { _ = try home.queue(name, epochs: 60) }
    var environment = home.environment
    environment["TERM"] = "xterm-256color"
    let screens = try (0..<2).map { _ in
      try PseudoTerminal([Program.path, "--dataset", "tiny"], environment: environment, rows: 30, columns: 100)
    }
    for screen in screens {
      #expect(screen.wait(for: "1 Tree"))
      screen.type("2")
    }
    let commands = [
      ["resume"], ["pause"], ["checkpoint"], ["show", "--json"], ["tag", "t1"], ["tag", "t2"], ["note", "a note"], ["group", "g"], ["log"],
      ["resume", "--queue"], ["stop"],
    ]
    var random = SystemRandomNumberGenerator()
    var running: [ProgramRun] = []
    for _ in 0..<60 {
      let words = commands.randomElement(using: &random)!
      running.append(try home.start(["runs", words[0], names.randomElement(using: &random)!] + words.dropFirst()))
      if running.count(where: { !$0.hasEnded }) > 3 { usleep(200_000) }
      for screen in screens {
        screen.type(["j", "k", "\r", "L", "p", "r"].randomElement(using: &random)!)
        _ = screen.receive(seconds: 0.002)
      }
    }
    for program in running {
      let code = program.wait()
      // Another was quicker: the run is gone, there again, or in its worker's hands.
      #expect([0, 1, 66, 73, 75].contains(code), "\(program.errors)")
      if code != 0 { #expect(program.errors.split(separator: "\n").count == 1, "\(program.errors)") }
    }
    for screen in screens {
      screen.type("\u{1B}")
      screen.settle()
      screen.type("q")
      #expect(screen.waitForExit() == 0)
    }
    #expect(try RunQueue(home: home.home).setLimit(3) == ())
    for name in names {
      #expect(try home.wait {
        let state = try home.state(name)
        if state != .running && state != .finished && state != .queued { _ = try home.run("runs", "resume", name) }
        if state == .queued { _ = try home.run("runs", "queue", "--start") }
        return state == .finished
      })
      let end = FileManager.default.contents(atPath: try home.directory(name).checkpoints.path(300))
      #expect(end != nil && end == FileManager.default.contents(atPath: whole.checkpoints.path(300)))
    }
    #expect(try damage().isEmpty)
  }

  @Test("A run's directory that was copied to another home and path opens, shows and resumes there, also while its worker goes on")
  func copied() throws {
    #expect(try home.start(TinyHome.training("far", epochs: 100_000) + ["--detach", "--tag", "kept"]).wait() == 0)
    let run = try home.directory("far")
    #expect(home.wait { !run.checkpoints.steps().isEmpty })
    let other = home.folder.path + "/other home"
    try AtomicFile.makeFolder(other + "/runs")
    #expect(system("cp -r '\(home.path)/datasets' '\(other)/'; cp -r '\(run.path)' '\(other)/runs/renamed'") == 0)
    func there(_ arguments: String...) throws -> (code: Int, output: String, errors: String) {
      let program = try home.start(arguments + ["--home", other])
      return (program.wait(), program.output, program.errors)
    }
    let shown = try there("runs", "show", "renamed")
    #expect(shown.code == 0 && shown.output.contains("lost") && shown.output.contains("kept"), "\(shown)")
    let copy = RunDirectory(other + "/runs/renamed")
    let step = try #require(copy.checkpoints.steps().last)
    #expect(try there("runs", "resume", "far").output.contains("is running"))
    #expect(home.wait { copy.heartbeat()?.progress.step ?? 0 > step })
    #expect(try run.state() == .running && copy.heartbeat()?.worker != run.heartbeat()?.worker)
    #expect(try there("runs", "extend", "far", "--epochs", "+1").code == 0)
    #expect(try there("runs", "stop", "far").code == 0)
    #expect(try home.run("runs", "stop", "far").code == 0)
  }

  static let changes = [
    ["runs", "tag", "done", "new"], ["runs", "note", "done", "a note"], ["runs", "group", "done", "g"], ["runs", "extend", "done", "--epochs", "9"],
    ["runs", "rm", "done"], ["runs", "rm", "done", "--for-good", "--yes"], ["runs", "restore", "thrown"], ["runs", "queue", "--limit", "3"],
    ["runs", "resume", "stopped"], ["runs", "resume", "stopped", "--queue"], ["runs", "stop", "waiting"], ["runs", "clone", "done", "--name", "twin"],
    TinyHome.training("fresh", epochs: 1), TinyHome.training("fresh", epochs: 1) + ["--queue"],
  ]

  /// A home on a small file system of its own, with a run of each kind: finished, stopped, waiting, thrown away.
  /// Nil where the tests may not mount one.
  func smallHome(_ mount: String) throws -> [String: Data]? {
    for name in ["done", "thrown"] { #expect(try home.start(TinyHome.training(name, epochs: 1)).wait() == 0) }
    #expect(try home.run("runs", "tag", "done", "old").code == 0)
    #expect(try home.run("runs", "rm", "thrown").code == 0)
    try RunQueue(home: home.home).setLimit(0)
    for name in ["stopped", "waiting"] { try RunQueue(home: home.home).add(home.queue(name, epochs: 1)) }
    #expect(try home.run("runs", "stop", "stopped").code == 0)
    try AtomicFile.makeFolder(mount)
    guard system("mount -t tmpfs -o size=64m none '\(mount)' 2>/dev/null") == 0 else {
      print("skipped: mounting a small file system needs root and leave to mount")
      return nil
    }
    #expect(system("cp -r '\(home.path)/.' '\(mount)/'") == 0)
    return contents(mount)
  }

  /// All files but those that only say who looked last.
  func contents(_ folder: String) -> [String: Data] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return Dictionary(uniqueKeysWithValues: names.filter { !$0.hasSuffix("/lock") && $0 != "filler" }.compactMap { name in
      FileManager.default.contents(atPath: folder + "/" + name).map { (name, $0) }
    })
  }

  /// The runs screen without a terminal.
  func screen(_ mount: String) throws -> (code: Int, output: String, errors: String) {
    try AtomicFile.write("2", to: home.folder.path + "/keys")
    let program = try home.start(["--home", mount, "--dataset", "tiny", "--replay", home.folder.path + "/keys"])
    return (program.wait(), program.output, program.errors)
  }

  @Test("A home that cannot be written shows its runs; what would change it is one clear line, and changes nothing")
  func readOnly() throws {
    let mount = home.folder.path + "/small"
    guard let before = try smallHome(mount) else { return }
    defer { system("umount -l '\(mount)'") }
    #expect(system("mount -o remount,ro '\(mount)'") == 0)
    for arguments in Self.changes {
      let program = try home.start(arguments + ["--home", mount])
      #expect(program.wait() == 73, "\(arguments)")
      #expect(program.errors.split(separator: "\n").filter { !$0.hasPrefix("note:") }.count == 1, "\(program.errors)")
      #expect(program.errors.contains("Read-only file system"), "\(program.errors)")
    }
    for arguments in [["list"], ["show", "done"], ["queue"], ["log", "done"], ["trash"], ["tag", "done"], ["watch", "done"]] {
      let program = try home.start(["runs"] + arguments + ["--home", mount])
      #expect(program.wait() == 0, "\(arguments): \(program.errors)")
    }
    let shown = try screen(mount)
    #expect(shown.code == 0 && shown.output.contains("done") && shown.output.contains("waiting"), "\(shown)")
    #expect(contents(mount) == before)
  }

  @Test("On a full disk what cannot be kept is one clear line, the old stays whole, and deleting still makes room")
  func full() throws {
    let mount = home.folder.path + "/small"
    guard let before = try smallHome(mount) else { return }
    defer { system("umount -l '\(mount)'") }
    system("cat /dev/zero > '\(mount)/filler' 2>/dev/null")
    for arguments in Self.changes where !["rm", "restore"].contains(arguments[1]) {
      let program = try home.start(arguments + ["--home", mount])
      #expect([1, 73].contains(program.wait()), "\(arguments)")
      #expect(program.errors.split(separator: "\n").filter { !$0.hasPrefix("note:") }.count == 1, "\(program.errors)")
      #expect(program.errors.contains("No space left") || program.errors.contains("too little space"), "\(program.errors)")
    }
    #expect(contents(mount) == before)
    let shown = try screen(mount)
    #expect(shown.code == 0 && shown.output.contains("done"), "\(shown)")
    for arguments in [["restore", "thrown"], ["rm", "thrown"], ["rm", "done", "--for-good", "--yes"]] {
      let program = try home.start(["runs"] + arguments + ["--home", mount])
      #expect(program.wait() == 0, "\(program.errors)")
    }
    #expect(system("test $(df --output=avail '\(mount)' | tail -1) -gt 1000") == 0)
  }
}
