import Basics
import Networks
import Runs
import Settings
import Taxonomy

/// The form that launches a training: every value has a sane default, and a reason where it cannot be.
package struct LaunchForm: Sendable {
  package enum Field: Hashable, Sendable {
    case dataset, labels, network, begin, name
    /// Options for Slurm, where it gets the run.
    case sbatch
    /// One of ``TrainingSetting/all``, by its flag.
    case setting(String)

    package static let from = Field.setting("from"), tune = Field.setting("tune"), epochs = Field.setting("epochs")
    package static let iterations = Field.setting("iterations"), batch = Field.setting("batch"), learningRate = Field.setting("rate")
    package static let schedule = Field.setting("schedule"), seed = Field.setting("seed"), workers = Field.setting("workers")

    /// First what nearly every training chooses.
    package static let all: [Field] = {
      let common: [Field] = [
        .dataset, .labels, .network, .from, .tune, .epochs, .iterations, .batch, .learningRate, .schedule, .seed, .workers, .begin, .sbatch, .name,
      ]
      // The screen launches what tells its classes apart.
      return common + TrainingSetting.all.filter { !(["task"] + TrainingSetting.ofActions).contains($0.flag) }.map { .setting($0.flag) }.filter { !common.contains($0) }
    }()

    var setting: TrainingSetting? { if case .setting(let flag) = self { TrainingSetting.named(flag) } else { nil } }

    var title: String {
      switch self {
      case .dataset: "dataset"
      case .labels: "label set"
      case .network: "net"
      case .begin: "start"
      case .name: "name"
      case .sbatch: "sbatch options"
      case .setting: setting!.name
      }
    }

    /// Whether it is chosen with ← and →.
    var isChoice: Bool { [.dataset, .labels, .network, .tune, .begin].contains(self) }
    /// Whether typing replaces what was there.
    package var isNumber: Bool { [.epochs, .iterations, .batch, .learningRate, .seed, .workers].contains(self) }
    /// Whether it begins with a value; the others are empty for the recipe's.
    var isFilled: Bool { [.epochs, .batch, .learningRate, .schedule, .seed].contains(self) }
  }

  /// When the run begins, and where.
  package enum Start: Sendable {
    case now
    /// When its turn comes in the queue of this machine.
    case queue
    /// As a job of Slurm.
    case cluster
  }

  package enum Event: Sendable {
    case facts(LaunchFacts)
    case failed(dataset: String, Problem)
    /// What became of the check of the form's values; only the latest ticket counts.
    case checked(ticket: Int, Result<LaunchOutlook, Problem>)
    case refused(Problem)
  }

  package private(set) var focus = Field.labels {
    didSet { if focus.isNumber, focus != oldValue { texts[focus]!.select() } }
  }
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
  /// Which of ``tuneChoices`` learns.
  package private(set) var part = 0
  package private(set) var start: Start
  /// The label set that the form was opened with: it may not be saved.
  private let given: LabelSet?
  /// What the form was filled from: the run that is cloned.
  let original: TrainingRequest?
  /// The fields that somebody typed into.
  private var typed: Set<Field> = []
  private var ticket = 0
  /// What every command line ends with: where things are kept.
  let options: [String]
  /// The images/s of the last run of each net: for the estimate.
  let speeds: [String: Double]
  /// The names of runs with weights to begin with, newest first.
  package let origins: [String]

  /// - Parameter original: a run's request, which the form then differs from by what is changed.
  package static func make(
    labelSet: LabelSet?, session: Session, runs: [RunSummary], like original: TrainingRequest? = nil
  ) -> (LaunchForm, [Effect]) {
    var speeds: [String: Double] = [:]
    for run in runs.reversed() { speeds[run.network] = run.progress.imagesPerSecond ?? speeds[run.network] }
    let form = LaunchForm(
      dataset: original?.dataset ?? labelSet?.dataset ?? session.dataset, given: original?.labelSet ?? labelSet,
      original: original, speeds: speeds, origins: runs.filter { $0.progress.step > 0 || $0.isImported }.map(\.id),
      start: runs.contains { $0.queuePlace != nil } ? .queue : .now, options: session.options)
    return (form, [form.fetch()])
  }

  private init(
    dataset: String, given: LabelSet?, original: TrainingRequest?, speeds: [String: Double], origins: [String], start: Start,
    options: [String]
  ) {
    self.options = options
    self.dataset = dataset
    self.given = given
    self.original = original
    self.speeds = speeds
    self.origins = origins
    self.start = start
    labelSets = given.map { [$0] } ?? []
    for field in Field.all where !field.isChoice { texts[field] = TextField() }
    if let original { fill(from: original) } else { takeDefaults() }
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
      if original == nil {
        // What was trained on this dataset last, else the net made for its images.
        if let fitting = Architecture.all.firstIndex(where: { $0.name == facts.last?.network })
          ?? Architecture.all.firstIndex(where: { facts.imageSize.map($0.fits) ?? false })
        {
          network = fitting
        }
        takeDefaults()
      }
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

  /// Those that are shown.
  package var fields: [Field] { start == .cluster ? Field.all : Field.all.filter { $0 != .sbatch } }

  package var architecture: Architecture { Architecture.all[network] }
  package var chosenLabelSet: LabelSet? { labelSets.indices.contains(labelSet) ? labelSets[labelSet] : nil }
  package var isClone: Bool { original != nil }
  func text(_ field: Field) -> String { texts[field]!.text }

  // MARK: Defaults

  /// The values of the last run of the net on this dataset, else of the net's recipe, in every field that nobody typed into.
  private mutating func takeDefaults() {
    let last = facts?.last?.network == architecture.name ? facts?.last : nil
    let recipe = last?.model ?? architecture.recipe
    for field in Field.all where !typed.contains(field) && (field.isFilled || field == .iterations || field == .workers) {
      let setting = field.setting!
      let asked = last?.asked[setting.flag] ?? []
      texts[field] = TextField((asked.isEmpty ? setting.texts(in: recipe) : asked).first ?? "")
    }
    if !typed.contains(.epochs), text(.epochs).isEmpty { texts[.epochs] = TextField(String(recipe.epochs)) }
    if !typed.contains(.learningRate), let learningRate = Float(text(.learningRate)) {
      // Pretrained weights are moved more gently.
      let factor = text(.from).isEmpty || last?["from"] != nil ? 1.0 : 10
      texts[.learningRate] = TextField(NumberText.compact(Double(learningRate) / factor).trimmingZeros)
    }
    takeDefaultName()
  }

  private mutating func takeDefaultName() {
    guard !typed.contains(.name) else { return }
    let base = plainName(original?.name ?? chosenLabelSet?.name ?? "run", besides: "")
    let suffix = original == nil ? "" : "-2"
    let seed = text(.seed) == (original?["seed"] ?? "1") ? "" : "-s\(text(.seed))"
    texts[.name] = TextField(String(base.prefix(40)) + (seed.isEmpty ? suffix : seed))
  }

  private mutating func fill(from request: TrainingRequest) {
    network = Architecture.all.firstIndex { $0.name == request.network } ?? 0
    part = request["tune"].flatMap { tuneChoices.firstIndex(of: $0) } ?? 0
    let recipe = model ?? architecture.recipe
    for field in Field.all where field != .tune {
      guard let setting = field.setting else { continue }
      let asked = request.asked[setting.flag] ?? []
      texts[field] = TextField((asked.isEmpty && field.isFilled ? setting.texts(in: recipe) : asked).joined(separator: ", "))
    }
    typed = Set(Field.all.filter(\.isFilled) + [.iterations, .workers])
    takeDefaultName()
  }

  /// What the run that is cloned was trained with, as long as the net is its.
  var model: TrainingConfiguration? { original?.model.flatMap { $0.network == architecture.name ? $0 : nil } }

  // MARK: Keys

  package var hints: [KeyHint] {
    let verb =
      switch start {
      case .now: "start"
      case .queue: "put into the queue"
      case .cluster: "submit"
      }
    return [
      KeyHint("Enter", verb, isAvailable: obstacles.isEmpty), KeyHint("↑↓", "field"),
      focus.isChoice ? KeyHint("←→", "choose") : KeyHint("type", "change"), KeyHint("Esc", "close"),
    ]
  }

  package mutating func take(_ key: Key) -> [Effect] {
    switch key {
    case .escape: isClosed = true
    // A click goes to a field; one on a field of choices takes the next.
    case .pick(let index) where fields.indices.contains(index):
      let field = fields[index]
      if field == focus, field.isChoice { return choose(1) }
      focus = field
    case .enter:
      if let request, !isStarting {
        isStarting = true
        return [.runs(.form(.launch(request, command: command, start, clusterOptions)))]
      }
      if let field = obstacles.first?.field { focus = field }
    case .down, .tab: move(1)
    case .up, .backTab: move(-1)
    case .left where focus.isChoice || focus == .from: return choose(-1)
    case .right where focus.isChoice || focus == .from, " " where focus.isChoice: return choose(1)
    default:
      guard !focus.isChoice, texts[focus]!.take(key) else { return [] }
      return changed(focus)
    }
    return []
  }

  private mutating func changed(_ field: Field) -> [Effect] {
    if text(field).isEmpty && (field.isFilled || field == .name) { typed.remove(field) } else { typed.insert(field) }
    if field == .seed { takeDefaultName() }
    if field == .from {
      if text(.from).isEmpty { part = 0 }
      takeDefaults()
    }
    return check()
  }

  private mutating func move(_ step: Int) {
    let all = fields
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
      part = 0
      takeDefaults()
    case .from:
      // From chance, then the runs, the newest first.
      let choices = [""] + origins
      texts[.from] = TextField(choices[turned(choices.firstIndex(of: text(.from)) ?? 0, choices.count)])
      return changed(.from)
    case .tune: part = turned(part, tuneChoices.count)
    case .begin:
      let choices = [Start.now, .queue] + (facts?.hasCluster == true ? [.cluster] : [])
      start = choices[turned(choices.firstIndex(of: start) ?? 0, choices.count)]
    default: break
    }
    return check()
  }

  /// What may learn: all, the classifier, or a layer and all behind it.
  var tuneChoices: [String] { ["all", "last"] + architecture.tunableLayers.map { "from:" + $0 } }

}

extension Architecture {
  fileprivate func fits(_ size: ImageSize) -> Bool {
    input.height == size.height && input.width == size.width && input.channels == size.channels
  }
}
