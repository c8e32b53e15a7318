import Analysis
import Basics
import Datasets
import Files
import LabelSets
import Networks
import Runs
import Settings
import Taxonomy
import Training

/// What a study comes to on this home: every piece of work that its reports ask for, each once, with its key.
public struct StudyPlan: Sendable {
  public let name: String
  public let study: Study
  /// Parents stand before their children.
  public let works: [StudyWork]
  public let grids: [StudyGrid]
  /// Fingerprints of the datasets that are used, by name.
  public let datasets: [(name: String, fingerprint: String)]

  /// - Throws: a ``Problem`` where a net cannot be made: a line for each that cannot.
  public init(_ file: StudyFile, home: Home, wordNet: String? = nil, selection: StudySelection = .init()) throws(Problem) {
    try selection.check(file.study)
    var planner = StudyPlanner(file: file, home: home, wordNet: wordNet, selection: selection)
    grids = try planner.grids()
    (name, study) = (file.name, file.study)
    works = planner.finished()
    datasets = planner.fingerprints.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The works in the order in which they are begun: the first repeat and seed of every row before the second of any, parents of many first.
  public var order: [Int] {
    works.indices.sorted { one, other in
      let (a, b) = (works[one], works[other])
      return (a.turn, -a.descendants, one) < (b.turn, -b.descendants, other)
    }
  }
}

extension StudyPlan {
  /// Columns of which nothing can be computed, each once with its reason and its cells.
  public var obstacles: [String] {
    var found: [(line: String, cells: Int)] = []
    for grid in grids {
      for cells in grid.cells {
        for (column, cell) in zip(grid.columns, cells) {
          guard let obstacle = cell.obstacle else { continue }
          let line = "\(column.heading): \(obstacle)"
          if let place = found.firstIndex(where: { $0.line == line }) { found[place].cells += 1 } else { found.append((line, 1)) }
        }
      }
    }
    return found.map { "\($0.line) (\(counted($0.cells, "cell")))" }
  }
}

extension StudyWork {
  /// In which round it is begun.
  fileprivate var turn: Int { seedIndex + repeated - 1 }
}

/// Makes the works of a study.
private struct StudyPlanner {
  let file: StudyFile
  let home: Home
  let catalog: DatasetCatalog
  let selection: StudySelection
  private var study: Study { file.study }
  private(set) var fingerprints: [String: String] = [:]
  private var works: [StudyWork] = []
  private var places: [String: Int] = [:]
  private var opened: [String: Result<any Dataset, Problem>] = [:]
  private var sets: [String: LabelSet] = [:]
  private var counts: [String: (training: Int, validation: Int)] = [:]
  private var nets: [String: Result<[UInt64: Int], Problem>] = [:]
  private var faults: [String] = []

  init(file: StudyFile, home: Home, wordNet: String?, selection: StudySelection) {
    (self.file, self.home, self.selection) = (file, home, selection)
    catalog = DatasetCatalog(home: home, wordNet: wordNet)
  }

  /// More than any study asks for, and no more than can be planned.
  private static let mostNumbers = 100_000

  /// - Throws: a ``Problem`` where the tables are of more numbers than anybody wants, as by a slip in `seeds` or `repeats`.
  private func checkSize() throws(Problem) {
    let seeds = Dictionary(study.nets.map { ($0.name, $0.settings.over(study.train).seeds?.count ?? 1) }, uniquingKeysWith: { first, _ in first })
    let repeats = Dictionary(study.tests.map { ($0.name, $0.repeats) }, uniquingKeysWith: { first, _ in first })
    var numbers = 0
    for report in study.reports {
      for row in report.rows {
        for column in report.columns {
          numbers += (seeds[column.net ?? row] ?? 1) * (repeats[column.test] ?? 1)
          guard numbers <= Self.mostNumbers else {
            throw Problem(
              "the study asks for too many numbers", at: file.path, expected: "at most \(grouped(Self.mostNumbers)): rows × columns × seeds × repeats",
              found: "more in the report “\(report.name)”", kind: .data)
          }
        }
      }
    }
  }

  mutating func grids() throws(Problem) -> [StudyGrid] {
    try checkSize()
    // Without it nothing is a number; that of a test may be missing.
    _ = try dataset(study.dataset)
    var grids: [StudyGrid] = []
    for report in study.reports where selection.reports?.contains(report.name) ?? true { grids.append(try grid(report)) }
    guard faults.isEmpty else {
      var problem = Problem("the study cannot be planned", at: file.path, found: counted(faults.count, "net") + " that cannot be made", kind: .data)
      problem.details = faults
      throw problem
    }
    return grids
  }

