import Basics
import Datasets
import Taxonomy

/// What is known of features that another program computed: `features.json`.
public struct ImportedDescription: Codable, Equatable, Sendable {
  /// A file that rows came from.
  public struct Source: Codable, Equatable, Sendable {
    public var file: String
    public var sha256: String
    public var labels: String
    @Bounded<Count> public var rows: Int
  }

  /// What made the file.
  public var program: String
  public var dataset: String
  /// The dataset's, when they were imported.
  public var fingerprint: String
  /// The layer's name.
  public var space: String
  /// The numbers of a row.
  @Bounded<SmallCount> public var width: Int
  /// Whether the numbers are scores of the classes of ``taught``.
  public var areScores: Bool
  /// The classes that the network was taught; nil where it was taught others, or nobody said.
  public var taught: LabelSet?
  /// Images that have a row.
  @Bounded<Count> public var train: Int
  @Bounded<Count> public var val: Int
  public var sources: [Source]
  /// The SHA-256 of which row of which file is of which image.
  public var rowsSHA256: String
  /// When they were imported, in seconds since 1970.
  @Bounded<Moment> public var created: Double
  public var note: String?

  public subscript(split: Split) -> Int { split == .train ? train : val }

  /// What identifies the numbers and what they are of, whatever they were called and whenever they were imported: `sha256:` and a digest.
  public var contentHash: String {
    let facts = ["imagenet-tui features 1", fingerprint, space, "\(width)", "\(areScores)", taught?.contentHash ?? "-", rowsSHA256] + sources.map(\.sha256)
    return "sha256:" + sha256(facts.joined(separator: "\n").utf8)
  }
}

/// What lists tell of features in a home.
public struct ImportedEntry: Codable, Equatable, Sendable {
  public var name: String
  /// Nil where it cannot be read.
  public var description: ImportedDescription?
  /// Bytes on the disk.
  public var size: Int
  /// Why they cannot be used now.
  public var problem: String?
}

/// Features that were removed and can be had back.
public struct RemovedFeatures: Codable, Equatable, Sendable {
  public var name: String
  /// When they were removed, in UTC: `2015-12-31 23:59:59`.
  public var removed: String
  public var path: String
}
