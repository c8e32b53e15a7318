import Basics
import Datasets
import Files
import FoundationEssentials
import Taxonomy

/// The paper's own studies, from the assets, and what they come to on other data.
public enum StudyTemplate {
  /// As `study new --from` takes them.
  public static let names = ["fig-1", "fig-2", "table-1", "fig-4", "fig-6", "table-2", "table-3", "fig-9", "paper"]

  /// The study of that name; on ImageNet-1k the paper's own, on other data scaled to it.
  /// - Throws: a ``Problem`` where there is no such study, or no such dataset.
  public static func text(_ name: String, dataset: String, catalog: DatasetCatalog) throws(Problem) -> String {
    let text = try asset(name)
    guard dataset != "imagenet-1k" else { return text }
    var study = try StudyFile.parse(text, at: "assets/studies/\(name).yaml")
    try study.scale(to: dataset, catalog: catalog)
    return "# Scaled from the paper's \(name) to \(dataset).\n" + study.yaml
  }

  /// A study of saved label sets: each a net, with what can be asked of it on the data that is there.
  public static func text(labelSets: [String], dataset: String) -> String {
    var study = Study(title: "Label sets of \(dataset)", dataset: dataset)
    study.train.seeds = [1, 2, 3]
    study.nets = [StudyNet(name: "fine", source: .labels(.init(steps: [.all])))] + labelSets.map { StudyNet(name: $0, source: .labels(.init(steps: [.saved($0)]))) }
    study.tests = Study.proxies + [StudyTest(name: "induction", kind: .measure(.init(kind: .induction, baseline: "fine")))]
    var report = StudyReport(name: "label-sets")
    report.rows = study.nets.map(\.name)
    report.columns = ["own", "fine-tuned", "knn", "linear", "induction"].map { .init(heading: $0, test: $0) }
    report.plot = .init(x: .classes, left: ["fine-tuned", "knn", "linear"])
    study.reports = [report]
    return study.yaml
  }

  package static func asset(_ name: String) throws(Problem) -> String {
    guard names.contains(name) else {
      let near = nearestWord(to: name, among: names).map { "did you mean `\($0)`?" }
      throw Problem("there is no such study to begin with", at: name, expected: names.joined(separator: ", "), advice: near, kind: .usage)
    }
    return try Assets.text("studies/\(name).yaml")
  }
}

extension Study {
  /// What tells of a net's features without other data.
  static let proxies = [
    StudyTest(name: "fine-tuned", kind: .tune(.init(settings: .tuning("last")))), StudyTest(name: "knn", kind: .measure(.init(kind: .knn))),
    StudyTest(name: "linear", kind: .measure(.init(kind: .linear))),
  ]

  /// Puts another dataset in the place of ImageNet-1k: depths, budgets and splits of its tree, its network's own training with three seeds, and
  /// tests that need no other data in the place of detection, actions and scenes.
  mutating func scale(to name: String, catalog: DatasetCatalog) throws(Problem) {
    let tree = try catalog.hierarchy(of: name)
    let partition = Partition(tree)
    let perClass = (try? catalog.imagesPerClass(name))?.max() ?? 0
    let scale = Scale(partition: partition, perClass: perClass, original: nets)
    title += ", on \(name)"
    dataset = name
    train = StudySettings()
    train.seeds = [1, 2, 3]
    // Few images of any size are for a small network.
    if let images = try? catalog.open(name), images.imageSize == nil, images.labels(.train).count < 200_000 { train.network = "alexnet-64" }
    var names: [String: String] = [:]
    var scaled: [StudyNet] = []
    for var net in nets where net.dataset == nil {
      let before = net.name
      guard scale.apply(to: &net) else { continue }
      if let same = scaled.first(where: { $0.source == net.source }) {
        names[before] = same.name
      } else {
        if scaled.contains(where: { $0.name == net.name }) { net.name += " (\(net.source.text))" }
        names[before] = net.name
        scaled.append(net)
      }
    }
    nets = scaled
    scaleTests(names, scale)
    scaleReports(names)
  }

  private mutating func scaleTests(_ names: [String: String], _ scale: Scale) {
    tests = tests.compactMap { test in
      var test = test
      switch test.kind {
      case .tune(var tuning) where tuning.task == nil:
        tuning.settings = .tuning(tuning.settings.values["tune"]?.first ?? "all")
        test.kind = .tune(tuning)
      case .measure(var measure):
        measure.baseline = measure.baseline.flatMap { names[$0] }
        measure.space = nil
        if case .recipe(let recipe)? = measure.labels { measure.labels = .recipe(scale.scaled(recipe) ?? recipe) }
        if measure.members != nil { measure.members = 2 }
        test.kind = .measure(measure)
      default: return nil
      }
      return test
    }
  }

