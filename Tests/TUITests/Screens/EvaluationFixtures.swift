import Analysis
import Basics
import Datasets
import EngineFixtures
import Runs
import TUI
import Taxonomy
import TestSupport
import Training

/// Fashion-MNIST's classes with a few images each, which are all the same.
struct FashionDataset: Dataset {
  let classes: [FineClass]

  init(naming: (String) -> String = { $0 }) throws {
    classes = try TreeScreenTests.catalog.classes(of: "fashion-mnist").map { FineClass(wnid: $0.wnid, name: naming($0.name)) }
  }

  var name: String { "fashion-mnist" }
  var summary: String { "the classes of Fashion-MNIST" }
  var fingerprint: String { "few" }
  var imageSize: (height: Int, width: Int, channels: Int)? { (4, 4, 1) }
  func labels(_ split: Split) -> [Int32] { (0..<(split == .train ? 60 : 200)).map { Int32($0 % 10) } }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { try TinyDataset().picture(split, 0) }
  func identifier(_ split: Split, _ index: Int) -> String { "\(split.rawValue)/\(index)" }
}

/// The evaluation screen on a run on the fine classes and two on coarser ones.
struct EvaluationFixtures {
  let tree: Hierarchy
  let dataset: FashionDataset
  let fine, coarse, two: LabelSet
  let context: FeatureContext

  /// - Parameter naming: makes other names of those of classes, label sets and runs.
  init(naming: (String) -> String = { $0 }) throws {
    let tree = try RealTrees.hierarchy("fashion-mnist")
    func set(_ name: String, _ recipe: [RecipeStep]) throws -> LabelSet {
      var set = try LabelSet(name: naming(name), dataset: "fashion-mnist", recipe: recipe, on: tree)
      for index in set.classes.indices { set.classes[index].name = naming(set.classes[index].name) }
      return set
    }
    self.tree = tree
    dataset = try FashionDataset(naming: naming)
    fine = try set("fine", [])
    coarse = try set("four", [.bottomUp(depth: 7)])
    two = try set("two", [.bottomUp(depth: 6)])
    let runs = [(0, fine, [400, 800, 1200]), (1, coarse, [640]), (3, two, [100, 300])].map { index, set, steps in
      var run = RunsFixtures.all[index]
      run.name = naming(run.name)
      return FeatureContext.Candidate(run: run, labelSet: set, steps: steps)
    }
    context = FeatureContext(
      dataset: dataset, hierarchy: tree, runs: runs, coarseSets: [two, coarse, fine], suggestedCoarse: coarse, saved: ["four"],
      detectors: [Self.detector(naming)])
  }

  private static func detector(_ naming: (String) -> String) -> RunSummary {
    var run = RunsFixtures.all[4]
    (run.id, run.name, run.task, run.dataset, run.classes) = ("20260101-000000-det", naming("det"), .detection, "voc2007", 3)
    return run
  }

  /// Two images of 80×60: in the first a dog is found, and again, a cat missed and a car taken for background; in the second all is found.
  private var detections: DetectionResult {
    let (dog, cat, car) = (Box(5, 5, 34, 34), Box(45, 20, 74, 54), Box(30, 40, 44, 54))
    let classes = ["car", "cat", "dog"]
    let images = [
      AnnotatedImage(name: "000001", width: 80, height: 60, objects: [AnnotatedObject(label: 2, box: dog, place: 1), AnnotatedObject(label: 1, box: cat, place: 2)]),
      AnnotatedImage(name: "000002", width: 80, height: 60, objects: [AnnotatedObject(label: 2, box: cat, place: 1)]),
    ]
    let found = [
      [Detection(label: 2, score: 0.93, box: dog), Detection(label: 2, score: 0.61, box: dog), Detection(label: 0, score: 0.72, box: car)],
      [Detection(label: 2, score: 0.88, box: cat)],
    ]
    return DetectionResult(
      RunDetections(
        run: "20260101-000000-det", step: 1876, dataset: "voc2007", objects: FoundObjects(set: "test", classes: classes, images: images, detections: found)),
      on: ObjectTree(classes))
  }

  /// The fine net: images of a class are right, but for one in five that is taken for the class after it, and one in ten for the last.
  var predictions: RunPredictions {
    let truths = dataset.labels(.val)
    let classOf = fine.targets(for: dataset.classes.map(\.wnid))
    let predictions = truths.indices.map { image in
      let label = Int(truths[image])
      return classOf[image / 10 % 5 == 0 ? (label + 1) % 10 : image / 10 % 10 == 7 ? 9 : label]
    }
    return RunPredictions(labelSet: fine, truths: truths.map { classOf[Int($0)] }, predictions: predictions)
  }

