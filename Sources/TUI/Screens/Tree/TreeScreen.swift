import Taxonomy

/// Screen 1: the tree of a dataset's classes, folded by hand into a label set.
package struct TreeScreen: Screen {
  package enum Action: Hashable, Sendable {}
  package enum Event: Sendable {
    /// Move to the class with this wnid.
    case show(wnid: String)
  }
  package enum Work: ScreenWork {
    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {}
  }

  package static let bindings: [Binding] = []

  package func headline(_ session: Session) -> [Span] { [Span(session.dataset, .bold)] }
  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {}
  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] { [] }
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {}
}
