import Basics
import Taxonomy

/// How wrong a net is by the tree: mistakes within a small subtree weigh less than those across it.
public struct HierarchicalError: Codable, Equatable, Sendable {
  public struct Level: Codable, Equatable, Sendable {
    public var depth: Int
    /// Classes at this depth, those that end above it counted as themselves.
    public var classes: Int
    /// The share of images whose predicted and true class have the same ancestor there.
    public var accuracy: Double
  }

  public var images, errors: Int
  /// Of the lowest common ancestor of the true and the predicted class, averaged over the errors: the height of a node is the
  /// longest way down from it to a fine class (Deng, Berg, Li, Fei-Fei 2010, §4.2). Nil without errors.
  public var meanHeightOfErrors: Double?
  /// The same over all images, right ones counting 0.
  public var meanHeight: Double
  public var levels: [Level]

  /// - Throws: a ``Problem`` where a class of the net is not in the tree.
  public init(_ predictions: RunPredictions, on tree: Hierarchy) throws(Problem) {
    let classes = predictions.labelSet.classes
    var nodes: [Int] = []
    for target in classes {
      guard let node = tree.node(wnid: target.wnid) else {
        throw Problem("a class of the run is not in the tree", at: target.wnid, expected: "a node above the dataset's classes")
      }
      nodes.append(node)
    }
    let heights = tree.heights
    var (errors, sum) = (0, 0)
    for (truth, prediction) in zip(predictions.truths, predictions.predictions) where truth != prediction {
      errors += 1
      // A net that says nothing is as wrong as can be.
      let common = prediction < 0 ? nil : tree.lowestCommonAncestor(nodes[Int(truth)], nodes[Int(prediction)])
      sum += common.map { heights[$0] } ?? tree.deepest + 1
    }
    images = predictions.truths.count
    self.errors = errors
    meanHeightOfErrors = errors > 0 ? Double(sum) / Double(errors) : nil
    meanHeight = images > 0 ? Double(sum) / Double(images) : 0
    levels = (0...tree.deepest).map { depth in
      let at = nodes.map { tree.ancestor($0, atDepth: depth) }
      let right = zip(predictions.truths, predictions.predictions).count { $1 >= 0 && at[Int($0)] == at[Int($1)] }
      return Level(
        depth: depth, classes: Set(at).count, accuracy: predictions.truths.isEmpty ? 0 : Double(right) / Double(predictions.truths.count))
    }
  }
}
