import Basics

/// Boxes of images that may hold something: what R*CNN looks for context in.
public protocol CandidateRegions: Sendable {
  /// What results call them, such as "grid".
  var source: String { get }
  /// The boxes of images, in their order: each within its image, always in the same order.
  /// - Parameters:
  ///   - images: of `dataset`.
  ///   - progress: hears how many images are done; what it throws ends the work.
  /// - Throws: a ``Problem`` where none are known of an image, or it cannot be decoded.
  func boxes(
    of images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int, progress: (Int) throws(Problem) -> Void
  ) throws(Problem) -> [[Box]]
}

extension KeptCandidates: CandidateRegions {
  public var source: String { "selective-search" }
}

/// The same boxes for every image of a size: longer sides of 25, 50, 75 and 100 % of the image's, heights of half, all and twice the width in shares of
/// the image, and a step of a quarter of the longer side. 700 in all, the whole image among them.
public struct GridCandidates: CandidateRegions {
  public init() {}

  public let source = "grid"

  public func boxes(
    of images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int, progress: (Int) throws(Problem) -> Void
  ) -> [[Box]] { images.map { boxes(width: $0.width, height: $0.height) } }

  /// - Parameter width: of the image, in pixels.
  public func boxes(width: Int, height: Int) -> [Box] {
    let (width, height) = (Float(width), Float(height))
    return Self.shares.compactMap { share in
      // Whole pixels; in images of few pixels some have none.
      let box = Box((share.x1 * width).rounded(), (share.y1 * height).rounded(), (share.x2 * width).rounded() - 1, (share.y2 * height).rounded() - 1)
      return box.x1 <= box.x2 && box.y1 <= box.y2 ? box : nil
    }
  }

  /// Edges as shares of the image's sides.
  private static let shares: [Box] = {
    var shares: [Box] = []
    for side: Float in [0.25, 0.5, 0.75, 1] {
      for (width, height) in [(side, side / 2), (side, side), (side / 2, side)] {
        for y in places(height, step: side / 4) {
          for x in places(width, step: side / 4) { shares.append(Box(x, y, x + width, y + height)) }
        }
      }
    }
    return shares
  }()

  /// Where boxes of a length begin, from one edge of the image to the other, evenly and no further apart than a step.
  private static func places(_ length: Float, step: Float) -> [Float] {
    let gaps = ((1 - length) / step).rounded(.up)
    return gaps == 0 ? [0] : (0...Int(gaps)).map { (1 - length) * Float($0) / gaps }
  }
}
