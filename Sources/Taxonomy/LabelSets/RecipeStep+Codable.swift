import Basics

extension RecipeStep: Codable {
  /// One flat object a step, `{"step": "bottom-up", "depth": 9}`, so that a person can read and write it.
  private struct Fields: Codable {
    var step: String
    @BoundedIfThere<Natural> var depth: Int?
    @BoundedIfThere<Natural> var rounds: Int?
    @BoundedIfThere<Natural> var target: Int?
    @BoundedIfThere<Natural> var count: Int?
    @BoundedIfThere<Natural> var perClass: Int?
    var seed: UInt64?
    var part: SplitPart?
    var collapsed, below, classes, a, b, neither: [String]?
    var groups: [[String]]?
  }

  public func encode(to encoder: any Encoder) throws {
    let fields =
      switch self {
      case .bottomUp(let depth): Fields(step: "bottom-up", depth: depth)
      case .topDown(let rounds): Fields(step: "top-down", rounds: rounds)
      case .cut(let collapsed): Fields(step: "cut", collapsed: collapsed)
      case .without(let below): Fields(step: "without", below: below)
      case .leaveOut(let classes): Fields(step: "leave-out", classes: classes)
      case .merge(let groups): Fields(step: "merge", groups: groups)
      case .minimalSplit(let depth, let target, let part):
        Fields(step: "minimal-split", depth: depth, target: target, part: part)
      case .randomSplit(let target, let seed, let part):
        Fields(step: "random-split", target: target, seed: seed, part: part)
      case .handSplit(let a, let b, let neither, let part):
        Fields(step: "hand-split", part: part, a: a, b: b, neither: neither)
      case .sampleClasses(let count, let seed): Fields(step: "sample-classes", count: count, seed: seed)
      case .sampleImages(let perClass, let seed): Fields(step: "sample-images", perClass: perClass, seed: seed)
      }
    try fields.encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(from: decoder)
    let container = try decoder.container(keyedBy: NameKey.self)
    func need<Value>(_ value: Value?, _ key: String) throws -> Value {
      guard let value else {
        throw DecodingError.keyNotFound(
          NameKey(key), .init(codingPath: container.codingPath, debugDescription: "a step \(fields.step) needs “\(key)”"))
      }
      return value
    }
    switch fields.step {
    case "bottom-up": self = .bottomUp(depth: try need(fields.depth, "depth"))
    case "top-down": self = .topDown(rounds: try need(fields.rounds, "rounds"))
    case "cut": self = .cut(collapsed: try need(fields.collapsed, "collapsed"))
    case "without": self = .without(below: try need(fields.below, "below"))
    case "leave-out": self = .leaveOut(classes: try need(fields.classes, "classes"))
    case "merge": self = .merge(groups: try need(fields.groups, "groups"))
    case "minimal-split":
      self = .minimalSplit(
        depth: try need(fields.depth, "depth"), target: try need(fields.target, "target"),
        part: try need(fields.part, "part"))
    case "random-split":
      self = .randomSplit(
        target: try need(fields.target, "target"), seed: try need(fields.seed, "seed"),
        part: try need(fields.part, "part"))
    case "hand-split":
      self = .handSplit(
        a: try need(fields.a, "a"), b: try need(fields.b, "b"), neither: fields.neither ?? [],
        part: try need(fields.part, "part"))
    case "sample-classes":
      self = .sampleClasses(count: try need(fields.count, "count"), seed: try need(fields.seed, "seed"))
    case "sample-images":
      self = .sampleImages(perClass: try need(fields.perClass, "perClass"), seed: try need(fields.seed, "seed"))
    default:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: container.codingPath + [NameKey("step")], debugDescription: "unknown step “\(fields.step)”",
          underlyingError: Unexpected(expected: "a step of a recipe", found: "“\(fields.step)”", isNewer: true)))
    }
  }

}

extension RecipeStep: CustomStringConvertible {
  /// For people: "bottom-up at depth 9".
  public var description: String {
    switch self {
    case .bottomUp(let depth): "bottom-up at depth \(depth)"
    case .topDown(let rounds): "top-down, \(counted(rounds, "round"))"
    case .cut(let collapsed): "collapse \(firstFew(collapsed))"
    case .without(let below): "without all below \(firstFew(below))"
    case .leaveOut(let classes): "without \(firstFew(classes))"
    case .merge(let groups): "merge \(firstFew(groups.map { $0.joined(separator: "+") }))"
    case .minimalSplit(let depth, let target, let part):
      "minimal split at depth \(depth), target \(target), part \(part.rawValue)"
    case .randomSplit(let target, let seed, let part): "random split of \(target), seed \(seed), part \(part.rawValue)"
    case .handSplit(let a, let b, _, let part): "part \(part.rawValue) by hand: all below \(firstFew(part == .a ? a : b))"
    case .sampleClasses(let count, let seed): "\(counted(count, "class")) drawn, seed \(seed)"
    case .sampleImages(let perClass, let seed): "\(counted(perClass, "image")) per class, seed \(seed)"
    }
  }
}
