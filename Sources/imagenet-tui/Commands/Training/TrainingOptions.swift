import ArgumentParser
import Basics
import Datasets
import Files
import Kernels
import LabelSets
import Runs

/// What `train` takes and `runs clone` changes: an option for each ``TrainingSetting``, and what a training is of.
struct TrainingOptions: ParsableArguments {
  @Option(help: "The dataset. (default: fashion-mnist)")
  var dataset: String?
  @Option(help: "A saved label set. (default: the dataset's fine classes)")
  var labels: String?
  @Option(help: "The network. (default: the one made for the dataset's images)")
  var net: String?

  @Option(help: help("task")) var task: String?
  @Option(help: help("candidates", "name")) var candidates: String?
  @Flag(inversion: .prefixedNo, help: help("context")) var context: Bool?
  @Flag(inversion: .prefixedNo, help: help("box-loss")) var boxLoss: Bool?
  @Option(help: help("recipe")) var recipe: String?
  @Option(help: help("from")) var from: String?
  @Option(help: help("tune", "part")) var tune: String?
  @Option(help: help("rate-factor", "layer=f")) var rateFactor: [String] = []
  @Option(help: help("init")) var `init`: String?
  @Option(help: help("epochs")) var epochs: String?
  @Option(help: help("iterations")) var iterations: String?
  @Option(help: help("batch")) var batch: String?
  @Option(help: help("rate")) var rate: String?
  @Option(help: help("schedule")) var schedule: String?
  @Option(help: help("warm-up", "iterations")) var warmUp: String?
  @Option(help: help("momentum")) var momentum: String?
  @Flag(inversion: .prefixedNo, help: help("nesterov")) var nesterov: Bool?
  @Option(help: help("decay")) var decay: String?
  @Option(help: help("label-smoothing", "share")) var labelSmoothing: String?
  @Option(help: help("seed")) var seed: String?
  @Option(help: help("validate-every", "n")) var validateEvery: String?
  @Option(help: help("keep")) var keep: String?
  @Option(help: help("convolution")) var convolution: String?
  @Option(help: help("matrix")) var matrix: String?
  @Option(help: help("workers")) var workers: String?

  @Option(help: "The run's name. (default: the label set's)")
  var name: String?
  @Option(help: ArgumentHelp("A tag for the run; can be repeated.", valueName: "tag"))
  var tag: [String] = []
  @Option(help: "The run's group, such as runs that differ only in their seed.")
  var group: String?
  @Option(help: "A note about the run.")
  var note = ""

  private static func help(_ flag: String, _ valueName: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: TrainingSetting.named(flag)!.help).named(valueName)
  }

  /// What was given of each setting.
  private var given: [(setting: TrainingSetting, texts: [String])] {
    let values = [
      "task": task, "candidates": candidates, "context": context.map { "\($0)" }, "box-loss": boxLoss.map { "\($0)" }, "recipe": recipe, "from": from, "tune": tune, "init": `init`, "epochs": epochs, "iterations": iterations, "batch": batch, "rate": rate,
      "schedule": schedule, "warm-up": warmUp, "momentum": momentum, "nesterov": nesterov.map { "\($0)" }, "decay": decay,
      "label-smoothing": labelSmoothing, "seed": seed, "validate-every": validateEvery, "keep": keep, "convolution": convolution,
      "matrix": matrix, "workers": workers,
    ]
    return TrainingSetting.all.map { setting in
      (setting, setting.flag == "rate-factor" ? rateFactor : values[setting.flag]!.map { [$0] } ?? [])
    }.filter { !$0.texts.isEmpty }
  }

  private func set(in request: inout TrainingRequest) throws(Problem) {
    // A length in other units takes the place of the old one.
    if epochs != nil || iterations != nil { (request["epochs"], request["iterations"]) = (nil, nil) }
    for (setting, texts) in given { try request.set(setting, texts) }
  }

  func validate() throws {
    if epochs != nil, iterations != nil { throw ValidationError("--epochs and --iterations exclude each other") }
  }

  /// - Parameter like: what is asked for where an option is not given; nil: what the recipe gives.
  func request(_ home: Home, like old: TrainingRequest? = nil) throws -> TrainingRequest {
    var request = old ?? TrainingRequest(dataset: dataset ?? "fashion-mnist")
    request.dataset = dataset ?? request.dataset
    if let labels { request.labelSet = try LabelSetStore(home: home).load(labels, for: request.dataset) }
    request.network = net ?? request.network
    request.name = name ?? request.name
    request.notes = RunNotes(tags: tag, note: note, group: group)
    try set(in: &request)
    return request
  }
}

