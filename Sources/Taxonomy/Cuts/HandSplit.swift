import Basics

/// A split of a tree's fine classes into parts A and B, chosen by hand; what is in neither is in no part.
///
/// A small value (two bits a fine class), like a ``Cut``, so that an undo list may hold many.
public struct HandSplit: Hashable, Sendable {
  fileprivate var inA, inB: BitSet
  /// The step that made it for both parts, where it was not chosen by hand.
  private var made: RecipeStep?

  /// Nothing is in a part.
  public init(_ hierarchy: Hierarchy) {
    inA = BitSet(count: hierarchy.fineClasses.count)
    inB = inA
  }

  /// Both parts that `step`, a split, makes of `partition`.
  /// - Throws: a ``Problem`` where it does not fit.
  public init(_ step: RecipeStep, of partition: Partition) throws(Problem) {
    self.init(partition.hierarchy)
    for part in SplitPart.allCases {
      let kept: Partition
      if case .handSplit(let a, let b, let neither, _) = step {
        // By hand, a part may be empty while it is being made.
        kept = try partition.handSplit(a: a, b: b, neither: neither, part: part)
      } else {
        kept = try partition.applying(step.forPart(part))
      }
      for (fine, target) in kept.targets.enumerated() where target >= 0 { self[fine] = part }
    }
    made = step
  }

  /// The part that a fine class is in.
  public private(set) subscript(fine: Int) -> SplitPart? {
    get { inA[fine] ? .a : inB[fine] ? .b : nil }
    set {
      inA[fine] = newValue == .a
      inB[fine] = newValue == .b
    }
  }

  public var isEmpty: Bool { inA.isEmpty && inB.isEmpty }

  /// Whether both put the same fine classes into the same parts, however they came there.
  public static func == (one: Self, other: Self) -> Bool { one.inA == other.inA && one.inB == other.inB }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(inA)
    hasher.combine(inB)
  }

  /// Puts every fine class of a subtree into a part, or into none.
  public mutating func assign(_ node: Int, of hierarchy: Hierarchy, to part: SplitPart?) {
    let fines = hierarchy.fines[hierarchy.subtree(node)]
    inA.set(fines, to: part == .a)
    inB.set(fines, to: part == .b)
    made = nil
  }

  /// What was in A is in B, and the other way round.
  public mutating func swap() {
    Swift.swap(&inA, &inB)
    made = nil
  }

  /// The targets of the fine classes in a part, −1 for all others.
  public func targets(_ part: SplitPart, of targets: [Int32]) -> [Int32] {
    var kept = [Int32](repeating: -1, count: targets.count)
    (part == .a ? inA : inB).forEach { kept[$0] = targets[$0] }
    return kept
  }

  /// What takes a part of `partition`: the step that made the split, where it still gives this part, else the subtrees.
  public func step(_ part: SplitPart, of partition: Partition) -> RecipeStep {
    let byHand = handStep(part, of: partition)
    if let made = made?.forPart(part), let result = try? partition.applying(made), result == (try? partition.applying(byHand)) {
      return made
    }
    return byHand
  }

  /// What takes a part by naming the topmost subtrees that lie in one part as a whole, or in none within a larger one that does. What `partition` leaves
  /// out may lie anywhere.
  public func handStep(_ part: SplitPart, of partition: Partition) -> RecipeStep {
    enum Place: Equatable { case unknown, mixed, all(SplitPart?) }
    let hierarchy = partition.hierarchy
    func joined(_ one: Place, _ other: Place) -> Place { one == .unknown || one == other ? other : other == .unknown ? one : .mixed }
    let own = hierarchy.nodes.map { node -> Place in
      hierarchy.fineClass(node).map { partition.targets[$0] < 0 ? .unknown : .all(self[$0]) } ?? .unknown
    }
    var whole = own
    for node in hierarchy.nodes.reversed() {
      if let parent = hierarchy.parent(node) { whole[parent] = joined(whole[parent], whole[node]) }
    }
    var lists: (a: [String], b: [String], neither: [String]) = ([], [], [])
    // The part that a node has by those above it.
    var given = [SplitPart?](repeating: nil, count: hierarchy.count)
    for node in hierarchy.nodes {
      given[node] = hierarchy.parent(node).flatMap { given[$0] }
      let wanted: SplitPart?
      switch (whole[node], own[node]) {
      case (.all(let part), _), (.mixed, .all(let part)): wanted = part
      case (.mixed, .unknown), (.unknown, _), (.mixed, .mixed): continue
      }
      guard wanted != given[node] else { continue }
      given[node] = wanted
      switch wanted {
      case .a: lists.a.append(hierarchy.wnid(node))
      case .b: lists.b.append(hierarchy.wnid(node))
      case nil: lists.neither.append(hierarchy.wnid(node))
      }
    }
    return .handSplit(a: lists.a.sorted(), b: lists.b.sorted(), neither: lists.neither.sorted(), part: part)
  }
}

