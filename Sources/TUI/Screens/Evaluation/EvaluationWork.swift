import Analysis
import Basics
import Datasets
import Pictures
import Runs
import Taxonomy

/// Which coarse classes a net has formed, and what is needed to look behind that.
package struct CoarseFineFacts: Sendable {
  package var study: CoarseFineResult
  package var predictions: RunPredictions
  package var coarse: LabelSet

  package init(study: CoarseFineResult, predictions: RunPredictions, coarse: LabelSet) {
    (self.study, self.predictions, self.coarse) = (study, predictions, coarse)
  }
}

/// What a pane asks of the work beside the keys. Asked the same again, it has its answer already.
package enum EvaluationQuestion: Equatable, Sendable {
  case coarseFine(run: String, steps: [Int], coarse: String, minMembers: Int)
  case merges(run: String, steps: [Int], MergeSuggestion.Likeness, alongTree: Bool, least: Double)
  case induction(runs: [String], baselines: [String], Metric, NeighborSpace, InductionGallery)
  case map(run: String, steps: [Int], NeighborSpace)
}

package enum EvaluationAnswer: Sendable {
  case coarseFine(CoarseFineFacts)
  case merges(MergeProposal)
  /// While it is measured, of the runs that are done.
  case induction(InductionResult, isWhole: Bool)
  case map(FeatureMap)
}

/// A picture to be written as a file, and what writes the same.
package struct EvaluationPicture: Sendable {
  package enum Kind: Sendable {
    case bars(BarPicture)
    case map(ScatterPicture)
  }
  package var kind: Kind
  package var command: ShellCommand
  /// The option that names the file.
  package var option: String

  func compose() throws(Problem) -> Picture {
    switch kind {
    case .bars(let bars): try bars.compose()
    case .map(let map): try map.compose()
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
          try Self.answer(question, context, environment) { (work, done, total) throws(Problem) in
            try report.say(work, done, of: total) { send(.evaluation(.progress(ticket: ticket, $0))) }
          } send: {
            send(.evaluation(.answered(ticket: ticket, $0)))
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
        guard let size = try writePNG(to: path, mayReplace: mayReplace, picture.compose) else {
          return send(.evaluation(.exists(picture, path: typed)))
        }
        let command = ShellCommand(picture.command.lines[0] + [picture.option, path])
        send(.notice(Notice(.done, "Wrote \(printable(typed)), \(size)", sameAs: command)))
      }
    }

    private static func answer(
      _ question: EvaluationQuestion, _ context: FeatureContext, _ environment: Environment, say: EvaluationProgress, send: (EvaluationAnswer) -> Void
    ) throws(Problem) {
      let asked = ScreenContext(screen: context, environment: environment)
      switch question {
      case .coarseFine(let run, _, let name, let minMembers):
        let result = try CoarseFineRequest(run: run, labels: name, minMembers: minMembers).run(in: asked, progress: say)
        guard let source = result.source else { return }
        send(.coarseFine(CoarseFineFacts(study: result, predictions: source.predictions, coarse: source.coarse)))
      case .merges(let run, _, let likeness, let alongTree, let least):
        send(.merges(try MergeRequest(run: run, likeness, least: least, alongTree: alongTree).run(in: asked, progress: say)))
      case .induction(let runs, let baselines, let metric, let space, let gallery):
        let request = InductionRequest(runs: runs, baselines: baselines, space: space.rawValue, metric: metric, gallery: gallery)
        _ = try request.run(in: asked, progress: say) { result in
          send(.induction(result, isWhole: result.rows.count == runs.count))
        }
      case .map(let run, _, let space):
        let features = try context.finder(run, space, environment).features
        let total = features.dataset.labels(.val).count
        _ = try features.matrix(.val) { (done) throws(Problem) in try say("\(features.id): \(features.space) of val", done, total) }
        try say("the directions of most variance", 0, total)
        send(.map(try FeatureMap(features, .val)))
      }
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
}
