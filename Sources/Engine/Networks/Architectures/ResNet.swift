import Settings

/// He, Zhang, Ren, Sun: "Deep Residual Learning for Image Recognition" (2015, arXiv:1512.03385), Table 1, the nets of basic
/// blocks: 11,689,512 and 21,797,672 parameters at 1000 classes, 69.8 % and 73.3 % top-1 with torchvision's weights.
extension Architecture {
  static let resNet18 = resNet("resnet18", blocks: [2, 2, 2, 2])
  static let resNet34 = resNet("resnet34", blocks: [3, 4, 6, 3])

  private static func resNet(_ name: String, blocks: [Int]) -> Architecture {
    Architecture(
      name: name,
      summary: "ResNet-\(2 * blocks.reduce(0, +) + 2) (He et al. 2015) for 224×224 colour images",
      input: (224, 224, 3),
      features: "pool5",
      recipe: TrainingConfiguration(
        network: name,
        epochs: 120,  // 600,000 iterations of 256
        batchSize: 256,
        seed: 1,
        // A tenth when the error plateaus, in the paper; every 30 epochs of ILSVRC-2012 here.
        solver: .init(learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4, schedule: .step(every: 150_000, factor: 0.1)),
        augmentation: .torchvision,
        validateEvery: 1),
      layers: { classes in
        let stem: [any Layer] = [
          Convolution("conv1", outputs: 64, kernel: 7, stride: 2, padding: 3, weight: .he, bias: nil),
          BatchNormalization("bn1"),
          ReLU("relu1"),
          Pooling("pool1", kernel: 3, stride: 2, padding: 1, roundsUp: false),
        ]
        let stages = residualStages(
          after: ("pool1", 64), zip([64, 128, 256, 512], blocks).map { (channels: $0, blocks: $1) })
        return stem + stages + [
          GlobalAveragePooling("pool5"),
          FullyConnected("fc", outputs: classes, weight: .gaussian(0.01)),
        ]
      })
  }
}
