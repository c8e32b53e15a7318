import Taxonomy
import Training

/// How well a node of the tree was recognised: of the images whose class lies below it, how many were taken for a class below
/// it, whichever that was.
public struct NodeResult: Codable, Equatable, Sendable {
  /// Its number in the hierarchy.
  public var node: Int
  public var wnid: String
  public var name: String
  /// The target classes at or below it.
  public var classes: Int
  public var images, right: Int
  /// Whether it parts its classes: a node whose one child has them all says nothing new.
  public var isFork: Bool

  /// 0…1.
  public var accuracy: Double { Double(right) / Double(images) }
}

extension ClassResults {
  /// Every node that has validation images, in the hierarchy's order. Images whose confusion is not listed count as wrong
  /// everywhere.
  public func nodes(of labelSet: LabelSet, in hierarchy: Hierarchy) -> [NodeResult] {
    let places = labelSet.classes.map { Self.node(of: $0, in: hierarchy) }
    var (images, right, classes) = (
      [Int](repeating: 0, count: hierarchy.count), [Int](repeating: 0, count: hierarchy.count),
      [Int](repeating: 0, count: hierarchy.count)
    )
    /// Where two classes are one.
    func joint(_ a: Int, _ b: Int) -> Int? {
      sequence(first: a) { hierarchy.parent($0) }.first { hierarchy.subtree($0).contains(b) }
    }
    for label in 0..<Swift.min(self.classes, places.count) {
      guard let place = places[label] else { continue }
      images[place] += Int(self.images[label])
      right[place] += Int(self.right[label])
      classes[place] += 1
    }
    for confusion in confusions {
      guard let prediction = confusion.prediction, let a = places[confusion.label], let b = places[prediction],
        let node = joint(a, b)
      else { continue }
      right[node] += confusion.count
    }
    var largest = [Int](repeating: 0, count: hierarchy.count)
    for node in hierarchy.nodes.reversed() {
      guard let parent = hierarchy.parent(node) else { continue }
      images[parent] += images[node]
      right[parent] += right[node]
      classes[parent] += classes[node]
      largest[parent] = max(largest[parent], classes[node])
    }
    return hierarchy.nodes.filter { images[$0] > 0 }.map { node in
      NodeResult(
        node: node, wnid: hierarchy.wnid(node), name: hierarchy.name(node), classes: classes[node],
        images: images[node], right: right[node], isFork: classes[node] > largest[node])
    }
  }

  /// The node of a class's synset, else the lowest one above all of its members.
  private static func node(of target: TargetClass, in hierarchy: Hierarchy) -> Int? {
    if let node = hierarchy.node(wnid: target.wnid) { return node }
    let members = target.members.compactMap { hierarchy.node(wnid: $0) }
    guard let first = members.min(), let last = members.max() else { return nil }
    // Subtrees are ranges of nodes.
    return sequence(first: first) { hierarchy.parent($0) }.first { hierarchy.subtree($0).contains(last) }
  }
}
