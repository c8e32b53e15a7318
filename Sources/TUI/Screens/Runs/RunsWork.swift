import Basics
import FoundationEssentials
import Runs
import Taxonomy

extension RunsScreen {
  /// What a person keeps of a run from now on.
  package struct Annotation: Sendable {
    package var run: RunDirectory
    package var notes: RunNotes
  }

  package enum Work: ScreenWork {
    case open
    case look(RunsReader, RunsLook.Request)
    case pause(RunDirectory)
    /// Lets a paused run go on, or starts a new worker for one that has none.
    case resume(RunDirectory)
    case stop(RunDirectory)
    case checkpoint(RunDirectory)
    case delete(RunDirectory)
    /// Brings back what was deleted last.
    case restore
    case extend(RunDirectory, epochs: Int)
    /// Puts a run at the end of the queue, or takes it out; moves it by so many places; starts those whose turn it is.
    case enqueue(RunDirectory), dequeue(RunDirectory), moveInQueue(RunDirectory, by: Int)
    case push(RunsReader)
    case readQueueLimit, setQueueLimit(Int)
    case readClasses(RunDirectory)
    case compare(RunsReader, RunSummary, RunSummary)
    /// Fills the form from a run.
    case clone(RunDirectory)
    case annotate([Annotation])
    /// Folds the tree to the run's label set.
    case showLabelSet(RunDirectory)
    /// Reads the command that launched it.
    case copyCommand(RunDirectory)
    case form(LaunchForm.Work)

    package var awaited: String? {
      switch self {
      // Of the looks, the screen knows which are waited for.
      case .look, .push, .form(.check): nil
      case .open: "the runs"
      case .pause, .resume, .stop, .checkpoint, .delete, .restore, .extend, .enqueue, .dequeue, .moveInQueue, .setQueueLimit, .annotate:
        "the change"
      case .readQueueLimit: "the queue"
      case .readClasses: "the classes"
      case .compare: "the comparison"
      case .clone: "the run"
      case .showLabelSet: "the label set"
      case .copyCommand: "the command"
      case .form(.fetch): "the dataset"
      case .form(.launch): "the launch"
      }
    }

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      let queue = RunQueue(home: environment.home)
      // What was done is seen at once, also where a later part of it failed.
      defer { if isVerb { send(.runs(.changed(select: nil))) } }
      switch self {
      case .open:
        send(.runs(.opened(environment.runs, RememberedRuns.read(environment.home))))
      case .look(let reader, let request): send(.runs(.looked(RunsLook(reader, request))))
      case .form(let work): work.run(in: environment, send: send)
      case .copyCommand(let run):
        let words = try run.configuration().command
        guard words.count > 1 else { throw Problem("this run does not record the command that launched it", at: run.id) }
        send(.copy(ShellCommand(typed: words)))
      case .pause(let run):
        try run.pause()
        done("Pausing", run, "pause")
      case .resume(let run):
        try run.resume(home: environment.home)
        done("Resumed", run, "resume")
      case .stop(let run):
        try run.stop(home: environment.home)
        done("Stopping", run, "stop")
      case .checkpoint(let run):
        try run.checkpoint()
        done("Checkpointing", run, "checkpoint")
      case .delete(let run):
        try RunTrash(home: environment.home).remove(run)
        done("Deleted", run, "rm")
      case .restore:
        let trash = RunTrash(home: environment.home)
        guard let last = trash.removed().first else { throw Problem("no deleted run is left to restore") }
        let run = try trash.restore(last)
        send(.runs(.changed(select: run.id)))
        done("Restored", run, "restore")
      case .extend(let run, let epochs):
        let record = try run.extend(by: .moreEpochs(epochs))
        if let remark = record.remark { send(.notice(Notice(.unavailable, remark))) }
        _ = try run.goOn(home: environment.home, queueing: false)
      case .enqueue(let run): try queue.add(run)
      case .dequeue(let run): try queue.remove(run.id)
      case .moveInQueue(let run, let places): try queue.move(run.id, by: places)
      case .push(let reader):
        defer { send(.runs(.pushed)) }
        for (_, problem) in try queue.push(reader).failed { send(.problem(problem)) }
      case .readQueueLimit: send(.runs(.queueLimit(try queue.limit())))
      case .setQueueLimit(let limit): try queue.setLimit(limit)
      case .readClasses(let run):
        send(.runs(.classes(run: run.id, Result { () throws(Problem) in try RunClasses(run, environment) })))
      case .compare(let reader, let a, let b):
        func side(_ run: RunSummary) throws(Problem) -> RunDifference.Side {
          RunDifference.Side(try RunDirectory(run.path).configuration(), run, try? reader.curves(of: run.id) { $0.seconds })
        }
        send(.runs(.compared(RunDifference(try side(a), try side(b)))))
      case .clone(let run): send(.runs(.clone(try TrainingRequest(cloning: run))))
      case .showLabelSet(let run):
        let set = try run.configuration().labelSet
        let hierarchy = try environment.hierarchy(of: set.dataset, set.policy)
        send(.tree(.loaded(set, try Cut(Partition(set, on: hierarchy)))))
        send(.perform(.show(.tree)))
      case .annotate(let annotations):
        for annotation in annotations { try annotation.run.annotate { $0 = annotation.notes } }
      }
      func done(_ words: String, _ run: RunDirectory, _ verb: String) {
        send(.notice(Notice(.done, "\(words) \(printable(run.id))", sameAs: ShellCommand("runs", verb, run.id))))
      }
    }

