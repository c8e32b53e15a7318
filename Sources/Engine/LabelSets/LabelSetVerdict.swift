import Taxonomy

extension LabelSetDiff {
  /// How the two lie to each other, as a sentence without a full stop.
  public func verdict(_ a: String, _ b: String) -> String {
    switch relation {
    case .equal: "\(a) and \(b) are identical on the fine classes in both"
    case .finer: "\(a) is finer: each of its classes lies in one of \(b)"
    case .coarser: "\(a) is coarser: each class of \(b) lies in one of \(a)"
    case .crossing: "\(a) and \(b) cross: neither is finer"
    case .disjoint: "\(a) and \(b) have no fine class in common"
    }
  }
}
