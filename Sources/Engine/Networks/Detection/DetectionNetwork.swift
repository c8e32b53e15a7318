import Basics
import Settings

/// An architecture's layers as a detector, Faster R-CNN (Ren et al. 2015, arXiv:1506.01497): its convolutions run over an image of any size, a small
/// network on them proposes regions, and its last layers judge each of these.
public struct DetectionNetwork: Sendable {
  public let design: NetworkDesign
  /// The layers that run over the image and are the architecture's own.
  package let backbone: [String]

  /// The row set, and the layers that come out: scores and codes of anchors, scores and codes of regions.
  public static let regions = "regions"
  public static let (anchorScores, anchorCodes, scores, codes) = ("rpn_cls", "rpn_box", "cls_score", "bbox_pred")
  static let pooling = "roi_pool"
}

extension Architecture {
  /// - Parameters:
  ///   - classes: of objects, without the background.
  ///   - largest: height and width of the largest image.
  /// - Throws: a ``Problem`` where the architecture cannot be a detector.
  public func detection(_ settings: DetectionSettings, classes: Int, largest: (height: Int, width: Int)) throws(Problem) -> DetectionNetwork {
    let plain = try Wiring(layers(2), input: inputShape)
    let split = try regionSplit(plain)
    var (backbone, rest) = (Array(plain.layers[..<split.end]), Array(plain.layers[split.start...].dropLast()))
    // Cell k of the feature map is centred on pixel k · stride, as regions and anchors take it, where every layer that moves on by more than one is
    // padded by half its kernel; the classifier's padding has them elsewhere.
    for index in backbone.indices {
      if var layer = backbone[index] as? Convolution, layer.kernel % 2 == 1, layer.stride > 1 {
        layer.padding = layer.kernel / 2
        backbone[index] = layer
      } else if var layer = backbone[index] as? Pooling {
        layer.padding = (layer.kernel - 1) / 2
        // Halves of odd sides are kept, as in Caffe; the sides of classification are even.
        if layer.kernel % 2 == 0 { layer.roundsUp = true }
        backbone[index] = layer
      }
    }
    let convolutions = backbone.indices.filter { backbone[$0] is Convolution }
    if settings.freezes { for index in convolutions.prefix(frozenConvolutions) { backbone[index] = (backbone[index] as! Convolution).frozen() } }
    func normalizing(_ layers: [any Layer]) -> [any Layer] { layers.map { ($0 as? BatchNormalization)?.frozen() ?? $0 } }
    (backbone, rest) = (normalizing(backbone), normalizing(rest))

    let wiring = try Wiring(backbone, input: [largest.height, largest.width, input.channels])
    let (features, stride) = (backbone.last!.name, wiring.stride(of: backbone.count - 1))
    let anchors = settings.anchors
    let proposing: [any Layer] = [
      Convolution("rpn_conv", outputs: settings.channels, kernel: 3, padding: 1, weight: .gaussian(0.01)), ReLU("rpn_relu"),
      Convolution(DetectionNetwork.anchorScores, outputs: 2 * anchors, kernel: 1, weight: .gaussian(0.01)),
      Convolution(DetectionNetwork.anchorCodes, from: "rpn_relu", outputs: 4 * anchors, kernel: 1, weight: .gaussian(0.01)),
    ]
    let pooling = RegionPooling(
      DetectionNetwork.pooling, of: features, rowSet: DetectionNetwork.regions, cells: split.cells, pixels: stride)
    let judging: [any Layer] = [
      FullyConnected(DetectionNetwork.scores, outputs: classes + 1, weight: .gaussian(0.01)),
      FullyConnected(DetectionNetwork.codes, from: rest.last!.name, outputs: 4 * (classes + 1), weight: .gaussian(0.001)),
    ]
    return DetectionNetwork(
      design: NetworkDesign(
        backbone + proposing + [pooling] + rest.reading(pooling.name, insteadOf: features) + judging, input: wiring.shapes[0],
        rowSets: [RowSet(DetectionNetwork.regions, width: 5, perImage: settings.mostRegions)],
        outputs: [DetectionNetwork.anchorScores, DetectionNetwork.anchorCodes, DetectionNetwork.scores, DetectionNetwork.codes]),
      backbone: backbone.map(\.name))
  }

  /// Where the layers part: those in front of `end` run over the image, those from `start` on over regions of cells × cells. The last pooling is
  /// left out, in whose place regions are pooled; residual networks, which have none, part in front of their last stage (He et al. 2015, appendix A).
  private func regionSplit(_ wiring: Wiring) throws(Problem) -> (end: Int, start: Int, cells: Int) {
    let layers = wiring.layers
    if let flat = layers.firstIndex(where: { $0 is Flatten }), flat > 0, layers[flat - 1] is Pooling {
      return (flat - 1, flat, wiring.outputShape(of: flat - 1)[0])
    }
    if let last = layers.lastIndex(where: { $0 is Convolution && $0.stride > 1 && !$0.name.contains("downsample") }) {
      let stage = layers[last].name.prefix { $0 != "." }
      if let start = layers.firstIndex(where: { $0.name.hasPrefix(stage + ".") }), start > 0 {
        return (start, start, wiring.outputShape(of: start - 1)[0])
      }
    }
    throw Problem("the network cannot be a detector", at: name, expected: "one that ends with a pooling and hidden layers, or with residual stages", kind: .usage)
  }
}

extension [any Layer] {
  /// The same layers, where one that reads `old` reads `new`.
  fileprivate func reading(_ new: String, insteadOf old: String) -> [any Layer] {
    map { layer in
      guard var convolution = layer as? Convolution, convolution.source == old else { return layer }
      convolution.source = new
      return convolution
    }
  }
}

extension Convolution {
  func frozen() -> Convolution {
    var layer = self
    layer.learns = false
    return layer
  }
}

extension BatchNormalization {
  func frozen() -> BatchNormalization {
    var layer = self
    layer.learns = false
    return layer
  }
}
