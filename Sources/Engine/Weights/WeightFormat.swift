/// How a file of weights names and lays out its tensors.
public enum WeightFormat: String, Codable, CaseIterable, Sendable {
  /// This program's checkpoints: kernels [outputs, height, width, inputs], fully connected weights over height, width, channel.
  case native
  /// PyTorch's layout (kernels [outputs, inputs, height, width], fully connected weights over channel, height, width), under the
  /// names of torchvision where it has the net; inputs are red, green, blue.
  case torchvision
  /// Caffe's: the same layout, inputs are blue, green, red. Its `BatchNorm` keeps the averages (`bn1.weight` the mean, `bn1.bias` the
  /// variance, `bn1.2` what both are to be divided by), its `Scale` the rest (`bn1_scale.weight`, `bn1_scale.bias`).
  case caffe

  /// The mean of ILSVRC-2012 that published weights of the format were trained with, red, green, blue, 0…255.
  var mean: [Float] {
    switch self {
    case .native, .torchvision: [123.675, 116.28, 103.53]
    case .caffe: [122.67891434, 116.66876762, 104.00698793]
    }
  }
}
