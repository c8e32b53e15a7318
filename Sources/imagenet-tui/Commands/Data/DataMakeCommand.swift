import ArgumentParser
import Basics
import Datasets
import FoundationEssentials
import Glibc
import Kernels
import Taxonomy

/// `data make …`: datasets whose images the program makes.
struct DataMakeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make", abstract: "Make a dataset from photographs of this machine.", subcommands: [DataMakeStampsCommand.self])
}

struct DataMakeStampsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stamps", abstract: "Make a dataset with a deep tree from cut-out photographs.",
    discussion: """
      Debian's package tuxpaint-stamps-default holds cut-out photographs of animals, fruit, tools, vehicles and more. Every image puts \
      one of them at random size, angle and light in front of a random backdrop, often partly covered. Training and validation are \
      drawn apart, of the same photographs, which take turns where a class has several: composites of few photographs a class exercise \
      the method, they are not ImageNet. The same command goes on where it was interrupted.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(help: "The dataset's name.")
  var name = "stamps"
  @Option(name: [.customShort("o"), .long], help: "The folder to make. (default: made/NAME in the home)")
  var output: String?
  @Option(help: "Training images of each class; with --voc, objects of each class.")
  var train: Int = 100
  @Option(help: "Validation images of each class; with --voc, objects of each class.")
  var val: Int = 20
  @Option(help: "Pixels of a side, up to 256. (default: 96; 256 with --voc)")
  var size: Int?
  @Option(help: "Decides every random number.")
  var seed: UInt64 = 1
  @Option(help: "The quality of the JPEG files, 1 to 100.")
  var quality = 90
  @Flag(help: "Images of one to four objects with their boxes in the layout of PASCAL VOC 2007, for detection.")
  var voc = false
  @Option(help: "The folder of the photographs.")
  var stamps = StampMap.folder
  @Option(help: "How many images are made at a time; the processor's cores by default.")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers is at least 1") }
  }

  func run() throws {
    // A limit on the size of files is then an error like any other, and not the end.
    signal(SIGXFSZ, SIG_IGN)
    let catalog = global.catalog
    try catalog.checkFree(name)
    let recipe = try StampRecipe(
      layout: voc ? .voc : .folders, side: size ?? (voc ? 256 : 96), seed: seed, train: train, val: val, quality: quality)
    let stamps = try StampCollection(.asset(), folder: stamps)
    if !stamps.missing.isEmpty {
      RunProgressLine.note("note: \(stamps.missing.count) photographs are not there: \(firstFew(stamps.missing))")
    }
    let folder = output ?? "\(global.location.made)/\(name)\(voc ? "-voc" : "")"
    let maker = StampMaker(
      stamps, recipe: recipe, folder: folder, workers: workers ?? ProcessorCores.usable)
    let report = try maker.run { RunProgressLine.show(work: "made", $0, of: $1) }
    RunProgressLine.end()
    if !voc {
      let wordNet = global.wordnet == nil ? try? WordNetFiles.open() : try WordNetFiles.open(explicit: global.wordnet)
      _ = try catalog.add(name, FolderRecipe(path: folder, note: maker.note), wordNet: wordNet)
    }
    if json { return try Output.json(report) }
    print(
      "made \(name): \(counted(report.classes, "class")), \(counted(report.train, "image")) to train on, "
        + "\(Output.grouped(report.val)) to validate on, in \(printable(report.folder))")
    print(maker.note)
    if report.resumedAt > 0 { print("\(Output.grouped(report.resumedAt)) of the images were there already") }
    print(voc ? "boxes are in \(printable(folder))/VOC2007/Annotations" : "\(ShellCommand("train", "--dataset", name, "--net", "alexnet-64").inSentence) trains on it")
  }
}
