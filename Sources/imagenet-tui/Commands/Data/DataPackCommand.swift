import ArgumentParser
import Basics
import Datasets
import FoundationEssentials
import Glibc
import Kernels

struct DataPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Pack a dataset's images into databases, which load faster than single files.",
    discussion: """
      Images are warped to one size and written to DIR/train_lmdb and DIR/val_lmdb, which Caffe and every other reader of \
      LMDB open. The result is a dataset of its own, NAME-SIZE, on which NAME's label sets can be trained. \
      What interrupts the packing costs little: the same command goes on where it was.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The dataset's name.")
  var name: String
  @Option(name: [.customShort("o"), .long], help: "The output folder. (default: packed/NAME-SIZE in the home)")
  var output: String?
  @Option(help: "Side length of the packed images in pixels.")
  var size = 256
  @Flag(help: "Store raw pixels: fastest to read, largest on disk.")
  var raw = false
  @Flag(help: "Store JPEG files (the default).")
  var jpeg = false
  @Option(help: "JPEG quality, 1 to 100.")
  var quality = 95
  @Option(name: .customLong("as"), help: "The packed dataset's name. (default: NAME-SIZE)")
  var packedName: String?
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if raw && jpeg { throw ValidationError("--raw and --jpeg exclude each other") }
    if let workers, workers < 1 { throw ValidationError("--workers is at least 1") }
  }

  func run() throws {
    // A limit on the size of files is then an error like any other, and not the end.
    signal(SIGXFSZ, SIG_IGN)
    let catalog = global.catalog
    let dataset = try catalog.open(name)
    guard try !catalog.hasOwnHierarchy(name) else {
      throw Problem("a dataset with a hierarchy of its own cannot be packed yet", at: name)
    }
    let packedName = packedName ?? "\(name)-\(size)"
    try catalog.checkFree(packedName)
    let folder = output ?? "\(global.location.packed)/\(packedName)"
    let packer = try DatasetPacker(
      dataset: dataset, folder: folder, side: size, quality: raw ? nil : quality,
      workers: workers ?? ProcessorCores.usable)
    let total = dataset.labels(.train).count + dataset.labels(.val).count
    let report = try packer.run { RunProgressLine.show(work: "packed", $0, of: total) }
    RunProgressLine.end()
    let wordNet = global.wordnet == nil ? try? WordNetFiles.open() : try WordNetFiles.open(explicit: global.wordnet)
    let added = try catalog.add(packedName, FolderRecipe(path: folder), wordNet: wordNet)
    if json { return try Output.json(report) }
    for image in report.bad { print("skipped \(image.image): \(image.reason)") }
    print(
      "packed \(packedName): \(counted(report.train, "training image")), \(counted(report.val, "validation image")), "
        + "\(Output.size(added.entry.size)) in \(printable(report.folder))")
    if report.resumedAt > 0 { print("\(Output.grouped(report.resumedAt)) of them were already packed") }
    print("train on it with \(ShellCommand("train", "--dataset", packedName).inSentence)")
  }
}
