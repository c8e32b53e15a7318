import Datasets
import Kernels
import Taxonomy

/// Groups of a net's classes that look alike to it: labels that respect visual commonality, as the paper proposes (§5.4). Classes are
/// joined two groups at a time, the most alike first, likeness averaged over the pairs between the groups (average linkage).
public struct MergeSuggestion: Codable, Equatable, Sendable {
  /// What makes classes alike.
  public enum Likeness: String, Codable, Sendable, CaseIterable {
    /// The share of images of both that are taken for the other.
    case confusion
    /// Minus the distance between the mean features of both, as a share of the mean distance of all pairs.
    case features
  }

  public struct Group: Codable, Equatable, Sendable {
    /// Fine classes, sorted by wnid; two or more.
    public var wnids: [String]
    public var names: [String]
    /// When its last two parts were joined.
    public var likeness: Double
  }

  public var likeness: Likeness
  /// The most alike first.
  public var groups: [Group]

  /// - Parameters:
  ///   - alike: of each pair of classes, in a square; symmetric.
  ///   - count: how many classes are to be left.
  ///   - least: no groups are joined that are less alike.
  public init(_ likeness: Likeness, classes: [FineClass], alike: [Double], leaving count: Int = 1, least: Double) {
    let all = classes.count
    precondition(alike.count == all * all, "\(alike.count) likenesses of \(all) classes")
    var alike = alike
    var members = classes.indices.map { [$0] }
    var joined = [Double](repeating: 0, count: all)
    var alive = Array(classes.indices)
    while alive.count > max(1, count) {
      var best: (likeness: Double, a: Int, b: Int)?
      for (place, a) in alive.enumerated() {
        for b in alive[(place + 1)...] where alike[a * all + b] > best?.likeness ?? -.infinity {
          best = (alike[a * all + b], a, b)
        }
      }
      guard let best, best.likeness >= least else { break }
      let (a, b) = (best.a, best.b)
      let (weightA, weightB) = (Double(members[a].count), Double(members[b].count))
      for other in alive where other != a && other != b {
        let mean = (alike[a * all + other] * weightA + alike[b * all + other] * weightB) / (weightA + weightB)
        alike[a * all + other] = mean
        alike[other * all + a] = mean
      }
      members[a] += members[b]
      joined[a] = best.likeness
      alive.removeAll { $0 == b }
    }
    self.likeness = likeness
    groups = alive.filter { members[$0].count > 1 }.map { index in
      let sorted = members[index].sorted { classes[$0].wnid < classes[$1].wnid }
      return Group(wnids: sorted.map { classes[$0].wnid }, names: sorted.map { classes[$0].name }, likeness: joined[index])
    }.sorted { ($1.likeness, $0.wnids[0]) < ($0.likeness, $1.wnids[0]) }
  }

  /// Joins whole nodes of the tree only: the topmost whose classes are alike on average over their pairs.
  public init(_ likeness: Likeness, classes: [FineClass], alike: [Double], alongTree tree: Hierarchy, least: Double) {
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1.wnid, $0) })
    var below = [[Int]](repeating: [], count: tree.count)
    var sums = [Double](repeating: 0, count: tree.count)
    for node in tree.nodes.reversed() {
      if let fine = tree.fineClass(node), let place = places[tree.fineClasses[fine]] {
        sums[node] += below[node].reduce(0) { $0 + alike[place * classes.count + $1] }
        below[node].append(place)
      }
      guard let parent = tree.parent(node) else { continue }
      sums[parent] += sums[node]
      for a in below[node] {
        for b in below[parent] { sums[parent] += alike[a * classes.count + b] }
      }
      below[parent] += below[node]
    }
    var groups: [Group] = []
    var end = 0
    for node in tree.nodes where node >= end && below[node].count > 1 {
      let pairs = Double(below[node].count * (below[node].count - 1) / 2)
      guard sums[node] / pairs >= least else { continue }
      end = tree.subtree(node).upperBound
      let sorted = below[node].sorted { classes[$0].wnid < classes[$1].wnid }
      groups.append(
        Group(wnids: sorted.map { classes[$0].wnid }, names: sorted.map { classes[$0].name }, likeness: sums[node] / pairs))
    }
    self.likeness = likeness
    self.groups = groups.sorted { ($1.likeness, $0.wnids[0]) < ($0.likeness, $1.wnids[0]) }
  }

  /// The node that each group comes together in.
  public func nodes(_ tree: Hierarchy) -> [String] {
    groups.compactMap { group in
      tree.lowestCommonAncestor(of: group.wnids.compactMap { tree.node(wnid: $0) }).map { tree.wnid($0) }
    }
  }

  /// Of each pair of classes the share of their images that are taken for the other, both directions weighing the same.
  public static func confusion(_ confusion: Confusion) -> [Double] {
    let count = confusion.classes
    func share(_ a: Int, _ b: Int) -> Double {
      confusion.images[a] > 0 ? Double(confusion[a, b]) / Double(confusion.images[a]) : 0
    }
    return (0..<count * count).map { place in
      let (a, b) = (place / count, place % count)
      return a == b ? 0 : (share(a, b) + share(b, a)) / 2
    }
  }

  /// Of each pair of classes minus the distance of their mean features, in units of the mean distance; classes without images are
  /// alike to none.
  public static func features(_ matrix: Tensor, labels: [Int32], classes: Int) -> [Double] {
    let width = matrix.shape[1]
    var sums = [Double](repeating: 0, count: classes * width)
    var counts = [Int](repeating: 0, count: classes)
    let values = matrix.elements
    for (row, label) in labels.enumerated() where label >= 0 {
      counts[Int(label)] += 1
      let (from, to) = (row * width, Int(label) * width)
      for i in 0..<width { sums[to + i] += Double(values[from + i]) }
    }
    for label in 0..<classes where counts[label] > 0 {
      for i in label * width..<(label + 1) * width { sums[i] /= Double(counts[label]) }
    }
    var distances = [Double](repeating: .infinity, count: classes * classes)
    var (total, pairs) = (0.0, 0)
    for a in 0..<classes where counts[a] > 0 {
      for b in 0..<a where counts[b] > 0 {
        var sum = 0.0
        for i in 0..<width {
          let difference = sums[a * width + i] - sums[b * width + i]
          sum += difference * difference
        }
        guard sum.isFinite else { continue }
        (distances[a * classes + b], distances[b * classes + a]) = (sum.squareRoot(), sum.squareRoot())
        (total, pairs) = (total + sum.squareRoot(), pairs + 1)
      }
    }
    let mean = total > 0 ? total / Double(pairs) : 1
    return distances.map { -$0 / mean }
  }
}
