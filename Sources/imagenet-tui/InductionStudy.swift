import Engine
import Taxonomy

/// Induction accuracies of several runs, as they are printed.
struct InductionStudy: Encodable {
  /// How it was measured; every choice that the paper leaves open is named.
  struct Reading: Encodable {
    var space: String
    var features = "activation after its ReLU where it has one, dropout off"
    var metric: Metric
    var gallery: InductionGallery
    var galleryInWords: String
    var queries = "validation images of the tested classes"
    var testedClasses: String
    var accuracy = "mean over classes"
    var interval: String
    var ties = "to the lower index"
    var seed: UInt64
  }

  struct ClassRow: Encodable {
    var wnid, name: String
    var queries: Int
    var accuracy: [Double]
    /// The baselines' mean.
    var baseline: [Double]?
  }

  struct Row: Encodable {
    var run: String
    var step: Int
    var labels: String
    var labelSetHash: String
    var trainedClasses: Int
    var seed: UInt64
    var testedClasses, queries, galleryImages: Int
    var chance: Double
    var accuracy: [Estimate]
    /// At each k, the baselines on the same classes, and this run's accuracy as a share of theirs.
    var baseline: [Repeats]?
    var ofBaseline: [Double]?
    var classes: [ClassRow]

    init(_ features: RunFeatures, _ result: Induction.Result, baselines: [Induction.Result]) {
      let configuration = features.configuration
      run = features.run.id
      step = features.step
      labels = configuration.labelSet.name
      labelSetHash = configuration.labelSet.contentHash
      trainedClasses = configuration.labelSet.classes.count
      seed = configuration.training.seed
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
        let fine = features.dataset.classes[found.fineClass]
        var row = ClassRow(wnid: fine.wnid, name: fine.name, queries: found.queries, accuracy: shares(found))
        if !baselines.isEmpty {
          row.baseline = result.ks.indices.map { at in Repeats(baselines.map { shares($0.classes[index])[at] }).mean }
        }
        return row
      }
    }
  }

  /// Runs on the same classes, with other seeds.
  struct Group: Encodable {
    var labels: String
    var trainedClasses: Int
    var runs: Int
    var accuracy: [Repeats]
    var ofBaseline: [Repeats]?
  }

  var reading: Reading
  var ks: [Int]
  var rows: [Row]
  var groups: [Group]
  var baselines: [String]

  init(_ induction: Induction, space: String, rows: [Row], baselines: [RunFeatures], labels: String?) {
    reading = Reading(
      space: space, metric: induction.metric, gallery: induction.gallery,
      galleryInWords: induction.gallery.description,
      testedClasses: labels.map { "fine classes that \($0) does not hold as classes of their own" }
        ?? "fine classes that the run's label set does not hold as classes of their own: members of groups, and what it leaves out",
      interval: "95 % by bootstrap over the queries of each class, \(Bootstrap.draws) draws", seed: induction.seed)
    ks = induction.ks
    let rows = rows.sorted { ($0.trainedClasses, $0.labels, $0.seed) > ($1.trainedClasses, $1.labels, $1.seed) }
    self.baselines = baselines.map(\.run.id)
    var seen: [String] = []
    self.rows = rows
    for row in rows where !seen.contains(row.labelSetHash) { seen.append(row.labelSetHash) }
    groups = seen.map { hash in
      let same = rows.filter { $0.labelSetHash == hash }
      return Group(
        labels: same[0].labels, trainedClasses: same[0].trainedClasses, runs: same.count,
        accuracy: induction.ks.indices.map { at in Repeats(same.map { $0.accuracy[at].value }) },
        ofBaseline: same[0].ofBaseline == nil ? nil : induction.ks.indices.map { at in Repeats(same.compactMap { $0.ofBaseline?[at] }) })
    }
  }

  // MARK: For people

  func show(perClass: Bool) {
    print("induction accuracy: \(reading.testedClasses)")
    print(
      printable("\(reading.space), \(reading.features); \(reading.metric.rawValue); gallery: \(reading.galleryInWords); ties \(reading.ties)"))
    print("\(reading.accuracy); interval: \(reading.interval)")
    if !baselines.isEmpty { print(printable("baseline: \(baselines.joined(separator: ", "))")) }
    print()
    var header = ["run", "labels", " classes", " tested", " queries", " gallery", " chance"]
    for k in ks { header += [" top-\(k)", "95 %"] + (baselines.isEmpty ? [] : [" baseline", " of it"]) }
    header.append("")
    Output.table(
      header,
      rows.map { row in
        var cells = [
          printable(row.run), printable(row.labels), Output.grouped(row.trainedClasses), Output.grouped(row.testedClasses),
          Output.grouped(row.queries), Output.grouped(row.galleryImages), Self.percent(row.chance),
        ]
        for at in ks.indices {
          let found = row.accuracy[at]
          cells += [Self.percent(found.value), "\(Self.percent(found.low))–\(Self.percent(found.high))"]
          if !baselines.isEmpty {
            cells += [Self.percent(row.baseline?[at].mean ?? .nan), Self.percent(row.ofBaseline?[at] ?? .nan)]
          }
        }
        return cells + [Self.bar(row.accuracy[0].value)]
      })
    if groups.contains(where: { $0.runs > 1 }) { showGroups() }
    if perClass { for row in rows { show(classesOf: row) } }
  }

  private func showGroups() {
    print("\nmean ± sample standard deviation over runs of the same classes")
    var header = ["labels", " classes", " runs"]
    for k in ks { header += [" top-\(k)"] + (baselines.isEmpty ? [] : [" of baseline"]) }
    Output.table(
      header,
      groups.map { group in
        var cells = [printable(group.labels), Output.grouped(group.trainedClasses), "\(group.runs)"]
        for at in ks.indices {
          cells.append(Self.repeats(group.accuracy[at]))
          if let share = group.ofBaseline?[at] { cells.append(Self.repeats(share)) }
        }
        return cells
      })
  }

  private func show(classesOf row: Row) {
    print("\n" + printable("\(row.run), the worst classes first"))
    var header = ["class", "wnid", " queries"]
    for k in ks { header += [" top-\(k)"] + (baselines.isEmpty ? [] : [" baseline"]) }
    Output.table(
      header,
      row.classes.sorted { ($0.accuracy[0], $0.wnid) < ($1.accuracy[0], $1.wnid) }.map { found in
        var cells = [printable(found.name), found.wnid, "\(found.queries)"]
        for at in ks.indices {
          cells.append(Self.percent(found.accuracy[at]))
          if let baseline = found.baseline?[at] { cells.append(Self.percent(baseline)) }
        }
        return cells
      })
  }

  /// A bar for each label set at the first k, with the baseline as a mark.
  func chart() -> BarPicture {
    BarPicture(
      title: ["induction accuracy, top-\(ks[0])", "\(reading.space), \(reading.metric.rawValue), gallery: \(reading.galleryInWords)"],
      unit: "%",
      bars: groups.map { group in
        let same = rows.filter { $0.labels == group.labels && $0.trainedClasses == group.trainedClasses }
        let found = group.accuracy[0]
        // One run has its bootstrap's interval, several have their deviation.
        let (low, high) = found.deviation.map { (found.mean - $0, found.mean + $0) } ?? (same[0].accuracy[0].low, same[0].accuracy[0].high)
        return BarPicture.Bar(
          name: "\(group.labels) (\(group.trainedClasses))", value: 100 * found.mean, low: 100 * low, high: 100 * high,
          mark: same[0].baseline.map { 100 * $0[0].mean }, note: "\(same[0].testedClasses) classes, \(group.runs) run\(group.runs == 1 ? "" : "s")")
      })
  }

  private static func percent(_ share: Double) -> String { share.isNaN ? "–" : decimals(100 * share, 1) + " %" }

  private static func repeats(_ repeats: Repeats) -> String {
    percent(repeats.mean) + (repeats.deviation.map { " ± \(decimals(100 * $0, 1))" } ?? "")
  }

  private static func bar(_ share: Double) -> String {
    share.isNaN ? "" : String(repeating: "█", count: Int((max(0, min(1, share)) * 20).rounded()))
  }
}
