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
    commandName: "make", abstract: "Make a dataset from photographs installed on this machine.", subcommands: [DataMakeStampsCommand.self])
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
  @Option(name: [.customShort("o"), .long], help: "The output folder. (default: made/NAME in the home)")
  var output: String?
  @Option(help: "Training images per class; with --voc, objects per class.")
  var train: Int = 100
  @Option(help: "Validation images per class; with --voc, objects per class.")
  var val: Int = 20
  @Option(help: "Side length in pixels, up to 256. (default: 96; 256 with --voc)")
  var size: Int?
  @Option(help: "Random seed.")
  var seed: UInt64 = 1
  @Option(help: "JPEG quality, 1 to 100.")
  var quality = 90
  @Flag(help: "Make a detection dataset in the layout of PASCAL VOC 2007: one to four objects per image, with bounding boxes.")
  var voc = false
  @Option(help: "The folder of the photographs.")
  var stamps = StampMap.folder
  @Option(help: "Number of worker threads. (default: all cores)")
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
      RunProgressLine.note("note: \(stamps.missing.count) photographs are missing: \(firstFew(stamps.missing))")
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
      "made \(name): \(counted(report.classes, "class")), \(counted(report.train, "training image")), "
        + "\(counted(report.val, "validation image")), in \(printable(report.folder))")
    print(maker.note)
    if report.resumedAt > 0 { print("\(Output.grouped(report.resumedAt)) of the images already existed") }
    print(voc ? "boxes are in \(printable(folder))/VOC2007/Annotations" : "train on it with \(ShellCommand("train", "--dataset", name, "--net", "alexnet-64").inSentence)")
  }
}
