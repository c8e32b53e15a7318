import ArgumentParser
import Basics
import Datasets
import Files
import Kernels
import LabelSets
import Networks
import Runs
import Settings

/// What `train` takes and `runs clone` changes.
struct TrainingOptions: ParsableArguments {
  @Option(help: "The dataset. (default: fashion-mnist)")
  var dataset: String?
  @Option(help: "A saved label set. (default: the dataset's fine classes)")
  var labels: String?
  @Option(help: "The network. (default: the one made for the dataset's images)")
  var net: String?
  @Option(help: "A published schedule by name: caffe-alexnet. (default: the network's own recipe)")
  var recipe: String?
  @Option(help: "How often every image is seen. (default: the network's recipe)")
  var epochs: Int?
  @Option(help: "How many steps are made, in place of --epochs.")
  var iterations: Int?
  @Option(help: "Images a step. (default: the network's recipe)")
  var batch: Int?
  @Option(help: "The learning rate at the start. (default: the network's recipe)")
  var rate: Float?
  @Option(help: "The rate over time: constant, cosine, poly:POWER, step:ITERATIONS:FACTOR.")
  var schedule: String?
  @Option(help: "How convolutions are computed: winograd, or columns for matrix products, slower and more exact. (default: winograd)")
  var convolution: TrainingConfiguration.Convolution?
  @Option(help: "What multiplies matrices: own, with the same bits on every processor, or openblas. (default: own)")
  var matrix: MatrixLibrary?
  @Option(help: "The momentum. (default: the network's recipe)")
  var momentum: Float?
  @Option(help: "The weight decay. (default: the network's recipe)")
  var decay: Float?
  @Option(help: "Validate after so many epochs, or after iterations:N; always at the end. (default: 1)")
  var validateEvery: String?
  @Option(help: "How many of the last checkpoints are kept, beside the best. (default: 2)")
  var keep: Int?
  @Option(help: "Decides every random number. (default: 1)")
  var seed: UInt64?
  @Option(help: "Weights to begin with: a run, or a checkpoint file. Images are then prepared as that run's were, and the rate is a tenth.")
  var from: String?
  @Option(help: ArgumentHelp("What learns: all, last (the classifier), or from:LAYER. (default: all)", valueName: "part"))
  var tune: String?
  @Option(help: ArgumentHelp("A factor of the rate for one layer; may be given several times.", valueName: "layer=f"))
  var rateFactor: [String] = []
  @Option(help: "Processor cores to use; the result does not depend on it. (default: all)")
  var workers: Int?
  @Option(help: "The run's name. (default: the label set's)")
  var name: String?
  @Option(help: ArgumentHelp("A tag for the run; may be given several times.", valueName: "tag"))
  var tag: [String] = []
  @Option(help: "The group of the run, as runs that differ in their seed alone.")
  var group: String?
  @Option(help: "A note that is kept beside the run.")
  var note = ""

  func validate() throws {
    if epochs != nil, iterations != nil { throw ValidationError("--epochs and --iterations exclude each other") }
  }

  /// - Parameter like: what is asked for where an option is not given; nil: what the recipe gives.
  func request(_ home: Home, like old: TrainingRequest? = nil) throws -> TrainingRequest {
    var request = old ?? TrainingRequest(dataset: dataset ?? "fashion-mnist")
    request.dataset = dataset ?? request.dataset
    if let labels { request.labelSet = try LabelSetStore(home: home).load(labels, for: request.dataset) }
    request.network = net ?? request.network
    request.recipe = recipe ?? request.recipe
    if epochs != nil || iterations != nil { (request.epochs, request.iterations) = (epochs, iterations) }
    request.schedule = try schedule.map { text throws(Problem) in try TrainingConfiguration.Schedule(text) } ?? request.schedule
    request.momentum = momentum ?? request.momentum
    request.convolution = convolution ?? request.convolution
    request.matrix = matrix ?? request.matrix
    request.decay = decay ?? request.decay
    request.validation = try validateEvery.map { text throws(Problem) in try ValidationCadence(text) } ?? request.validation
    request.keep = keep ?? request.keep
    request.batchSize = batch ?? request.batchSize
    request.rate = rate ?? request.rate
    request.seed = seed ?? request.seed
    request.workers = workers ?? request.workers
    request.name = name ?? request.name
    request.from = from ?? request.from
    request.tuning = try tuning() ?? request.tuning
    request.notes = RunNotes(tags: tag, note: note, group: group)
    return request
  }

