import ArgumentParser
import Basics
import Datasets
import Taxonomy

struct DataAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a folder of JPEG, PNG, WebP and GIF images as a dataset; the images stay in place.",
    discussion: """
      The tree is PATH/<class>/*.{jpg,jpeg,png,webp}, or PATH/train/<class>/… and PATH/val/<class>/…. A class folder is \
      named by its wnid, or by a name that --map resolves. Splits are known by any usual name (Training, valid, \
      train_images, …), also in folders around them. Without validation images, those of a folder test take their place, \
      else a share of each class is held out. Adding a name again reads the tree again.

      Pixels are 8-bit grey or RGB. EXIF orientation is ignored, as torchvision does. Transparency is laid on white \
      (torchvision drops it). 16-bit PNG is scaled to 8 bits. Of an animated WebP or GIF the first frame is taken.

      Images may also be listed: lines `path label` (Caffe's train.txt and val.txt), the label a number from 0 or a \
      wnid. Paths begin in the split's folder or in PATH. ILSVRC-2012 with its flat folder of validation images: \
      data add imagenet-1k PATH --val-list val.txt

      SUN397 is known by its ClassName.txt, in PATH, PATH/Partitions or PATH/SUN397, and read as one of its ten partitions of \
      50 training and 50 test images a class: data add sun397 PATH --partition 1

      A devkit of PASCAL VOC is known by its folders Annotations, ImageSets and JPEGImages, in PATH, below it or in PATH/VOCdevkit, and read with \
      its boxes for detection: data add voc2007 PATH
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The name to give the dataset.")
  var name: String
  @Argument(help: "The folder that contains the class folders, or train/ and val/.")
  var path: String
  @Option(help: "A file with one folder<TAB>wnid per line.")
  var map: String?
  @Option(help: "A list of the training images, one `path label` per line.")
  var trainList: String?
  @Option(help: "A list of the validation images, one `path label` per line.")
  var valList: String?
  @Option(help: "A file whose line i is the wnid of label i. (default: the wnids in ASCII order)")
  var synsets: String?
  @Option(help: ArgumentHelp("The partition of SUN397. (default: 1)", valueName: "number"))
  var partition: Int?
  @Flag(help: "Put boxes that reach beyond their image on its edge, in a devkit of PASCAL VOC; otherwise they are faults.")
  var clipBoxes = false
  @Option(help: "A class hierarchy to use instead of WordNet: a file with one child<TAB>parent or one lineage (Animalia/Arthropoda/…) per line.")
  var hierarchy: String?
  @Flag(help: "Treat a name on several lines of that file as one node with several parents, not as different nodes with the same name.")
  var severalParents = false
  @Flag(help: "Follow symbolic links that point outside PATH.")
  var followLinks = false
  @Option(help: "Percentage of each class to hold out for validation where there is no val folder.")
  var heldOut = 10
  @Option(help: "Random seed of the held-out split.")
  var seed: UInt64 = 1
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let recipe = try FolderRecipe(
      path: path, mapFile: map, trainList: trainList, valList: valList, synsetsFile: synsets,
      hierarchyFile: hierarchy, severalParents: severalParents, partition: partition, followsLinks: followLinks,
      heldOutPercent: heldOut, seed: seed, named: name, boxes: clipBoxes ? .clipped : nil)
    // Without WordNet, wnids are believed and classes are named by them.
    let wordNet = global.wordnet == nil ? try? WordNetFiles.open() : try WordNetFiles.open(explicit: global.wordnet)
    let added = try global.catalog.add(name, recipe, wordNet: wordNet)
    if json {
      for note in added.notes { RunProgressLine.note("note: \(note)") }
      return try Output.json(added.entry)
    }
    let entry = added.entry
    let verb = added.change == .new ? "added" : added.change == .changed ? "updated" : "unchanged:"
    if let sets = entry.sets {
      print("\(verb) \(name): boxes of \(counted(entry.classes, "class")), \(Output.size(entry.size))")
      print(sets.sorted { $0.key < $1.key }.map { "\($0.key) \(Output.grouped($0.value))" }.joined(separator: ", "))
      for note in added.notes { print(printable("note: \(note)")) }
      return print("\(ShellCommand("data", "check", name).inSentence) lists \(added.faults > 0 ? "all of them" : "annotations and images that are wrong")")
    }
    let heldOut = added.isHeldOut ? " (held out)" : ""
    print(
      "\(verb) \(name): \(counted(entry.classes, "class")), \(counted(entry.train, "training image")), "
        + "\(counted(entry.val, "validation image"))\(heldOut), \(Output.size(entry.size))")
    for note in added.notes { print(printable("note: \(note)")) }
    if added.ignored > 0 {
      print("ignored \(counted(added.ignored, "file")) that are not images or not in a class folder")
    }
    print("\(ShellCommand("data", "check", name).inSentence) lists images that cannot be decoded")
  }
}
