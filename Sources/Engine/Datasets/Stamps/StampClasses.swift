import Taxonomy

/// What the kinds of a scene's objects are called: a class for each, or the coarser ones of a label set.
public struct StampClasses: Codable, Equatable, Sendable {
  /// What becomes of kinds that the label set leaves out.
  public enum LeftOut: String, Codable, Sendable, CaseIterable {
    /// Scenes show none of them.
    case absent
    /// They are in the scenes, annotated as difficult under their own wnids: no class of the dataset has them, so nothing counts them.
    case difficult
  }

  /// The class of each kind, by wnid; nil: each kind is a class of its own, called by its wnid.
  public let names: [String: String]?
  public let leftOut: LeftOut

  public static let own = StampClasses(names: nil, leftOut: .absent)

  private init(names: [String: String]?, leftOut: LeftOut) { (self.names, self.leftOut) = (names, leftOut) }

  /// The classes of a label set of the stamps, called so that files and elements of XML can be, too.
  public init(_ set: LabelSet, leftOut: LeftOut = .absent) {
    var names: [String: String] = [:]
    var taken: Set<String> = []
    for target in set.classes {
      let words = target.name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
      let isFree = words.first?.isLetter == true && taken.insert(words).inserted
      for wnid in target.members { names[wnid] = isFree ? words : target.wnid }
    }
    self.init(names: names, leftOut: leftOut)
  }

  /// Nil where the kind is left out.
  func name(of wnid: String) -> String? { names == nil ? wnid : names![wnid] }

  /// Each class with the photographs that show it, in the order in which they take turns: by rounds over its kinds.
  func photographs(_ stamps: StampCollection) -> [(name: String, members: [StampJob.Object])] {
    var members: [String: [StampJob.Object]] = [:]
    let most = stamps.kinds.map(\.photographs).max() ?? 0
    for round in 0..<most {
      for (index, kind) in stamps.kinds.enumerated() where round < kind.photographs {
        if let name = name(of: kind.wnid) { members[name, default: []].append((index, round)) }
      }
    }
    return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
