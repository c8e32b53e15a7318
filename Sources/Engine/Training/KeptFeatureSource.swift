import Basics
import Datasets
import Files
import Kernels
import Networks

/// Hands the head of a network what its backbone makes of images that are never augmented: each goes through the backbone once, and what
/// comes out is kept in a file.
///
/// The backbone sees the images in chunks that depend on the split alone, so that an image's features are the same bits whichever
/// batch asks for them first, and in a training that was killed and resumed.
package final class KeptFeatureSource: BatchSource {
  /// Images of a chunk.
  package static let chunk = 16

  private let images: any BatchSource
  private let backbone: Network
  private let file: FeatureFile
  /// All samples that are ever asked for, in the order of the chunks.
  private let all: [Sample]
  /// Of each image of the split, its place in `all`.
  private let places: [Int32: Int]
  private let name: (Int32) -> String
  private let batch: Int
  private var samples: ArraySlice<Sample> = []
  private var reasons: [Int32: SkippedImage] = [:]

  /// - Parameters:
  ///   - images: delivers batches of ``chunk`` images.
  ///   - backbone: for batches of ``chunk``.
  ///   - all: the samples of the split that may be asked for.
  ///   - batch: how many rows `next` fills.
  ///   - path: of the file. What it holds of other features is overwritten.
  ///   - name: how an image of the split is called.
  init(
    _ images: any BatchSource, through backbone: Network, of all: [Sample], batch: Int, path: String,
    name: @escaping (Int32) -> String
  ) throws(Problem) {
    precondition(backbone.batch == Self.chunk, "a backbone for \(backbone.batch) images, not a chunk's \(Self.chunk)")
    self.images = images
    self.backbone = backbone
    self.all = all
    self.batch = batch
    self.name = name
    places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.index, $0) })
    file = try FeatureFile(path, width: backbone.logits.count / backbone.batch, chunk: Self.chunk)
  }

  package func begin(_ samples: [Sample], epoch: Int) { self.samples = samples[...] }

  package func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    precondition(!samples.isEmpty, "a batch was asked for beyond the samples that were begun")
    let wanted = samples.prefix(batch)
    samples = samples.dropFirst(batch)
    try make(Set(wanted.map { places[$0.index]! / Self.chunk }))
    var report = BatchReport(count: 0)
    let width = file.width
    let rows = input.elements
    for sample in wanted {
      let (chunk, row) = places[sample.index]!.quotientAndRemainder(dividingBy: Self.chunk)
      let target = UnsafeMutableBufferPointer(rebasing: rows[report.count * width..<(report.count + 1) * width])
      if try file.read(chunk, row, into: target) {
        labels[report.count] = sample.label
        report.count += 1
      } else {
        report.skipped.append(
          reasons[sample.index]
            ?? SkippedImage(index: sample.index, identifier: name(sample.index), reason: "it could not be decoded"))
      }
    }
    return report
  }

  /// Computes those of these chunks that the file does not hold.
  private func make(_ chunks: Set<Int>) throws(Problem) {
    var missing: [Int] = []
    for chunk in chunks.sorted() where try !file.holds(chunk) { missing.append(chunk) }
    guard !missing.isEmpty else { return }
    // The split's last chunk may be short; being the last of the sorted ones, it shifts no other.
    let parts = missing.map { all[$0 * Self.chunk..<min(all.count, ($0 + 1) * Self.chunk)] }
    images.begin(parts.flatMap { $0 }, epoch: 0)
    var labels = [Int32](repeating: 0, count: Self.chunk)
    for (chunk, part) in zip(missing, parts) {
      let made = try images.next(into: backbone.input, labels: &labels)
      let bad = Set(made.skipped.map(\.index))
      for image in made.skipped { reasons[image.index] = image }
      if made.count > 0 { backbone.forward(count: made.count, phase: .inference) }
      try file.write(chunk, rows: backbone.logits, present: part.map { !bad.contains($0.index) })
    }
  }
}
