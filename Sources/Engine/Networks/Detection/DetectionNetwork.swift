import Basics
import Settings

/// An architecture's layers as a detector, Faster R-CNN (Ren et al. 2015, arXiv:1506.01497): its convolutions run over an image of any size, a small
/// network on them proposes regions, and its last layers judge each of these.
public struct DetectionNetwork: RegionNetwork {
  public let design: NetworkDesign
  public let backbone: [String]

  /// The layers that come out: scores and codes of anchors, scores and codes of regions.
  public static let (anchorScores, anchorCodes, scores, codes) = ("rpn_cls", "rpn_box", "cls_score", "bbox_pred")
}

extension Architecture {
  /// - Parameters:
  ///   - classes: of objects, without the background.
  ///   - largest: height and width of the largest image.
  /// - Throws: a ``Problem`` where the architecture cannot be a detector.
  public func detection(_ settings: DetectionSettings, classes: Int, largest: (height: Int, width: Int)) throws(Problem) -> DetectionNetwork {
    let trunk = try regionTrunk(freezes: settings.freezes, largest: largest)
    let pooled = trunk.pooled()
    let anchors = settings.anchors
    let proposing: [any Layer] = [
      Convolution("rpn_conv", outputs: settings.channels, kernel: 3, padding: 1, weight: .gaussian(0.01)), ReLU("rpn_relu"),
      Convolution(DetectionNetwork.anchorScores, outputs: 2 * anchors, kernel: 1, weight: .gaussian(0.01)),
      Convolution(DetectionNetwork.anchorCodes, from: "rpn_relu", outputs: 4 * anchors, kernel: 1, weight: .gaussian(0.01)),
    ]
    let judging: [any Layer] = [
      FullyConnected(DetectionNetwork.scores, outputs: classes + 1, weight: .gaussian(0.01)),
      FullyConnected(DetectionNetwork.codes, from: pooled.last!.name, outputs: 4 * (classes + 1), weight: .gaussian(0.001)),
    ]
    return DetectionNetwork(
      design: NetworkDesign(
        trunk.backbone + proposing + pooled + judging, input: trunk.input,
        rowSets: [RowSet(DetectionNetwork.regions, width: 5, perImage: settings.mostRegions)],
        outputs: [DetectionNetwork.anchorScores, DetectionNetwork.anchorCodes, DetectionNetwork.scores, DetectionNetwork.codes]),
      backbone: trunk.backbone.map(\.name))
  }
}
