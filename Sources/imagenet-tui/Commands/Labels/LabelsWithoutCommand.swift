import ArgumentParser
import Basics
import Datasets

struct LabelsWithoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "without", abstract: "Leave out the classes below given synsets, along any hypernym.")

  @Flag(help: "Leave out the descendants of the 20 PASCAL VOC classes.")
  var pascal = false
  @Option(help: ArgumentHelp("Leave out the descendants of these synsets.", valueName: "wnid,…"))
  var below: [WnidList] = []
  @Option(help: ArgumentHelp("Leave out exactly these classes of the dataset.", valueName: "wnid,…"))
  var classes: [WnidList] = []
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard pascal || !below.isEmpty || !classes.isEmpty else { throw ValidationError("Give --pascal, --below or --classes.") }
  }

  func run() throws {
    try making.run(pascal ? "without-pascal" : "without") { _ throws(Problem) in
      let synsets = (pascal ? try Assets.pascalClasses() : []) + below.flatMap(\.wnids)
      return (synsets.isEmpty ? [] : [.without(below: synsets)])
        + (classes.isEmpty ? [] : [.leaveOut(classes: classes.flatMap(\.wnids).sorted())])
    }
  }
}

/// Wnids separated by commas.
struct WnidList: ExpressibleByArgument {
  let wnids: [String]

  init?(argument: String) {
    wnids = argument.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    if wnids.isEmpty { return nil }
  }
}
