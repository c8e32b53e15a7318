import Basics
import Datasets
import Networks
import Pictures
import Taxonomy

/// Asks whether features trained on coarse labels separate fine classes (Huh, Agrawal, Efros 2016, Fig. 4): ``Induction`` of several runs,
/// compared with runs on the fine classes, which are asked about the same classes.
public struct InductionRequest: Evaluation {
  public var runs: [String]
  public var baselines: [String]
  /// Whose images are looked at; nil: each run's own.
  public var dataset: String?
  /// As ``EvaluationContext/features(_:space:of:)`` takes it.
  public var space: String?
  public var metric: Metric
  public var gallery: InductionGallery
  /// A query is right at k where its class is among those of its k nearest neighbours.
  public var ks: [Int]
  /// Test the classes that this label set does not hold, whatever the runs were taught.
  public var labels: String?
  /// Decides the images of a gallery of some per class, and the interval's draws.
  public var seed: UInt64

  public init(
    runs: [String], baselines: [String] = [], dataset: String? = nil, space: String? = nil, metric: Metric = .l2,
    gallery: InductionGallery = .train, ks: [Int] = [1, 5], labels: String? = nil, seed: UInt64 = 1
  ) {
    (self.runs, self.baselines, self.dataset, self.space, self.metric) = (runs, baselines, dataset, space, metric)
    (self.gallery, self.ks, self.labels, self.seed) = (gallery, ks, labels, seed)
  }

  /// - Parameter partial: gets the runs that are done, after each.
  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (InductionResult) -> Void
  ) throws(Problem) -> InductionResult {
    let induction = Induction(gallery: gallery, metric: metric, ks: ks, seed: seed)
    func evaluate(_ features: any ImageFeatures, _ tested: [Int]) throws(Problem) -> Induction.Result {
      try induction.evaluate(features, tested: tested) { (split, done) throws(Problem) in try features.report(split, done, to: progress) }
    }
    var chosen: LabelSet?
    if let labels { chosen = try context.labelSet(labels, for: nil) }
    var compared: [any ImageFeatures] = []
    for baseline in baselines { compared.append(try context.features(baseline, space: space, of: dataset)) }
    var rows: [InductionResult.Row] = []
    // Runs that were taught the same classes are asked about the same.
    var known: [[Int]: [Induction.Result]] = [:]
    var result = InductionResult(induction, space: space ?? "", rows: [], baselines: compared.map(\.id), labels: chosen?.name)
    for run in runs {
      let features = try context.features(run, space: space, of: dataset)
      if let other = compared.first(where: { $0.dataset.fingerprint != features.dataset.fingerprint }) {
        throw Problem(
          "the baseline is of other images", at: other.id, expected: features.dataset.name, found: other.dataset.name,
          advice: "name the dataset of all runs with --dataset", kind: .usage)
      }
      let tested = Induction.testedClasses(chosen ?? features.labelSet, of: features.dataset.classes)
      let found = try evaluate(features, tested)
      if known[tested] == nil {
        var results: [Induction.Result] = []
        for baseline in compared { results.append(try evaluate(baseline, tested)) }
        known[tested] = results
      }
      rows.append(InductionResult.Row(features, found, baselines: known[tested]!))
      result = InductionResult(
        induction, space: features.space, rows: rows, baselines: compared.map(\.id), labels: chosen?.name)
      partial(result)
    }
    return result
  }
}

/// Induction accuracies of several runs, as they are told: in words, on the screen, as JSON and as a chart.
public struct InductionResult: EvaluationResult {
  /// How it was measured; every choice that the paper leaves open is named.
  package struct Reading: Codable, Sendable {
    package var space: String
    package var features = "activation after its ReLU where it has one, dropout off"
    package var metric: Metric
    package var gallery: InductionGallery
    package var galleryInWords: String
    package var queries = "validation images of the tested classes"
    package var testedClasses: String
    package var accuracy = "mean over classes"
    package var interval: String
    package var ties = "to the lower index"
    package var seed: UInt64
  }

  package struct ClassRow: Codable, Sendable {
    package var wnid, name: String
    package var queries: Int
    package var accuracy: [Double]
    /// The baselines' mean.
    package var baseline: [Double]?
  }

