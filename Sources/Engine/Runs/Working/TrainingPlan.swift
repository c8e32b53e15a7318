import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels
import Networks
import Settings
import Taxonomy
import Training

/// What a researcher asks for when launching a training.
public struct TrainingRequest: Sendable {
  public var dataset: String
  /// Nil: the dataset's fine classes as they are.
  public var labelSet: LabelSet?
  public var network: String?
  public var name: String?
  /// What is kept beside the run; no number depends on it.
  public var notes = RunNotes()
  /// What is done where nothing else is asked for, in place of the recipe, unless the network is another.
  public var model: TrainingConfiguration?
  /// The texts of each ``TrainingSetting`` that was set, by its flag; all others are left to the network's recipe.
  public private(set) var asked: [String: [String]] = [:]

  public init(dataset: String, labelSet: LabelSet? = nil) {
    self.dataset = dataset
    self.labelSet = labelSet
  }

  /// Asks for a value of a setting; no texts leave it to the recipe.
  /// - Throws: a ``Problem`` that names the option and what is expected; the request is then unchanged.
  public mutating func set(_ setting: TrainingSetting, _ texts: [String]) throws(Problem) {
    asked[setting.flag] = texts.isEmpty ? nil : try setting.canonical(texts)
  }

  /// The text of a setting by its flag, nil where it is left to the recipe. What is written has to be a value of it.
  public subscript(flag: String) -> String? {
    get { asked[flag]?.last }
    set {
      do throws(Problem) {
        try set(TrainingSetting.named(flag)!, newValue.map { [$0] } ?? [])
      } catch {
        preconditionFailure("\(error)")
      }
    }
  }

  /// The run, or the checkpoint file, whose weights the training begins with.
  package var from: String? { self["from"] }
  package var workers: Int? { self["workers"].flatMap { Int($0) } }
  /// How many of the last checkpoints are kept beside the best.
  var keep: Int? { self["keep"].flatMap { Int($0) } }

  /// What is to be learned.
  package var task: LearnedTask {
    if let task = self["task"].flatMap(LearnedTask.init) { return task }
    if let name = self["recipe"], let recipe = try? NamedRecipe.named(name) { return recipe.task }
    return model?.task ?? .classification
  }

  /// Asks for a run like another, to its bits: the defaults of a form or a command that changes some of it. Tags, note and group are not
  /// taken over.
  public init(like run: RunConfiguration) {
    self.init(dataset: run.dataset, labelSet: run.labelSet)
    network = run.training.network
    name = run.name
    model = run.training
    // What another network is to have as well.
    for flag in ["seed", "epochs", "iterations", "rate-factor"] { asked[flag] = Self.texts(flag, run.training) }
    if run.training.tuning != nil { asked["tune"] = Self.texts("tune", run.training) }
    asked["workers"] = run.workers.map { ["\($0)"] }
    asked["keep"] = run.keep.map { ["\($0)"] }
    asked["from"] = run.lineage.map { [$0.from] }
  }

  private static func texts(_ flag: String, _ training: TrainingConfiguration) -> [String]? {
    let texts = TrainingSetting.named(flag)!.texts(in: training)
    return texts.isEmpty ? nil : texts
  }

  /// Asks for a training like a run of the home. What is like imported weights is a training that begins with them, moved as gently as
  /// ``TrainingPlan`` moves weights that know something.
  package init(cloning run: RunDirectory) throws(Problem) {
    self.init(like: try run.launched())
    guard run.isImported else { return }
    self["from"] = run.id
    model?.solver.learningRate /= 10
  }
}

/// How often a training validates: `2` or `epochs:2`, `iterations:1000`.
public enum ValidationCadence: Equatable, Sendable {
  case epochs(Int), iterations(Int)

  /// - Throws: a ``Problem`` that shows the forms.
  public init(_ text: String) throws(Problem) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if let count = Int(parts.last!), count > 0, parts.count == 1 || parts.count == 2 && parts[0] == "epochs" {
      self = .epochs(count)
    } else if let count = Int(parts.last!), count > 0, parts.count == 2, parts[0] == "iterations" {
      self = .iterations(count)
    } else {
      throw Problem(
        "cannot validate so often", at: text, expected: "a number of epochs, or iterations:NUMBER, as iterations:1000", kind: .usage)
    }
  }

  /// As the command line takes it.
  public var text: String {
    switch self {
    case .epochs(let count): "\(count)"
    case .iterations(let count): "iterations:\(count)"
    }
  }
}

