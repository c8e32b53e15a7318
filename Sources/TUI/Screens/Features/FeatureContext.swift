import Analysis
import Basics
import Datasets
import Runs
import Taxonomy

/// What the screens that look at features work with: a dataset with its tree, the runs on it, and their networks once they are opened.
package struct FeatureContext: Sendable {
  package struct Candidate: Sendable {
    package var run: RunSummary
    package var labelSet: LabelSet
    /// The steps of its checkpoints, rising.
    package var steps: [Int]

    package init(run: RunSummary, labelSet: LabelSet, steps: [Int] = []) {
      self.run = run
      self.labelSet = labelSet
      self.steps = steps
    }
  }

  package var dataset: any Dataset
  /// Nil without WordNet, and where the classes are in none.
  package var hierarchy: Hierarchy?
  /// Those with a checkpoint, newest first, and behind them the imported features, which stand in for runs without any.
  package var runs: [Candidate]
  /// Runs that find objects, of any dataset, newest first.
  package var detectors: [RunSummary]
  /// What can decide which classes are alike, without duplicates.
  package var coarseSets: [LabelSet]
  /// The names of those among them that a command knows.
  package var saved: Set<String>
  /// What the tree suggests for it.
  package let suggestedCoarse: LabelSet?
  let finders: FinderShelf

  package init(
    dataset: any Dataset, hierarchy: Hierarchy? = nil, runs: [Candidate], coarseSets: [LabelSet], suggestedCoarse: LabelSet? = nil,
    saved: Set<String> = [], detectors: [RunSummary] = []
  ) {
    self.detectors = detectors
    self.dataset = dataset
    self.hierarchy = hierarchy
    self.runs = runs
    self.coarseSets = coarseSets
    self.saved = saved
    self.suggestedCoarse = suggestedCoarse
    finders = FinderShelf()
  }

  /// Reads what is there now; `known` keeps the dataset, its tree and the networks that are open.
  /// - Parameters:
  ///   - run: the one that is looked at: its dataset is opened.
  ///   - name: of the dataset that is opened otherwise.
  init(known: FeatureContext?, run: String?, dataset name: String, _ environment: Environment) throws(Problem) {
    let imported = Self.imported(environment)
    let begun = environment.runs.refresh().filter { $0.progress.step > 0 }
    detectors = begun.filter { $0.task == .detection }
    let summaries = begun.filter { $0.task == .classification } + imported.map(\.run)
    // The dataset of the newest run, where the one the program was opened on has none.
    let chosen = summaries.first { $0.id == run }?.dataset
      ?? (summaries.contains { $0.dataset == name } ? name : summaries.first?.dataset ?? name)
    let same = known?.dataset.name == chosen ? known : nil
    // The program's own dataset is open already, with its pixels where these are in memory.
    dataset =
      if let same { same.dataset } else if chosen == environment.dataset { try environment.openDataset() } else { try environment.catalog.open(chosen) }
    finders = known?.finders ?? FinderShelf()
    runs = summaries.filter { $0.dataset == chosen && !$0.isImportedFeatures }.compactMap { summary in
      let directory = RunDirectory(summary.path)
      let steps = directory.checkpoints.steps()
      guard !steps.isEmpty, let configuration = try? directory.configuration() else { return nil }
      return Candidate(run: summary, labelSet: configuration.labelSet, steps: steps)
    } + imported.filter { [fingerprint = dataset.fingerprint] in $0.run.dataset == chosen && $0.fingerprint == fingerprint }.map(\.candidate)
    let policy = runs.first?.labelSet.policy ?? .name
    hierarchy =
      if let tree = same?.hierarchy, tree.policy == policy { tree } else { try? environment.hierarchy(of: chosen, policy) }
    let store = environment.labelSets
    let stored = store.names().compactMap { try? store.load($0, for: chosen) }
    saved = Set(stored.map(\.name))
    // Without WordNet there is just no suggestion.
    suggestedCoarse = hierarchy.flatMap { tree in try? .suggestedCoarseClasses(dataset: chosen, on: tree) }
    var seen: Set<String> = []
    coarseSets = (stored + runs.map(\.labelSet).filter { !$0.classes.isEmpty } + (suggestedCoarse.map { [$0] } ?? [])).filter {
      seen.insert($0.name).inserted
    }
    .sorted { ($0.classes.count, $0.name) < ($1.classes.count, $1.name) }
  }

  /// Whether there is anything to look at.
  package var hasRuns: Bool { !runs.isEmpty || !detectors.isEmpty }

  package func run(_ id: String) -> Candidate? { runs.first { $0.run.id == id } }

  /// What the net of a run calls an activation.
  func layer(_ space: NeighborSpace, of run: RunSummary) -> String { run.isImportedFeatures ? run.network : space.layer(of: run.network) }

  /// The features of other programs, in the order of their names; those that cannot be read are told by `features list`.
  private static func imported(_ environment: Environment) -> [(run: RunSummary, candidate: Candidate, fingerprint: String)] {
    let store = FeatureStore(home: environment.home, wordNet: environment.wordNet)
    return store.names().compactMap { name in
      guard let found = try? store.description(name) else { return nil }
      let taught = found.taught ?? LabelSet(name: "none", dataset: found.dataset, policy: .name, recipe: [], classes: [], leftOut: [])
      var run = RunSummary(
        id: NamedFeatures.imported(name).text, name: name, path: environment.home.features + "/" + name, created: found.created, state: .finished,
        dataset: found.dataset, labelSet: taught.name, classes: taught.classes.count, network: found.space, epochs: 0, batchSize: 0, seed: 0, host: "",
        progress: RunProgress())
      run.note = found.note ?? ""
      return (run, Candidate(run: run, labelSet: taught), found.fingerprint)
    }
  }

  // MARK: Images

  package func fineClass(of image: ImageReference) -> FineClass? {
    guard let label = label(of: image), dataset.classes.indices.contains(Int(label)) else { return nil }
    return dataset.classes[Int(label)]
  }

  /// Nil for a picture from outside.
  func label(of image: ImageReference) -> Int32? {
    guard case .image(let split, let index) = image else { return nil }
    let labels = dataset.labels(split)
    return labels.indices.contains(index) ? labels[index] : -1
  }

  /// The name of its class, or of its file.
  func name(of image: ImageReference) -> String {
    switch image {
    case .image: fineClass(of: image)?.name ?? "?"
    case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
    }
  }

  /// In few words, where it lies.
  func place(of image: ImageReference) -> String {
    switch image {
    case .image(let split, let index): "\(split.rawValue)/\(index)"
    case .file: "file"
    }
  }

  func identifier(of image: ImageReference) -> String {
    switch image {
    case .image(let split, let index): dataset.identifier(split, index)
    case .file(let path): path
    }
  }

  /// The nodes above a class, from the root down to it, as they are shown; the class alone where there is no tree.
  func path(of fine: FineClass) -> String {
    guard let hierarchy, let node = hierarchy.node(wnid: fine.wnid) else { return printable(fine.name) }
    return (hierarchy.chain(node).dropFirst().reversed().map { printable(hierarchy.name($0)) } + [printable(fine.name)]).joined(separator: " › ")
  }

  func picture(_ image: ImageReference) throws(Problem) -> Picture {
    switch image {
    case .image(let split, let index): try dataset.picture(split, index)
    case .file(let path): try Picture(file: path)
    }
  }

  /// What decides orange for nets that were taught these, until somebody chooses.
  func coarseClasses(taught: [LabelSet]) -> LabelSet? { .coarseClasses(taught: taught) ?? suggestedCoarse }
}

extension RunSummary {
  /// Whether it stands for features of another program, which have no training.
  package var isImportedFeatures: Bool { id.hasPrefix(ImportedFeatures.prefix) }

  /// How many classes its net was taught, in words.
  package func taughtWords(_ labelSet: LabelSet) -> String {
    isImportedFeatures ? "imported" + (labelSet.classes.isEmpty ? "" : ", \(counted(labelSet.classes.count, "class"))") : counted(labelSet.classes.count, "class")
  }
}
