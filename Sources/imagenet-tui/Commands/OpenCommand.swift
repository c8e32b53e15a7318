import ArgumentParser
import Basics
import TUI

/// `imagenet-tui` by itself: the screens.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open the screens: tree, runs, neighbours, label sets, evaluation (the default).")

  @OptionGroup var global: GlobalOptions

  @Option(help: "The dataset whose classes are shown.")
  var dataset = "fashion-mnist"

  @Option(help: "How many colours to use: auto, none, 16, 256 or true.")
  var color = "auto"

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Option(help: ArgumentHelp("Play keys from a file, without a terminal, and print the last screen and the label set.", valueName: "file"))
  var replay: String?

  @Option(help: "The size of the screen that --replay prints, as COLUMNSxROWS.")
  var size = "140x40"

  func run() throws {
    let options = TerminalAppOptions(
      program: ImagenetTUI.nameAndVersion, home: global.location, wordNet: global.wordnet, dataset: dataset, color: color,
      ascii: ascii, shared: global.words)
    guard let replay else { return try runTerminalApp(options) }
    let sides = size.split(separator: "x").map { Int($0) }
    guard sides.count == 2, let columns = sides[0], let rows = sides[1], 40...500 ~= columns, 10...500 ~= rows else {
      throw Problem("wrong option", at: "--size", expected: "COLUMNSxROWS from 40x10 to 500x500", found: size, kind: .usage)
    }
    let played = try Replay(file: replay, options, rows: rows, columns: columns)
    print(played.screen)
    if let set = played.labelSet {
      print("\(counted(set.classes.count, "class")) of \(printable(set.dataset)), \(set.contentHash)")
    }
  }
}
