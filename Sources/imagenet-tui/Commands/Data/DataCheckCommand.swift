import ArgumentParser
import Basics
import Datasets
import FoundationEssentials
import Kernels
@preconcurrency import Glibc

struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Decode every image of a dataset and list the bad ones.",
    discussion: """
      Of a devkit of PASCAL VOC it also lists every wrong annotation with file and object. Exit code 1 where an image is bad or the files are no longer those that were added; trainings leave bad images \
      out and count them.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The dataset's name.")
  var name: String
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  private struct Report: Encodable {
    var name: String
    var images: Int
    /// Whether the files are still those that were added.
    var current: Bool
    var bad: [DatasetCheck.BadImage]
  }

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers is at least 1") }
  }

  func run() throws {
    let catalog = global.catalog
    if catalog.isAnnotated(name) { return try checkAnnotations(catalog.annotated(name)) }
    let dataset = try catalog.open(name)
    let total = dataset.labels(.train).count + dataset.labels(.val).count
    let showsProgress = isatty(STDERR_FILENO) == 1
    let bad = try DatasetCheck.run(dataset, workers: workers ?? ProcessorCores.usable) { done in
      if showsProgress { fputs("\r\(Output.grouped(done)) of \(Output.grouped(total)) ", stderr) }
    }
    if showsProgress { fputs("\r\u{1B}[K", stderr) }
    let isCurrent = try catalog.isCurrent(name)
    if json {
      try Output.json(Report(name: name, images: total, current: isCurrent, bad: bad))
    } else {
      for image in bad { print("\(image.image): \(image.reason)") }
      print("\(counted(total, "image")) decoded, \(Output.grouped(bad.count)) bad")
      if !isCurrent { print("the files have changed since they were added; run `imagenet-tui data add` again") }
    }
    if !bad.isEmpty || !isCurrent { throw ExitCode(1) }
  }

  private struct AnnotationReport: Encodable {
    var name: String
    var images: Int
    var current: Bool
    var bad: [VOCDataset.Fault]
  }

  private func checkAnnotations(_ dataset: VOCDataset) throws {
    let showsProgress = isatty(STDERR_FILENO) == 1
    let found = try dataset.check(workers: workers ?? ProcessorCores.usable) { done in
      if showsProgress { fputs("\r\(Output.grouped(done)) of \(Output.grouped(dataset.count)) ", stderr) }
    }
    if showsProgress { fputs("\r\u{1B}[K", stderr) }
    if json {
      try Output.json(AnnotationReport(name: name, images: dataset.count, current: found.isCurrent, bad: found.faults))
    } else {
      for fault in found.faults { print(fault.reason) }
      print("\(counted(dataset.count, "image")) and their annotations read, \(counted(found.faults.count, "fault"))")
      if !found.isCurrent { print("the files have changed since they were added; run `imagenet-tui data add` again") }
    }
    if !found.faults.isEmpty || !found.isCurrent { throw ExitCode(1) }
  }
}
