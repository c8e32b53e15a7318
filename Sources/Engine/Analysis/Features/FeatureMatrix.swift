import Basics
import Datasets
import Files
import Kernels

/// One activation of many images: row i is that of image `indices[i]`.
public struct FeatureMatrix: Sendable {
  /// [images, features].
  public var values: Tensor
  /// The images' indices in their split.
  public var indices: [Int32]
  /// Those that were asked for and could not be decoded.
  public var skipped: [SkippedImage]
  /// Where the rows were kept and are yet to be held against their checksums.
  var kept: KeptRows?
  /// Where the rows are mapped.
  var file: MappedFile?

  /// - Throws: a ``Problem`` where kept rows are damaged; nil: all of them.
  package func check(_ rows: some Collection<Int>) throws(Problem) { try kept?.check(rows) }
  func check() throws(Problem) { try check(0..<indices.count) }

  public init(values: Tensor, indices: [Int32], skipped: [SkippedImage]) {
    self.init((values, nil), indices: indices, skipped: skipped)
  }

  init(_ rows: (values: Tensor, file: MappedFile?), indices: [Int32], skipped: [SkippedImage]) {
    let (values, file) = rows
    precondition(values.shape[0] == indices.count, "\(indices.count) indices for a matrix of \(values.shape)")
    self.values = values
    self.file = file
    self.indices = indices
    self.skipped = skipped
  }
}

/// Which images the rows of a matrix are of.
public struct ExtractedImages: Sendable {
  /// Of each row, the image's index in its split.
  public var indices: [Int32] = []
  /// Those that were asked for and could not be decoded.
  public var skipped: [SkippedImage] = []

  public init(indices: [Int32] = [], skipped: [SkippedImage] = []) {
    self.indices = indices
    self.skipped = skipped
  }
}
