import Basics

/// How well candidate regions find the objects of images (Uijlings et al. 2013, IJCV 104, §4).
public struct CandidateRecall: Codable, Equatable, Sendable {
  public var source: String
  public var images: Int
  /// Those that are not difficult.
  public var objects: Int
  public var boxesPerImage: Double
  /// The share of objects with a candidate that overlaps them by half or more, 0…1.
  public var recall: Double
  /// The mean, over objects, of the largest overlap with any candidate, 0…1.
  public var meanBestOverlap: Double

  /// - Parameters:
  ///   - images: of `dataset`.
  ///   - progress: as ``CandidateRegions/boxes(of:in:workers:progress:)``.
  /// - Throws: as that, too.
  public init(
    _ candidates: any CandidateRegions, _ images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int,
    progress: (Int) throws(Problem) -> Void = { _ in }
  ) throws(Problem) {
    let boxes = try candidates.boxes(of: images, in: dataset, workers: workers, progress: progress)
    var (found, sum) = (0, 0.0)
    objects = 0
    for (image, boxes) in zip(images, boxes) {
      for object in image.objects where !object.isDifficult {
        let best = boxes.reduce(0) { max($0, $1.overlap(with: object.box)) }
        objects += 1
        found += best >= 0.5 ? 1 : 0
        sum += Double(best)
      }
    }
    (source, self.images) = (candidates.source, images.count)
    boxesPerImage = Double(boxes.reduce(0) { $0 + $1.count }) / Double(max(1, images.count))
    recall = Double(found) / Double(max(1, objects))
    meanBestOverlap = sum / Double(max(1, objects))
  }
}
