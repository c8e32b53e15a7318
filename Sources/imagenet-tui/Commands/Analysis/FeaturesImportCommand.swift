import Analysis
import ArgumentParser
import Basics
import Datasets
import LabelSets
import Taxonomy

struct FeaturesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import features that another program computed: neighbours, knn, linear, induction and maps take them by name.",
    discussion: """
      FILE.npy has a row of floats (16, 32 or 64 bits, C or Fortran order) for each image; NaN and infinity are refused. The labels tell which image \
      each row is of: a text with a path a line, below the dataset's folder or longer; a table (CSV, or the TSV that `features export` writes) with \
      columns path or index, and class or split where these are known; whole numbers (.npy or text) that are indices with --split. Classes alone, by \
      wnid, name or number, will do where the rows are all images of a split in the dataset's order, which is checked class by class. Several files \
      (one for train, one for val) take --labels, and --split where it is needed, once each in the same order.

      --scores says that the columns are the scores of the classes of --trained-on in the order of their wnids, so that coarse-fine can be asked. \
      Induction tests the classes that --trained-on does not hold, and all classes without it.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: ArgumentHelp("The .npy files.", valueName: "file"))
  var files: [String]
  @Option(help: ArgumentHelp("What the rows of each file are of.", valueName: "file"))
  var labels: [String] = []
  @Option(help: "The dataset of the images.")
  var dataset: String
  @Option(help: "The name under which they are kept.")
  var name: String
  @Option(help: "The split of each file's images: train or val. (default: as the labels tell)")
  var split: [Split] = []
  @Option(help: ArgumentHelp("What numbers among the labels are, where they could be both: indices of images, or classes.", valueName: "indices|classes"))
  var rows: FeatureImport.Reading?
  @Option(help: "The layer's name.")
  var space = "features"
  @Option(help: ArgumentHelp("The classes that the network was trained on: a saved label set, or fine: the dataset's own.", valueName: "labels"))
  var trainedOn: String?
  @Flag(help: "The columns are the scores of these classes.")
  var scores = false
  @Option(help: "A note to keep with them, as the network's name and weights.")
  var note: String?
  @Flag(help: "Move features of that name to the trash.")
  var replace = false
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("give a .npy file") }
    guard labels.count == files.count else {
      throw ValidationError("give --labels FILE once for each .npy file, in the same order: what the rows are of cannot be guessed")
    }
    guard split.isEmpty || split.count == files.count else { throw ValidationError("give --split once for each .npy file, in the same order, or not at all") }
    guard !scores || trainedOn != nil else { throw ValidationError("--scores goes with --trained-on") }
  }

  func run() throws {
    let images = try global.catalog.open(dataset)
    let taught: LabelSet? = try trainedOn.map { named in
      named == "fine" && !global.labelSets.contains(named) ? .fineClasses(of: images) : try global.labelSets.load(named, for: dataset)
    }
    let sources = files.indices.map { FeatureImport.Source(features: files[$0], labels: labels[$0], split: split.isEmpty ? nil : split[$0]) }
    let found = try FeatureImport(
      name: name, sources: sources, space: space, taught: taught, areScores: scores, reading: rows, note: note, mayReplace: replace
    ).run(into: global.features, dataset: images, program: ImagenetTUI.nameAndVersion) { done, total in
      RunProgressLine.show(work: "rows", done, of: total)
    }
    RunProgressLine.end()
    if json { return try Output.json(global.features.entry(name)) }
    print("imported \(name): \(counted(found.width, "number")) for each of \(Split.allCases.filter { found[$0] > 0 }.map { part($0, found, images) }.joined(separator: " and "))")
    if scores, found.val > 0 { try showAccuracy() }
  }

  private func part(_ split: Split, _ found: ImportedDescription, _ images: any Dataset) -> String {
    let total = images.labels(split).count
    let words = split == .train ? "training image" : "validation image"
    return found[split] == total ? counted(total, words) : "\(Output.grouped(found[split])) of \(counted(total, words))"
  }

  /// Columns in another order than the classes' show here.
  private func showAccuracy() throws {
    let context = global.context(workers: nil)
    let scored = try RunPredictions(try context.features(NamedFeatures.imported(name).text, space: NeighborSpace.scores.rawValue, of: dataset))
    let right = zip(scored.truths, scored.predictions).count { $0 == $1 }
    print("highest score at the right class: \(percent(Double(right) / Double(scored.truths.count))) of \(counted(scored.truths.count, "validation image"))")
  }
}

extension FeatureImport.Reading: ExpressibleByArgument {}

extension GlobalOptions {
  var features: FeatureStore { FeatureStore(home: location, wordNet: wordnet) }
}