  /// The works with what follows from all of them.
  mutating func finished() -> [StudyWork] {
    for index in works.indices.reversed() {
      var above: Set<Int> = [], rest = works[index].parents
      while let parent = rest.popLast() { if above.insert(parent).inserted { rest += works[parent].parents } }
      for parent in above { works[parent].descendants += 1 }
    }
    return works
  }

  private mutating func grid(_ report: StudyReport) throws(Problem) -> StudyGrid {
    let names = report.rows.filter { selection.rows?.contains($0) ?? true }
    let columns = report.columns.filter { column in selection.columns.map { $0.contains(column.heading) || $0.contains(column.test) } ?? true }
      .map { column in
        let metrics = study.test(column.test)!.metrics
        return StudyGrid.Column(
          heading: column.heading, test: column.test, metric: column.metric.flatMap { name in metrics.first { $0.name == name } } ?? metrics[0], net: column.net)
      }
    var grid = StudyGrid(report: report, rows: [], columns: columns, cells: [])
    for name in names {
      let net = study.net(name)!
      grid.rows.append(row(net))
      var cells: [StudyCell] = []
      for column in columns { cells.append(cell(column, row: net)) }
      grid.cells.append(cells)
    }
    return grid
  }

  /// A row with the number of its classes and of its training images.
  private mutating func row(_ net: StudyNet) -> StudyGrid.Row {
    guard case .labels = net.source, let set = try? labelSet(of: net), let dataset = try? dataset(net.dataset ?? study.dataset) else {
      return .init(net: net.name)
    }
    return .init(net: net.name, classes: set.classes.count, images: (try? count(set, dataset))?.training)
  }

  private mutating func cell(_ column: StudyGrid.Column, row: StudyNet) -> StudyCell {
    let subject = column.net.map { study.net($0)! } ?? row
    let test = study.test(column.test)!
    var cell = StudyCell(metric: column.metric)
    if case .unknownTask(let task) = test.kind {
      cell.obstacle = "the task \(task) is not there yet"
      return cell
    }
    if case .features = subject.source, !test.isMeasure {
      cell.obstacle = "imported features can only be measured"
      return cell
    }
    do throws(Problem) {
      // No net is trained for a test whose data is not there.
      if let name = test.dataset { _ = try dataset(name) }
      let seeds = try works(of: subject)
      for (seed, work) in seeds.sorted(by: { $0.key < $1.key }) where selection.seeds?.contains(seed) ?? true {
        var repeats: [Int] = []
        for number in 1...test.repeats { if let made = try testWork(test, of: work, seed: seed, number: number, row: row) { repeats.append(made) } }
        cell.works.append((seed, repeats))
      }
    } catch {
      if error.kind == .notFound {
        cell.obstacle = error.description
      } else {
        let line = "\(subject.name), \(column.heading): \(error)"
        if !faults.contains(line) { faults.append(line) }
      }
    }
    return cell
  }

  // MARK: Nets

  /// The works of a net, by seed.
  private mutating func works(of net: StudyNet) throws(Problem) -> [UInt64: Int] {
    if let known = nets[net.name] { return try known.get() }
    let made: Result<[UInt64: Int], Problem>
    do throws(Problem) { made = .success(try makeWorks(of: net)) } catch { made = .failure(error) }
    nets[net.name] = made
    return try made.get()
  }

  private mutating func makeWorks(of net: StudyNet) throws(Problem) -> [UInt64: Int] {
    switch net.source {
    case .run(let name):
      let run = try RunsReader(home: home).find(name)
      let directory = RunDirectory(run.path)
      let configuration = try directory.configuration()
      let key = try directory.trainingKey(home: home)
      var work = StudyWork(
        kind: .existing(run.id), key: key.hash, text: key.text, name: run.id, title: "\(net.name) (run \(run.name))", net: net.name,
        seed: configuration.training.seed)
      work.configuration = configuration.training
      work.steps = run.isImported ? try directory.chosenCheckpoint(nil) : run.progress.steps
      work.network = configuration.training.network
      return [configuration.training.seed: add(work)]
    case .features(let name):
      let description = try FeatureStore(home: home, wordNet: catalog.wordNet).description(name)
      let hash = String(description.contentHash.drop { $0 != ":" }.dropFirst())
      return [
        0: add(
          StudyWork(
            kind: .features(name), key: hash, text: description.contentHash, name: name, title: "\(net.name) (features \(name))", net: net.name, seed: 0))
      ]
    case .file(let path):
      let settings = net.settings.over(study.train)
      guard let network = settings.network else {
        throw Problem("a net from a file needs its network", at: net.name, expected: "`{labels: file \(path), net: NAME}`, or `net` below `train`", kind: .usage)
      }
      let key = TrainingKey(file: try RunDirectory.contentHash(path))
      let architecture = try Architecture.named(network)
      var work = StudyWork(
        kind: .weights(.init(path: path, architecture: architecture, labelSet: try labelSet(of: net))), key: key.hash, text: key.text, name: runName(net.name),
        title: net.name, net: net.name, seed: 0)
      (work.configuration, work.network) = (architecture.recipe, network)
      return [0: add(work)]
    case .untrained, .labels:
      let settings = net.settings.over(study.train)
      var made: [UInt64: Int] = [:]
      for (index, seed) in (settings.seeds ?? [1]).enumerated() {
        made[seed] = try netWork(net, settings, seed: seed, index: index)
      }
      return made
    }
  }

