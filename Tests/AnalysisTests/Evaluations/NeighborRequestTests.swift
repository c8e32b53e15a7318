import Analysis
import Basics
import Datasets
import Files
import FoundationEssentials
import Kernels
import Taxonomy
import TestSupport
import Testing
import Training

/// Forty training and twenty validation images of four classes, by name alone.
private struct FourClasses: Dataset {
  var name: String { "four" }
  var fingerprint: String { "four" }
  var summary: String { name }
  var classes: [FineClass] { (0..<4).map { FineClass(wnid: "n0000000\($0)", name: "class \($0)") } }
  var imageSize: (height: Int, width: Int, channels: Int)? { nil }
  func labels(_ split: Split) -> [Int32] { (0..<(split == .train ? 40 : 20)).map { Int32($0 * 7 % 4) } }
  func identifier(_ split: Split, _ index: Int) -> String { "\(split.rawValue)/\(index)" }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { throw Problem("there is no picture") }
}

/// Imported features alone, and one label set.
private struct FewFeatures: EvaluationContext {
  let store: FeatureStore
  let pairs: LabelSet

  func features(_ run: String, space: String?, of dataset: String?) throws(Problem) -> any ImageFeatures {
    try ImportedFeatures(run, in: store, dataset: FourClasses(), space: space, workers: 2)
  }
  func tree(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> Hierarchy { throw Problem("there is no tree") }
  func labelSet(_ name: String, for dataset: String?) throws(Problem) -> LabelSet { pairs }
  func detections(_ run: String, set: String?, progress: EvaluationProgress) throws(Problem) -> RunDetections { throw Problem("there is no run") }
  func annotated(_ dataset: String) throws(Problem) -> any AnnotatedDataset { throw Problem("there is no dataset") }
  func objectTree(_ classes: [String], depth: Int) throws(Problem) -> ObjectTree { ObjectTree(classes) }
}

@Suite struct NeighborRequestTests {
  private let folder = TemporaryFolder()
  private let dataset = FourClasses()
  private let pairs = LabelSet(
    name: "pairs", dataset: "four", policy: .name, recipe: [],
    classes: [
      TargetClass(wnid: "n00000010", name: "low", members: ["n00000000", "n00000001"]), TargetClass(wnid: "n00000020", name: "high", members: ["n00000002"]),
    ], leftOut: ["n00000003"])
  private var context: FewFeatures { FewFeatures(store: FeatureStore(home: Home(explicit: folder.path)), pairs: pairs) }

  /// Whole numbers, so that many distances are equal.
  private func rows(_ split: Split, seed: Int) -> [[Float]] {
    let random = CounterRandom(seed: 5, seed, split == .train ? 0 : 1)
    return dataset.labels(split).indices.map { row in (0..<3).map { Float(random.below(5, row * 3 + $0)) } }
  }

  private func take(_ name: String, seed: Int, taught: LabelSet? = nil) throws {
    var sources: [FeatureImport.Source] = []
    for split in Split.allCases {
      folder.write(numPyFile(rows(split, seed: seed)), to: "\(split.rawValue).npy")
      folder.write(Array(dataset.labels(split).map { "\($0)\n" }.joined().utf8), to: "\(split.rawValue).txt")
      sources.append(.init(features: "\(folder.path)/\(split.rawValue).npy", labels: "\(folder.path)/\(split.rawValue).txt"))
    }
    _ = try FeatureImport(name: name, sources: sources, taught: taught).run(into: context.store, dataset: dataset, program: "test")
  }

