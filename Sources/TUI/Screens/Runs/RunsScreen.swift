import Taxonomy

/// Screen 2: trainings, their curves, and the form that launches one.
package struct RunsScreen: Screen {
  package enum Action: Hashable, Sendable {}
  package enum Event: Sendable {
    /// Open the launch form with this label set (nil: every fine class is a class).
    case launch(LabelSet?)
  }
  package enum Work: ScreenWork {
    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {}
  }

  package static let bindings: [Binding] = []

  package func headline(_ session: Session) -> [Span] { [] }
  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {}
  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] { [] }
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    canvas.put("No runs yet", in: area.inset(rows: 1, columns: 2))
  }
}
