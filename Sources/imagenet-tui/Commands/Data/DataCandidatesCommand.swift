import ArgumentParser
import Basics
import Datasets
import Kernels

struct DataCandidatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "candidates", abstract: "Keep candidate regions beside a dataset with boxes, or show how well they find its objects.",
    discussion: """
      Candidate regions are the boxes in which R*CNN looks for context. `grid` is always there: the same boxes for every image. \
      Those of selective search are computed once, and kept. Others are brought as a file with one `image x1 y1 x2 y2` per line, x first, both corners inside; MATLAB writes y first and counts from 1. \
      Without a file this command prints what there is, with the share of a set's objects that a candidate overlaps by half or more.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The dataset's name.")
  var name: String
  @Option(name: .customLong("from"), help: ArgumentHelp("A file of candidate regions to keep.", valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("What that file calls the first pixel: 0 or 1.", valueName: "number"))
  var firstPixel: Int?
  @Option(name: .customLong("as"), help: ArgumentHelp("What to call the candidates of that file.", valueName: "source"))
  var source = "file"
  @Flag(help: "Also show selective search, which takes about a second an image the first time.")
  var selectiveSearch = false
  @Option(help: "The set whose objects are looked for. (default: test, else the first with objects)")
  var set: String?
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers is at least 1") }
    if let firstPixel, !(0...1).contains(firstPixel) { throw ValidationError("--first-pixel is 0 or 1") }
    guard (file == nil) == (firstPixel == nil) else {
      throw ValidationError("--from and --first-pixel belong together: files that count from 0 and from 1 look alike.")
    }
  }

  func run() throws {
    let dataset = try global.catalog.annotated(name)
    let store = CandidateStore(home: global.location, dataset: name)
    if let file, let firstPixel {
      let kept = try store.keep(source, file: file, firstPixel: firstPixel, images: dataset.allImages)
      if !json || kept.images < dataset.count {
        RunProgressLine.note("kept \(counted(kept.boxes, "box")) of \(counted(kept.images, "image")) of \(Output.grouped(dataset.count)) as \(source)")
      }
      if kept.strangers > 0 { RunProgressLine.note("note: passed over \(counted(kept.strangers, "line")) of images that \(name) does not have") }
    }
    let set = set ?? (dataset.sets.contains("test") ? "test" : dataset.sets[0])
    let images = try dataset.images(in: set)
    var rows: [CandidateRecall] = []
    for source in ["grid"] + (selectiveSearch ? ["selective-search"] : []) + store.brought {
      do throws(Problem) {
        rows.append(
          try CandidateRecall(store.open(source), images, in: dataset, workers: workers ?? ProcessorCores.usable) {
            RunProgressLine.show(work: "searched", $0, of: images.count)
          })
      } catch {
        guard error.kind == .notFound else { throw error }
        RunProgressLine.note("note: \(error)")
      }
      RunProgressLine.end()
    }
    if json { return try Output.json(rows) }
    func percent(_ share: Double) -> String { "\(decimals(share * 100, 1)) %" }
    Output.table(
      ["candidates", " boxes an image", " recall at ½", " mean best overlap"],
      rows.map { [$0.source, decimals($0.boxesPerImage, 1), percent($0.recall), percent($0.meanBestOverlap)] })
    print("\nof \(counted(rows.first?.objects ?? 0, "object")) in \(counted(images.count, "image")) of the set \(printable(set)), difficult ones left out")
  }
}
