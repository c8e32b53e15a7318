import Basics
import Files
import FoundationEssentials

/// The candidate regions that there are for a dataset, by their source: the grid, selective search, and files that somebody brought.
public struct CandidateStore: Sendable {
  private let home: Home
  private let folder: String

  /// - Parameter dataset: the name of one that was added.
  public init(home: Home, dataset: String) { (self.home, folder) = (home, Registration.folder(dataset, in: home) + "/candidates") }

  private static let ending = ".boxes"

  /// What was brought, sorted.
  public var brought: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(Self.ending) }.map { String($0.dropLast(Self.ending.count)) }
      .filter(DatasetName.isValid).sorted()
  }

  /// The regions of a source. Those of selective search are computed when they are asked for, and kept.
  /// - Throws: a ``Problem`` where there is no such source.
  public func open(_ source: String) throws(Problem) -> any CandidateRegions {
    let made: [any CandidateRegions] = [GridCandidates(), KeptCandidates(home: home)]
    if let known = made.first(where: { $0.source == source }) { return known }
    guard brought.contains(source) else {
      throw Problem(
        "there are no such candidate regions", at: source, expected: "one of \((made.map(\.source) + brought).joined(separator: ", "))",
        advice: "bring them: see `imagenet-tui data candidates --help`", kind: .notFound)
    }
    return try BroughtCandidates(path: path(source), source: source)
  }

  /// Keeps a file of candidate regions that somebody brings (``CandidateList``).
  /// - Parameters:
  ///   - firstPixel: what the file calls the first pixel, 0 or 1.
  ///   - images: those of the dataset.
  /// - Returns: how many images and boxes were kept, and the lines of images that are not among these.
  /// - Throws: a ``Problem`` where a line is wrong, or the source cannot be called so or is there already; nothing is kept then.
  public func keep(
    _ source: String, file: String, firstPixel: Int, images: [AnnotatedImage]
  ) throws(Problem) -> (images: Int, boxes: Int, strangers: Int) {
    guard DatasetName.isValid(source), source != GridCandidates().source, source != KeptCandidates(home: home).source else {
      throw Problem(
        "candidate regions cannot be called so", at: source, expected: "up to 64 letters, digits, `.`, `_`, `-`, and not `grid` or `selective-search`", kind: .usage)
    }
    guard !hasFile(path(source)) else {
      throw Problem("candidate regions of this name are there", at: path(source), advice: "choose another name with --as, or delete the file", kind: .cannotWrite)
    }
    let list = try CandidateList(file: file, firstPixel: firstPixel, images: images)
    try AtomicFile.write(BroughtCandidates.encode(list.boxes, of: images), to: path(source))
    return (list.boxes.count, list.boxes.values.reduce(0) { $0 + $1.count }, list.strangers)
  }

  private func path(_ source: String) -> String { "\(folder)/\(source)\(Self.ending)" }
}