extension ArgumentHelp {
  fileprivate func named(_ valueName: String?) -> ArgumentHelp {
    var help = self
    help.valueName = valueName
    return help
  }
}

/// How a training is started and what is shown of it: what `train` and `runs clone` share.
struct LaunchOptions: ParsableArguments {
  @Flag(help: "Return immediately; training continues in the background.")
  var detach = false
  @Flag(help: "Queue the run and return immediately.")
  var queue = false
  @Option(help: ArgumentHelp("With --queue: the machine to run on, which must share this home. (default: this one)", valueName: "name"))
  var host: String?
  @OptionGroup var cluster: SlurmArguments
  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if host != nil, !queue { throw ValidationError("--host needs --queue") }
    if cluster.isAsked, queue { throw ValidationError("--queue is this program's own queue; it does not go with --executor slurm") }
  }

  func launch(_ request: TrainingRequest, home: Home) throws {
    let options = try cluster.options()
    if options == nil, let job = ClusterJob.batch { return try work(request, home: home, job: job) }
    let plan = try Self.plan(request, home)
    for remark in plan.remarks { RunProgressLine.note("note: \(remark)") }
    let run =
      if let options { try plan.submit(home: home, options: options) } else if queue { try plan.enqueue(home: home, host: host ?? RunQueue.host) } else {
        try plan.launch(home: home)
      }
    let training = plan.configuration.training
    RunProgressLine.note(
      "\(run.id): \(counted(plan.configuration.labelSet.classes.count, "class")), "
        + "\(counted(plan.trainingImages, "image")), \(training.network) with "
        + "\(counted(plan.parameters, "parameter")), \(counted(plan.steps, "step")) of \(training.batchSize), "
        + "about \(Output.size(plan.memory)) of memory")
    let reader = RunsReader(home: home)
    if options != nil {
      let summary = try reader.refresh(run.id)
      if json { return try Output.json(summary) }
      return print("\(run.id) is submitted as job \(try run.job()?.id ?? ""); \(ShellCommand("runs", "watch", run.id).inSentence) follows it")
    }
    if queue { RunQueue(home: home).pushFromCommand(reader) }
    if detach || queue {
      let summary = try reader.refresh(run.id)
      if json { return try Output.json(summary) }
      guard let place = summary.queuePlace else {
        return print("\(run.id) is \(summary.state.rawValue); \(ShellCommand("runs", "watch", run.id).inSentence) shows it")
      }
      return print("\(run.id) is queued at place \(place) on \(printable(summary.host)); `imagenet-tui runs queue` shows the queue")
    }
    let summary = try RunFollower(reader: reader, run: run, stopsOnInterrupt: true).follow {
      RunProgressLine.show($0)
    }
    RunProgressLine.end()
    try report(summary)
  }

  private static func plan(_ request: TrainingRequest, _ home: Home) throws -> TrainingPlan {
    defer { RunProgressLine.end() }
    return try TrainingPlan(request, home: home, program: ImagenetTUI.nameAndVersion, command: CommandLine.arguments) {
      RunProgressLine.show(work: "searched images", $0, of: $1)
    }
  }

  /// In a cluster's job, whose processes end with it, this process is the worker. Begun again, the job goes on with its run.
  private func work(_ request: TrainingRequest, home: Home, job: ClusterJob) throws {
    guard !detach, !queue else {
      throw Problem(
        "no training goes on behind a job's back", at: detach ? "--detach" : "--queue", found: "job \(job.id), whose processes end with it",
        advice: "leave the option out: the job then trains the run", kind: .usage)
    }
    let run: RunDirectory
    if job.restarts > 0, let known = RunDirectory.run(of: job, command: CommandLine.arguments, home: home) {
      run = known
    } else {
      let plan = try Self.plan(request, home)
      for remark in plan.remarks { RunProgressLine.note("note: \(remark)") }
      run = try plan.make(home: home, in: job)
    }
    try Self.work(run, home: home, json: json)
  }

  /// Works on a run in this process, and ends with what comes of it.
  static func work(_ run: RunDirectory, home: Home, json: Bool = false) throws {
    RunProgressLine.note("\(run.id): job \(ClusterJob.current?.id ?? "") works on it; see \(run.log)")
    let result = try RunWorker(run, home: home).work()
    let summary = try RunsReader(home: home).refresh(run.id)
    if json { try Output.json(summary) } else { print(RunProgressLine.text(summary)) }
    if let problem = result.problem { RunProgressLine.note("the run failed: \(problem)") }
    throw ExitCode(result.outcome.exitCode)
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
