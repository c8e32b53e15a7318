import Basics
import Runs

extension LaunchForm {
  /// What stands against a start, by field.
  package var obstacles: [(field: Field, reason: String)] {
    var found: [(Field, String)] = []
    func require(_ holds: Bool, _ field: Field, _ reason: String) { if !holds { found.append((field, reason)) } }
    if let problem { require(false, .dataset, problem.description) }
    if problem == nil && facts == nil { require(false, .dataset, "opening the dataset …") }
    require(chosenLabelSet != nil || facts == nil, .labels, "there is no label set for this dataset")
    require(
      chosenLabelSet.map { $0.classes.count > 1 } ?? true, .labels, "one class teaches nothing; cut the tree finer")
    require(part == 0 || !text(.from).isEmpty, .tune, "frozen layers need weights: name a run to start from")
    var request = TrainingRequest(dataset: dataset)
    for field in Field.all where field != .tune {
      guard let setting = field.setting else { continue }
      let isUnused = field == .epochs && !text(.iterations).isEmpty
      if text(field).isEmpty {
        require(!field.isFilled || isUnused, field, setting.expected)
      } else if !isUnused, (try? request.set(setting, values(field))) == nil {
        require(false, field, field.isFilled ? setting.expected : "empty, or \(setting.expected)")
      }
    }
    if start == .cluster {
      do throws(Problem) {
        var options = SlurmOptions()
        try options.add(text(.sbatch))
      } catch {
        require(false, .sbatch, error.what)
      }
    } else {
      let cores = facts?.cores ?? 1
      require((request.workers ?? 1) <= max(1, cores), .workers, "empty for all cores, or 1 to \(cores)")
    }
    do throws(Problem) {
      try RunDirectory.checkName(text(.name))
    } catch {
      require(false, .name, error.expected ?? error.what)
    }
    return found
  }

  /// What is typed into a field of a setting.
  private func values(_ field: Field) -> [String] {
    guard !text(field).isEmpty else { return [] }
    guard field.setting!.kind == .list else { return [text(field)] }
    return text(field).split(separator: ",").map { String($0.drop { $0 == " " }) }
  }

  /// What Enter starts; nil while something stands against it.
  package var request: TrainingRequest? { obstacles.isEmpty && chosenLabelSet != nil ? draft : nil }

  /// What the form asks for, without the values that cannot be.
  private var draft: TrainingRequest {
    var request = original ?? TrainingRequest(dataset: dataset)
    request.dataset = dataset
    request.labelSet = chosenLabelSet
    request.network = architecture.name
    request.name = text(.name)
    for field in Field.all where field != .tune {
      let isUnused = field == .epochs && !text(.iterations).isEmpty
      if let setting = field.setting { try? request.set(setting, isUnused ? [] : values(field)) }
    }
    // A clone's layers may all be trained, too.
    let isGiven = part == 0 && (model?.tuning?.part ?? .all) == .all
    request["tune"] = isGiven ? nil : tuneChoices[part]
    return request
  }

  /// What Slurm is asked for beside the run's processors.
  var clusterOptions: SlurmOptions {
    var options = SlurmOptions()
    try? options.add(text(.sbatch))
    return options
  }

  /// How long the training will take, judged by the last run of its net; nil where there was none.
  package func seconds(_ outlook: LaunchOutlook) -> Double? {
    guard let speed = speeds[architecture.name], speed > 0, let batch = draft["batch"].flatMap({ Int($0) }) else { return nil }
    return Double(outlook.steps) * Double(min(batch, outlook.trainingImages)) / speed
  }

  /// Whether a shell knows the label set by its name.
  package var isSaved: Bool {
    guard let set = chosenLabelSet, let facts else { return true }
    return facts.labelSets.contains(set)
  }

  /// What to type in a shell instead, without where things are kept.
  package var command: ShellCommand {
    // The first of all is the dataset's own fine classes, which need no name.
    let labels = chosenLabelSet.flatMap { $0 == facts?.labelSets.first ? nil : $0.name }
    let words = draft.command(besides: architecture.recipe, labels: labels).lines[0]
    switch start {
    case .now: return ShellCommand(words + ["--detach"])
    case .queue: return ShellCommand(words + ["--queue"])
    case .cluster: return ShellCommand(words + ["--executor", "slurm"] + (text(.sbatch).isEmpty ? [] : ["--sbatch", text(.sbatch)]))
    }
  }
}
