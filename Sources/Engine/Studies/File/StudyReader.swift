import Basics
import Networks
import Runs
import Taxonomy
import Yams

/// Reads a study file: every fault of it at once, each with its line, its column and the nearest known word.
struct StudyReader {
  private let text = StudyText()
  private var study = Study(title: "", dataset: "")

  /// The study that a text holds, and what is wrong with it; nil where it is no study at all.
  static func read(_ content: String) -> (study: Study?, faults: [StudyFault]) {
    var reader = StudyReader()
    guard let root = reader.text.root(content), let pairs = reader.text.pairs(root, "a study") else { return (nil, reader.text.faults.sorted()) }
    reader.read(pairs, at: StudyText.place(root))
    return (reader.study, reader.text.faults.sorted())
  }

  private static let keys = ["study", "title", "dataset", "train", "nets", "tests", "reports"]

  private mutating func read(_ pairs: [(key: String, place: Place, value: Node)], at root: Place) {
    var found: [String: Node] = [:]
    for (key, place, value) in pairs {
      guard Self.keys.contains(key) else {
        text.unknown("key", key, at: place, among: Self.keys)
        continue
      }
      found[key] = value
    }
    for key in ["study", "dataset", "nets", "reports"] where found[key] == nil { text.add(root, "`\(key)` is missing") }
    if let node = found["study"], let version = text.word(node, "the version of the format"), version != "\(Study.version)" {
      text.add(node, "expected `study: \(Study.version)`, found “\(version)”" + (Int(version).map { $0 > Study.version } ?? false ? ": a newer version of imagenet-tui wrote it" : ""))
    }
    if let node = found["title"], let title = text.word(node, "a title") { study.title = title }
    if let node = found["dataset"], let dataset = text.word(node, "the name of a dataset") { study.dataset = dataset }
    if let node = found["train"], let pairs = text.pairs(node, "settings of the training") { study.train = settings(pairs, besides: []) }
    readNets(found["nets"])
    readTests(found["tests"])
    readReports(found["reports"])
  }

  // MARK: Settings

  /// The settings among the pairs of a mapping; other keys than these and `known` are faults.
  private func settings(_ pairs: [(key: String, place: Place, value: Node)], besides known: [String], hasSeeds: Bool = true) -> StudySettings {
    var settings = StudySettings()
    let excluded = ["seed", "from", "tune", "workers", "task"] + TrainingSetting.ofActions
    let flags = TrainingSetting.all.map(\.flag).filter { !excluded.contains($0) }
    for (key, place, value) in pairs where !known.contains(key) {
      if key == "net", !hasSeeds {
        text.add(place, "a test has its net's network; leave `net` out")
      } else if key == "net" {
        guard let name = text.word(value, "the name of a network") else { continue }
        let names = Architecture.all.map(\.name)
        if names.contains(name) { settings.network = name } else { text.unknown("network", name, at: StudyText.place(value), among: names) }
      } else if key == "seeds", hasSeeds {
        settings.seeds = text.words(value, "a random seed")?.compactMap { word, place in
          guard let seed = UInt64(word) else {
            text.add(place, "expected a random seed, a whole number from 0, found “\(word)”")
            return nil
          }
          return seed
        }
        if let seeds = settings.seeds, Set(seeds).count < seeds.count || seeds.isEmpty { text.add(value, "expected different seeds, one or more") }
      } else if key == "seed" {
        text.add(place, hasSeeds ? "expected `seeds: [1, 2, 3]` in place of `seed`" : "expected `repeats: 3`, which are seeds 1 to 3, in place of `seed`")
      } else if let setting = TrainingSetting.named(key), flags.contains(key) {
        guard let texts = text.items(value, setting.name)?.compactMap({ text.word($0, setting.expected) }), !texts.isEmpty else { continue }
        if texts.count > 1, setting.kind != .list {
          text.add(value, "expected one value of `\(key)`, found \(texts.count)")
          continue
        }
        do throws(Problem) {
          settings.values[key] = try setting.canonical(texts)
        } catch {
          text.add(value, "`\(key)`: expected \(error.expected ?? setting.expected), found “\(error.found ?? texts[0])”")
        }
      } else {
        text.unknown("key", key, at: place, among: known + flags + ["net"] + (hasSeeds ? ["seeds"] : []))
      }
    }
    if settings.values["epochs"] != nil, settings.values["iterations"] != nil, let pair = pairs.first(where: { $0.key == "iterations" }) {
      text.add(pair.place, "`epochs` and `iterations` exclude each other")
    }
    return settings
  }

