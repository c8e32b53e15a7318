import Basics
import Datasets
import Taxonomy

/// Where a detection's classes stand in WordNet, by which some of them are similar.
public struct ObjectTree: Sendable {
  public let classes: [String]
  /// What people call the classes: the word of its synset where a class is called by its wnid.
  public let names: [String]
  /// Of each class its synset; nil where none is known, and the class is similar to no other.
  public let wnids: [String?]
  /// Of each class, the node at ``depth`` that it is at or below; nil where it stands higher or has no synset.
  private let groups: [String?]
  /// Classes are similar that lie below one node of this depth, the root's being 0.
  public let depth: Int

  /// At 6 VOC's classes below *conveyance*, *animal* and *furnishing* are similar each: those of Hoiem et al. 2012 but for person among the animals, and for aeroplane with bird.
  public static let usualDepth = 6

  /// In file order WordNet has wheeled vehicles below *vehicle*; by name they would be containers, as bottles are.
  /// - Parameter wnids: of classes by name; a class that is called by a wnid, or as one of PASCAL VOC's 20, needs none.
  /// - Throws: a ``Problem`` where two classes have one synset.
  public init(_ classes: [String], wnids known: [String: String] = [:], depth: Int = usualDepth, wordNet: WordNet, policy: HypernymPolicy = .file) throws(Problem) {
    let pascal = try Assets.pascalWnids()
    let wnids = classes.map { name in [known[name], name, pascal[name]].compactMap(\.self).first { wordNet.id(ofWnid: $0) != nil } }
    let tree = try Hierarchy(fineClasses: wnids.compactMap(\.self), wordNet: wordNet, policy: policy)
    groups = wnids.map { wnid in
      guard let wnid, let node = tree.node(wnid: wnid) else { return nil }
      let group = tree.ancestor(node, atDepth: depth)
      return tree.depth(group) == depth ? tree.name(group) + " " + tree.wnid(group) : nil
    }
    names = zip(classes, wnids).map { name, wnid in wnid == name ? wordNet.id(ofWnid: name).map { wordNet.name(of: $0) } ?? name : name }
    (self.classes, self.wnids, self.depth) = (classes, wnids, depth)
  }

  /// Without a tree no class is similar to another.
  public init(_ classes: [String]) {
    (self.classes, names) = (classes, classes)
    (wnids, groups, depth) = (classes.map { _ in nil }, classes.map { _ in nil }, Self.usualDepth)
  }

  public func areSimilar(_ one: Int, _ other: Int) -> Bool { one != other && groups[one] != nil && groups[one] == groups[other] }

  /// Nodes with the classes below them, where these are several, in the order of their first classes.
  public var similar: [(node: String, classes: [String])] {
    var seen: Set<String> = []
    return groups.compactMap { group in
      guard let group, seen.insert(group).inserted else { return nil }
      let members = names.indices.filter { groups[$0] == group }.map { names[$0] }
      return members.count > 1 ? (group, members) : nil
    }
  }

  /// Classes of which no synset is known.
  public var unknown: [String] { zip(names, wnids).filter { $0.1 == nil }.map(\.0) }
}