  package struct Row: Codable, Sendable {
    package var run: String
    /// Nil for imported features.
    package var step: Int?
    /// The run's name where its net was taught none of the dataset's classes.
    package var labels: String
    package var labelSetHash: String
    package var trainedClasses: Int
    package var seed: UInt64
    package var testedClasses, queries, galleryImages: Int
    package var chance: Double
    package var accuracy: [Estimate]
    /// At each k, the baselines on the same classes, and this run's accuracy as a share of theirs.
    package var baseline: [Repeats]?
    package var ofBaseline: [Double]?
    package var classes: [ClassRow]

    /// - Parameters:
    ///   - classes: the dataset's.
    ///   - baselines: what runs on fine classes come to on the same classes.
    package init(
      run: String, step: Int?, _ labelSet: LabelSet, seed: UInt64, classes fineClasses: [FineClass], _ result: Induction.Result,
      baselines: [Induction.Result]
    ) {
      // Nets that were taught other classes have nothing in common, and are no repeats of each other.
      let isTaught = !labelSet.classes.isEmpty
      (self.run, self.step, self.seed, labels) = (run, step, seed, isTaught ? labelSet.name : run)
      labelSetHash = isTaught ? labelSet.contentHash : run
      trainedClasses = labelSet.classes.count
      testedClasses = result.classes.count
      queries = result.queries
      galleryImages = result.galleryImages
      chance = result.chance
      accuracy = result.accuracy
      if !baselines.isEmpty {
        let repeats = result.ks.indices.map { at in Repeats(baselines.map { $0.accuracy[at].value }) }
        baseline = repeats
        ofBaseline = zip(result.accuracy, repeats).map { $1.mean > 0 ? $0.value / $1.mean : .nan }
      }
      classes = result.classes.enumerated().map { index, found in
        func shares(_ found: Induction.Result.ClassResult) -> [Double] {
          found.hits.map { found.queries > 0 ? Double($0) / Double(found.queries) : .nan }
        }
        let fine = fineClasses[found.fineClass]
        var row = ClassRow(wnid: fine.wnid, name: fine.name, queries: found.queries, accuracy: shares(found))
        if !baselines.isEmpty {
          row.baseline = result.ks.indices.map { at in Repeats(baselines.map { shares($0.classes[index])[at] }).mean }
        }
        return row
      }
    }

    package init(_ features: any ImageFeatures, _ result: Induction.Result, baselines: [Induction.Result]) {
      self.init(
        run: features.id, step: features.checkpoint, features.labelSet, seed: features.seed, classes: features.dataset.classes, result,
        baselines: baselines)
    }
  }

  /// Runs on the same classes, with other seeds.
  package struct Group: Codable, Sendable {
    package var labels: String
    package var labelSetHash: String
    package var trainedClasses: Int
    package var runs: Int
    package var accuracy: [Repeats]
    package var ofBaseline: [Repeats]?
  }

  package var reading: Reading
  package var ks: [Int]
  package var rows: [Row]
  package var groups: [Group]
  package var baselines: [String]

  package init(_ induction: Induction, space: String, rows: [Row], baselines: [String], labels: String?) {
    reading = Reading(
      space: space, metric: induction.metric, gallery: induction.gallery,
      galleryInWords: induction.gallery.description,
      testedClasses: labels.map { "fine classes that \($0) does not hold as classes of their own" }
        ?? "fine classes that the run's label set does not hold as classes of their own: members of groups, and what it leaves out",
      interval: "95 % by bootstrap over the queries of each class, \(Bootstrap.draws) draws", seed: induction.seed)
    ks = induction.ks
    let rows = rows.sorted { ($0.trainedClasses, $0.labels, $0.seed) > ($1.trainedClasses, $1.labels, $1.seed) }
    self.baselines = baselines
    var seen: [String] = []
    self.rows = rows
    for row in rows where !seen.contains(row.labelSetHash) { seen.append(row.labelSetHash) }
    groups = seen.map { hash in
      let same = rows.filter { $0.labelSetHash == hash }
      return Group(
        labels: same[0].labels, labelSetHash: hash, trainedClasses: same[0].trainedClasses, runs: same.count,
        accuracy: induction.ks.indices.map { at in Repeats(same.map { $0.accuracy[at].value }) },
        ofBaseline: same[0].ofBaseline == nil ? nil : induction.ks.indices.map { at in Repeats(same.compactMap { $0.ofBaseline?[at] }) })
    }
  }

  /// A bar for each label set at the first k, with the baseline as a mark, as a picture.
  package var chart: BarPicture {
    BarPicture(
      title: ["induction accuracy, top-\(ks[0])", "\(reading.space), \(reading.metric.rawValue), gallery: \(reading.galleryInWords)"],
      unit: "%", bars: bars)
  }