extension TrainingRequest {
  /// Puts what was asked for in the place of what the recipe gives.
  package func apply(to training: inout TrainingConfiguration) {
    for setting in TrainingSetting.all { if let texts = asked[setting.flag] { setting.apply(texts, to: &training) } }
    training.matrix = training.matrix ?? .ofProcessor
  }
}

/// A training that was checked and can be launched, with what it will take.
public struct TrainingPlan: Sendable {
  public let configuration: RunConfiguration
  public let trainingImages, validationImages: Int
  public let steps: Int
  /// Learned values.
  public let parameters: Int
  /// An estimate of the memory that the worker needs, in bytes.
  public let memory: Int
  /// The space that the run's checkpoints take at most, in bytes.
  public let disk: Int
  /// What is worth knowing before the start, one sentence each.
  public let remarks: [String]
  private let start: StartingWeights?
  /// Of a training on annotated images.
  private let annotated: (network: any RegionNetwork, facts: [String: String])?
  private let notes: RunNotes

  /// Checks a request against its dataset, its label set and this machine.
  ///
  /// - Parameters:
  ///   - program: the program's name and version, kept with the run.
  ///   - command: the equivalent command line, kept with the run.
  ///   - searching: hears how many images were searched for candidate regions, and of how many.
  /// - Throws: a ``Problem`` naming the first thing that does not fit.
  public init(
    _ request: TrainingRequest, home: Home, program: String, command: [String], searching: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(Problem) {
    // A run's file may ask for anything.
    for setting in TrainingSetting.all { if let texts = request.asked[setting.flag] { _ = try setting.canonical(texts) } }
    if request.task == .classification {
      try self.init(classifying: request, home: home, program: program, command: command)
    } else {
      try self.init(annotated: request, home: home, program: program, command: command, searching)
    }
  }

  private init(classifying request: TrainingRequest, home: Home, program: String, command: [String]) throws(Problem) {
    let dataset = try DatasetCatalog(home: home).open(request.dataset)
    let labelSet = request.labelSet ?? .fineClasses(of: dataset)
    let start: StartingWeights?
    if let from = request.from { start = try StartingWeights(from, home: home) } else { start = nil }
    let model = request.model
    let (architecture, asked) = try request.resolved(on: dataset, from: start.map { .init($0) })
    var training = asked
    let name = request.name ?? labelSet.name
    try RunDirectory.checkName(name)
    notes = try request.notes.checked(at: name)

    let view = try TrainingView(dataset, labelSet)
    var remarks = try Self.checkClasses(view, labelSet)
    steps = training.fit(images: view.training.count)
    let split = try NetworkSplit(architecture, classes: view.classes, tuning: training.tuning)
    // The worker's, for its scratch memory; here nothing is computed with it.
    try training.matrix?.checkPresence()
    let backend = CPUBackend(workers: request.workers ?? ProcessorCores.usable, for: training)
    let need = try TrainingNeed(
      architecture, classes: view.classes, batch: training.batchSize, training: view.training.count,
      validation: view.validation.count, tuning: training.tuning, backend: backend)
    let checkpoint = 4 * (need.parameters + split.wiring.parameterCount)
    let features = split.cut > 0 && training.augmentation.isFixed(for: architecture.input)
      ? [view.training.count, view.validation.count].reduce(0) {
        $0 + FeatureFile.bytes(rows: $1, width: split.featureCount, chunk: KeptFeatureSource.chunk)
      } : nil
    // Beside the last ones: the best, and the one that is being written.
    disk = checkpoint * ((request.keep ?? Checkpoints.kept) + 2) + (features ?? 0)
    remarks += Self.remarks(start, labelSet, split, features)
    if let model, model.network != architecture.name {
      remarks.append("the network is another: rate, batch size and images are as its recipe says")
    }
    try Self.checkDisk(disk, home)
    let remark = try TrainingNeed.check(
      architecture, classes: view.classes, batch: training.batchSize, training: view.training.count,
      validation: view.validation.count, tuning: training.tuning, backend: backend)
    if let remark { remarks.append(remark) }
    if view.validation.isEmpty { remarks.append("no validation images: accuracy will not be known") }

    trainingImages = view.training.count
    validationImages = view.validation.count
    parameters = need.parameters
    memory = need.memory
    self.remarks = remarks
    configuration = RunConfiguration(
      name: name, created: unixTime(), dataset: dataset.name, fingerprint: dataset.fingerprint, labelSet: labelSet,
      training: training, workers: request.workers, keep: request.keep, program: program, host: WorkerIdentity.hostName,
      command: command, lineage: start.map { .init(from: $0.from, step: $0.step, hasNewHead: !$0.fits(labelSet)) },
      machine: .init(backend))
    self.start = start
    annotated = nil
  }

  private init(
    annotated request: TrainingRequest, home: Home, program: String, command: [String], _ searching: (_ done: Int, _ all: Int) -> Void
  ) throws(Problem) {
    let dataset = try DatasetCatalog(home: home).annotated(request.dataset, for: request.task, request.labelSet)
    let labelSet = try request.annotatedLabels(dataset)
    let start: StartingWeights?
    if let from = request.from { start = try StartingWeights(from, home: home) } else { start = nil }
    let (architecture, asked) = try request.resolved(on: nil, from: start.map { .init($0) })
    var training = asked
    let name = request.name ?? labelSet.name
    try RunDirectory.checkName(name)
    notes = try request.notes.checked(at: name)
    try Trainer.checkAnnotated(training)
    training.detection?.fit(sets: dataset.sets)
    let task = try training.annotatedTask(dataset, home: home, workers: request.workers, searching: searching)
    steps = training.fit(images: task.training.count)
    let network: any RegionNetwork = try task.network(architecture)
    try training.matrix?.checkPresence()
    let backend = CPUBackend(workers: request.workers ?? ProcessorCores.usable, for: training)
    let need = try TrainingNeed(task, architecture, batch: training.batchSize, backend: backend)
    disk = 8 * need.parameters * ((request.keep ?? Checkpoints.kept) + 2)
    var remarks = training.actions.map { [$0.text] } ?? []
    if let start {
      remarks.append("begins with the weights of \(start.from)" + (start.step.map { ", step \($0)" } ?? ""))
      remarks.append(try start.checkpoint(for: training, network, facts: task.facts).report.text)
    }
    if task.leftOut > 0 { remarks.append("\(counted(task.leftOut, "image")) with nothing to learn from \(task.leftOut == 1 ? "is" : "are") left out") }
    try Self.checkDisk(disk, home)
    if let remark = try need.check() { remarks.append(remark) }
    if task.validation.isEmpty { remarks.append("no validation images: the average precision will not be known") }
    trainingImages = task.trainingImages.count
    validationImages = task.validation.count
    parameters = need.parameters
    memory = need.memory
    self.remarks = remarks
    configuration = RunConfiguration(
      name: name, created: unixTime(), dataset: request.dataset, fingerprint: dataset.fingerprint, labelSet: labelSet,
      training: training, workers: request.workers, keep: request.keep, program: program, host: WorkerIdentity.hostName,
      command: command, lineage: start.map { .init(from: $0.from, step: $0.step, hasNewHead: true) }, machine: .init(backend))
    self.start = start
    annotated = (network, task.facts)
  }

  private static func remarks(
    _ start: StartingWeights?, _ labelSet: LabelSet, _ split: NetworkSplit, _ features: Int?
  ) -> [String] {
    guard let start else { return [] }
    var remarks = ["begins with the weights of \(start.from)" + (start.step.map { ", step \($0)" } ?? "")]
    if !start.fits(labelSet) { remarks.append("the label set is another: the classifier begins anew") }
    if split.cut > 0 {
      let first = split.wiring.layers.indices.first { $0 >= split.cut && !split.wiring.parameters[$0].isEmpty }!
      remarks.append("only \(split.wiring.layers[first].name) and what is behind it learns")
    }
    if let features {
      remarks.append(
        "what the rest makes of the images is computed once and kept, about \(features / 1_000_000) MB until the end")
    }
    return remarks
  }

  /// What identifies the weights that the training begins with (``TrainingKey``); nil where it begins with random ones, or nothing tells. A file is read for it.
  package func parentKey(home: Home) -> String? { try? configuration.lineage?.parentKey(home: home) }

  /// Makes the run, with the weights that it begins with, and no worker.
  package func makeRun(home: Home) throws(Problem) -> RunDirectory {
    var configuration = configuration
    configuration.lineage?.key = parentKey(home: home)
    let first: Snapshot? =
      if let start, let annotated { try start.checkpoint(for: configuration.training, annotated.network, facts: annotated.facts).snapshot } else {
        try start?.checkpoint(for: configuration.training, labels: configuration.labelSet)
      }
    return try RunDirectory.create(configuration, in: home.runs) { (run) throws(Problem) in
      if notes != RunNotes() { try RunJSON.write(notes, to: run.notesFile) }
      if let first { try run.checkpoints.save(first, step: 0, .init()) }
    }
  }

  /// Makes the run and starts its worker. Returns when the worker has begun.
  /// - Throws: a ``Problem`` where the run cannot be made, or its worker does not start.
  public func launch(home: Home, executable: String = "/proc/self/exe") throws(Problem) -> RunDirectory {
    let run = try makeRun(home: home)
    try WorkerProcess.start(run, home: home, executable: executable)
    return run
  }

  /// Makes the run and puts it into the queue of a machine.
  /// - Throws: a ``Problem`` where the run cannot be made, or the queue cannot be written.
  public func enqueue(home: Home, host: String = RunQueue.host) throws(Problem) -> RunDirectory {
    let run = try makeRun(home: home)
    try RunQueue(home: home).add(run, host: host)
    return run
  }

  /// Makes the run and gives it to Slurm (``RunDirectory/submit(home:options:executable:)``).
  public func submit(home: Home, options: SlurmOptions) throws(Problem) -> RunDirectory {
    let run = try makeRun(home: home)
    try run.submit(home: home, options: options)
    return run
  }

  /// Makes the run for the job that this process is a part of, which knows it by that when it is begun again.
  package func make(home: Home, in job: ClusterJob) throws(Problem) -> RunDirectory {
    let run = try makeRun(home: home)
    try run.noteCurrentJob()
    return run
  }

  /// Every class needs images, or it can only ever be wrong.
  private static func checkClasses(_ view: TrainingView, _ labelSet: LabelSet) throws(Problem) -> [String] {
    let counts = view.imagesPerClass()
    if let empty = counts.firstIndex(of: 0) {
      throw Problem(
        "a class of the label set has no training images",
        at: "\(labelSet.classes[empty].wnid) \(labelSet.classes[empty].name)", expected: "one or more",
        advice: "leave the class out of the label set", kind: .data)
    }
    let least = counts.min() ?? 0, most = counts.max() ?? 0
    return most > 100 * least ? ["the classes are uneven: from \(least) to \(most) training images"] : []
  }

  private static func checkDisk(_ bytes: Int, _ home: Home) throws(Problem) {
    try AtomicFile.makeFolder(home.runs)
    guard let free = freeSpace(at: home.runs), free < bytes else { return }
    throw Problem(
      "too little space for the run's checkpoints", at: home.runs, expected: "\(bytes / 1_000_000) MB",
      found: "\(free / 1_000_000) MB free", advice: "free some space or choose another --home", kind: .cannotWrite)
  }
}

extension TrainingRequest {
  /// What a training begins with, as far as that decides its settings.
  package struct Start {
    package var from: String
    package var architecture: Architecture
    /// How the images looked that the weights are from.
    package var augmentation: TrainingConfiguration.Augmentation

    package init(from: String, architecture: Architecture, augmentation: TrainingConfiguration.Augmentation) {
      (self.from, self.architecture, self.augmentation) = (from, architecture, augmentation)
    }

    init(_ weights: StartingWeights) { self.init(from: weights.from, architecture: weights.architecture, augmentation: weights.augmentation) }
  }

