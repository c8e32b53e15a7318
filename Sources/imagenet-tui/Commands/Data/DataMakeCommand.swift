import ArgumentParser
import Basics
import Datasets
import FoundationEssentials
import Glibc
import Kernels
import LabelSets
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

      --voc makes scenes with boxes in the layout of PASCAL VOC, for detection: one to four objects, some of them partly covered. \
      --classes or --labels makes their classes coarser. With --actions each scene has one marked object, and its action is the \
      class of the object beside it: what is to be told cannot be seen in the marked box, only around it.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(help: "The dataset's name. (default: stamps; with --voc det-stamps, with --actions act-stamps)")
  var name: String?
  @Option(name: [.customShort("o"), .long], help: "The output folder. (default: made/NAME in the home)")
  var output: String?
  @Option(help: "Training images per class; with --voc, objects per class, with --actions scenes per action.")
  var train: Int = 100
  @Option(help: "Validation images per class; with --voc or --actions as for --train.")
  var val: Int = 20
  @Option(help: "With --voc or --actions, how many for the set test. (default: as many as --val)")
  var test: Int?
  @Option(help: "Side length in pixels, up to 256. (default: 96; 192 with --voc and --actions)")
  var size: Int?
  @Option(help: "Random seed.")
  var seed: UInt64 = 1
  @Option(help: "JPEG quality, 1 to 100.")
  var quality = 90
  @Flag(help: "Make a detection dataset in the layout of PASCAL VOC 2007: one to four objects per image, with bounding boxes.")
  var voc = false
  @Flag(help: "Make a dataset of actions in the layout of PASCAL VOC 2012.")
  var actions = false
  @Option(help: ArgumentHelp("With --voc or --actions, classes of the bottom-up cut of so many.", valueName: "n"))
  var classes: Int?
  @Option(help: ArgumentHelp("With --voc or --actions, the classes of a saved label set of the stamps.", valueName: "name"))
  var labels: String?
  @Option(help: "Kinds that the label set leaves out are in no scene, or in scenes but counted nowhere: absent or difficult.")
  var leftOut = StampClasses.LeftOut.absent
  @Option(help: "The folder of the photographs.")
  var stamps = StampMap.folder
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers is at least 1") }
    guard !voc || !actions else { throw ValidationError("--voc and --actions exclude each other") }
    guard voc || actions || classes == nil && labels == nil && test == nil else {
      throw ValidationError("--classes, --labels and --test are for scenes: give --voc or --actions")
    }
    guard classes == nil || labels == nil else { throw ValidationError("--classes and --labels exclude each other") }
    guard leftOut == .absent || labels != nil && voc else { throw ValidationError("--left-out is for a label set: give --voc and --labels") }
  }

  /// What the objects of scenes are called.
  private func sceneClasses(_ stamps: StampCollection) throws -> StampClasses {
    if let labels { return StampClasses(try global.labelSets.load(labels), leftOut: leftOut) }
    guard let classes else { return .own }
    let tree = try Hierarchy(fineClasses: stamps.kinds.map(\.wnid), wordNet: WordNetFiles.open(explicit: global.wordnet))
    let depth = try Partition(tree).bottomUpDepth(classes: classes)
    return StampClasses(try LabelSet(name: "bottom-up", dataset: "stamps", recipe: [.bottomUp(depth: depth)], on: tree))
  }

  func run() throws {
    let name = name ?? (voc ? "det-stamps" : actions ? "act-stamps" : "stamps")
    let hasBoxes = voc || actions
    // A limit on the size of files is then an error like any other, and not the end.
    signal(SIGXFSZ, SIG_IGN)
    let catalog = global.catalog
    try catalog.checkFree(name)
    let stamps = try StampCollection(.asset(), folder: stamps)
    if !stamps.missing.isEmpty {
      RunProgressLine.note("note: \(stamps.missing.count) photographs are missing: \(firstFew(stamps.missing))")
    }
    let recipe = try StampRecipe(
      layout: voc ? .voc : actions ? .actions : .folders, side: size ?? (hasBoxes ? 192 : 96), seed: seed, train: train, val: val, test: test,
      quality: quality, classes: sceneClasses(stamps))
    let folder = output ?? "\(global.location.made)/\(name)"
    let maker = StampMaker(
      stamps, recipe: recipe, folder: folder, workers: workers ?? ProcessorCores.usable)
    let report = try maker.run { RunProgressLine.show(work: "made", $0, of: $1) }
    RunProgressLine.end()
    let wordNet = global.wordnet == nil ? try? WordNetFiles.open() : try WordNetFiles.open(explicit: global.wordnet)
    _ = try catalog.add(name, FolderRecipe(path: folder, note: maker.note, named: name), wordNet: wordNet)
    if json { return try Output.json(report) }
    print(
      "made \(name): \(counted(report.classes, "class")), \(counted(report.train, "training image")), "
        + "\(counted(report.val, "validation image"))\(report.test.map { ", " + counted($0, "test image") } ?? ""), in \(printable(report.folder))")
    print(maker.note)
    if report.resumedAt > 0 { print("\(Output.grouped(report.resumedAt)) of the images already existed") }
    print(
      hasBoxes
        ? "\(ShellCommand("data", "show", name).inSentence) lists its sets and objects"
        : "train on it with \(ShellCommand("train", "--dataset", name, "--net", "alexnet-64").inSentence)")
  }
}

extension StampClasses.LeftOut: ExpressibleByArgument {}
