import Basics
import Datasets
import Taxonomy

/// Random training images of label sets as one picture, the parts of a split side by side (the paper's Fig. 8).
public struct Collage: Sendable {
  public let picture: Picture
  /// What could not be decoded, and was left out.
  public let unreadable: [Problem]

  /// - Parameters:
  ///   - parts: label sets, with the dataset that each is of.
  ///   - images: how many of each label set, where it has so many.
  /// - Throws: a ``Problem`` where a label set has no image that can be decoded, or the whole is too large.
  public init(
    _ parts: [(set: LabelSet, dataset: any Dataset)], sheet: CollageSheet, images: Int, seed: UInt64
  ) throws(Problem) {
    var pictures: [Picture] = []
    var unreadable: [Problem] = []
    for part in parts {
      var draw = try CollageDraw(part.set, of: part.dataset, seed: seed)
      let tiles = draw.pictures(images, of: part.dataset, unreadable: &unreadable)
      guard !tiles.isEmpty else {
        throw Problem(
          "no image of the label set can be decoded", at: part.set.name,
          advice: "see \(ShellCommand("data", "check", part.dataset.name).inSentence)")
      }
      pictures.append(try sheet.compose(tiles))
    }
    picture = try CollageSheet.beside(pictures, gap: sheet.size / 2)
    self.unreadable = unreadable
  }
}

extension CollageDraw {
  /// The next pictures, as many as there are; those that cannot be decoded are passed over.
  public mutating func pictures(_ count: Int, of dataset: any Dataset, unreadable: inout [Problem]) -> [Picture] {
    var pictures: [Picture] = []
    while pictures.count < count, let (image, _) = next() {
      do throws(Problem) {
        pictures.append(try dataset.picture(.train, image))
      } catch {
        unreadable.append(error)
      }
    }
    return pictures
  }
}