  /// A bar for each label set at the first k. One run has its bootstrap's interval, several have their deviation.
  package var bars: [BarPicture.Bar] {
    groups.map { group in
      let same = rows.filter { $0.labelSetHash == group.labelSetHash }
      let found = group.accuracy[0]
      let (low, high) = found.deviation.map { (found.mean - $0, found.mean + $0) } ?? (same[0].accuracy[0].low, same[0].accuracy[0].high)
      return BarPicture.Bar(
        name: "\(group.labels) (\(group.trainedClasses))", value: 100 * found.mean, low: 100 * low, high: 100 * high,
        mark: same[0].baseline.map { 100 * $0[0].mean }, note: "\(counted(same[0].testedClasses, "class")), \(counted(group.runs, "run"))")
    }
  }

  public var metrics: [(name: String, value: Double)] {
    guard let first = groups.first, let row = rows.first(where: { $0.labelSetHash == first.labelSetHash }) else { return [] }
    return ks.indices.flatMap { at in
      [(name: "top\(ks[at])", value: first.accuracy[at].mean)] + (row.baseline.map { [(name: "baseline\(ks[at])", value: $0[at].mean)] } ?? [])
    }
  }

  public var report: EvaluationReport { report(perClass: false) }

  /// - Parameter perClass: whether every class of every run is told.
  public func report(perClass: Bool) -> EvaluationReport {
    var report = EvaluationReport()
    report.add("induction accuracy: \(reading.testedClasses)")
    report.add("\(reading.space), \(reading.features); \(reading.metric.rawValue); gallery: \(reading.galleryInWords); ties \(reading.ties)")
    report.add("\(reading.accuracy); interval: \(reading.interval)")
    if !baselines.isEmpty { report.add("baseline: \(baselines.joined(separator: ", "))") }
    report.add("")
    var columns: [EvaluationTable.Column] = [
      .init("run", .text), .init("labels", .text), .init("classes"), .init("tested"), .init("queries"), .init("gallery"), .init("chance"),
    ]
    for k in ks { columns += [.init("top-\(k)"), .init("95 %", .interval)] + (baselines.isEmpty ? [] : [.init("baseline"), .init("of it")]) }
    columns.append(.init("", .bar))
    report.add(
      columns,
      rows.map { row in
        var cells: [EvaluationTable.Cell] = [
          .text(row.run), .text(row.labels), .count(row.trainedClasses), .count(row.testedClasses), .count(row.queries),
          .count(row.galleryImages), .share(row.chance),
        ]
        for at in ks.indices {
          let found = row.accuracy[at]
          cells += [.share(found.value), .interval(found.low, found.high)]
          if !baselines.isEmpty { cells += [.share(row.baseline?[at].mean ?? .nan), .share(row.ofBaseline?[at] ?? .nan)] }
        }
        let first = row.accuracy[0].value
        return cells + [.bar(first.isNaN ? 0 : Int((max(0, min(1, first)) * 20).rounded()))]
      })
    if groups.contains(where: { $0.runs > 1 }) { addGroups(to: &report) }
    if perClass { for row in rows { add(classesOf: row, to: &report) } }
    return report
  }

  private func addGroups(to report: inout EvaluationReport) {
    report.add("")
    report.add("mean ± sample standard deviation over runs of the same classes")
    var columns: [EvaluationTable.Column] = [.init("labels", .text), .init("classes"), .init("runs")]
    for k in ks {
      columns += [.init("top-\(k)", .repeats)] + (baselines.isEmpty ? [] : [.init("of baseline", .repeats)])
    }
    report.add(
      columns,
      groups.map { group in
        var cells: [EvaluationTable.Cell] = [.text(group.labels), .count(group.trainedClasses), .count(group.runs)]
        for at in ks.indices {
          cells.append(.repeats(group.accuracy[at]))
          if let share = group.ofBaseline?[at] { cells.append(.repeats(share)) }
        }
        return cells
      })
  }

  private func add(classesOf row: Row, to report: inout EvaluationReport) {
    report.add("")
    report.add("\(row.run), the worst classes first")
    var columns: [EvaluationTable.Column] = [.init("class", .text), .init("wnid", .text), .init("queries")]
    for k in ks { columns += [.init("top-\(k)")] + (baselines.isEmpty ? [] : [.init("baseline")]) }
    report.add(
      columns,
      row.classes.sorted { ($0.accuracy[0], $0.wnid) < ($1.accuracy[0], $1.wnid) }.map { found in
        var cells: [EvaluationTable.Cell] = [.text(found.name), .text(found.wnid), .count(found.queries)]
        for at in ks.indices {
          cells.append(.share(found.accuracy[at]))
          if let baseline = found.baseline?[at] { cells.append(.share(baseline)) }
        }
        return cells
      })
  }
}
