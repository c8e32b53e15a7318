import FoundationEssentials
import Glibc
import Testing

/// `scripts/setup` on machines that lack something: PATH is empty, and functions stand in for the system's commands.
@Suite("scripts/setup says what is missing and what to do")
struct SetupScriptTests {
  /// Runs the script with only `commands` (name → shell body). Functions, since a file that was just written cannot be started while
  /// another test, in its own fork, still holds it open.
  func setup(_ commands: [String: String]) throws -> (status: Int32, message: String) {
    let folder = FileManager.default.temporaryDirectory.path + "/setup-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let functions = commands.map { "\($0)() ( \($1)\n)\n" }.joined()
    try Data(functions.utf8).write(to: URL(fileURLWithPath: folder + "/functions"))
    let output = folder + "/output"
    let status = system("PATH=\(folder) BASH_ENV=\(folder)/functions /bin/bash scripts/setup run >\(output) 2>&1")
    let message = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    return ((status >> 8) & 0xFF, message)
  }

  let nothingInstalled = ["swift": "exit 0", "dpkg-query": "exit 1"]

  @Test("without Swift, it names where to get it")
  func noSwift() throws {
    let result = try setup([:])
    #expect(result.status == 1)
    #expect(result.message.contains("Swift is missing") && result.message.contains("swift.org/install"))
    #expect(result.message.split(separator: "\n").count == 1)
  }

  @Test("without apt, it names the packages and points to the README")
  func noApt() throws {
    let result = try setup(nothingInstalled)
    #expect(result.status == 1)
    #expect(result.message.contains("libopenblas0") && result.message.contains("no apt-get"))
    #expect(result.message.split(separator: "\n").count == 1)
  }

  @Test("without root, it prints the one command to run")
  func noRoot() throws {
    let result = try setup(nothingInstalled.merging(["apt-get": "exit 0", "id": "echo 1000"]) { $1 })
    #expect(result.status == 1)
    #expect(result.message.contains("sudo apt-get install libncurses-dev"))
    #expect(result.message.split(separator: "\n").count == 1)
  }

  @Test("where apt-get fails, it says so instead of going on")
  func aptFails() throws {
    let result = try setup(
      nothingInstalled.merging(["apt-get": "exit 100", "id": "echo 0", "env": "shift; \"$@\""]) { $1 })
    #expect(result.status == 1)
    #expect(result.message.contains("could not install"))
  }

  @Test("where everything is there, it does nothing and says nothing")
  func complete() throws {
    let result = try setup(["swift": "exit 0", "dpkg-query": "echo installed", "apt-get": "echo called; exit 1"])
    #expect(result.status == 0)
    #expect(result.message.isEmpty)
  }
}
