import Basics
import Datasets
import Networks
import Pictures
import Taxonomy

/// Induction accuracies of several runs, as they are told: in words, on the screen, as JSON and as a chart.
package struct InductionStudy: Encodable, Sendable {
  /// How it was measured; every choice that the paper leaves open is named.
  package struct Reading: Encodable, Sendable {
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

  package struct ClassRow: Encodable, Sendable {
    package var wnid, name: String
    package var queries: Int
    package var accuracy: [Double]
    /// The baselines' mean.
    package var baseline: [Double]?
  }

  package struct Row: Encodable, Sendable {
    package var run: String
    package var step: Int
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
      run: String, step: Int, _ labelSet: LabelSet, seed: UInt64, classes fineClasses: [FineClass], _ result: Induction.Result,
      baselines: [Induction.Result]
    ) {
      (self.run, self.step, self.seed, labels) = (run, step, seed, labelSet.name)
      labelSetHash = labelSet.contentHash
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

    package init(_ features: RunFeatures, _ result: Induction.Result, baselines: [Induction.Result]) {
      let configuration = features.configuration
      self.init(
        run: features.run.id, step: features.step, configuration.labelSet, seed: configuration.training.seed,
        classes: features.dataset.classes, result, baselines: baselines)
    }
  }

  /// Runs on the same classes, with other seeds.
  package struct Group: Encodable, Sendable {
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
}