  /// What the training comes to: the recipe of its network, with what was asked for in its place.
  /// - Parameter start: nil: random weights.
  /// - Throws: a ``Problem`` naming the first setting that does not fit.
  /// - Parameter dataset: nil: one of objects.
  package func resolved(on dataset: (any Dataset)?, from start: Start?) throws(Problem) -> (architecture: Architecture, training: TrainingConfiguration) {
    var recipe = try self["recipe"].map { name throws(Problem) in try NamedRecipe.named(name) }
    let architecture = try Architecture.named(network ?? start?.architecture.name ?? recipe?.network ?? Self.network(for: dataset))
    let model = model.flatMap { $0.network == architecture.name ? $0 : nil }
    var training = model ?? architecture.recipe
    if recipe == nil, training.task != task { recipe = .usual(task, input: architecture.input) }
    recipe?.apply(to: &training)
    if let start {
      guard start.architecture.name == architecture.name else {
        throw Problem(
          "the weights are of another network", at: start.from, expected: architecture.name,
          found: start.architecture.name, advice: "leave --net out", kind: .usage)
      }
      // Images have to look as they did to the weights, and weights that know something are moved more gently.
      training.augmentation = start.augmentation
      if model == nil, task == .classification { training.solver.learningRate /= 10 }
    }
    apply(to: &training)
    // Random convolutions have to learn.
    training.detection?.freezes = start != nil
    training.actions?.freezes = start != nil
    for flag in TrainingSetting.ofActions where asked[flag] != nil && training.actions == nil {
      throw Problem("the setting is one of actions", at: "--\(flag)", expected: "--task action with it", found: "a \(training.task.rawValue)", kind: .usage)
    }
    if start == nil, training.tuning.map({ $0.part != .all }) ?? false {
      throw Problem(
        "layers that stay as they are need weights", at: "tune", expected: "weights to begin with",
        advice: "name a run or a file with --from, or tune all", kind: .usage)
    }
    try training.validate()
    return (architecture, training)
  }

