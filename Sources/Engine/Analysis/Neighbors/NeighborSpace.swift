import Networks

/// Which activation is compared, whatever each net calls it: runs of different nets stand beside each other.
public enum NeighborSpace: String, Codable, Sendable, CaseIterable {
  /// The last activation before the classifier.
  case features
  /// What the classes are read from.
  case scores

  /// The layer's name; a net that is not known has no other than the usual one.
  public func layer(of network: String) -> String {
    guard let architecture = try? Architecture.named(network) else { return self == .features ? "fc7" : "fc8" }
    return self == .features ? architecture.features : architecture.layers(2).last?.name ?? architecture.features
  }
}
