import Basics
import Datasets

/// How sure a net is that a person does an action.
public struct ActionScore: Hashable, Sendable {
  /// The image's name.
  public var image: String
  /// ``AnnotatedObject/place``.
  public var place: Int
  /// Any scale; higher is surer.
  public var score: Float

  public init(image: String, place: Int, score: Float) { (self.image, self.place, self.score) = (image, place, score) }
}

/// The average precision of each action over the annotated people of a set, and their mean, as PASCAL VOC's devkit finds them (Everingham et al. 2012, action classification).
public struct ActionPrecision: Hashable, Codable, Sendable {
  public struct ActionRow: Hashable, Codable, Sendable {
    public var name: String
    /// People that do it, and people of whom it counts neither way.
    public var people, ignored: Int
    /// People without a score, who stand behind everybody.
    public var missing: Int
    /// 0…1; nil where nobody does it.
    public var value: Double?
  }

  public var actions: [ActionRow]

  /// "AP VOC10+, people's boxes given": what stands beside a number. It is no accuracy: each action ranks all people.
  public static let metric = "AP \(PrecisionArea.voc10.rawValue), people's boxes given"

  public init(_ actions: [ActionRow]) { self.actions = actions }

  /// Over the actions that somebody does, 0…1; nil where nobody does any.
  public var mean: Double? {
    let values = actions.compactMap(\.value)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// By which rules this was found, and what was left out.
  public var note: String {
    let nobody = actions.filter { $0.value == nil }.map(\.name)
    let missing = actions.reduce(0) { $0 + $1.missing }
    return Self.metric
      + (missing > 0 ? "; \(counted(missing, "score", "is")) missing and stand\(missing == 1 ? "s" : "") behind all others" : "")
      + (nobody.isEmpty ? "" : "; nobody does \(nobody.joined(separator: ", ")): left out")
  }
}

extension ActionPrecision.ActionRow {
  /// Ranks people by falling score, equal ones in the order of `truth`.
  /// - Parameters:
  ///   - truth: each person of the set once.
  ///   - scores: of these, in any order.
  /// - Throws: a ``Problem`` where a score's person is not of the set, or has two.
  public init(_ name: String, truth: [ActionTruth], scores: [ActionScore]) throws(Problem) {
    let curve = try Self.curve(name, truth: truth, scores: scores)
    self.init(
      name: name, people: curve.curve.positives, ignored: truth.count { $0.value == 0 }, missing: truth.count - scores.count, value: curve.curve.area(.voc10))
  }

  /// Precision and recall of an action, and the places among `truth` of those that count, by falling score.
  /// - Throws: as ``init(_:truth:scores:)``.
  public static func curve(_ name: String, truth: [ActionTruth], scores: [ActionScore]) throws(Problem) -> (curve: PrecisionRecall, order: [Int]) {
    struct Person: Hashable { var image: String, place: Int }
    let what = "the results of an action do not fit its people"
    var places: [Person: Int] = [:]
    for (place, one) in truth.enumerated() where places.updateValue(place, forKey: Person(image: one.image, place: one.place)) != nil {
      throw Problem(what, at: "\(name), \(one.image), object \(one.place)", expected: "each person once in the set", found: "the same twice", kind: .data)
    }
    var found = [Float?](repeating: nil, count: truth.count)
    for score in scores {
      let person = "\(name), \(score.image), object \(score.place)"
      guard let place = places[Person(image: score.image, place: score.place)] else {
        throw Problem(what, at: person, expected: "a person of the set", found: "none of \(grouped(truth.count))", advice: "objects are counted from 1, over all objects of the image", kind: .data)
      }
      guard found[place] == nil else { throw Problem(what, at: person, expected: "one score for each person", found: "two", kind: .data) }
      found[place] = score.score
    }
    let order = stablySorted(Array(0..<Int32(truth.count)), by: found.map { fallingKey($0 ?? -.infinity) }).map(Int.init).filter { truth[$0].value != 0 }
    return (PrecisionRecall(order.map { truth[$0].value > 0 }, positives: truth.count { $0.value > 0 }), order)
  }
}