  // MARK: Nets

  private mutating func readNets(_ node: Node?) {
    guard let node, let pairs = text.pairs(node, "nets") else { return }
    if pairs.isEmpty { text.add(node, "expected one net or more") }
    for (name, place, value) in pairs {
      guard checkName(name, at: place, "net") else { continue }
      var net = StudyNet(name: name, source: .labels(LabelRecipe(steps: [.all])))
      if case .mapping = value, let pairs = text.pairs(value, "a net") {
        net.settings = settings(pairs, besides: ["labels", "dataset"])
        for (key, _, value) in pairs {
          if key == "labels", let source = source(value) { net.source = source }
          if key == "dataset" { net.dataset = text.word(value, "the name of a dataset") }
        }
      } else if let source = source(value) {
        net.source = source
      }
      // One with faults is still one that rows may name.
      study.nets.append(net)
    }
  }

  private func source(_ node: Node) -> StudyNet.Source? {
    guard let words = text.word(node, "how the net's classes are made: \(LabelRecipe.forms); or untrained, run NAME, file PATH, features NAME") else { return nil }
    if words == "untrained" { return .untrained }
    if words.hasPrefix("run ") { return .run(String(words.dropFirst(4).drop { $0 == " " })) }
    if words.hasPrefix("features ") { return .features(String(words.dropFirst(9).drop { $0 == " " })) }
    if words.hasPrefix("file ") { return .file(String(words.dropFirst(5).drop { $0 == " " })) }
    return recipe(words, node).map { .labels($0) }
  }

  private func recipe(_ words: String, _ node: Node) -> LabelRecipe? {
    do throws(LabelRecipe.Fault) {
      return try LabelRecipe(words)
    } catch {
      text.add(node, error.what)
      return nil
    }
  }

