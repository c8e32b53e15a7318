import ArgumentParser
import Basics
import Datasets

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
    if catalog.isAnnotated(name) { return try show(catalog.annotated(name)) }
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
      print("\n\(counted(classes.count, "class")), \(total), \(Output.range(train.min()!, train.max()!)) train per class")
    }
  }

  // MARK: Annotated objects

  private struct ObjectReport: Encodable {
    struct Objects: Encodable {
      var all: Int
      var difficult: Int
    }
    var name: String
    var summary: String
    var fingerprint: String
    var classes: [String]
    var actions: [String]
    /// Images per set.
    var sets: [String: Int]
    /// By set and class.
    var objects: [String: [String: Objects]]
  }

  private func show(_ dataset: VOCDataset) throws {
    let classes = dataset.objectClasses
    let counts = try dataset.sets.map { set in (set: set, counts: try dataset.objectCounts(in: set)) }
    if json {
      var objects: [String: [String: ObjectReport.Objects]] = [:]
      for (set, counts) in counts {
        for (name, count) in zip(classes, counts) { objects[set, default: [:]][name] = ObjectReport.Objects(all: count.all, difficult: count.difficult) }
      }
      return try Output.json(
        ObjectReport(
          name: name, summary: dataset.summary, fingerprint: dataset.fingerprint, classes: classes, actions: dataset.actionClasses,
          sets: Dictionary(uniqueKeysWithValues: dataset.setSizes.map { ($0.name, $0.count) }), objects: objects))
    }
    print(printable(dataset.summary))
    print("fingerprint \(dataset.fingerprint)")
    print()
    // An object more that is difficult is one that neither training nor evaluation counts.
    func text(_ count: (all: Int, difficult: Int)) -> String {
      Output.grouped(count.all - count.difficult) + (count.difficult > 0 ? "+\(Output.grouped(count.difficult))" : "")
    }
    var rows = classes.indices.map { label in [printable(classes[label])] + counts.map { text($0.counts[label]) } }
    rows.append(["images"] + dataset.setSizes.map { Output.grouped($0.count) })
    Output.table(["objects (+difficult)"] + dataset.sets.map { " \(printable($0))" }, rows)
    if !dataset.actionClasses.isEmpty { print("\nactions: \(printable(dataset.actionClasses.joined(separator: ", ")))") }
  }
}
