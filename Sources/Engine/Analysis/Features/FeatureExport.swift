import Basics
import Datasets
import Files
import Kernels

/// A feature matrix as files for other programs: `FILE.npy` with the floats, `FILE.tsv` with the image and class of each row, and a folder
/// `FILE-projector` that TensorBoard's projector opens (`tensorboard --logdir`).
public struct FeatureExport: Sendable {
  public struct Report: Codable, Equatable, Sendable {
    public var rows, width: Int
    /// Rows in the projector's files.
    public var projected: Int
    public var files: [String]
  }

  let dataset: any Dataset
  let split: Split
  let matrix: FeatureMatrix

  public init(_ matrix: FeatureMatrix, of dataset: any Dataset, _ split: Split) {
    (self.matrix, self.dataset, self.split) = (matrix, dataset, split)
  }

  /// The sprite's largest side in pixels: WebGL's textures take no more everywhere.
  static let largestSprite = 8192

  /// Writes everything; files of these names are replaced.
  /// - Parameters:
  ///   - path: of the .npy file.
  ///   - projected: images for the projector, evenly drawn from the rows; 0: no such folder.
  ///   - thumbnail: the side of an image in the sprite.
  /// - Throws: a ``Problem`` where features cannot be computed, or the files cannot be written.
  public func write(to path: String, projected: Int, thumbnail: Int = 32) throws(Problem) -> Report {
    let base = path.hasSuffix(".npy") ? String(path.dropLast(4)) : path
    let width = matrix.values.shape[1]
    try NumPyFile.write(width: width, to: base + ".npy") { (writer) throws(Problem) in
      // In blocks: the rows may lie in a mapped file that is larger than the memory.
      for first in stride(from: 0, to: matrix.values.shape[0], by: 4096) {
        try writer.append(matrix.values.rows(first..<min(matrix.values.shape[0], first + 4096)))
      }
    }
    try AtomicFile.write(table(matrix.indices.indices), to: base + ".tsv")
    var report = Report(rows: matrix.indices.count, width: width, projected: 0, files: [base + ".npy", base + ".tsv"])
    guard projected > 0, !matrix.indices.isEmpty else { return report }
    let columns = Self.largestSprite / thumbnail
    let chosen = Self.evenly(min(projected, columns * columns), of: matrix.indices.count)
    let folder = base + "-projector"
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(table(chosen), to: folder + "/metadata.tsv")
    try AtomicFile.write(vectors(chosen), to: folder + "/vectors.tsv")
    try AtomicFile.write(ImageCodec.png(sprite(chosen, side: thumbnail)), to: folder + "/sprite.png")
    try AtomicFile.write(Self.configuration(thumbnail), to: folder + "/projector_config.pbtxt")
    report.projected = chosen.count
    report.files.append(folder)
    return report
  }

  /// A line for each row: its image's index, what identifies it, and its class.
  func table(_ rows: some Collection<Int>) -> String {
    let labels = dataset.labels(split)
    var lines = ["index\timage\twnid\tclass"]
    for row in rows {
      let image = Int(matrix.indices[row])
      let fine = dataset.classes[Int(labels[image])]
      // The names of files may hold anything.
      let text = printable(dataset.identifier(split, image))
      lines.append("\(image)\t\(text)\t\(fine.wnid)\t\(printable(fine.name))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func vectors(_ rows: [Int]) -> String {
    let width = matrix.values.shape[1]
    let values = matrix.values.elements
    var text = ""
    for row in rows {
      text += (0..<width).map { "\(values[row * width + $0])" }.joined(separator: "\t") + "\n"
    }
    return text
  }

  /// The images row by row in a square, as the projector wants them.
  private func sprite(_ rows: [Int], side: Int) throws(Problem) -> Picture {
    var columns = 1
    while columns * columns < rows.count { columns += 1 }
    var sheet = try Picture.white(width: columns * side, height: columns * side)
    for (place, row) in rows.enumerated() {
      guard let picture = try? dataset.picture(split, Int(matrix.indices[row])) else { continue }
      sheet.draw(picture.warped(to: side), x: place % columns * side, y: place / columns * side)
    }
    return sheet
  }

  static func evenly(_ count: Int, of total: Int) -> [Int] {
    count >= total ? Array(0..<total) : (0..<count).map { $0 * total / count }
  }

  private static func configuration(_ side: Int) -> String {
    """
    embeddings {
      tensor_name: "features"
      tensor_path: "vectors.tsv"
      metadata_path: "metadata.tsv"
      sprite {
        image_path: "sprite.png"
        single_image_dim: \(side)
        single_image_dim: \(side)
      }
    }

    """
  }
}