  /// Names become parts of the names of runs and folders.
  private func checkName(_ name: String, at place: Place, _ what: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= 40, !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0 == "/" }) else {
      text.add(place, "expected a name of at most 40 letters for a \(what), found “\(name.prefix(60))”")
      return false
    }
    return true
  }

  // MARK: Tests

  private mutating func readTests(_ node: Node?) {
    guard let node, let pairs = text.pairs(node, "tests") else { return }
    for (name, place, value) in pairs {
      guard checkName(name, at: place, "test") else { continue }
      if name == Study.own || name.contains(".") {
        text.add(place, name == Study.own ? "`own` is every net's own validation and cannot be another test" : "a test's name has no dot: TEST.METRIC names its metrics")
        continue
      }
      guard let pairs = text.pairs(value, "a test") else { continue }
      let kinds = pairs.filter { ["tune", "task", "measure"].contains($0.key) }
      var kind: StudyTest.Kind?
      switch Set(kinds.map(\.key)) {
      case ["tune"]: kind = tuning(pairs, nil)
      case ["task"], ["task", "tune"]: kind = task(kinds.first { $0.key == "task" }!.value, pairs)
      case ["measure"]: kind = measure(kinds[0].value, pairs)
      default: text.add(place, "expected one of `tune`, `task` and `measure` in the test “\(name)”")
      }
      var test = StudyTest(name: name, kind: kind ?? .unknownTask(""))
      if let pair = pairs.first(where: { $0.key == "repeats" }), let count = text.count(pair.value, "how often", 1...100) { test.repeats = count }
      // A test with faults is still one that columns may name.
      study.tests.append(test)
    }
  }

  private static let tuningKeys = ["tune", "task", "labels", "dataset", "data", "repeats"]

  private func tuning(_ pairs: [(key: String, place: Place, value: Node)], _ task: String?) -> StudyTest.Kind {
    var tuning = StudyTest.Tuning(settings: settings(pairs, besides: Self.tuningKeys, hasSeeds: false), task: task)
    let setting = TrainingSetting.named("tune")!
    for (key, _, value) in pairs {
      switch key {
      case "tune":
        guard let words = text.word(value, setting.expected) else { continue }
        do throws(Problem) {
          tuning.settings.values["tune"] = try setting.canonical([words])
        } catch {
          text.add(value, "`tune`: expected \(setting.expected), found “\(words)”")
        }
      case "labels": if let labels = labels(value) { tuning.labels = labels }
      case "dataset", "data": tuning.dataset = text.word(value, "the name of a dataset")
      default: break
      }
    }
    return .tune(tuning)
  }

  private static let tasks = ["classification", "sun-cls", "pascal-det", "pascal-act"]

  private func task(_ node: Node, _ pairs: [(key: String, place: Place, value: Node)]) -> StudyTest.Kind? {
    guard let task = text.word(node, "a task") else { return nil }
    switch task {
    case "classification", "sun-cls":
      let kind = tuning(pairs, task)
      guard case .tune(var tuning) = kind else { return kind }
      if tuning.dataset == nil { text.add(node, "the task \(task) needs `data: NAME`, the dataset that is transferred to") }
      if task == "sun-cls" { tuning.takeSUNProtocol() }
      return .tune(tuning)
    case "pascal-det", "pascal-act": return .unknownTask(task)
    default:
      text.unknown("task", task, at: StudyText.place(node), among: Self.tasks)
      return nil
    }
  }

  private func labels(_ node: Node) -> StudyTest.Labels? {
    guard let words = text.word(node, "the classes: all, $row, the name of a net, or how they are made") else { return nil }
    if words == "all" { return .all }
    if words == "$row" { return .row }
    if words.hasPrefix("$") {
      text.add(node, "unknown variable “\(words)”; there is only `$row`, the classes of the row's net")
      return nil
    }
    if study.net(words) != nil { return .net(words) }
    return recipe(words, node).map { .recipe($0) }
  }

  private static let measureKeys: [StudyTest.Measure.Kind: [String]] = [
    .induction: ["baseline", "space", "metric", "labels", "data"], .coarseFine: ["labels", "members", "data"], .knn: ["labels", "space", "metric", "k", "data"],
    .linear: ["labels", "space", "l2", "data"], .accuracy: ["data"], .neighbours: ["labels", "space", "metric", "k", "data"],
  ]

  private func measure(_ node: Node, _ pairs: [(key: String, place: Place, value: Node)]) -> StudyTest.Kind? {
    guard let name = text.word(node, "what is measured") else { return nil }
    guard let kind = StudyTest.Measure.Kind(rawValue: name) else {
      text.unknown("measure", name, at: StudyText.place(node), among: StudyTest.Measure.Kind.allCases.map(\.rawValue))
      return nil
    }
    var measure = StudyTest.Measure(kind: kind)
    let known = Self.measureKeys[kind]!
    for (key, place, value) in pairs where key != "measure" && key != "repeats" {
      guard known.contains(key) || key == "dataset" else {
        text.unknown("key", key, at: place, among: ["measure"] + known)
        continue
      }
      switch key {
      case "baseline":
        guard let name = text.word(value, "the name of a net") else { continue }
        if study.net(name) != nil { measure.baseline = name } else { text.unknown("net", name, at: StudyText.place(value), among: study.nets.map(\.name)) }
      case "space": measure.space = text.word(value, "a layer, features or scores")
      case "metric":
        guard let word = text.word(value, "l2 or cosine") else { continue }
        if ["l2", "cosine"].contains(word) { measure.metric = word } else { text.unknown("metric", word, at: StudyText.place(value), among: ["l2", "cosine"]) }
      case "labels": measure.labels = labels(value)
      case "members": measure.members = text.count(value, "how many members a coarse class has at least", 1...100_000)
      case "k": measure.k = text.count(value, "how many neighbours", 1...1000)
      case "l2": measure.l2 = text.number(value, "the strength of the regularisation, above 0") { $0 > 0 }
      default: measure.dataset = text.word(value, "the name of a dataset")
      }
    }
    if let pair = pairs.first(where: { $0.key == "repeats" }) { text.add(pair.place, "a measure gives the same each time: it has no `repeats`") }
    return .measure(measure)
  }

  // MARK: Reports

  private mutating func readReports(_ node: Node?) {
    guard let node, let pairs = text.pairs(node, "reports") else { return }
    if pairs.isEmpty { text.add(node, "expected one report or more") }
    for (name, place, value) in pairs {
      guard checkName(name, at: place, "report"), let pairs = text.pairs(value, "a report") else { continue }
      var report = StudyReport(name: name)
      var found: [String: Node] = [:]
      let keys = ["rows", "columns", "plot", "paper"]
      for (key, place, value) in pairs {
        if keys.contains(key) { found[key] = value } else { text.unknown("key", key, at: place, among: keys) }
      }
      for key in ["rows", "columns"] where found[key] == nil { text.add(place, "`\(key)` is missing in the report “\(name)”") }
      if let node = found["rows"] { report.rows = rows(node) }
      if let node = found["columns"] { report.columns = columns(node) }
      if let node = found["plot"] { report.plot = plot(node, report) }
      if let node = found["paper"] { report.paper = paper(node, report) }
      study.reports.append(report)
    }
  }

  private func rows(_ node: Node) -> [String] {
    let names = study.nets.map(\.name)
    if case .scalar(let scalar) = node, scalar.string == "nets", study.net("nets") == nil { return names }
    var rows: [String] = []
    for (row, place) in text.words(node, "names of nets") ?? [] {
      if !names.contains(row) { text.unknown("net", row, at: place, among: names) } else if rows.contains(row) { text.add(place, "the row “\(row)” is there twice") } else { rows.append(row) }
    }
    return rows
  }

  private func columns(_ node: Node) -> [StudyReport.Column] {
    var columns: [StudyReport.Column] = []
    func add(_ column: StudyReport.Column?, at place: Place) {
      guard let column else { return }
      if columns.contains(where: { $0.heading == column.heading }) { text.add(place, "the column “\(column.heading)” is there twice") } else { columns.append(column) }
    }
    guard case .mapping = node, let pairs = text.pairs(node, "columns") else {
      for (word, place) in text.words(node, "columns") ?? [] { add(column(word, heading: word, at: place), at: place) }
      return columns
    }
    for (heading, place, value) in pairs {
      if case .mapping = value, let pairs = text.pairs(value, "a column") {
        var found: [String: (word: String, place: Place)] = [:]
        for (key, place, value) in pairs {
          guard ["net", "test", "metric"].contains(key) else {
            text.unknown("key", key, at: place, among: ["net", "test", "metric"])
            continue
          }
          if let word = text.word(value, "a name") { found[key] = (word, StudyText.place(value)) }
        }
        let test = found["test"] ?? (Study.own, place)
        var made = column(found["metric"].map { "\(test.word).\($0.word)" } ?? test.word, heading: heading, at: test.place)
        if let (net, place) = found["net"] {
          if study.net(net) == nil { text.unknown("net", net, at: place, among: study.nets.map(\.name)) }
          made?.net = net
        }
        add(made, at: place)
      } else if let word = text.word(value, "a test") {
        add(column(word, heading: heading, at: StudyText.place(value)), at: place)
      }
    }
    return columns
  }

  /// A column as `test` or `test.metric`.
  private func column(_ word: String, heading: String, at place: Place) -> StudyReport.Column? {
    let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let test = study.test(parts[0]) else {
      text.unknown("test", parts[0], at: place, among: [Study.own] + study.tests.map(\.name))
      return nil
    }
    if parts.count > 1, !test.metrics.contains(where: { $0.name == parts[1] }), test.kind != .unknownTask("") {
      text.unknown("metric of \(test.name)", parts[1], at: place, among: test.metrics.map(\.name))
      return nil
    }
    return StudyReport.Column(heading: heading, test: test.name, metric: parts.count > 1 ? parts[1] : nil)
  }

  private func plot(_ node: Node, _ report: StudyReport) -> StudyReport.Plot {
    var plot = StudyReport.Plot()
    let headings = report.columns.map(\.heading)
    func columns(_ node: Node) -> [String] {
      if case .scalar(let scalar) = node, scalar.string == "columns" { return headings }
      return (text.words(node, "columns") ?? []).compactMap { word, place in
        if headings.contains(word) { return word }
        text.unknown("column", word, at: place, among: headings)
        return nil
      }
    }
    for (key, place, value) in text.pairs(node, "a plot") ?? [] {
      switch key {
      case "x":
        let known = StudyReport.Plot.Axis.allCases.map(\.rawValue)
        guard let word = text.word(value, "classes, images or rows") else { continue }
        if let axis = StudyReport.Plot.Axis(rawValue: word) { plot.x = axis } else { text.unknown("axis", word, at: StudyText.place(value), among: known) }
      case "left": plot.left = columns(value)
      case "right": plot.right = columns(value)
      case "bars":
        plot.bars = true
        if case .scalar(let scalar) = value, let ends = Int(scalar.string) {
          plot.ends = 1...100 ~= ends ? ends : nil
          plot.left = headings
        } else {
          plot.left = columns(value)
        }
      default: text.unknown("key", key, at: place, among: ["x", "left", "right", "bars"])
      }
    }
    return plot
  }

  private func paper(_ node: Node, _ report: StudyReport) -> [String: [String: StudyReport.Published]] {
    var paper: [String: [String: StudyReport.Published]] = [:]
    for (row, place, value) in text.pairs(node, "the paper's numbers") ?? [] {
      if !report.rows.contains(row) { text.unknown("row", row, at: place, among: report.rows) }
      for (heading, place, value) in text.pairs(value, "numbers by column") ?? [] {
        let headings = report.columns.map(\.heading)
        if !headings.contains(heading) { text.unknown("column", heading, at: place, among: headings) }
        guard let words = text.word(value, "a number, as 58.3 ± .3") else { continue }
        let parts = words.split(separator: "±", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        let numbers = parts.compactMap { Double($0) }
        guard numbers.count == parts.count, numbers.count <= 2, numbers.allSatisfy(\.isFinite) else {
          text.add(value, "expected a number, as 58.3 or 58.3 ± .3, found “\(words)”")
          continue
        }
        paper[row, default: [:]][heading] = .init(value: numbers[0], deviation: numbers.count > 1 ? numbers[1] : nil)
      }
    }
    return paper
  }
}

extension StudyTest.Tuning {
  /// SUN-CLS (Agrawal, Girshick, Malik 2014; Huh, Agrawal, Efros 2016): all layers, 50,000 iterations of 256, rate .001, a tenth of it every 20,000. What
  /// the study file says counts more. The batch size is not stated in the papers.
  mutating func takeSUNProtocol() {
    for (flag, text) in [("tune", "all"), ("iterations", "50000"), ("rate", "0.001"), ("schedule", "step:20000:0.1"), ("batch", "256")]
    where settings.values[flag] == nil && !(flag == "iterations" && settings.values["epochs"] != nil) {
      settings.values[flag] = try? TrainingSetting.named(flag)!.canonical([text])
    }
  }
}
