import Taxonomy

/// Screen 3: the nearest neighbours of an image in a run's features, green, orange or red.
package struct NeighborsScreen: Screen {
  package enum Action: Hashable, Sendable {}
  package enum Event: Sendable {
    /// Look at the neighbours in this run's features.
    case open(run: String)
  }
  package enum Work: ScreenWork {
    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {}
  }

  package static let bindings: [Binding] = []

  package func headline(_ session: Session) -> [Span] { [] }
  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {}
  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] { [] }
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    canvas.put("No run with features yet", in: area.inset(rows: 1, columns: 2))
  }
}
