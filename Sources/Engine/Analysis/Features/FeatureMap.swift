import Basics
import Datasets
import Pictures
import Taxonomy

/// A split's images on a plane: where their features lie along the two directions of most variance.
public struct FeatureMap: Sendable {
  public let run: String
  /// Nil where there is none.
  public let step: Int?
  public let space: String
  public let dataset: String
  public let split: Split
  /// One an image.
  public let points: [(x: Double, y: Double)]
  /// Of each image its fine class, an index into the dataset's classes.
  public let fines: [Int]
  /// Of the variance, in each direction.
  public let shares: [Double]

  /// - Throws: a ``Problem`` where there are fewer than two images.
  public init(
    _ features: any ImageFeatures, _ split: Split, progress: (Int) throws(Problem) -> Void = { _ in }
  ) throws(Problem) {
    let matrix = try features.matrix(split, progress: progress)
    let components = try PrincipalComponents(matrix.values, backend: features.backend)
    let scores = components.scores(of: matrix.values, backend: features.backend)
    let width = scores.shape[1]
    let labels = features.dataset.labels(split)
    (run, step, space, dataset) = (features.id, features.checkpoint, features.space, features.dataset.name)
    self.split = split
    points = matrix.indices.indices.map { row in
      (Double(scores.elements[row * width]), width > 1 ? Double(scores.elements[row * width + 1]) : 0)
    }
    fines = matrix.indices.map { Int(labels[Int($0)]) }
    shares = components.shares
  }

  package init(run: String, step: Int?, space: String, dataset: String, points: [(x: Double, y: Double)], fines: [Int], shares: [Double]) {
    (self.run, self.step, self.space, self.dataset, split) = (run, step, space, dataset, .val)
    (self.points, self.fines, self.shares) = (points, fines, shares)
  }

  /// The map in the colours of some groups.
  public func picture(_ colouring: Colouring) -> ScatterPicture {
    let shares = shares.map { decimals(100 * $0, 1) + " %" }.joined(separator: " and ")
    return ScatterPicture(
      title: [
        "\(space) of \(counted(points.count, "\(split.rawValue) image")) of \(dataset), by \(colouring.words)",
        "\(run)\(step.map { ", step \($0)" } ?? ""): the two directions of most variance (\(shares))",
      ],
      points: points, labels: fines.map { colouring.groupOfFine[$0] }, groups: colouring.groups)
  }

  /// Which images share a colour.
  public struct Colouring: Equatable, Sendable {
    /// Of each fine class; −1: none.
    public let groupOfFine: [Int]
    public let groups: [String]
    /// What the groups are.
    public let words: String

    /// By the classes of a label set.
    public init(_ set: LabelSet, classes: [FineClass]) {
      groupOfFine = set.targets(for: classes.map(\.wnid)).map { Int($0) }
      groups = set.classes.map(\.name)
      words = set.name
    }

    /// By the ancestors at a depth of the tree.
    public init(depth: Int, of tree: Hierarchy) {
      let found = tree.nodeOfFine.map { tree.ancestor(Int($0), atDepth: depth) }
      let distinct = Set(found).sorted()
      let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
      groupOfFine = found.map { places[$0]! }
      groups = distinct.map { tree.name($0) }
      words = "ancestor at depth \(depth)"
    }

    /// The shallowest depth that tells six groups or more apart.
    public static func depth(of tree: Hierarchy) -> Int {
      (0...tree.deepest).first { depth in Set(tree.nodeOfFine.map { tree.ancestor(Int($0), atDepth: depth) }).count >= 6 } ?? tree.deepest
    }
  }
}
