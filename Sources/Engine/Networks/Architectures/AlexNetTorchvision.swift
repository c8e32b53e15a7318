import Settings

/// Krizhevsky: "One weird trick for parallelizing convolutional neural networks" (2014, arXiv:1404.5997), as torchvision has it:
/// one tower without groups or response normalisation, 61,100,840 parameters at 1000 classes, 56.5 % top-1 and 79.1 %
/// top-5 with torchvision's weights. For those weights, above all; weights of our own start after He et al. 2015.
extension Architecture {
  static let alexNetTorchvision = Architecture(
    name: "alexnet-torchvision",
    summary: "AlexNet as in torchvision (Krizhevsky 2014) for 224×224 colour images",
    input: (224, 224, 3),
    features: "fc7",
    recipe: TrainingConfiguration(
      network: "alexnet-torchvision",
      epochs: 90,
      batchSize: 256,
      seed: 1,
      // A tenth every 30 epochs of ILSVRC-2012.
      solver: .init(learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4, schedule: .step(every: 150_000, factor: 0.1)),
      augmentation: .torchvision,
      validateEvery: 1),
    layers: { classes in
      [
        Convolution("conv1", outputs: 64, kernel: 11, stride: 4, padding: 2, weight: .he),
        ReLU("relu1"),
        Pooling("pool1", kernel: 3, stride: 2, roundsUp: false),
        Convolution("conv2", outputs: 192, kernel: 5, padding: 2, weight: .he),
        ReLU("relu2"),
        Pooling("pool2", kernel: 3, stride: 2, roundsUp: false),
        Convolution("conv3", outputs: 384, kernel: 3, padding: 1, weight: .he),
        ReLU("relu3"),
        Convolution("conv4", outputs: 256, kernel: 3, padding: 1, weight: .he),
        ReLU("relu4"),
        Convolution("conv5", outputs: 256, kernel: 3, padding: 1, weight: .he),
        ReLU("relu5"),
        Pooling("pool5", kernel: 3, stride: 2, roundsUp: false),
        Flatten("flatten"),
        Dropout("drop6", probability: 0.5),
        FullyConnected("fc6", outputs: 4096, weight: .he),
        ReLU("relu6"),
        Dropout("drop7", probability: 0.5),
        FullyConnected("fc7", outputs: 4096, weight: .he),
        ReLU("relu7"),
        FullyConnected("fc8", outputs: classes, weight: .gaussian(0.01)),
      ]
    },
    torchvisionNames: [
      "conv1": "features.0", "conv2": "features.3", "conv3": "features.6", "conv4": "features.8", "conv5": "features.10",
      "fc6": "classifier.1", "fc7": "classifier.4", "fc8": "classifier.6",
    ])
}

extension TrainingConfiguration.Augmentation {
  /// What torchvision's nets for 224×224 see, pixel by pixel: the shorter side at 256, (pixel / 255 − mean) / deviation channel by channel.
  static let torchvision = Self(
    resize: .torchvision, resizeTo: 256, padding: 0, mirror: true, mean: .channel, scale: 1,
    std: [58.395, 57.12, 57.375])
}
