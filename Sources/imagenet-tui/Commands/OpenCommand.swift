import ArgumentParser
import Engine
import TUI
import Taxonomy

/// `imagenet-tui` by itself: the screens.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open the screens: the tree, the trainings, the neighbours (the default).")

  @OptionGroup var global: GlobalOptions

  @Option(help: "The dataset whose classes are shown.")
  var dataset = "fashion-mnist"

  @Option(help: "How many colours to use: auto, none, 16, 256 or true.")
  var color = "auto"

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  func run() throws {
    try runTerminalApp(
      TerminalAppOptions(
        program: ImagenetTUI.nameAndVersion, home: global.location, wordNet: global.wordnet, dataset: dataset, color: color, ascii: ascii))
  }
}