  private func coarseFine(_ set: LabelSet, minMembers: Int) throws -> CoarseFineResult {
    try CoarseFineResult(
      run: RunsFixtures.all[0].id, step: 1200, dataset: "fashion-mnist", predictions, coarse: set, minMembers: minMembers, tree: tree)
  }

  private func result(_ set: LabelSet, _ share: Double) -> Induction.Result {
    let tested = Induction.testedClasses(set, of: dataset.classes)
    func estimate(_ value: Double) -> Estimate { Estimate(value: value, low: value - 0.04, high: value + 0.03) }
    return Induction.Result(
      ks: [1, 5], galleryImages: 6 * tested.count, queries: 20 * tested.count, accuracy: [estimate(share), estimate(min(0.97, share + 0.2))],
      classes: tested.map { .init(fineClass: $0, queries: 20, hits: [Int(20 * share), 19]) })
  }

  func study(_ runs: [String], _ baselines: [String]) -> InductionResult {
    let rows = runs.compactMap { context.run($0) }.enumerated().map { place, candidate in
      InductionResult.Row(
        run: candidate.run.id, step: candidate.steps[0], candidate.labelSet, seed: 1, classes: dataset.classes,
        result(candidate.labelSet, 0.7 - 0.15 * Double(place)), baselines: baselines.map { _ in result(candidate.labelSet, 0.8) })
    }
    return InductionResult(Induction(), space: "fc7", rows: rows, baselines: baselines, labels: nil)
  }

  /// Classes on a circle, their images around them.
  var map: FeatureMap {
    let corners: [(Double, Double)] = [(3, 0), (2.4, 1.8), (0.9, 2.9), (-0.9, 2.9), (-2.4, 1.8), (-3, 0), (-2.4, -1.8), (-0.9, -2.9), (0.9, -2.9), (2.4, -1.8)]
    let fines = dataset.labels(.val).map { Int($0) }
    let points = fines.enumerated().map { image, fine in
      (x: corners[fine].0 + Double(image * 7 % 11) / 14, y: corners[fine].1 + Double(image * 5 % 13) / 16)
    }
    return FeatureMap(
      run: RunsFixtures.all[0].id, step: 1200, space: "fc7", dataset: "fashion-mnist", points: points, fines: fines, shares: [0.412, 0.18])
  }

  /// What the work would bring back.
  func answer(_ question: EvaluationQuestion) throws -> any Sendable {
    switch question.request {
    case let asked as CoarseFineRequest: try coarseFine(context.coarseSets.first { $0.name == asked.labels }!, minMembers: asked.minMembers)
    case let asked as MergeRequest:
      try MergeProposal(
        .confusion, predictions, features: { () throws(Problem) in throw Problem("none") }, tree: tree,
        least: asked.likeness == .features ? asked.least! + 0.6 : asked.least, alongTree: asked.alongTree)
    case let asked as InductionRequest: study(asked.runs, asked.baselines)
    case is FeatureMapRequest: map
    case is DetectionRequest: detections
    case is AnnotatedPictureRequest: Picture(width: 80, height: 60, channels: 1, pixels: (0..<4800).map { UInt8($0 % 80 + $0 / 80) })
    default: preconditionFailure("nothing asks that")
    }
  }

  /// Answers what is asked, until nothing is.
  func finish(_ state: inout AppState, _ effects: [Effect]) throws {
    for effect in effects {
      switch effect {
      case .evaluation(.answer(_, let question, let ticket, let cancellation)) where !cancellation.isCancelled:
        try finish(&state, update(&state, .evaluation(.answered(ticket: ticket, answer: answer(question), isWhole: true))))
      case .evaluation(.open): try finish(&state, update(&state, .evaluation(.opened(context))))
      default: break
      }
    }
  }

  func press(_ state: inout AppState, _ keys: Key...) throws {
    for key in keys { try finish(&state, update(&state, .key(key))) }
  }

  /// The screen, everything answered that was asked.
  func opened(_ size: Size = Size(rows: 24, columns: 80), _ look: Look = Look()) throws -> AppState {
    var state = try TreeScreenTests.state("fashion-mnist", size, look)
    try press(&state, "5")
    return state
  }

  /// Neighbours of every class.
  var found: [NeighborImage] {
    (0..<24).map { NeighborImage(split: .train, index: $0, label: dataset.labels(.train)[$0], distance: Double($0) / 3 + 1) }
  }
}