  private mutating func scaleReports(_ names: [String: String]) {
    let gone = Set(["det", "act", "sun"])
    reports = reports.map { report in
      var report = report
      var rows: [String] = []
      for row in report.rows { if let name = names[row], !rows.contains(name) { rows.append(name) } }
      report.rows = rows
      let needsProxies = report.columns.contains { gone.contains($0.test) }
      report.columns = report.columns.compactMap { column in
        guard !gone.contains(column.test) else { return nil }
        var column = column
        column.net = column.net.flatMap { names[$0] }
        return column
      }
      if needsProxies {
        for test in Self.proxies where !report.columns.contains(where: { $0.test == test.name || $0.test == "fine" && test.name == "fine-tuned" }) {
          if !tests.contains(where: { $0.name == test.name }) { tests.append(test) }
          report.columns.append(.init(heading: test.name, test: test.name))
        }
      }
      report.paper = [:]
      if report.plot?.bars == false {
        let headings = report.columns.map(\.heading)
        report.plot?.left = headings
        report.plot?.right = []
      }
      return report
    }.filter { !$0.rows.isEmpty && !$0.columns.isEmpty }
  }
}

extension StudySettings {
  fileprivate static func tuning(_ part: String) -> StudySettings {
    var settings = StudySettings()
    settings.values["tune"] = [part]
    return settings
  }
}

/// From ImageNet-1k to another dataset's tree.
private struct Scale {
  let partition: Partition
  let perClass: Int
  /// Cuts of the tree that give different numbers of classes, without that of all and of one.
  let cuts: [(depth: Int, classes: Int)]
  /// How many classes the paper's cuts have of 1000, by their depth.
  let published: [Int: Int]
  /// Images of each class of ILSVRC-2012, of which the paper's budgets are shares.
  private static let imageNetPerClass = 1300.0

  init(partition: Partition, perClass: Int, original: [StudyNet]) {
    (self.partition, self.perClass) = (partition, perClass)
    var seen: Set<Int> = [partition.count, 1]
    cuts = partition.bottomUpCounts.filter { seen.insert($0.classes).inserted }
    var published: [Int: Int] = [:]
    for net in original {
      if case .labels(let recipe) = net.source, case .bottomUp(let depth)? = recipe.steps.first, let classes = Int(net.name) { published[depth] = classes }
    }
    self.published = published
  }

  /// - Returns: false where the dataset has nothing of the kind.
  func apply(to net: inout StudyNet) -> Bool {
    guard case .labels(let recipe) = net.source else { return true }
    guard let scaled = scaled(recipe) else { return false }
    net.source = .labels(scaled)
    net.name = name(net.name, scaled)
    return true
  }

  func scaled(_ recipe: LabelRecipe) -> LabelRecipe? {
    var steps: [LabelRecipe.Step] = []
    for step in recipe.steps {
      switch step {
      case .bottomUp(let depth):
        // The cut with nearest the same share of all classes.
        let wanted = Double(published[depth] ?? 500) / 1000 * Double(partition.count)
        guard let cut = cuts.min(by: { abs(Double($0.classes) / wanted - 1) < abs(Double($1.classes) / wanted - 1) }) else { return nil }
        steps.append(.bottomUp(depth: cut.depth))
      case .topDown:
        let counts = partition.topDownCounts.filter { $0.classes < partition.count && $0.classes > 1 }
        guard let best = counts.min(by: { abs($0.classes * 8 - partition.count) < abs($1.classes * 8 - partition.count) }) else { return nil }
        steps.append(.topDown(rounds: best.rounds))
      case .images(let count, let seed):
        guard perClass > 1 else { return nil }
        steps.append(.images(max(1, Int((Double(count) / Self.imageNetPerClass * Double(perClass)).rounded())), seed: seed))
      case .classes(let count, let seed): steps.append(.classes(max(2, (count * partition.count + 500) / 1000), seed: seed))
      case .minimalSplit(_, _, let part): steps.append(.minimalSplit(depth: nil, target: nil, part: part))
      case .randomSplit(_, let seed, let part): steps.append(.randomSplit(target: nil, seed: seed, part: part))
      case .withoutPascal: return nil
      default: steps.append(step)
      }
    }
    return LabelRecipe(steps: steps)
  }

  /// A row that is called by the number of its classes or images is called by the new one.
  private func name(_ before: String, _ recipe: LabelRecipe) -> String {
    guard let first = before.split(separator: " ").first, Int(first.prefix { $0.isNumber }) != nil else { return before }
    guard let step = recipe.steps.last else { return before }
    switch step {
    case .images(let count, _): return before.contains("more") ? before.replacing(String(first), with: "\(count * partition.count)") : before.replacing(String(first), with: "\(count)")
    case .classes(let count, _): return before.contains("more") ? before.replacing(String(first), with: "\(count * perClass)") : before.replacing(String(first), with: "\(count)")
    case .bottomUp(let depth): return partition.bottomUpCounts.first { $0.depth == depth }.map { "\($0.classes)" } ?? before
    case .topDown(let rounds): return partition.topDownCounts.first { $0.rounds == rounds }.map { "\($0.classes) top-down" } ?? before
    case .all: return "\(partition.count)"
    default: return before
    }
  }
}