  private func tuning() throws -> TrainingConfiguration.Tuning? {
    guard tune != nil || !rateFactor.isEmpty else { return nil }
    var tuning = TrainingConfiguration.Tuning()
    switch tune ?? "all" {
    case "all": tuning.part = .all
    case "last": tuning.part = .last
    case let text where text.hasPrefix("from:") && text.count > 5: tuning.part = .from(String(text.dropFirst(5)))
    case let other:
      throw Problem("there is no such part to tune", at: other, expected: "all, last or from:LAYER")
    }
    for text in rateFactor {
      guard let sign = text.lastIndex(of: "="), let factor = Float(text[text.index(after: sign)...]), sign > text.startIndex
      else { throw Problem("this is no rate factor", at: text, expected: "LAYER=FACTOR, such as fc8=10") }
      tuning.rateFactors[String(text[..<sign])] = factor
    }
    return tuning
  }
}

/// How a training is started and what is shown of it: what `train` and `runs clone` share.
struct LaunchOptions: ParsableArguments {
  @Flag(help: "Return at once and leave the training running.")
  var detach = false
  @Flag(help: "Let it wait for its turn in the queue, and return at once.")
  var queue = false
  @Option(help: ArgumentHelp("With --queue: the machine on which it shall run, where that shares this home. (default: this one)", valueName: "name"))
  var host: String?
  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if host != nil, !queue { throw ValidationError("--host needs --queue") }
  }

  func launch(_ request: TrainingRequest, home: Home) throws {
    let plan = try TrainingPlan(request, home: home, program: ImagenetTUI.nameAndVersion, command: CommandLine.arguments)
    for remark in plan.remarks { RunProgressLine.note("note: \(remark)") }
    let run = try queue ? plan.enqueue(home: home, host: host ?? RunQueue.host) : plan.launch(home: home)
    let training = plan.configuration.training
    RunProgressLine.note(
      "\(run.id): \(counted(plan.configuration.labelSet.classes.count, "class")), "
        + "\(counted(plan.trainingImages, "image")), \(training.network) with "
        + "\(counted(plan.parameters, "parameter")), \(counted(plan.steps, "step")) of \(training.batchSize), "
        + "about \(Output.size(plan.memory)) of memory")
    let reader = RunsReader(home: home)
    if queue { RunQueue(home: home).pushFromCommand(reader) }
    if detach || queue {
      let summary = try reader.refresh(run.id)
      if json { return try Output.json(summary) }
      guard let place = summary.queuePlace else {
        return print("\(run.id) is \(summary.state.rawValue); \(ShellCommand("runs", "watch", run.id).inSentence) shows it")
      }
      return print("\(run.id) waits at place \(place) for \(printable(summary.host)); `imagenet-tui runs queue` shows the queue")
    }
    let summary = try RunFollower(reader: reader, run: run, stopsOnInterrupt: true).follow {
      RunProgressLine.show($0)
    }
    RunProgressLine.end()
    try report(summary)
  }

  private func report(_ run: RunSummary) throws {
    if json { try Output.json(run) }
    switch run.state {
    case .finished:
      if !json { print("finished: \(RunProgressLine.text(run))") }
    case .failed:
      throw Problem("the run failed", at: run.id, found: run.problem, advice: "see \(ShellCommand("runs", "log", run.id).inSentence)")
    case .lost:
      throw Problem(
        "the worker is gone", at: run.id, advice: "\(ShellCommand("runs", "resume", run.id).inSentence) goes on at the last checkpoint")
    case .damaged, .newer: throw Problem("the run cannot be read", at: run.id, found: run.problem)
    case .stopped, .queued, .running, .paused:
      RunProgressLine.note(
        run.state.isLive
          ? "\(run.id) goes on; \(ShellCommand("runs", "watch", run.id).inSentence) shows it"
          : "stopped at step \(run.progress.step); \(ShellCommand("runs", "resume", run.id).inSentence) goes on from there")
      throw ExitCode(130)
    }
  }
}

extension RunQueue {
  /// As commands do it beside their own work: what goes wrong with other runs is a remark.
  func pushFromCommand(_ reader: RunsReader) {
    do throws(Problem) {
      for (run, problem) in try push(reader).failed { RunProgressLine.note("\(run), which waited, has failed: \(problem)") }
    } catch {
      RunProgressLine.note("the queue cannot go on: \(error)")
    }
  }
}

extension TrainingConfiguration.Convolution: ExpressibleByArgument {}
extension MatrixLibrary: ExpressibleByArgument {}
