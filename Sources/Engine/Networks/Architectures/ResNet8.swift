import Settings

/// The family of He et al. 2015 (arXiv:1512.03385, §4.2) for small images, 6n + 2 layers with n = 1, scaled to 28×28 grey ones: 12.2 million
/// multiply-adds an image, as much as `alexnet-28`. Its stages have 16, 40 and 80 channels, and shortcuts that change shape are
/// projections.
///
/// Nesterov's momentum and a rate that falls along a cosine suit a training of few epochs; the rate of .1 is warmed up to.
extension Architecture {
  static let resNet8 = Architecture(
    name: "resnet8-28",
    summary: "small ResNet (He et al. 2015, §4.2) for 28×28 grayscale images (MNIST, Fashion-MNIST)",
    input: (28, 28, 1),
    features: "pool5",
    recipe: TrainingConfiguration(
      network: "resnet8-28",
      epochs: 4,
      batchSize: 64,
      seed: 1,
      solver: .init(
        learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, schedule: .cosine, nesterov: true, warmUp: 200),
      augmentation: .init(
        resize: .warp, resizeTo: 28, padding: 0, mirror: false, mean: .channel, scale: 1 / 90),
      validateEvery: 1),
    layers: { classes in
      let stem: [any Layer] = [
        Convolution("conv1", outputs: 16, kernel: 3, padding: 1, weight: .he, bias: nil),
        BatchNormalization("bn1"),
        ReLU("relu1"),
      ]
      return stem + residualStages(after: ("relu1", 16), [(16, 1), (40, 1), (80, 1)]) + [
        GlobalAveragePooling("pool5"),
        FullyConnected("fc", outputs: classes, weight: .gaussian(0.01)),
      ]
    })
}
