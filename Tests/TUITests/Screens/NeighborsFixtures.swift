import Analysis
import Basics
import Datasets
import TUI
import Taxonomy

/// Eight tiny pictures of four classes, two of which are garments.
struct TinyDataset: Dataset {
  var classNames = ["shirt", "coat", "bag", "boot"]
  var name: String { "tiny" }
  var summary: String { "eight pictures" }
  var classes: [FineClass] {
    classNames.enumerated().map { FineClass(wnid: "n0000000\($0.offset)", name: $0.element) }
  }
  var fingerprint: String { "tiny" }
  var imageSize: (height: Int, width: Int, channels: Int)? { (4, 4, 1) }
  func labels(_ split: Split) -> [Int32] { split == .train ? [0, 0, 1, 1, 2, 2, 3, 3] : [0, 1, 2, 3] }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    Picture(width: 4, height: 4, channels: 1, pixels: (0..<16).map { UInt8($0 * 16) })
  }
  func identifier(_ split: Split, _ index: Int) -> String { "\(split.rawValue)/\(index)" }
}

/// The neighbours screen on two runs, one of which was taught coarse classes.
enum NeighborsFixtures {
  static let fine = LabelSet(
    name: "fine-4", dataset: "tiny", policy: .name, recipe: [],
    classes: (0..<4).map { TargetClass(wnid: "n0000000\($0)", name: "c\($0)", members: ["n0000000\($0)"]) }, leftOut: []
  )
  static let coarse = LabelSet(
    name: "coarse-3", dataset: "tiny", policy: .name, recipe: [],
    classes: [
      TargetClass(wnid: "n00000009", name: "garment", members: ["n00000000", "n00000001"]),
      TargetClass(wnid: "n00000002", name: "bag", members: ["n00000002"]),
      TargetClass(wnid: "n00000003", name: "boot", members: ["n00000003"]),
    ], leftOut: [])
  static let runs = [
    FeatureContext.Candidate(run: RunsFixtures.all[0], labelSet: fine, steps: [400, 800, 1200]),
    FeatureContext.Candidate(run: RunsFixtures.all[1], labelSet: coarse, steps: [640]),
  ]
  static let found = [(1, 0.5), (2, 12.25), (4, 31.26), (3, 33.8), (6, 34), (7, 35), (5, 36)].map {
    index, distance in
    NeighborImage(split: .train, index: index, label: TinyDataset().labels(.train)[index], distance: distance)
  }

  /// The screen on a shirt of the training images, its neighbours found.
  static func opened(
    rows: Int = 24, columns: Int = 80, _ look: Look = Look(), runs count: Int = 1, dataset: TinyDataset = TinyDataset()
  ) -> AppState {
    var state = AppState(
      session: Session(dataset: "tiny", look: look, size: Size(rows: rows, columns: columns)), screen: .neighbors)
    _ = update(&state, .neighbors(.open(runs: [Self.runs[0].run.id])))
    let context = FeatureContext(dataset: dataset, runs: Self.runs, coarseSets: [Self.coarse, Self.fine], suggestedCoarse: Self.coarse)
    _ = update(&state, .neighbors(.opened(context)))
    if count == 2 {
      for key in ["R", .down, " ", .enter] as [Key] { _ = update(&state, .key(key)) }
    }
    while label(state) != 0 { _ = update(&state, .key("r")) }
    answer(&state)
    return state
  }

  /// The fine class of the query.
  static func label(_ state: AppState) -> Int32? {
    guard case .image(let split, let index) = state.neighbors.query else { return nil }
    return TinyDataset().labels(split)[index]
  }

  /// Answers the search under way, and any that waits behind it.
  static func answer(_ state: inout AppState) {
    for ticket in 1...60 {
      for row in state.neighbors.rows {
        _ = update(&state, .neighbors(.found(ticket: ticket, FoundRow(run: row.run.id, standing: .found(Self.found), step: row.steps.last))))
      }
      _ = update(&state, .neighbors(.searched(ticket: ticket)))
    }
  }

  /// Answers the search under way with these.
  static func answerOne(_ state: inout AppState, _ found: [NeighborImage]) {
    guard let ticket = state.neighbors.searchTicket else { return }
    for row in state.neighbors.rows {
      _ = update(&state, .neighbors(.found(ticket: ticket, FoundRow(run: row.run.id, standing: .found(found), step: row.step ?? row.steps.last))))
    }
    _ = update(&state, .neighbors(.searched(ticket: ticket)))
  }
}
