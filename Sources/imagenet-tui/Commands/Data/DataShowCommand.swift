import ArgumentParser
import Basics

struct DataShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a dataset's classes and how many images each has.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The dataset's name.")
  var name: String
  @Flag(help: "Print JSON.")
  var json = false

  private struct Report: Encodable {
    var name: String
    var summary: String
    var fingerprint: String?
    var classes: [ClassCount]
  }

  private struct ClassCount: Encodable {
    var wnid: String
    var name: String
    var train: Int
    var val: Int
  }

  func run() throws {
    let catalog = global.catalog
    let classes = try catalog.classes(of: name)
    var report = Report(name: name, summary: "\(name): a list of classes, without images", classes: [])
    var train = [Int](repeating: 0, count: classes.count)
    var val = train
    if catalog.hasImages(name) {
      let dataset = try catalog.open(name)
      report.summary = dataset.summary
      report.fingerprint = dataset.fingerprint
      for label in dataset.labels(.train) { train[Int(label)] += 1 }
      for label in dataset.labels(.val) { val[Int(label)] += 1 }
    }
    report.classes = classes.enumerated().map {
      ClassCount(wnid: $1.wnid, name: $1.name, train: train[$0], val: val[$0])
    }
    if json { return try Output.json(report) }
    print(printable(report.summary))
    if let fingerprint = report.fingerprint { print("fingerprint \(fingerprint)") }
    print()
    Output.table(
      ["class", "wnid", " train", " val"],
      report.classes.map { [printable($0.name), $0.wnid, Output.grouped($0.train), Output.grouped($0.val)] })
    if !train.isEmpty {
      let total = "\(Output.grouped(train.reduce(0, +))) train, \(Output.grouped(val.reduce(0, +))) val"
      print("\n\(counted(classes.count, "class")), \(total), \(train.min()!)–\(train.max()!) train per class")
    }
  }
}
