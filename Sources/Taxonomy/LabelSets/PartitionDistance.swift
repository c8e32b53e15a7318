// The C library's logarithm; nothing else of it.
import func Glibc.log2

/// How far two partitions of the same things lie apart: what each tells that the other does not.
///
/// Each fine class that both label sets hold weighs the same. With p(a, b) the share of fine classes that are in class a of A and
/// in class b of B, the **variation of information** is VI = H(A|B) + H(B|A), in bits; a metric on partitions (Meilă 2003,
/// Comparing clusterings by the variation of information). It is 0 where both group alike, and at most log₂ n.
public struct PartitionDistance: Equatable, Sendable, Codable {
  /// How many fine classes both hold.
  public let fineClasses: Int
  /// How many classes of A and of B hold any of these.
  public let classesOfA, classesOfB: Int
  /// The number of classes of the common refinement: pairs of a class of A and one of B that share a fine class.
  public let commonRefinement: Int
  /// H(A|B): the bits that A's classes tell of a fine class whose class in B is known; 0 where B is finer.
  public let onlyInA: Double
  /// H(B|A); 0 where A is finer.
  public let onlyInB: Double

  /// VI in bits: the sum of the two.
  public let variationOfInformation: Double

  /// - Parameter pairs: the class in A and in B of each fine class that both hold; at least one.
  init(_ pairs: [(a: String, b: String)]) {
    precondition(!pairs.isEmpty, "no fine class is in both")
    let ofA = Self.counts(pairs.map(\.a)), ofB = Self.counts(pairs.map(\.b))
    // No wnid holds a space.
    let joint = Self.counts(pairs.map { $0.a + " " + $0.b })
    fineClasses = pairs.count
    (classesOfA, classesOfB, commonRefinement) = (ofA.count, ofB.count, joint.count)
    let (entropyOfA, entropyOfB, entropy) = (Self.entropy(ofA), Self.entropy(ofB), Self.entropy(joint))
    // H(A|B) = H(A, B) − H(B); exactly 0 where that is its value.
    onlyInA = joint.count == ofB.count ? 0 : max(0, entropy - entropyOfB)
    onlyInB = joint.count == ofA.count ? 0 : max(0, entropy - entropyOfA)
    variationOfInformation = onlyInA + onlyInB
  }

  /// The sizes of the groups, in an order that is always the same: sums of floats are equal to the last bit.
  private static func counts(_ names: [String]) -> [Int] {
    var counts: [String: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    return counts.values.sorted()
  }

  /// −Σ p log₂ p.
  private static func entropy(_ counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    return counts.reduce(0) { $0 - Double($1) / total * log2(Double($1) / total) }
  }
}
