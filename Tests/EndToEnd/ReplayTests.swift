import FoundationEssentials
import TestSupport
import Testing

@Suite("Keys from a file play without a terminal")
struct ReplayTests {
  let folder = TemporaryFolder()

  private func run(_ arguments: String...) throws -> (output: String, errors: String, code: Int) {
    let program = try ProgramRun(arguments, environment: ["IMAGENET_TUI_HOME": folder.path])
    let code = program.wait()
    return (program.output, program.errors, code)
  }

  @Test("The 127 classes folded by hand are those of the top-down command, to the hash")
  func topDown() throws {
    let played = try run("--dataset", "imagenet-1k", "--replay", "docs/top-down-127.keys")
    #expect(played.code == 0, "\(played.errors)")
    let made = try run("labels", "top-down", "--classes", "127", "--format", "json").output
    let hash = try #require(made.split(separator: "\"").first { $0.hasPrefix("sha256:") })
    #expect(played.output.hasSuffix("127 classes of imagenet-1k, \(hash)\n"))
    #expect(played.output.contains("127 classes ●edited"))
  }

  @Test("It remembers nothing, and ends at q")
  func clean() throws {
    folder.write(Array("--<C-r>\n# a comment\nq--".utf8), to: "keys")
    let once = try run("--replay", folder.path + "/keys", "--size", "80x24")
    #expect(once.code == 0 && once.output.contains("6 classes of fashion-mnist, sha256:"))
    let lines: [Substring] = once.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count > 24 && lines.prefix(24).allSatisfy { $0.count <= 80 })
    #expect(try run("--replay", folder.path + "/keys", "--size", "80x24").output == once.output)
  }

  @Test(
    "What is no key script is refused by its line",
    arguments: [("a<Entr>", "line 1"), ("a\nb<", "line 2"), ("<C-", "line 1")])
  func wrong(text: String, place: String) throws {
    folder.write(Array(text.utf8), to: "keys")
    let result = try run("--replay", folder.path + "/keys")
    #expect(result.code == 65 && result.errors.contains(place) && result.errors.contains("expected a key"))
    #expect(try run("--replay", "/no/such").code == 66)
    #expect(try run("--replay", folder.path + "/keys", "--size", "7").code == 64)
  }
}