  private mutating func netWork(_ net: StudyNet, _ settings: StudySettings, seed: UInt64, index: Int) throws(Problem) -> Int {
    let dataset = try dataset(net.dataset ?? study.dataset)
    let set = try labelSet(of: net)
    let request = try request(dataset, set, settings, seed: seed)
    var (_, training) = try request.resolved(on: dataset, from: nil)
    let steps = training.fit(images: try count(set, dataset).training)
    let isUntrained = net.source == .untrained
    let key =
      isUntrained
      ? TrainingKey(untrained: training, fingerprint: dataset.fingerprint, labels: set.contentHash)
      : TrainingKey(training, fingerprint: dataset.fingerprint, labels: set.contentHash, parent: nil)
    var work = StudyWork(
      kind: isUntrained ? .untrained(request) : .training(request), key: key.hash, text: key.text, name: runName(net.name, "s\(seed)"),
      title: "\(net.name), seed \(seed)", net: net.name, seed: seed)
    work.seedIndex = index
    work.configuration = training
    (work.steps, work.batch, work.network) = (isUntrained ? 0 : steps, training.batchSize, training.network)
    return add(work)
  }

  private func request(_ dataset: any Dataset, _ set: LabelSet, _ settings: StudySettings, seed: UInt64) throws(Problem) -> TrainingRequest {
    var request = TrainingRequest(dataset: dataset.name, labelSet: set)
    request.network = settings.network
    for (flag, texts) in settings.values.sorted(by: { $0.key < $1.key }) { try request.set(TrainingSetting.named(flag)!, texts) }
    request["seed"] = "\(seed)"
    return request
  }

  // MARK: Tests

  /// The work of a test on a net.
  private mutating func testWork(_ test: StudyTest, of parent: Int, seed: UInt64, number: Int, row: StudyNet) throws(Problem) -> Int? {
    switch test.kind {
    // What nothing trained here nothing validated.
    case .own where works[parent].steps == 0: try measureWork(test, .init(kind: .accuracy), of: parent, seed: seed, row: row)
    case .own: parent
    case .tune(let tuning): try tuningWork(test, tuning, of: parent, number: number, row: row)
    case .measure(let measure): try measureWork(test, measure, of: parent, seed: seed, row: row)
    case .unknownTask: nil
    }
  }

  private mutating func tuningWork(
    _ test: StudyTest, _ tuning: StudyTest.Tuning, of index: Int, number: Int, row: StudyNet
  ) throws(Problem) -> Int {
    let parent = works[index]
    let dataset = try dataset(tuning.dataset ?? row.dataset ?? study.dataset)
    let set = try labelSet(tuning.labels, of: dataset, row: row)
    var request = try request(dataset, set, tuning.settings, seed: UInt64(number))
    request.network = parent.network
    let start = TrainingRequest.Start(
      from: parent.name, architecture: try Architecture.named(parent.network), augmentation: parent.configuration!.augmentation)
    var (_, training) = try request.resolved(on: dataset, from: start)
    let steps = training.fit(images: try count(set, dataset).training)
    let key = TrainingKey(
      training, fingerprint: dataset.fingerprint, labels: set.contentHash, parent: TrainingKey.parent(parent.key, step: parent.steps))
    var work = StudyWork(
      kind: .training(request), key: key.hash, text: key.text, name: runName(parent.net, test.name, "s\(parent.seed)", test.repeats > 1 ? "r\(number)" : nil),
      title: "\(test.name) of \(parent.title)" + (test.repeats > 1 ? ", repeat \(number)" : ""), net: parent.net, test: test.name, seed: parent.seed)
    (work.repeated, work.parents, work.seedIndex) = (number, [index], parent.seedIndex)
    work.configuration = training
    (work.steps, work.batch, work.network) = (steps, training.batchSize, training.network)
    return add(work)
  }

