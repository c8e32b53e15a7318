import Basics
import LabelSets
import Taxonomy

extension ComparisonScreen {
  package enum Work: ScreenWork {
    case compare(Source, Source)
    case list(Choice)

    package var awaited: String? {
      switch self {
      case .compare: "the comparison"
      case .list: "the label sets"
      }
    }

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .compare(let a, let b):
        do throws(Problem) {
          let sets = (try Self.load(a, environment), try Self.load(b, environment))
          let hierarchy = try environment.hierarchy(of: sets.0.dataset, sets.0.policy)
          send(.comparison(.opened(try Comparison(sets.0, sets.1, isSaved: (a.isSaved, b.isSaved), on: hierarchy))))
        } catch {
          send(.comparison(.failed))
          throw error
        }
      case .list(let choice):
        send(.comparison(.listed(choice, LabelSetLibrary(home: environment.home, wordNet: environment.wordNet, runs: environment.runs).refresh())))
      }
    }

    private static func load(_ source: Source, _ environment: Environment) throws(Problem) -> LabelSet {
      switch source {
      case .saved(let name): try environment.labelSets.load(name)
      case .given(let set): set
      }
    }
  }
}

extension ComparisonScreen.Source {
  fileprivate var isSaved: Bool { if case .saved = self { true } else { false } }
}
