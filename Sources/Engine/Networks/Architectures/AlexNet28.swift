import Kernels
import Settings

/// AlexNet's family (Krizhevsky et al. 2012: five convolutions, response normalisation, overlapping max pooling, groups,
/// two hidden layers with dropout) scaled to 28×28 grey images: 12.5 million multiply-adds an image instead of
/// 724 million, so that a training takes minutes.
///
/// Three things differ from the large net. A standard deviation of .01 would let the signal die in layers with so few
/// inputs: weights start after He et al. 2015 (arXiv:1502.01852), and inputs are scaled to about unit variance. And a
/// training of four epochs underfits rather than overfits: dropout leaves out a quarter, not half.
extension Architecture {
  static let alexNet28 = Architecture(
    name: "alexnet-28",
    summary: "small AlexNet for 28×28 grayscale images (MNIST, Fashion-MNIST)",
    input: (28, 28, 1),
    features: "fc7",
    recipe: TrainingConfiguration(
      network: "alexnet-28",
      epochs: 4,
      batchSize: 64,
      seed: 1,
      solver: .init(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4, schedule: .cosine),
      augmentation: .init(
        resize: .warp, resizeTo: 28, padding: 0, mirror: false, mean: .channel, scale: 1 / 90),
      validateEvery: 1),
    layers: { classes in
      [
        Convolution("conv1", outputs: 32, kernel: 5, padding: 2, weight: .he),
        ReLU("relu1"),
        ResponseNormalization("norm1"),
        Pooling("pool1", kernel: 3, stride: 2),
        Convolution("conv2", outputs: 64, kernel: 5, padding: 2, groups: 2, weight: .he),
        ReLU("relu2"),
        ResponseNormalization("norm2"),
        Pooling("pool2", kernel: 3, stride: 2),
        Convolution("conv3", outputs: 96, kernel: 3, padding: 1, weight: .he),
        ReLU("relu3"),
        Convolution("conv4", outputs: 96, kernel: 3, padding: 1, groups: 2, weight: .he),
        ReLU("relu4"),
        Convolution("conv5", outputs: 64, kernel: 3, padding: 1, groups: 2, weight: .he),
        ReLU("relu5"),
        Pooling("pool5", kernel: 3, stride: 2),
        Flatten("flatten"),
        FullyConnected("fc6", outputs: 512, weight: .he),
        ReLU("relu6"),
        Dropout("drop6", probability: 0.25),
        FullyConnected("fc7", outputs: 512, weight: .he),
        ReLU("relu7"),
        Dropout("drop7", probability: 0.25),
        FullyConnected("fc8", outputs: classes, weight: .gaussian(0.01)),
      ]
    })
}