  private mutating func measureWork(
    _ test: StudyTest, _ measure: StudyTest.Measure, of index: Int, seed: UInt64, row: StudyNet
  ) throws(Problem) -> Int {
    let parent = works[index]
    let dataset = try dataset(measure.dataset ?? row.dataset ?? study.dataset)
    let set = try measure.labels.map { labels throws(Problem) in try labelSet(labels, of: dataset, row: row) }
    var parents = [index]
    if let name = measure.baseline {
      let baseline = try works(of: study.net(name)!)
      parents.append(baseline[seed] ?? baseline.min { $0.key < $1.key }!.value)
    }
    var lines = ["kind\t\(measure.kind.rawValue)", "dataset\t\(dataset.fingerprint)"]
    // A test that is about the fine classes is the same as one that names none.
    if let set, measure.labels != .all { lines.append("labels\t\(set.contentHash)") }
    for (name, value) in [
      ("space", measure.space), ("metric", measure.metric), ("k", measure.k.map { "\($0)" }), ("members", measure.members.map { "\($0)" }),
      ("l2", measure.l2.map { "\($0)" }),
    ] { if let value { lines.append("\(name)\t\(value)") } }
    for (name, place) in zip(["parent", "baseline"], parents) {
      lines.append("\(name)\t\(TrainingKey.parent(works[place].key, step: works[place].steps))")
    }
    let text = "measure, format 1\n" + lines.sorted().map { $0 + "\n" }.joined()
    var work = StudyWork(
      kind: .measure(.init(measure: measure, dataset: dataset.name, labelSet: measure.labels == .all ? nil : set)), key: sha256(text.utf8), text: text,
      name: test.name, title: "\(test.name) of \(parent.title)", net: parent.net, test: test.name, seed: parent.seed)
    (work.parents, work.seedIndex, work.network) = (parents, parent.seedIndex, parent.network)
    return add(work)
  }

  private mutating func add(_ work: StudyWork) -> Int {
    if let known = places[work.key] {
      // Of one that several ask for, the earliest turn counts.
      works[known].seedIndex = min(works[known].seedIndex, work.seedIndex)
      return known
    }
    works.append(work)
    places[work.key] = works.count - 1
    return works.count - 1
  }

  // MARK: Data

  private mutating func dataset(_ name: String) throws(Problem) -> any Dataset {
    if let known = opened[name] { return try known.get() }
    let made: Result<any Dataset, Problem>
    do throws(Problem) {
      let dataset = try catalog.open(name)
      fingerprints[name] = dataset.fingerprint
      made = .success(dataset)
    } catch {
      made = .failure(error)
    }
    opened[name] = made
    return try made.get()
  }

  private mutating func labelSet(of net: StudyNet) throws(Problem) -> LabelSet {
    let dataset = try dataset(net.dataset ?? study.dataset)
    switch net.source {
    case .labels(let recipe): return try labelSet(recipe, of: dataset)
    case .untrained: return .fineClasses(of: dataset)
    case .run(let name): return try RunDirectory(RunsReader(home: home).find(name).path).configuration().labelSet
    case .file: return .fineClasses(of: dataset)
    case .features(let name): return try FeatureStore(home: home, wordNet: catalog.wordNet).description(name).taught ?? .fineClasses(of: dataset)
    }
  }

  private mutating func labelSet(_ recipe: LabelRecipe, of dataset: any Dataset) throws(Problem) -> LabelSet {
    let key = "\(dataset.name)\t\(recipe)"
    if let known = sets[key] { return known }
    let made = try recipe.labelSet(of: dataset, catalog: catalog)
    sets[key] = made
    return made
  }

  private mutating func labelSet(_ labels: StudyTest.Labels, of dataset: any Dataset, row: StudyNet) throws(Problem) -> LabelSet {
    let set: LabelSet
    switch labels {
    case .all: return .fineClasses(of: dataset)
    case .recipe(let recipe): return try labelSet(recipe, of: dataset)
    case .row: set = try labelSet(of: row)
    case .net(let name): set = try labelSet(of: study.net(name)!)
    }
    guard set.dataset == dataset.name else {
      throw Problem("the classes are of another dataset", at: set.name, expected: dataset.name, found: set.dataset, kind: .usage)
    }
    return set
  }

  private mutating func count(_ set: LabelSet, _ dataset: any Dataset) throws(Problem) -> (training: Int, validation: Int) {
    let key = "\(dataset.name)\t\(set.contentHash)"
    if let known = counts[key] { return known }
    let view = try TrainingView(dataset, set)
    counts[key] = (view.training.count, view.validation.count)
    return counts[key]!
  }

  /// A name that a run may have.
  private func runName(_ parts: String?...) -> String {
    let text = ([file.name] + parts.compactMap { $0 }).joined(separator: "-")
    return String(plainName(text, besides: "._-+").prefix(64))
  }
}
