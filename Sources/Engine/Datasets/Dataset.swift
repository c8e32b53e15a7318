import Basics

/// The part of a dataset that an image belongs to.
public enum Split: String, Codable, Sendable, CaseIterable {
  case train, val
}

/// Images with a fine class each. A dataset never changes while it is open, and may be asked from many threads.
public protocol Dataset: Sendable {
  var name: String { get }
  /// One sentence for people: what it is, where it lies.
  var summary: String { get }
  /// The fine classes in index order; a fine label is an index into this list.
  var classes: [FineClass] { get }
  /// Changes whenever the images, their order or their labels do; runs keep it to detect other data.
  var fingerprint: String { get }
  /// The size that all images share, where they do (28×28×1); nil for a tree of photographs.
  var imageSize: (height: Int, width: Int, channels: Int)? { get }

  /// The fine label of every image of a split; its count is the number of images.
  func labels(_ split: Split) -> [Int32]
  /// Decodes one image.
  /// - Throws: a ``Problem`` naming the file where the bytes are no image.
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture
  /// What identifies an image to a person: its path below the root, or `train/123`.
  func identifier(_ split: Split, _ index: Int) -> String
  /// The same for programs: the path's bytes as they are, which need not be text.
  func path(_ split: Split, _ index: Int) -> [UInt8]

  /// Loads what is kept in memory, so that the first picture does not wait for it. Every picture does so by itself.
  /// - Throws: a ``Problem`` where the split as a whole cannot be read.
  func prepare(_ split: Split) throws(Problem)
  /// Decodes one image, or what is needed of it, into memory that is used again.
  func load(_ split: Split, _ index: Int, _ need: ImageNeed, into buffer: PixelBuffer) throws(Problem)
}

extension Dataset {
  public func prepare(_ split: Split) throws(Problem) {}

  public func path(_ split: Split, _ index: Int) -> [UInt8] { Array(identifier(split, index).utf8) }

  public func load(_ split: Split, _ index: Int, _ need: ImageNeed, into buffer: PixelBuffer) throws(Problem) {
    buffer.copy(try picture(split, index))
  }
}

/// One class of a dataset, keyed by its wnid.
public struct FineClass: Codable, Equatable, Sendable {
  public var wnid: String
  /// The dataset's own word for it ("T-shirt/top"), or the synset's first lemma.
  public var name: String

  public init(wnid: String, name: String) {
    self.wnid = wnid
    self.name = name
  }
}
