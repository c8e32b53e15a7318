import Engine
import FoundationEssentials
import Taxonomy

extension RunsScreen {
  package enum Work: ScreenWork {
    case open
    case look(RunsReader, RunsLook.Request)
    case pause(RunDirectory)
    /// Lets a paused run go on, or starts a new worker for one that has none.
    case resume(RunDirectory)
    case stop(RunDirectory)
    case delete(RunDirectory)
    case form(LaunchForm.Work)

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .open: return send(.runs(.opened(RunsReader(home: environment.home))))
      case .look(let reader, let request): return send(.runs(.looked(RunsLook(reader, request))))
      case .form(let work): return work.run(in: environment, send: send)
      case .pause(let run): try run.pause()
      case .resume(let run): try run.resume(home: environment.home)
      case .stop(let run): try run.stop(home: environment.home)
      case .delete(let run): try RunTrash(home: environment.home).remove(run)
      }
      send(.runs(.changed(select: nil)))
    }
  }
}

/// The runs of a home as one look found them.
package struct RunsLook: Sendable {
  package struct Request: Sendable {
    /// The runs whose curves are wanted, and which version of them is known (−1: none was read).
    package var known: [String: Int]
    /// The run whose log is wanted.
    package var selected: String?
    package var needsConfiguration: Bool
  }

  package var runs: [RunSummary]
  /// Of the wanted runs, those that have new values.
  package var plots: [String: RunPlot] = [:]
  package var selected: String?
  package var log: [String] = []
  package var configuration: RunConfiguration?

  package init(runs: [RunSummary], plots: [String: RunPlot] = [:], selected: String? = nil, log: [String] = []) {
    self.runs = runs
    self.plots = plots
    self.selected = selected
    self.log = log
  }

  private static let logLines = 100

  /// What cannot be read of one run must not hide the others: it is left out here, and the run itself says what is wrong.
  init(_ reader: RunsReader, _ request: Request) {
    runs = reader.refresh()
    selected = request.selected
    for (id, version) in request.known {
      guard let curves = try? reader.curves(of: id), curves.version != version else { continue }
      plots[id] = RunPlot(curves)
    }
    guard let id = request.selected else { return }
    let directory = reader.directory(of: id)
    log = (try? directory.logTail(lines: Self.logLines)) ?? []
    if request.needsConfiguration { configuration = try? directory.configuration() }
  }
}
