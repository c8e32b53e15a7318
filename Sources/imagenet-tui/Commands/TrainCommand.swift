import ArgumentParser
import Engine
import Glibc
import Taxonomy

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on a dataset under a label set.",
    discussion: """
      The training runs in a process of its own. This command shows its progress; closing the terminal leaves it running, \
      Ctrl-C stops it at a checkpoint from which `runs resume` goes on in the same bits.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(help: "The dataset.")
  var dataset = "fashion-mnist"
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
  @Flag(help: "Return at once and leave the training running.")
  var detach = false
  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if epochs != nil, iterations != nil { throw ValidationError("--epochs and --iterations exclude each other") }
  }

  func run() throws {
    let home = global.location
    let set = try labels.map { try LabelSetStore(home: home).load($0, for: dataset) }
    var request = TrainingRequest(dataset: dataset, labelSet: set)
    request.network = net
    request.recipe = recipe
    request.epochs = epochs
    request.iterations = iterations
    request.schedule = try schedule.map { text throws(Problem) in try TrainingConfiguration.Schedule(text) }
    request.momentum = momentum
    request.convolution = convolution
    request.decay = decay
    request.validation = try validateEvery.map { text throws(Problem) in try ValidationCadence(text) }
    request.keep = keep
    request.batchSize = batch
    request.rate = rate
    request.seed = seed
    request.workers = workers
    request.name = name
    request.from = from
    request.tuning = try tuning()
    let plan = try TrainingPlan(
      request, home: home, program: ImagenetTUI.nameAndVersion,
      command: CommandLine.arguments)
    for remark in plan.remarks { RunProgressLine.note("note: \(remark)") }
    let run = try plan.launch(home: home)
    let training = plan.configuration.training
    RunProgressLine.note(
      "\(run.id): \(plan.configuration.labelSet.classes.count) classes, "
        + "\(Output.grouped(plan.trainingImages)) images, \(training.network) with "
        + "\(Output.grouped(plan.parameters)) parameters, \(Output.grouped(plan.steps)) steps of \(training.batchSize), "
        + "about \(Output.size(plan.memory)) of memory")
    let reader = RunsReader(home: home)
    if detach {
      if json { return try Output.json(reader.refresh(run.id)) }
      return print("\(run.id) is running; `imagenet-tui runs watch \(run.id)` shows it")
    }
    let summary = try RunFollower(reader: reader, run: run, stopsOnInterrupt: true).follow {
      RunProgressLine.show($0)
    }
    RunProgressLine.end()
    try report(summary)
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

  private func report(_ run: RunSummary) throws {
    if json { try Output.json(run) }
    switch run.state {
    case .finished:
      if !json { print("finished: \(RunProgressLine.text(run))") }
    case .failed:
      throw Problem("the run failed", at: run.id, found: run.problem, advice: "see `imagenet-tui runs log \(run.id)`")
    case .lost:
      throw Problem(
        "the worker is gone", at: run.id, advice: "`imagenet-tui runs resume \(run.id)` goes on at the last checkpoint")
    case .stopped, .queued, .running, .paused:
      RunProgressLine.note(
        run.state.isLive
          ? "\(run.id) goes on; `imagenet-tui runs watch \(run.id)` shows it"
          : "stopped at step \(run.progress.step); `imagenet-tui runs resume \(run.id)` goes on from there")
      throw ExitCode(130)
    }
  }
}

extension TrainingConfiguration.Convolution: ExpressibleByArgument {}
