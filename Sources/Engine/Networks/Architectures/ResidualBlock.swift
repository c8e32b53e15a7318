/// The basic block of He et al. 2015 (arXiv:1512.03385, Fig. 5 left): two 3×3 convolutions with batch normalisation, and around them
/// a shortcut, which is a 1×1 convolution where the shape changes (option B). Names are torchvision's.
///
/// - Parameters:
///   - previous: the layer that the block reads.
///   - inputs: the channels of what it reads.
///   - stride: of the first convolution and the shortcut.
/// - Returns: the layers; the last one is `name.relu2`.
func residualBlock(_ name: String, after previous: String, inputs: Int, outputs: Int, stride: Int) -> [any Layer] {
  var layers: [any Layer] = []
  var shortcut = previous
  if stride != 1 || inputs != outputs {
    shortcut = "\(name).downsample.1"
    layers += [
      Convolution(
        "\(name).downsample.0", from: previous, outputs: outputs, kernel: 1, stride: stride, weight: .he, bias: nil),
      BatchNormalization(shortcut),
    ]
  }
  return layers + [
    Convolution(
      "\(name).conv1", from: previous, outputs: outputs, kernel: 3, stride: stride, padding: 1, weight: .he, bias: nil),
    BatchNormalization("\(name).bn1"),
    ReLU("\(name).relu1"),
    Convolution("\(name).conv2", outputs: outputs, kernel: 3, padding: 1, weight: .he, bias: nil),
    BatchNormalization("\(name).bn2"),
    Sum("\(name).sum", with: shortcut),
    ReLU("\(name).relu2"),
  ]
}

/// Stages of residual blocks, `layer1.0` and so on; every stage but the first halves the image.
///
/// - Parameters:
///   - previous: the layer in front, and its channels.
///   - stages: the channels and the number of blocks of each.
func residualStages(after previous: (name: String, channels: Int), _ stages: [(channels: Int, blocks: Int)]) -> [any Layer] {
  var layers: [any Layer] = []
  var (last, channels) = previous
  for (stage, (width, blocks)) in stages.enumerated() {
    for block in 0..<blocks {
      let name = "layer\(stage + 1).\(block)"
      layers += residualBlock(
        name, after: last, inputs: channels, outputs: width, stride: stage > 0 && block == 0 ? 2 : 1)
      (last, channels) = ("\(name).relu2", width)
    }
  }
  return layers
}
