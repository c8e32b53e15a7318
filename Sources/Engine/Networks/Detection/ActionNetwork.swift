import Basics
import Kernels
import Settings

/// An architecture's layers as R*CNN (Gkioxari et al. 2015, arXiv:1505.01197): its convolutions run over images of any size, its hidden layers over regions of
/// these, persons and what may be around them alike; two layers score each region, one as a person, the other as context.
public struct ActionNetwork: RegionNetwork {
  public let design: NetworkDesign
  public let backbone: [String]

  /// The layers that come out: scores of a region as a person and as context, codes of its box for each action.
  public static let (scores, context, codes) = ("cls_score", "context_cls_score", "bbox_pred")
}

extension Architecture {
  /// - Parameters:
  ///   - actions: how many there are.
  ///   - largest: height and width that every batch of images fits.
  /// - Throws: a ``Problem`` where the architecture cannot judge regions.
  public func actions(_ settings: ActionSettings, actions: Int, largest: (height: Int, width: Int)) throws(Problem) -> ActionNetwork {
    let trunk = try regionTrunk(freezes: settings.freezes, largest: largest)
    // More regions than fit together may be judged of one image.
    let pooled = trunk.pooled(keepsInput: true)
    let last = pooled.last!.name
    var judging: [any Layer] = [FullyConnected(ActionNetwork.scores, outputs: actions, weight: .gaussian(0.01))]
    if settings.context { judging.append(FullyConnected(ActionNetwork.context, from: last, outputs: actions, weight: .gaussian(0.01))) }
    if settings.boxLoss { judging.append(FullyConnected(ActionNetwork.codes, from: last, outputs: 4 * actions, weight: .gaussian(0.001))) }
    return ActionNetwork(
      design: NetworkDesign(
        trunk.backbone + pooled + judging, input: trunk.input, rowSets: [RowSet(ActionNetwork.regions, width: 5, perImage: settings.regions)],
        outputs: judging.map(\.name)),
      backbone: trunk.backbone.map(\.name))
  }
}
