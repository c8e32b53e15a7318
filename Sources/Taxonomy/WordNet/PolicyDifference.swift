/// A fine class whose chain to the root depends on the policy.
public struct PolicyDifference: Equatable, Sendable, Codable {
  /// The fine class.
  public let wnid: String
  /// Where the two chains part: the class itself or an ancestor of it.
  public let at: String
  /// The parent of `at` by each policy.
  public let byName, byFile: String

  /// The differences among the fine classes of a hierarchy (of either policy), in their order.
  public static func all(in hierarchy: Hierarchy) -> [PolicyDifference] {
    let wordNet = hierarchy.wordNet
    return hierarchy.fineClasses.compactMap { wnid in
      var next = wordNet.id(ofWnid: wnid)
      while let id = next {
        let byName = wordNet.primaryHypernym(of: id, policy: .name)
        let byFile = wordNet.primaryHypernym(of: id, policy: .file)
        if let byName, let byFile, byName != byFile {
          return PolicyDifference(
            wnid: wnid, at: wordNet.wnid(of: id), byName: wordNet.wnid(of: byName), byFile: wordNet.wnid(of: byFile))
        }
        next = byName
      }
      return nil
    }
  }
}
