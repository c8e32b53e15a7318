import ArgumentParser
import Datasets
import Files
import Glibc
import Kernels
import Settings

/// The loader alone: how many images a second one core decodes, resizes, crops and mirrors.
struct LoaderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loader", abstract: "Time the loader on a dataset, or on a tree of class folders.",
    discussion: "Benchmarks/scripts/pil_loader.py makes such a tree and times PIL on it.")

  @Option(help: "A dataset that was added.") var dataset: String?
  @Option(help: "A tree of images in class folders, in place of a dataset.") var folder: String?
  @Option(help: "Where datasets are kept.") var home: String?
  @Option(help: "Pixels of a side that images are warped to.") var resize = 256
  @Option(help: "Pixels of a side of the crop.") var crop = 227
  @Option(help: "Channels of an input.") var channels = 3
  @Option(help: "Cores to work on.") var workers = 1
  @Option(help: "Images to load, some of them more than once where there are fewer.") var images = 2000

  func run() throws {
    let dataset = try open()
    let augmentation = TrainingConfiguration.Augmentation(
      resize: .warp, resizeTo: resize, padding: 0, mirror: true, mean: .channel, scale: 1)
    let batch = 32
    let loader = try Loader(
      dataset: dataset, split: .train, input: (crop, crop, channels), batchSize: batch, augmentation: augmentation,
      mean: Tensor(Array([104, 117, 123].prefix(channels)), shape: [channels]), training: true, seed: 1, workers: workers)
    let count = dataset.labels(.train).count
    let samples = (0..<images).map { Sample(index: Int32($0 % count), label: 0) }
    let input = Tensor([batch, crop, crop, channels])
    var labels = [Int32](repeating: 0, count: batch)
    // The first round fills the page cache; of the rest the one that cost the processor least counts.
    var (best, wall, skipped) = (Double.infinity, Double.infinity, 0)
    for epoch in 0..<4 {
      loader.begin(samples, epoch: epoch)
      let (start, ticks) = (ContinuousClock.now, clock())
      for _ in 0..<(images + batch - 1) / batch { skipped += try loader.next(into: input, labels: &labels).skipped.count }
      guard epoch > 0 else { continue }
      best = min(best, Double(clock() - ticks) / 1e6)
      wall = min(wall, (ContinuousClock.now - start) / .seconds(1))
    }
    let perCore = Double(images) / best
    print(
      "loader, \(dataset.name), resize \(resize), crop \(crop), \(workers) workers: \(decimal(perCore)) images/s per core",
      "(\(decimal(1e6 / perCore)) µs an image), \(decimal(Double(images) / wall)) images/s in all",
      skipped > 0 ? "; \(skipped) images could not be decoded" : "")
  }

  private func open() throws -> any Dataset {
    if let dataset { return try DatasetCatalog(home: Home(explicit: home)).open(dataset) }
    guard let folder else { throw ValidationError("give --dataset or --folder") }
    let place = "/tmp/imagenet-bench-\(getpid())"
    let catalog = DatasetCatalog(home: Home(explicit: place))
    _ = try catalog.add("folder", FolderRecipe(path: folder), wordNet: nil)
    let opened = try catalog.open("folder")
    try catalog.remove("folder")
    for path in [place + "/datasets", place] { rmdir(path) }
    return opened
  }
}
