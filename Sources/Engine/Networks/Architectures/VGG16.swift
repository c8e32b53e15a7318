import Settings

/// Simonyan and Zisserman: "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2014, arXiv:1409.1556),
/// configuration D: 138,357,544 parameters at 1000 classes, 71.6 % top-1 and 90.4 % top-5 with torchvision's weights.
///
/// The paper starts the deep net from a shallow one that was trained first; its authors found later, as He et al. 2015 did, that
/// a suitable random start does without.
extension Architecture {
  static let vgg16 = Architecture(
    name: "vgg16",
    summary: "VGG-16 (Simonyan and Zisserman 2014, D) for 224×224 colour images",
    input: (224, 224, 3),
    features: "fc7",
    recipe: TrainingConfiguration(
      network: "vgg16",
      epochs: 74,  // 370,000 iterations of 256
      batchSize: 256,
      seed: 1,
      solver: .init(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 100_000, factor: 0.1)),
      augmentation: .torchvision,
      validateEvery: 1),
    layers: { classes in
      var layers: [any Layer] = []
      for (block, (width, convolutions)) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)].enumerated() {
        for number in 1...convolutions {
          let name = "\(block + 1)_\(number)"
          layers.append(Convolution("conv\(name)", outputs: width, kernel: 3, padding: 1, weight: .he))
          layers.append(ReLU("relu\(name)"))
        }
        layers.append(Pooling("pool\(block + 1)", kernel: 2, stride: 2, roundsUp: false))
      }
      return layers + [
        Flatten("flatten"),
        FullyConnected("fc6", outputs: 4096, weight: .he),
        ReLU("relu6"),
        Dropout("drop6", probability: 0.5),
        FullyConnected("fc7", outputs: 4096, weight: .he),
        ReLU("relu7"),
        Dropout("drop7", probability: 0.5),
        FullyConnected("fc8", outputs: classes, weight: .gaussian(0.01)),
      ]
    },
    torchvisionNames: [
      "conv1_1": "features.0", "conv1_2": "features.2", "conv2_1": "features.5", "conv2_2": "features.7",
      "conv3_1": "features.10", "conv3_2": "features.12", "conv3_3": "features.14", "conv4_1": "features.17",
      "conv4_2": "features.19", "conv4_3": "features.21", "conv5_1": "features.24", "conv5_2": "features.26",
      "conv5_3": "features.28", "fc6": "classifier.0", "fc7": "classifier.3", "fc8": "classifier.6",
    ],
    // conv1_1 to conv2_2.
    frozenConvolutions: 4)
}
