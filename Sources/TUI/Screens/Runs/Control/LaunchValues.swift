import Basics
import Runs
import Settings

extension LaunchForm {
  private func number<Value: LosslessStringConvertible>(_ field: Field, _ type: Value.Type) -> Value? {
    Value(text(field).filter { $0 != "," && $0 != "_" })
  }

  private var schedule: Result<TrainingConfiguration.Schedule, Problem> {
    Result { () throws(Problem) in try TrainingConfiguration.Schedule(text(.schedule)) }
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
    require(part == 0 || !text(.from).isEmpty, .tune, "layers that stay need weights: name a run to begin with")
    let isInSteps = !text(.iterations).isEmpty
    require(isInSteps || (1...1_000_000).contains(number(.epochs, Int.self) ?? 0), .epochs, "a number from 1 to 1,000,000")
    require(
      !isInSteps || (1...1_000_000_000).contains(number(.iterations, Int.self) ?? 0), .iterations,
      "empty, or a number from 1 to 1,000,000,000")
    require((1...65_536).contains(number(.batch, Int.self) ?? 0), .batch, "a number from 1 to 65,536")
    let rate = number(.rate, Float.self) ?? 0
    require(rate > 0 && rate.isFinite, .rate, "a number above 0, such as .01")
    if case .failure = schedule { require(false, .schedule, "constant, cosine, poly:POWER or step:STEPS:FACTOR") }
    require(number(.seed, UInt64.self) != nil, .seed, "a whole number from 0")
    let cores = facts?.cores ?? 1
    require(
      text(.workers).isEmpty || (1...max(1, cores)).contains(number(.workers, Int.self) ?? 0), .workers,
      "empty for all cores, or 1 to \(cores)")
    do throws(Problem) {
      try RunDirectory.checkName(text(.name))
    } catch {
      require(false, .name, error.expected ?? error.what)
    }
    return found
  }

  /// What Enter starts; nil while something stands against it.
  package var request: TrainingRequest? {
    guard obstacles.isEmpty, let labelSet = chosenLabelSet, case .success(let schedule) = schedule else { return nil }
    var request = original ?? TrainingRequest(dataset: dataset)
    request.dataset = dataset
    request.labelSet = labelSet
    request.network = architecture.name
    request.name = text(.name)
    request.iterations = number(.iterations, Int.self)
    request.epochs = request.iterations == nil ? number(.epochs, Int.self) : nil
    request.batchSize = number(.batch, Int.self)
    request.rate = number(.rate, Float.self)
    request.schedule = schedule
    request.seed = number(.seed, UInt64.self)
    request.workers = number(.workers, Int.self)
    request.from = text(.from).isEmpty ? nil : text(.from)
    request.tuning = tuning
    return request
  }

  private var tuning: TrainingConfiguration.Tuning? {
    let factors = original?.tuning?.rateFactors ?? [:]
    let part: TrainingConfiguration.Tuning.Part =
      switch self.part {
      case 0: .all
      case 1: .last
      default: .from(architecture.tunableLayers[self.part - 2])
      }
    return part == .all && factors.isEmpty ? nil : .init(part: part, rateFactors: factors)
  }

  /// How long the training will take, judged by the last run of its net; nil where there was none.
  package func seconds(_ outlook: LaunchOutlook) -> Double? {
    guard let speed = speeds[architecture.name], speed > 0, let batch = number(.batch, Int.self) else { return nil }
    return Double(outlook.steps) * Double(min(batch, outlook.trainingImages)) / speed
  }

  /// Whether a shell knows the label set by its name.
  package var isSaved: Bool {
    guard let set = chosenLabelSet, let facts else { return true }
    return facts.labelSets.contains(set)
  }

  /// What to type in a shell instead.
  package var command: String {
    var words = ["train", "--dataset", dataset]
    // The first of all is the dataset's own fine classes, which need no name.
    if let set = chosenLabelSet, set != facts?.labelSets.first { words += ["--labels", set.name] }
    words += ["--net", architecture.name]
    if !text(.from).isEmpty { words += ["--from", text(.from)] }
    if part > 0 { words += ["--tune", tuneChoices[part]] }
    for (layer, factor) in (original?.tuning?.rateFactors ?? [:]).sorted(by: { $0.key < $1.key }) {
      words += ["--rate-factor", "\(layer)=\(factor)"]
    }
    let isInSteps = !text(.iterations).isEmpty
    words += isInSteps ? ["--iterations", text(.iterations)] : ["--epochs", text(.epochs)]
    words += ["--batch", text(.batch), "--rate", text(.rate)]
    if case .success(let schedule) = schedule, schedule != architecture.recipe.solver.schedule {
      words += ["--schedule", text(.schedule)]
    }
    if let original {
      if let momentum = original.momentum { words += ["--momentum", "\(momentum)"] }
      if let decay = original.decay { words += ["--decay", "\(decay)"] }
    }
    words += ["--seed", text(.seed)]
    if !text(.workers).isEmpty { words += ["--workers", text(.workers)] }
    words += ["--name", text(.name), isQueued ? "--queue" : "--detach"]
    return ShellCommand(words).text()
  }
}
