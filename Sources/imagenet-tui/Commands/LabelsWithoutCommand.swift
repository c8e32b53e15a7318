import ArgumentParser
import Engine
import Taxonomy

struct LabelsWithoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "without", abstract: "Leave out the classes below some synsets, whichever hypernyms lead there.")

  @Flag(help: "Leave out what lies below the 20 classes of PASCAL VOC.")
  var pascal = false
  @Option(help: ArgumentHelp("Leave out what lies below these.", valueName: "wnid,…"))
  var below: [WnidList] = []
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard pascal || !below.isEmpty else { throw ValidationError("Give --pascal or --below.") }
  }

  func run() throws {
    try making.run(pascal ? "without-pascal" : "without") { _ throws(Problem) in
      [.without(below: (pascal ? try Assets.pascalClasses() : []) + below.flatMap(\.wnids))]
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
