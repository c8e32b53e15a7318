import Settings

/// AlexNet's family (Krizhevsky et al. 2012) scaled to 64×64 colour images, cut from photographs of about 96×96: 29 million multiply-adds an
/// image, so that a training of some ten thousand of them takes minutes. Weights start after He et al. 2015
/// (arXiv:1502.01852), and inputs are scaled to about unit variance, for the reasons that `alexnet-28` gives.
///
/// Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) stands behind each convolution in place of AlexNet's response
/// normalisation, and half as much is dropped out: on a few hundred classes with a hundred images each the net with AlexNet's own
/// normalisation needs several times the epochs for the same accuracy.
extension Architecture {
  static let alexNet64 = Architecture(
    name: "alexnet-64",
    summary: "small AlexNet for 64×64 colour images, cropped from about 96×96",
    input: (64, 64, 3),
    features: "fc7",
    recipe: TrainingConfiguration(
      network: "alexnet-64",
      epochs: 20,
      batchSize: 64,
      seed: 1,
      solver: .init(learningRate: 0.03, momentum: 0.9, weightDecay: 5e-4, schedule: .cosine, warmUp: 100),
      augmentation: .init(
        resize: .warp, resizeTo: 72, padding: 0, mirror: true, mean: .channel, scale: 1 / 60),
      validateEvery: 1),
    layers: { classes in
      [
        Convolution("conv1", outputs: 48, kernel: 5, stride: 2, padding: 2, weight: .he, bias: nil),
        BatchNormalization("bn1"),
        ReLU("relu1"),
        Pooling("pool1", kernel: 3, stride: 2),
        Convolution("conv2", outputs: 64, kernel: 5, padding: 2, groups: 2, weight: .he, bias: nil),
        BatchNormalization("bn2"),
        ReLU("relu2"),
        Pooling("pool2", kernel: 3, stride: 2),
        Convolution("conv3", outputs: 128, kernel: 3, padding: 1, weight: .he, bias: nil),
        BatchNormalization("bn3"),
        ReLU("relu3"),
        Convolution("conv4", outputs: 128, kernel: 3, padding: 1, groups: 2, weight: .he, bias: nil),
        BatchNormalization("bn4"),
        ReLU("relu4"),
        Convolution("conv5", outputs: 96, kernel: 3, padding: 1, groups: 2, weight: .he, bias: nil),
        BatchNormalization("bn5"),
        ReLU("relu5"),
        Pooling("pool5", kernel: 3, stride: 2),
        Flatten("flatten"),
        FullyConnected("fc6", outputs: 1024, weight: .he),
        ReLU("relu6"),
        Dropout("drop6", probability: 0.25),
        FullyConnected("fc7", outputs: 1024, weight: .he),
        ReLU("relu7"),
        Dropout("drop7", probability: 0.25),
        FullyConnected("fc8", outputs: classes, weight: .gaussian(0.01)),
      ]
    })
}
