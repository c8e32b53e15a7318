import Engine
import Taxonomy

/// The form that launches a training: every value has a sane default, and a reason where it cannot be.
package struct LaunchForm: Sendable {
  package enum Field: String, CaseIterable, Sendable {
    case dataset, labels, network, epochs, batch, rate, seed, workers, name

    var title: String {
      switch self {
      case .labels: "label set"
      case .network: "net"
      case .batch: "batch size"
      case .rate: "learning rate"
      default: rawValue
      }
    }

    var isChoice: Bool { self == .dataset || self == .labels || self == .network }
  }

  package enum Event: Sendable {
    case facts(LaunchFacts)
    case failed(dataset: String, Problem)
    /// What became of the check of the form's values; only the latest ticket counts.
    case checked(ticket: Int, Result<LaunchOutlook, Problem>)
    case refused(Problem)
  }

  package private(set) var focus = Field.labels
  package private(set) var texts: [Field: TextField] = [:]
  package private(set) var dataset: String
  /// What is known of the dataset; nil until it was opened.
  package private(set) var facts: LaunchFacts?
  /// Why the dataset cannot be opened.
  package private(set) var problem: Problem?
  /// What the values come to, or what is wrong with them together; nil while that is being found out.
  package private(set) var outlook: Result<LaunchOutlook, Problem>?
  package private(set) var isStarting = false
  package private(set) var isClosed = false
  package private(set) var labelSets: [LabelSet]
  package private(set) var labelSet = 0
  package private(set) var network = 0
  /// The label set that the form was opened with: it may not be saved.
  private let given: LabelSet?
  private var hasOwnName = false
  private var ticket = 0
  /// The images/s of the last run of each net: for the estimate.
  private let speeds: [String: Double]

  package static func make(labelSet: LabelSet?, session: Session, runs: [RunSummary]) -> (LaunchForm, [Effect]) {
    var speeds: [String: Double] = [:]
    for run in runs.reversed() { speeds[run.network] = run.progress.imagesPerSecond ?? speeds[run.network] }
    let form = LaunchForm(dataset: labelSet?.dataset ?? session.dataset, given: labelSet, speeds: speeds)
    return (form, [form.fetch()])
  }

  private init(dataset: String, given: LabelSet?, speeds: [String: Double]) {
    self.dataset = dataset
    self.given = given
    self.speeds = speeds
    labelSets = given.map { [$0] } ?? []
    takeDefaults()
  }

  private func fetch() -> Effect { .runs(.form(.fetch(dataset: dataset))) }

  /// Asks what the present values come to.
  private mutating func check() -> [Effect] {
    outlook = nil
    ticket += 1
    return request.map { [.runs(.form(.check($0, ticket: ticket)))] } ?? []
  }

  package mutating func receive(_ event: Event) -> [Effect] {
    switch event {
    case .facts(let facts):
      guard facts.dataset == dataset else { return [] }
      self.facts = facts
      problem = nil
      let chosen = chosenLabelSet
      labelSets = given.map { [$0] } ?? []
      labelSets += facts.labelSets.filter { $0 != given }
      labelSets.removeAll { $0.dataset != dataset }
      labelSet = chosen.flatMap { labelSets.firstIndex(of: $0) } ?? 0
      if let fitting = Architecture.all.firstIndex(where: { facts.imageSize.map($0.fits) ?? false }) {
        network = fitting
      }
      takeDefaults()
      return check()
    case .failed(let name, let problem):
      if name == dataset { self.problem = problem }
    case .checked(let ticket, let outlook):
      if ticket == self.ticket { self.outlook = outlook }
    case .refused(let problem):
      isStarting = false
      outlook = .failure(problem)
    }
    return []
  }

  package var architecture: Architecture { Architecture.all[network] }
  package var chosenLabelSet: LabelSet? { labelSets.indices.contains(labelSet) ? labelSets[labelSet] : nil }

  /// The recipe of the net, in every field that was not typed into.
  private mutating func takeDefaults() {
    let recipe = architecture.recipe
    texts[.epochs] = TextField(String(recipe.epochs))
    texts[.batch] = TextField(String(recipe.batchSize))
    texts[.rate] = TextField(NumberText.compact(Double(recipe.solver.rate)).trimmingZeros)
    if texts[.seed] == nil { texts[.seed] = TextField(String(recipe.seed)) }
    if texts[.workers] == nil { texts[.workers] = TextField() }
    takeDefaultName()
  }

  private mutating func takeDefaultName() {
    guard !hasOwnName else { return }
    let seed = texts[.seed]?.text ?? ""
    let base = (chosenLabelSet?.name ?? "run").map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    texts[.name] = TextField(String(String(base).prefix(40)) + (seed == "1" ? "" : "-s\(seed)"))
  }

  // MARK: Keys

  package var hints: [KeyHint] {
    [
      KeyHint("Enter", "start", isAvailable: obstacles.isEmpty), KeyHint("↑↓", "field"),
      focus.isChoice ? KeyHint("←→", "choose") : KeyHint("type", "change"), KeyHint("Esc", "close"),
    ]
  }

  package mutating func take(_ key: Key) -> [Effect] {
    switch key {
    case .escape: isClosed = true
    case .enter:
      if let request, !isStarting {
        isStarting = true
        return [.runs(.form(.launch(request, command: command)))]
      }
      if let field = obstacles.first?.field { focus = field }
    case .down, .tab: move(1)
    case .up, .backTab: move(-1)
    case .left where focus.isChoice: return choose(-1)
    case .right where focus.isChoice, " " where focus.isChoice: return choose(1)
    default:
      guard !focus.isChoice, texts[focus]!.take(key) else { return [] }
      if focus == .name { hasOwnName = !texts[.name]!.text.isEmpty }
      if focus == .seed { takeDefaultName() }
      return check()
    }
    return []
  }

  private mutating func move(_ step: Int) {
    let all = Field.allCases
    focus = all[(all.firstIndex(of: focus)! + step + all.count) % all.count]
  }

  private mutating func choose(_ step: Int) -> [Effect] {
    func turned(_ index: Int, _ count: Int) -> Int { count == 0 ? 0 : (index + step + count) % count }
    switch focus {
    case .dataset:
      let names = facts?.datasets ?? [dataset]
      dataset = names[turned(names.firstIndex(of: dataset) ?? 0, names.count)]
      facts = nil
      problem = nil
      labelSets = given?.dataset == dataset ? [given!] : []
      labelSet = 0
      return [fetch()]
    case .labels:
      labelSet = turned(labelSet, labelSets.count)
      takeDefaultName()
    case .network:
      network = turned(network, Architecture.all.count)
      takeDefaults()
    default: break
    }
    return check()
  }

  // MARK: Values

  private func number<Value: LosslessStringConvertible>(_ field: Field, _ type: Value.Type) -> Value? {
    Value(texts[field]!.text.filter { $0 != "," && $0 != "_" })
  }

  /// What stands against a start, by field.
  package var obstacles: [(field: Field, reason: String)] {
    var found: [(Field, String)] = []
    func require(_ holds: Bool, _ field: Field, _ reason: String) { if !holds { found.append((field, reason)) } }
    if let problem { require(false, .dataset, problem.description) }
    if problem == nil && facts == nil { require(false, .dataset, "opening the dataset …") }
    require(chosenLabelSet != nil || facts == nil, .labels, "there is no label set for this dataset")
    require(
      chosenLabelSet.map { $0.classes.count > 1 } ?? true, .labels, "one class teaches nothing; cut the tree finer")
    require((1...1_000_000).contains(number(.epochs, Int.self) ?? 0), .epochs, "a number from 1 to 1,000,000")
    require((1...65_536).contains(number(.batch, Int.self) ?? 0), .batch, "a number from 1 to 65,536")
    let rate = number(.rate, Float.self) ?? 0
    require(rate > 0 && rate.isFinite, .rate, "a number above 0, such as .01")
    require(number(.seed, UInt64.self) != nil, .seed, "a whole number from 0")
    let cores = facts?.cores ?? 1
    let isAll = texts[.workers]!.text.isEmpty
    require(
      isAll || (1...max(1, cores)).contains(number(.workers, Int.self) ?? 0), .workers,
      "empty for all cores, or 1 to \(cores)")
    do throws(Problem) {
      try RunDirectory.checkName(texts[.name]!.text)
    } catch {
      require(false, .name, error.expected ?? error.what)
    }
    return found
  }

  /// What Enter starts; nil while something stands against it.
  package var request: TrainingRequest? {
    guard obstacles.isEmpty, let labelSet = chosenLabelSet else { return nil }
    var request = TrainingRequest(dataset: dataset, labelSet: labelSet)
    request.network = architecture.name
    request.name = texts[.name]!.text
    request.epochs = number(.epochs, Int.self)
    request.batchSize = number(.batch, Int.self)
    request.rate = number(.rate, Float.self)
    request.seed = number(.seed, UInt64.self)
    request.workers = number(.workers, Int.self)
    return request
  }

  /// How long the training will take, judged by the last run of its net; nil where there was none.
  package func seconds(_ outlook: LaunchOutlook) -> Double? {
    guard let speed = speeds[architecture.name], speed > 0 else { return nil }
    return Double(outlook.trainingImages) * Double(outlook.epochs) / speed
  }

  /// Whether a shell knows the label set by its name.
  package var isSaved: Bool {
    guard let set = chosenLabelSet, let facts else { return true }
    return facts.labelSets.contains(set)
  }

  /// What to type in a shell instead.
  package var command: String {
    func value(_ field: Field) -> String { texts[field]!.text }
    var words = ["imagenet-tui train --dataset \(dataset)"]
    // The first of all is the dataset's own fine classes, which need no name.
    if let set = chosenLabelSet, set != facts?.labelSets.first { words.append("--labels \(set.name)") }
    words.append(
      "--net \(architecture.name) --epochs \(value(.epochs)) --batch \(value(.batch)) --rate \(value(.rate))")
    words.append("--seed \(value(.seed))")
    if !value(.workers).isEmpty { words.append("--workers \(value(.workers))") }
    words.append("--name \(value(.name)) --detach")
    return words.joined(separator: " ")
  }
}

extension Architecture {
  fileprivate func fits(_ size: ImageSize) -> Bool {
    input.height == size.height && input.width == size.width && input.channels == size.channels
  }
}
