import Basics
import Kernels
import Settings

/// A network whose first layers run over images of any size, and its last ones over regions of these.
public protocol RegionNetwork: Sendable {
  var design: NetworkDesign { get }
  /// The layers that run over the image and are the architecture's own.
  var backbone: [String] { get }
}

extension RegionNetwork {
  /// The row set of the regions, [image, x1, y1, x2, y2] in pixels of the network's input.
  public static var regions: String { "regions" }
}

/// What an architecture gives to a network that judges regions.
struct RegionTrunk {
  /// Of the largest image.
  let input: [Int]
  /// The layers that run over images.
  let backbone: [any Layer]
  /// Pixels of the input from one cell of the last of these to the next.
  let stride: Int
  private let judging: [any Layer]
  private let cells: Int

  fileprivate init(_ architecture: Architecture, freezes: Bool, largest: (height: Int, width: Int)) throws(Problem) {
    let plain = try Wiring(architecture.layers(2), input: architecture.inputShape)
    let split = try architecture.regionSplit(plain)
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
    if freezes { for index in convolutions.prefix(architecture.frozenConvolutions) { backbone[index] = (backbone[index] as! Convolution).frozen() } }
    func normalizing(_ layers: [any Layer]) -> [any Layer] { layers.map { ($0 as? BatchNormalization)?.frozen() ?? $0 } }
    (backbone, rest) = (normalizing(backbone), normalizing(rest))
    let wiring = try Wiring(backbone, input: [largest.height, largest.width, architecture.input.channels])
    (self.backbone, judging, cells) = (backbone, rest, split.cells)
    (input, stride) = (wiring.shapes[0], wiring.stride(of: backbone.count - 1))
  }

  /// The pooling of regions and the layers behind it, without the classifier.
  /// - Parameter keepsInput: as ``RegionPooling`` has it.
  func pooled(keepsInput: Bool = false) -> [any Layer] {
    let features = backbone.last!.name
    let pooling = RegionPooling("roi_pool", of: features, rowSet: DetectionNetwork.regions, cells: cells, pixels: stride, keepsInput: keepsInput)
    return [pooling] + judging.reading(pooling.name, insteadOf: features)
  }
}

extension Architecture {
  /// - Parameters:
  ///   - freezes: whether the first convolutions stay as they are.
  ///   - largest: height and width that every batch of images fits.
  /// - Throws: a ``Problem`` where the architecture cannot judge regions.
  func regionTrunk(freezes: Bool, largest: (height: Int, width: Int)) throws(Problem) -> RegionTrunk { try RegionTrunk(self, freezes: freezes, largest: largest) }

  /// Where the layers part: those in front of `end` run over the image, those from `start` on over regions of cells × cells. The last pooling is
  /// left out, in whose place regions are pooled; residual networks, which have none, part in front of their last stage (He et al. 2015, appendix A).
  fileprivate func regionSplit(_ wiring: Wiring) throws(Problem) -> (end: Int, start: Int, cells: Int) {
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
    throw Problem("the network cannot judge regions", at: name, expected: "one that ends with a pooling and hidden layers, or with residual stages", kind: .usage)
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
