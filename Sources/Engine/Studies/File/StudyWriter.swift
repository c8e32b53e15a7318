import Basics

extension Study {
  /// The study as a file, which reads as it does.
  public var yaml: String {
    var lines = ["study: \(Study.version)"]
    if !title.isEmpty { lines.append("title: \(Self.quoted(title))") }
    lines.append("dataset: \(Self.quoted(dataset))")
    let pairs = train.pairs
    if !pairs.isEmpty { lines += ["", "train:"] + pairs.map { "  \($0): \($1)" } }
    lines += ["", "nets:"] + nets.map { "  \(Self.quoted($0.name)): \($0.yaml)" }
    if !tests.isEmpty { lines += ["", "tests:"] + tests.map { "  \(Self.quoted($0.name)): \($0.yaml)" } }
    lines += ["", "reports:"]
    for report in reports { lines += ["  \(Self.quoted(report.name)):"] + report.yaml(allRows: nets.map(\.name)).map { "    " + $0 } }
    return lines.map { $0 + "\n" }.joined()
  }

  /// A word as YAML takes it for itself, in lists too.
  static func quoted(_ word: String) -> String {
    let marks = ",[]{}:#&*!|>'\"%@`\\"
    // The latter are ends of lines to YAML, or the mark of an encoding.
    func isEscaped(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029, 0xFEFF].contains(scalar.value) }
    let isPlain = !word.isEmpty && word.first != " " && word.last != " " && !"-?".contains(word.first!) && !word.unicodeScalars.contains(where: isEscaped)
      && !word.contains { marks.contains($0) }
    if isPlain { return word }
    var text = "\""
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where isEscaped(scalar): text += "\\u" + String(String(scalar.value + 0x10000, radix: 16).dropFirst())
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  fileprivate static func list(_ words: [String]) -> String { "[\(words.map(quoted).joined(separator: ", "))]" }
  fileprivate static func mapping(_ pairs: [(String, String)]) -> String { "{\(pairs.map { "\($0): \($1)" }.joined(separator: ", "))}" }
}

extension StudySettings {
  fileprivate var pairs: [(String, String)] {
    var pairs: [(String, String)] = []
    if let network { pairs.append(("net", network)) }
    for (flag, texts) in values.sorted(by: { $0.key < $1.key }) where flag != "tune" {
      pairs.append((flag, texts.count > 1 ? Study.list(texts) : Study.quoted(texts[0])))
    }
    if let seeds { pairs.append(("seeds", "[\(seeds.map { "\($0)" }.joined(separator: ", "))]")) }
    return pairs
  }
}

extension StudyNet {
  fileprivate var yaml: String {
    let pairs = (dataset.map { [("dataset", Study.quoted($0))] } ?? []) + settings.pairs
    return pairs.isEmpty ? Study.quoted(source.text) : Study.mapping([("labels", Study.quoted(source.text))] + pairs)
  }
}

extension StudyNet.Source {
  var text: String {
    switch self {
    case .labels(let recipe): recipe.text
    case .untrained: "untrained"
    case .run(let name): "run \(name)"
    case .file(let path): "file \(path)"
    case .features(let name): "features \(name)"
    }
  }
}

extension LabelRecipe {
  /// As it is written in a study file.
  public var text: String { steps.map(\.text).joined(separator: " | ") }
}

extension LabelRecipe.Step {
  fileprivate var text: String {
    switch self {
    case .all: "all"
    case .saved(let name): "set \(name)"
    case .bottomUp(let depth): "bottom-up depth \(depth)"
    case .bottomUpClasses(let count): "bottom-up classes \(count)"
    case .topDown(let rounds): "top-down rounds \(rounds)"
    case .topDownClasses(let count): "top-down classes \(count)"
    case .withoutPascal: "without pascal"
    case .without(let wnids): "without \(wnids.joined(separator: ","))"
    case .classes(let count, let seed): "classes \(count) seed \(seed)"
    case .images(let count, let seed): "images \(count) seed \(seed)"
    case .minimalSplit(let depth, let target, let part):
      "minimal-split" + (depth.map { " depth \($0)" } ?? "") + (target.map { " target \($0)" } ?? "") + " part \(part.rawValue)"
    case .randomSplit(let target, let seed, let part): "random-split" + (target.map { " \($0)" } ?? "") + " seed \(seed) part \(part.rawValue)"
    }
  }
}

