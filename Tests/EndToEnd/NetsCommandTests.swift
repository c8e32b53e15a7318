import FoundationEssentials
import Networks
import TestSupport
import Testing

@Suite struct NetsCommandTests {
  private func run(_ arguments: String...) throws -> (code: Int, output: String, errors: String) {
    let program = try ProgramRun(arguments, environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"])
    return (program.wait(), program.output, program.errors)
  }

  @Test("Every network is listed with its parameters")
  func list() throws {
    let listed = try run("nets", "list")
    #expect(listed.code == 0)
    for architecture in Architecture.all { #expect(listed.output.contains("\n\(architecture.name) ")) }
    #expect(listed.output.contains("138,357,544"))
  }

  @Test("A network is shown layer by layer, and as JSON")
  func show() throws {
    let shown = try run("nets", "show", "resnet18", "--batch", "8")
    #expect(shown.code == 0)
    #expect(shown.output.contains("parameters     11,689,512"))
    #expect(shown.output.contains("multiply-adds  1814 M per image, forward pass (3628 M FLOP)"))
    #expect(shown.output.contains("+ layer2.0.downsample.1"))
    let json = try run("nets", "show", "alexnet", "--json")
    let table = try JSONDecoder().decode(NetworkTable.self, from: Data(json.output.utf8))
    #expect(table.parameters == 60_965_224 && table.rows.first?.output == [55, 55, 96])
  }

  @Test("Every command takes --home and --wordnet, with whatever it is asked")
  func places() throws {
    #expect(try run("nets", "list", "--home", "/nonexistent", "--wordnet", "/nonexistent").code == 0)
    #expect(try run("nets", "show", "alexnet-28", "--home=/nonexistent").code == 0)
    // In front of the command, between its words and behind it.
    for words in [["--home", "/nonexistent", "nets", "list"], ["nets", "--wordnet=/x", "list"], ["--home=/x", "runs", "--wordnet", "/y", "list"]] {
      let program = try ProgramRun(words, environment: ["HOME": "/nonexistent"])
      #expect(program.wait() == 0, "\(words) \(program.errors)")
    }
    struct Dump: Decodable { var command: Command }
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { var name: String }
        var names: [Name]?
      }
      var commandName: String
      var subcommands: [Command]?
      var arguments: [Argument]?
      var options: [String] { (arguments ?? []).flatMap { $0.names ?? [] }.map(\.name) }
      /// The commands that do something, with those above them.
      var leaves: [(path: String, command: Command)] {
        guard let subcommands, !subcommands.isEmpty else { return [(commandName, self)] }
        return subcommands.flatMap(\.leaves).map { ("\(commandName) \($0.path)", $0.command) }
      }
    }
    let dump = try JSONDecoder().decode(Dump.self, from: Data(try run("--experimental-dump-help").output.utf8))
    let leaves = dump.command.leaves.filter { $0.command.commandName != "help" }
    #expect(leaves.count > 50)
    for (path, command) in leaves { #expect(command.options.contains("home") && command.options.contains("wordnet"), "\(path)") }
  }

  @Test("What is no network is one line", arguments: [["lenet"], ["alexnet", "--classes", "0"], ["alexnet", "--batch", "0"]])
  func refusals(arguments: [String]) throws {
    let program = try ProgramRun(["nets", "show"] + arguments, environment: ["PATH": "/usr/bin:/bin"])
    #expect(program.wait() == 64)
    #expect(program.errors.split(separator: "\n").count == 1)
  }
}
