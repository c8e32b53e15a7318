import Basics
import Pictures
import Taxonomy

/// What coarse classes a net on fine ones has formed, and how wrong it is, as that is told: in words, on the screen, as JSON and as bars.
package struct CoarseFineStudy: Encodable, Sendable {
  package struct Pair: Encodable, Equatable, Sendable {
    package var truth, truthWnid, prediction, predictionWnid: String
    package var images: Int
  }

  /// The confusions behind a bar.
  package struct Behind: Encodable, Equatable, Sendable {
    package var wnid, name: String
    /// Those of most images first.
    package var confusions: [Pair]

    package init(_ wnid: String, _ predictions: RunPredictions, coarse: LabelSet, limit: Int = 20) {
      self.wnid = wnid
      name = coarse.classes.first { $0.wnid == wnid }?.name ?? wnid
      confusions = CoarseFromFine.confusions(of: wnid, predictions, coarse: coarse, limit: limit).map {
        Pair(truth: $0.truth.name, truthWnid: $0.truth.wnid, prediction: $0.prediction.name, predictionWnid: $0.prediction.wnid, images: $0.count)
      }
    }
  }

  package var run: String
  package var step: Int
  package var dataset, labels: String
  package var images, minMembers: Int
  package var result: CoarseFromFine
  package var tree: HierarchicalError
  package var behind: Behind?
  package var merges: MergeProposal?

  /// - Parameters:
  ///   - step: of the run's checkpoint; `dataset`: whose images it was asked about.
  package init(
    run: String, step: Int, dataset: String, _ predictions: RunPredictions, coarse: LabelSet, minMembers: Int, tree: Hierarchy
  ) throws(Problem) {
    (self.run, self.step, self.dataset, labels) = (run, step, dataset, coarse.name)
    (images, self.minMembers) = (predictions.truths.count, minMembers)
    result = try CoarseFromFine(predictions, coarse: coarse, minMembers: minMembers)
    self.tree = try HierarchicalError(predictions, on: tree)
  }

  /// The bars of the classes at either end as a picture.
  /// - Parameter top: how many of each end; 0: all.
  package func chart(top: Int) -> BarPicture {
    let rows = top == 0 || result.rows.count - min(top, result.rows.count) <= top ? result.rows : Array(result.rows.prefix(top) + result.rows.suffix(top))
    return BarPicture(
      title: ["coarse − fine accuracy, \(labels)", "\(run), step \(step): \(counted(images, "validation image")) of \(dataset)"],
      unit: "points", bars: rows.map { .init(name: $0.name, value: $0.difference, note: counted($0.members, "member")) })
  }
}