extension StudyTest.Labels {
  fileprivate var text: String {
    switch self {
    case .all: "all"
    case .row: "$row"
    case .net(let name): name
    case .recipe(let recipe): recipe.text
    }
  }
}

extension StudyTest {
  fileprivate var yaml: String {
    var pairs: [(String, String)] = []
    switch kind {
    case .own: break
    case .tune(let tuning):
      if let task = tuning.task { pairs.append(("task", task)) }
      if let part = tuning.settings.values["tune"]?.first, tuning.task == nil || part != "all" { pairs.append(("tune", part)) } else if tuning.task == nil { pairs.append(("tune", "all")) }
      if let dataset = tuning.dataset { pairs.append((tuning.task == nil ? "dataset" : "data", Study.quoted(dataset))) }
      if tuning.task == nil { pairs.append(("labels", Study.quoted(tuning.labels.text))) }
      pairs += tuning.settings.pairs
    case .measure(let measure):
      pairs.append(("measure", measure.kind.rawValue))
      let words = [
        ("labels", measure.labels?.text), ("data", measure.dataset), ("baseline", measure.baseline), ("space", measure.space), ("metric", measure.metric),
        ("k", measure.k.map { "\($0)" }), ("members", measure.members.map { "\($0)" }), ("l2", measure.l2.map { "\($0)" }),
      ]
      pairs += words.compactMap { name, word in word.map { (name, Study.quoted($0)) } }
    case .unknownTask(let task): pairs += [("task", task)]
    }
    if repeats > 1 { pairs.append(("repeats", "\(repeats)")) }
    return Study.mapping(pairs)
  }
}

extension StudyReport {
  fileprivate func yaml(allRows: [String]) -> [String] {
    // A net may have this name.
    var lines = [rows == allRows && !rows.contains("nets") ? "rows: nets" : "rows: \(Study.list(rows))"]
    let words = columns.map { column in column.test + (column.metric.map { ".\($0)" } ?? "") }
    if zip(columns, words).allSatisfy({ $0.heading == $1 && $0.net == nil }) {
      lines.append("columns: \(Study.list(words))")
    } else {
      lines.append("columns:")
      for (column, word) in zip(columns, words) {
        let value =
          column.net.map { net in
            Study.mapping([("net", Study.quoted(net)), ("test", Study.quoted(column.test))] + (column.metric.map { [("metric", $0)] } ?? []))
          } ?? Study.quoted(word)
        lines.append("  \(Study.quoted(column.heading)): \(value)")
      }
    }
    if let plot { lines.append("plot: \(plot.yaml(columns.map(\.heading)))") }
    if !paper.isEmpty {
      lines.append("paper:")
      for row in rows {
        guard let numbers = paper[row] else { continue }
        let pairs = columns.compactMap { column in
          numbers[column.heading].map { (Study.quoted(column.heading), "\($0.value)" + ($0.deviation.map { " ± \($0)" } ?? "")) }
        }
        lines.append("  \(Study.quoted(row)): \(Study.mapping(pairs))")
      }
    }
    return lines
  }
}

extension StudyReport.Plot {
  fileprivate func yaml(_ headings: [String]) -> String {
    func columns(_ chosen: [String]) -> String { chosen == headings ? "columns" : Study.list(chosen) }
    var pairs: [(String, String)] = bars ? [("bars", ends.map { "\($0)" } ?? columns(left))] : [("x", x.rawValue)]
    if bars, x != .rows { pairs.append(("x", x.rawValue)) }
    let saysLeft = bars ? ends != nil && left != headings : !left.isEmpty
    if saysLeft { pairs.append(("left", columns(left))) }
    if !right.isEmpty { pairs.append(("right", columns(right))) }
    return Study.mapping(pairs)
  }
}
