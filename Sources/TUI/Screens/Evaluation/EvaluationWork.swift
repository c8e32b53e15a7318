import Analysis
import Basics
import Datasets
import Files
import Foundation
import Pictures
import Runs
import Taxonomy
import Training

/// What a pane asks of the work beside the keys. Asked the same again, it has its answer already.
package struct EvaluationQuestion: Equatable, Sendable {
  package var request: any Evaluation
  /// Of the checkpoints that there were: with a further one the answer may be another.
  package var steps: [Int]

  package init(_ request: any Evaluation, steps: [Int] = []) { (self.request, self.steps) = (request, steps) }

  package static func == (a: Self, b: Self) -> Bool { a.steps == b.steps && AnyHashable(a.request) == AnyHashable(b.request) }
}

/// A picture to be written as a file, and what writes the same.
package struct EvaluationPicture: Sendable {
  package enum Form: Sendable {
    /// As PNG.
    case pixels(@Sendable () throws(Problem) -> Picture)
    /// As SVG.
    case chart(ChartDrawing)
  }
  package var command: ShellCommand
  /// The option that names the file.
  package var option: String
  package var form: Form

  /// What a field for its path says of it.
  var kindOfFile: String {
    switch form {
    case .pixels: "a PNG file"
    case .chart: "an SVG file"
    }
  }

  /// - Returns: how large it is; nil where there is such a file, which may not be replaced.
  func write(to path: String, mayReplace: Bool) throws(Problem) -> String? {
    switch form {
    case .pixels(let compose): return try writePNG(to: path, mayReplace: mayReplace, compose)
    case .chart(let drawing):
      guard mayReplace || !FileManager.default.fileExists(atPath: path) else { return nil }
      try AtomicFile.write(drawing.svg(), to: path)
      return "as SVG"
    }
  }
}

extension EvaluationScreen {
  package enum Work: ScreenWork {
    case open(known: FeatureContext?, run: String?, dataset: String)
    case answer(FeatureContext, EvaluationQuestion, ticket: Int, Cancellation)
    case save(LabelSet, ShellCommand)
    case write(EvaluationPicture, path: String, mayReplace: Bool)

    package var awaited: String? {
      switch self {
      case .open: "the runs"
      case .answer: EvaluationScreen.answer
      case .save: "the save"
      case .write: "the picture"
      }
    }

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .open(let known, let run, let dataset):
        do throws(Problem) {
          send(.evaluation(.opened(try FeatureContext(known: known, run: run, dataset: dataset, environment))))
        } catch {
          send(.evaluation(.closed))
          throw error
        }
      case .answer(let context, let question, let ticket, let cancellation):
        var report = ProgressReport(cancellation, environment)
        do throws(Problem) {
          try Self.answer(question.request, ScreenContext(screen: context, environment: environment)) { (work, done, total) throws(Problem) in
            try report.say(work, done, of: total) { send(.evaluation(.progress(ticket: ticket, $0))) }
          } send: {
            send(.evaluation(.answered(ticket: ticket, answer: $0, isWhole: $1)))
          }
        } catch {
          send(.evaluation(.failed(ticket: ticket, error.description)))
        }
      case .save(let set, let command):
        let store = environment.labelSets
        guard !store.contains(set.name) else {
          throw Problem("there is a label set of this name", at: set.name, advice: "choose another name")
        }
        try store.save(set)
        send(.notice(Notice(.done, "Saved \(printable(set.name)), \(counted(set.classes.count, "class"))", sameAs: command)))
      case .write(let picture, let typed, let mayReplace):
        let path = expandingHome(typed)
        guard let size = try picture.write(to: path, mayReplace: mayReplace) else {
          return send(.evaluation(.exists(picture, path: typed)))
        }
        let command = ShellCommand(picture.command.lines[0] + [picture.option, path])
        send(.notice(Notice(.done, "Wrote \(printable(typed)), \(size)", sameAs: command)))
      }
    }

    private static func answer(
      _ request: some Evaluation, _ context: ScreenContext, say: EvaluationProgress, send: (any Sendable, _ isWhole: Bool) -> Void
    ) throws(Problem) {
      send(try request.run(in: context, progress: say) { send($0, false) }, true)
    }
  }
}

/// What the screens have open, as evaluations ask for it.
struct ScreenContext: EvaluationContext {
  let screen: FeatureContext
  let environment: Environment

  func features(_ run: String, space: String?, of dataset: String?) throws(Problem) -> any ImageFeatures {
    let named = NamedRun(run)
    return try screen.finder(named.name, space.flatMap(NeighborSpace.init(rawValue:)) ?? .features, step: named.step, environment).features
  }

  func tree(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> Hierarchy {
    guard let tree = screen.hierarchy else { throw Problem("the dataset's tree cannot be read", at: dataset) }
    return tree
  }

  /// As it was opened: a suggestion for all nouns takes a while.
  func suggestedCoarseClasses(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> LabelSet? { screen.suggestedCoarse }

  func labelSet(_ name: String, for dataset: String?) throws(Problem) -> LabelSet {
    guard let set = screen.coarseSets.first(where: { $0.name == name }) else {
      throw Problem("there is no such label set any more", at: name, kind: .notFound)
    }
    return set
  }

  private var home: HomeContext { HomeContext(home: environment.home, wordNet: environment.wordNet) }
  func detections(_ run: String, set: String?, progress: EvaluationProgress) throws(Problem) -> RunDetections {
    try home.detections(run, set: set, progress: progress)
  }
  func annotated(_ dataset: String) throws(Problem) -> any AnnotatedDataset { try home.annotated(dataset) }
  func objectTree(_ classes: [String], depth: Int) throws(Problem) -> ObjectTree { try home.objectTree(classes, depth: depth) }
}
