import Basics
import Datasets

/// What a net says of the people of a set.
public struct FoundActions: Sendable {
  public struct Person: Sendable {
    /// The image's name, and the person's place in it (``AnnotatedObject/place``).
    public var image: String
    public var place: Int
    public var box: Box
    /// Of each action; what is missing to 1 is that of `other`.
    public var probabilities: [Float]
    /// Of each action the region that speaks most for it; nil where none is looked at.
    public var context: [Box?]
  }

  /// As "Action/val".
  public let set: String
  /// Those that are evaluated.
  public let actions: [String]
  /// "R*CNN, grid candidates".
  public let method: String
  /// In the images that could be decoded.
  public private(set) var people: [Person] = []
  private let truth: [[ActionTruth]]

  init(_ task: ActionTask) {
    (set, actions, method, truth) = (task.settings.validationSet, Array(task.actions.dropLast()), task.settings.text, task.truth)
  }

  mutating func add(_ judged: JudgedPerson, image: String, person: ActionScene.Person) {
    people.append(
      Person(
        image: image, place: person.place, box: person.box, probabilities: Array(judged.probabilities.prefix(actions.count)),
        context: Array(judged.context.prefix(actions.count))))
  }

  /// Of each action, as result files have them: of the people whom its list asks about.
  public var scores: [[ActionScore]] {
    actions.indices.map { action in
      let listed = Set(truth[action].map { PersonName(image: $0.image, place: $0.place) })
      return people.filter { listed.contains(PersonName(image: $0.image, place: $0.place)) }
        .map { ActionScore(image: $0.image, place: $0.place, score: $0.probabilities[action]) }
    }
  }

  /// The average precision of each action. People of images that cannot be decoded stand behind everybody.
  public func precision() -> ActionPrecision {
    ActionPrecision(
      zip(actions, zip(truth, scores)).map { name, lists in
        do throws(Problem) {
          return try .init(name, truth: lists.0, scores: lists.1)
        } catch {
          preconditionFailure("the list was looked at when the task was made: \(error)")
        }
      })
  }

  private struct PersonName: Hashable {
    var image: String
    var place: Int
  }
}