  /// The network made for the dataset's images, the large one for photographs.
  private static func network(for dataset: (any Dataset)?) -> String {
    guard let size = dataset?.imageSize else { return Architecture.all[0].name }
    return (Architecture.all.first { $0.input == size } ?? Architecture.all[0]).name
  }
}

extension TrainingConfiguration {
  /// Makes the batch no larger than there are images, and tells how many steps that gives.
  package mutating func fit(images: Int) -> Int {
    batchSize = min(batchSize, images)
    let perEpoch = (images + batchSize - 1) / max(batchSize, 1)
    if let iterations { setIterations(iterations, perEpoch: perEpoch) }
    return steps(perEpoch: perEpoch)
  }
}

extension TrainingRequest {
  /// The classes that are learned of annotated images.
  /// - Throws: a ``Problem`` where a label set is asked for that cannot be.
  fileprivate func annotatedLabels(_ dataset: any AnnotatedDataset) throws(Problem) -> LabelSet {
    guard task == .action else { return labelSet ?? .objectClasses(of: dataset, named: self.dataset) }
    let actions = LabelSet.actionClasses(of: dataset, named: self.dataset)
    guard labelSet.map({ $0.classes.map(\.wnid) == actions.classes.map(\.wnid) }) ?? true else {
      throw Problem("actions have no label set", at: "--labels", expected: "the dataset's actions as they are", found: labelSet?.name, advice: "leave --labels out", kind: .usage)
    }
    return actions
  }
}

extension LabelSet {
  /// The actions of a dataset's people.
  package static func actionClasses(of dataset: any AnnotatedDataset, named name: String) -> LabelSet {
    LabelSet(
      name: "actions-\(dataset.actionClasses.count)", dataset: name, policy: .name, recipe: [],
      classes: dataset.actionClasses.map { TargetClass(wnid: $0, name: $0, members: [$0]) }, leftOut: [])
  }

  /// The classes of a dataset's objects.
  package static func objectClasses(of dataset: any AnnotatedDataset, named name: String) -> LabelSet {
    LabelSet(
      name: "objects-\(dataset.objectClasses.count)", dataset: name, policy: .name, recipe: [],
      classes: dataset.objectClasses.map { TargetClass(wnid: $0, name: $0, members: [$0]) }, leftOut: [])
  }

  /// The label set that teaches a dataset's fine classes as they are.
  public static func fineClasses(of dataset: any Dataset) -> LabelSet {
    LabelSet(
      name: "fine-\(dataset.classes.count)", dataset: dataset.name, policy: .name, recipe: [],
      classes: dataset.classes.map { TargetClass(wnid: $0.wnid, name: $0.name, members: [$0.wnid]) }, leftOut: [])
  }
}

extension Architecture {
  /// The values that learn, and the memory that a training takes, without the loaders'.
  package func need(
    classes: Int, batch: Int, tuning: TrainingConfiguration.Tuning? = nil, backend: any Backend
  ) throws(Problem) -> (parameters: Int, memory: TrainingMemory) {
    try NetworkSplit(self, classes: classes, tuning: tuning).need(batch: batch, backend: backend)
  }
}
