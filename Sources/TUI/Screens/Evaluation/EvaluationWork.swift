import Analysis
import Basics
import Datasets
import Pictures
import Taxonomy

/// Which coarse classes a net has formed, and what is needed to look behind that.
package struct CoarseFineFacts: Sendable {
  package var study: CoarseFineStudy
  package var predictions: RunPredictions
  package var coarse: LabelSet

  package init(study: CoarseFineStudy, predictions: RunPredictions, coarse: LabelSet) {
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
  case induction(InductionStudy, isWhole: Bool)
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

    private typealias Say = (String, Int, Int) throws(Problem) -> Void

    private static func answer(
      _ question: EvaluationQuestion, _ context: FeatureContext, _ environment: Environment, say: Say, send: (EvaluationAnswer) -> Void
    ) throws(Problem) {
      switch question {
      case .coarseFine(let run, _, let name, let minMembers):
        guard let coarse = context.coarseSets.first(where: { $0.name == name }) else {
          throw Problem("there is no such label set any more", at: name)
        }
        let (features, predictions) = try predictions(run, context, environment, say)
        let study = try CoarseFineStudy(
          run: run, step: features.step, dataset: context.dataset.name, predictions, coarse: coarse, minMembers: minMembers,
          tree: try tree(context))
        send(.coarseFine(CoarseFineFacts(study: study, predictions: predictions, coarse: coarse)))
      case .merges(let run, _, let likeness, let alongTree, let least):
        let (_, predictions) = try predictions(run, context, environment, say)
        if let group = predictions.labelSet.classes.first(where: { $0.members.count > 1 }) {
          throw Problem("the run was not taught fine classes", found: "\(group.name) with \(group.members.count)")
        }
        let proposal = try MergeProposal(
          likeness, predictions, features: { () throws(Problem) in
            let features = try context.finder(run, .features, environment).features
            try prepare(features, .val, say)
            return features
          }, tree: try tree(context), least: least, alongTree: alongTree)
        send(.merges(proposal))
      case .induction(let runs, let baselines, let metric, let space, let gallery):
        try induction(runs, baselines, Induction(gallery: gallery, metric: metric), space, context, environment, say, send)
      case .map(let run, _, let space):
        let features = try context.finder(run, space, environment).features
        try prepare(features, .val, say)
        try say("the directions of most variance", 0, features.dataset.labels(.val).count)
        send(.map(try FeatureMap(features, .val)))
      }
    }

    private static func tree(_ context: FeatureContext) throws(Problem) -> Hierarchy {
      guard let tree = context.hierarchy else { throw Problem("the dataset's tree cannot be read", at: context.dataset.name) }
      return tree
    }

    private static func prepare(_ features: RunFeatures, _ split: Split, _ say: Say) throws(Problem) {
      let total = features.dataset.labels(split).count
      _ = try features.matrix(split) { (done) throws(Problem) in
        try say("\(features.run.id): \(features.space) of \(split.rawValue)", done, total)
      }
    }

    private static func predictions(
      _ run: String, _ context: FeatureContext, _ environment: Environment, _ say: Say
    ) throws(Problem) -> (RunFeatures, RunPredictions) {
      let features = try context.finder(run, .scores, environment).features
      try prepare(features, .val, say)
      return (features, try RunPredictions(features))
    }

    private static func induction(
      _ runs: [String], _ baselines: [String], _ induction: Induction, _ space: NeighborSpace, _ context: FeatureContext,
      _ environment: Environment, _ say: Say, _ send: (EvaluationAnswer) -> Void
    ) throws(Problem) {
      func evaluate(_ run: String, _ tested: [Int]) throws(Problem) -> (RunFeatures, Induction.Result) {
        let features = try context.finder(run, space, environment).features
        let result = try induction.evaluate(features, tested: tested) { (split, done) throws(Problem) in
          try say("\(run): \(features.space) of \(split.rawValue)", done, features.dataset.labels(split).count)
        }
        return (features, result)
      }
      var rows: [InductionStudy.Row] = []
      // Runs that were taught the same classes are asked about the same.
      var known: [[Int]: [Induction.Result]] = [:]
      for run in runs {
        let taught = context.run(run)?.labelSet
        let tested = taught.map { Induction.testedClasses($0, of: context.dataset.classes) } ?? []
        let (features, result) = try evaluate(run, tested)
        if known[tested] == nil {
          var results: [Induction.Result] = []
          for baseline in baselines { results.append(try evaluate(baseline, tested).1) }
          known[tested] = results
        }
        rows.append(InductionStudy.Row(features, result, baselines: known[tested]!))
        send(
          .induction(
            InductionStudy(induction, space: features.space, rows: rows, baselines: baselines, labels: nil),
            isWhole: rows.count == runs.count))
      }
    }
  }
}