    private var isVerb: Bool {
      switch self {
      case .open, .look, .form, .showLabelSet, .readQueueLimit, .readClasses, .compare, .clone, .copyCommand: false
      default: true
      }
    }
  }
}

/// The runs of a home as one look found them.
package struct RunsLook: Sendable {
  /// What is known of a run's curves, and what is wanted of them.
  package struct Known: Sendable {
    package var run: RunSummary
    /// Nil: nothing was read.
    package var version: Int?
    package var plot: RunPlot.Request?
    /// Nil: a sparkline.
    package var wanted: RunPlot.Request?
  }

  package struct Request: Sendable {
    /// Whether to see what became of the runs, or only to fetch what is shown of them.
    package var refreshes: Bool
    /// Whether nothing is listed yet: what is seen first must not wait for ten thousand runs.
    package var isFirst: Bool
    package var arrangement: RunsList.Arrangement
    package var known: [String: Known]
    /// The run whose log is wanted.
    package var selected: String?
    package var needsDetails: Bool
  }

  /// Nil where only what is shown of them was fetched.
  package var runs: FoundRuns?
  /// Those that fit, sorted, under the arrangement that was given.
  package var shown: (RunsList.Arrangement, [RunSummary])?
  /// When that was, in seconds since 1970.
  package var time: Double
  /// Of the wanted runs, those that have new values.
  package var plots: [String: RunPlot] = [:]
  package var selected: String?
  package var log: [String] = []
  package var details: RunDetails?
  /// Whether there is more to read at once.
  package var isPartial = false
  /// Whether a run waits that could be started now.
  package var isQueueDue = false

  package init(
    runs: [RunSummary], unread: Int = 0, plots: [String: RunPlot] = [:], selected: String? = nil, log: [String] = [], time: Double = 0,
    details: RunDetails? = nil
  ) {
    self.runs = FoundRuns(runs, unread: unread)
    self.plots = plots
    self.selected = selected
    self.log = log
    self.time = time
    self.details = details
  }

  private static let logLines = 100
  /// Of each run's event files: curves of millions of points appear while they are read.
  private static let bytesAtATime = 16 << 20

  /// What cannot be read of one run must not hide the others: it is left out here, and the run itself says what is wrong.
  init(_ reader: RunsReader, _ request: Request) {
    time = unixTime()
    selected = request.selected
    if request.refreshes {
      let (found, unread) = reader.look(within: request.isFirst ? 0.02 : 0.25, newestOnly: request.isFirst)
      runs = FoundRuns(found, unread: unread)
      shown = (request.arrangement, request.arrangement.shown(found))
      isQueueDue = unread == 0 && RunQueue(home: reader.home).isDue(found)
    }
    for (id, known) in request.known {
      let found = try? reader.curves(of: id, smoothing: known.wanted?.smoothing ?? 0, atMost: Self.bytesAtATime) { curves in
        let isNew = curves.version != known.version || known.plot != known.wanted
        return (plot: isNew ? RunPlot(curves, of: known.run, known.wanted) : nil, isPartial: curves.unreadBytes > 0)
      }
      guard let found else { continue }
      if found.isPartial { isPartial = true }
      if let plot = found.plot { plots[id] = plot }
    }
    guard let id = request.selected else { return }
    let directory = reader.directory(of: id)
    log = (try? directory.logTail(lines: Self.logLines)) ?? []
    if request.needsDetails { details = RunDetails(directory) }
  }
}