  /// The classes of the nearest images of a validation image, found by comparing every pair.
  private func nearest(_ query: Int, in gallery: Split, k: Int, seed: Int) -> [Int32] {
    let (asked, searched) = (rows(.val, seed: seed)[query], rows(gallery, seed: seed))
    return searched.indices.filter { gallery != .val || $0 != query }.sorted { a, b in
      func distance(_ row: Int) -> Float { zip(asked, searched[row]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      return (distance(a), a) < (distance(b), b)
    }.prefix(k).map { dataset.labels(gallery)[$0] }
  }

  @Test("Shares of green, orange and red among the neighbours of all validation images are those of comparing every pair", arguments: [Split.train, .val], [1, 5, 100])
  func shares(gallery: Split, k: Int) throws {
    try take("x", seed: 1, taught: pairs)
    let result = try NeighborRequest(runs: ["x"], queries: .validation(nil), gallery: gallery, k: k).run(in: context)
    var counts: [Verdict: Int] = [:]
    // The classes that the net was taught decide what is orange.
    let judge = Judge(pairs, classes: dataset.classes)
    for (query, label) in dataset.labels(.val).enumerated() {
      for found in nearest(query, in: gallery, k: k, seed: 1) { counts[judge.verdict(query: label, neighbor: found), default: 0] += 1 }
    }
    let all = Double(counts.values.reduce(0, +))
    #expect(result.metrics.map(\.name) == ["precision", "coarse", "wrong"])
    #expect(result.metrics.map(\.value) == Verdict.allCases.map { Double(counts[$0] ?? 0) / all })
    #expect(result.rows[0].queries == 20 && result.coarseLabels == "pairs")
    let table = try #require(result.report.tables.first)
    #expect(table.rows.count == 1 && table.csv.contains("precision,coarse,wrong"))
  }

  @Test("One query: its neighbours in order with their verdicts, the same as the result keeps for programs")
  func single() throws {
    try take("x", seed: 1)
    let result = try NeighborRequest(runs: ["x"], queries: .image(.val, 3), k: 7, labels: "pairs").run(in: context)
    let study = try #require(result.rows[0].study)
    #expect(study.neighbours.map(\.fineClass.wnid) == nearest(3, in: .train, k: 7, seed: 1).map { dataset.classes[Int($0)].wnid })
    #expect(study.step == nil && study.run == "features/x" && study.coarseClasses == 2)
    let again = try JSONDecoder().decode(NeighborResult.self, from: JSONEncoder().encode(result))
    #expect(again.rows[0].study?.neighbours.map(\.index) == study.neighbours.map(\.index) && again.metrics.map(\.value) == result.metrics.map(\.value))
    #expect(problem { _ = try NeighborRequest(runs: ["x"], queries: .image(.val, 20)).run(in: context) }?.kind == .notFound)
  }

  @Test("Nets are ordered from fine to coarse; without a tree and coarse classes neighbours are right or wrong")
  func several() throws {
    try take("none", seed: 1)
    try take("pairs", seed: 2, taught: pairs)
    #expect(try NeighborRequest(runs: ["none", "pairs"], queries: .validation(4)).run(in: context).rows.map(\.run) == ["features/pairs", "features/none"])
    let alone = try NeighborRequest(runs: ["none"], queries: .validation(4)).run(in: context)
    #expect(alone.coarseLabels == nil && alone.rows[0].queries == 4 && alone.rows[0].share(.coarse) == 0)
  }

  @Test("Queries are texts, in requests as on the command line", arguments: [
    ("3", NeighborQueries.image(.val, 3)), ("train/3", .image(.train, 3)), ("val", .validation(nil)), ("val:9", .validation(9)), ("a.png", .picture(file: "a.png")),
    ("./val", .picture(file: "./val")), ("val:x", .picture(file: "val:x")), ("/x/3", .picture(file: "/x/3")),
  ])
  func texts(text: String, queries: NeighborQueries) throws {
    #expect(NeighborQueries(text) == queries && queries.description == text)
    let request = NeighborRequest(runs: ["x"], queries: queries)
    #expect(try JSONDecoder().decode(NeighborRequest.self, from: JSONEncoder().encode(request)) == request)
    #expect(NeighborQueries.picture(file: "3").description == "./3")
  }

  @Test("Surprising images are those whose nearest is of their class under one net only, counted beyond those that are listed")
  func surprising() throws {
    try take("fine", seed: 1, taught: pairs)
    try take("coarse", seed: 2)
    let result = try SurprisingRequest(runs: ["coarse", "fine"], limit: 2).run(in: context)
    let right = [1, 2].map { seed in dataset.labels(.val).enumerated().map { nearest($0, in: .train, k: 1, seed: seed)[0] == $1 } }
    let (onlyFine, onlyCoarse) = (zip(right[0], right[1]).count { $0 && !$1 }, zip(right[0], right[1]).count { !$0 && $1 })
    try #require(onlyFine + onlyCoarse > 2)
    #expect(result.fine == "features/fine" && result.onlyFine == onlyFine && result.onlyCoarse == onlyCoarse && result.images == 20)
    #expect(result.metrics.map(\.value) == [onlyFine + onlyCoarse, onlyCoarse, onlyFine].map { Double($0) / 20 })
    #expect(result.queries.count == min(2, onlyFine) + min(2, onlyCoarse))
    for query in result.queries { #expect(right[query.isCoarseRight ? 1 : 0][query.image] && !right[query.isCoarseRight ? 0 : 1][query.image]) }
    let again = try JSONDecoder().decode(SurprisingResult.self, from: JSONEncoder().encode(result))
    #expect(again.queries == result.queries)
  }
}
