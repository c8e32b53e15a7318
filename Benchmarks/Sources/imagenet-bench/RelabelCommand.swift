import ArgumentParser
import Basics
import Datasets
import Kernels
import Taxonomy
import Training

/// Seeing ImageNet's 1,281,167 training images through another label set.
struct RelabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relabel", abstract: "Time how long as many images as ImageNet's take to get other labels.")

  @Option(help: "Images.") var images = 1_281_167

  func run() throws {
    let wnids = try Assets.lines("imagenet-1k.wnids")
    let dataset = Labels(wnids: wnids, images: images)
    // Groups of neighbours by number, a part left out: as a label set of 486 classes or one of 2 costs.
    for (name, classes, kept, budget) in [
      ("1000 classes", 1000, 1000, nil), ("486 classes", 486, 1000, nil), ("79 classes", 79, 771, nil),
      ("2 classes", 2, 1000, nil), ("1000 classes, 500 images each", 1000, 1000, 500),
      ("127 classes, 50 images each", 127, 1000, 50),
    ] as [(String, Int, Int, Int?)] {
      let groups = Dictionary(grouping: wnids.indices.prefix(kept)) { $0 * classes / kept }
      let set = LabelSet(
        name: name, dataset: dataset.name, policy: .name, recipe: [],
        classes: groups.values.map { members in
          TargetClass(wnid: wnids[members[0]], name: "", members: members.map { wnids[$0] })
        }, leftOut: Array(wnids.dropFirst(kept)), imageBudget: budget.map { ImageBudget(perClass: $0, seed: 1) })
      var best = Duration.seconds(1000)
      var count = 0
      for _ in 0..<10 {
        let start = ContinuousClock.now
        count = try TrainingView(dataset, set).training.count
        best = min(best, ContinuousClock.now - start)
      }
      print("\(images) images to \(name): \(count) in \(decimal(best / .milliseconds(1))) ms")
    }
  }
}

/// A dataset of labels alone.
private struct Labels: Dataset {
  let name = "labels"
  let summary = "labels"
  let classes: [FineClass]
  let fingerprint = "labels"
  let train, val: [Int32]
  var imageSize: (height: Int, width: Int, channels: Int)? { nil }

  init(wnids: [String], images: Int) {
    classes = wnids.map { FineClass(wnid: $0, name: $0) }
    // By class, as on the disk.
    train = (0..<images).map { Int32($0 * wnids.count / images) }
    val = (0..<50_000).map { Int32($0 / 50) }
  }

  func labels(_ split: Split) -> [Int32] { split == .train ? train : val }
  func identifier(_ split: Split, _ index: Int) -> String { "" }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { throw Problem("there is no picture") }
}