/// Where the subtree of each node lies, in one pass: for screens that show it on every line.
public struct SplitView: Equatable, Sendable {
  public struct Place: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let inA = Place(rawValue: 1)
    public static let inB = Place(rawValue: 2)
    public static let inNeither = Place(rawValue: 4)
  }

  /// For each node where the fine classes at or below it are; empty where all are left out.
  public let places: [Place]

  public init(_ split: HandSplit, of partition: Partition) {
    let hierarchy = partition.hierarchy
    let (parents, nodeOfFine, targets) = (hierarchy.parents, hierarchy.nodeOfFine, partition.targets)
    var places = [Place](repeating: [], count: hierarchy.count)
    places.withUnsafeMutableBufferPointer { places in
      for fine in targets.indices where targets[fine] >= 0 { places[Int(nodeOfFine[fine])] = .inNeither }
      for (part, place) in [(split.inA, Place.inA), (split.inB, .inB)] {
        part.forEach { fine in if targets[fine] >= 0 { places[Int(nodeOfFine[fine])] = place } }
      }
      // Children come after their parents.
      parents.withUnsafeBufferPointer { parents in
        var node = places.count - 1
        while node >= 0 {
          let parent = Int(parents[node])
          if parent >= 0 { places[parent] = Place(rawValue: places[parent].rawValue | places[node].rawValue) }
          node -= 1
        }
      }
    }
    self.places = places
  }
}

extension Partition {
  /// Part A or B of a split by hand: a fine class goes where its nearest listed ancestor-or-self says, and nowhere without one.
  /// - Throws: a ``Problem`` naming synsets that are not in the tree, or that are listed twice.
  public func handSplit(a: [String], b: [String], neither: [String], part: SplitPart) throws(Problem) -> Partition {
    var listed: [Int: SplitPart?] = [:]
    var unknown: [String] = []
    for (wnids, place) in [(a, SplitPart.a), (b, .b), (neither, nil)] as [([String], SplitPart?)] {
      for wnid in wnids {
        guard let node = hierarchy.node(wnid: wnid) else {
          unknown.append(wnid)
          continue
        }
        guard listed.updateValue(place, forKey: node) == nil else {
          throw Problem("a synset is listed twice in the split", at: wnid, expected: "each in one list", kind: .usage)
        }
      }
    }
    guard unknown.isEmpty else {
      throw Problem(
        "cannot split along what is not in the tree", expected: "wnids at or above this dataset's classes",
        found: firstFew(unknown), advice: "see `imagenet-tui tree search`", kind: .usage)
    }
    var places = [SplitPart?](repeating: nil, count: hierarchy.count)
    for node in hierarchy.nodes {
      places[node] = listed[node] ?? hierarchy.parent(node).flatMap { places[$0] }
    }
    var result = self
    for (fine, node) in hierarchy.nodeOfFine.enumerated() where places[Int(node)] != part { result.targets[fine] = -1 }
    return result
  }
}

extension RecipeStep {
  /// A split's step for one of its parts; any other step as it is.
  func forPart(_ part: SplitPart) -> RecipeStep {
    switch self {
    case .minimalSplit(let depth, let target, _): .minimalSplit(depth: depth, target: target, part: part)
    case .randomSplit(let target, let seed, _): .randomSplit(target: target, seed: seed, part: part)
    case .handSplit(let a, let b, let neither, _): .handSplit(a: a, b: b, neither: neither, part: part)
    default: self
    }
  }
}
