import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import LabelSets
import Studies

struct StudyNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a study file to begin with: one of the paper's, or one of label sets.",
    discussion: "Example: imagenet-tui study new --from fig-2 --dataset stamps")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The study's name. (default: that of --from and the dataset's)")
  var name: String?
  @Option(help: ArgumentHelp("A study of the paper: \(StudyTemplate.names.joined(separator: ", ")). Scaled to other data than ImageNet-1k.", valueName: "study"))
  var from: String?
  @Option(help: ArgumentHelp("Label sets that become the nets, beside all fine classes.", valueName: "name,…"))
  var labels: [NameList] = []
  @Option(help: "The dataset. (default: imagenet-1k; with --labels: theirs)")
  var dataset: String?
  @Option(name: .short, help: ArgumentHelp("Write this file instead of one in the home.", valueName: "file"))
  var output: String?
  @Flag(help: "Replace a study of this name.")
  var replace = false

  func validate() throws {
    guard (from == nil) != labels.isEmpty else { throw ValidationError("Give either --from or --labels.") }
  }

  func run() throws {
    let (text, name) = try content()
    let home = global.location
    let path = output ?? "\(home.studies)/\(name)/study.yaml"
    let file = try StudyFile(name: name, path: path, study: StudyFile.parse(text, at: path))
    if output == nil { try StudyFile.checkName(name, at: name) }
    if !replace, FileManager.default.fileExists(atPath: path) {
      throw Problem("there is such a study already", at: path, advice: "choose another name, or replace it with --replace", kind: .cannotWrite)
    }
    try AtomicFile.write(text, to: path)
    let study = file.study
    print("\(path): \(counted(study.nets.count, "net")), \(counted(study.tests.count, "test")), \(counted(study.reports.count, "report"))")
    print("\(ShellCommand("study", "plan", output ?? name).inSentence) says what it takes")
  }

  private func content() throws -> (text: String, name: String) {
    if let from {
      let dataset = dataset ?? "imagenet-1k"
      return (try StudyTemplate.text(from, dataset: dataset, catalog: global.catalog), name ?? (dataset == "imagenet-1k" ? from : "\(from)-\(dataset)"))
    }
    let names = labels.flatMap(\.names)
    let sets = try names.map { name throws(Problem) in try global.labelSets.load(name, for: dataset) }
    return (StudyTemplate.text(labelSets: names, dataset: dataset ?? sets[0].dataset), name ?? "label-sets")
  }
}
