import Kernels
import Settings

/// Krizhevsky, Sutskever, Hinton: "ImageNet Classification with Deep Convolutional Neural Networks", NIPS 2012,
/// in the single-tower form with groups and the recipe of Caffe's `bvlc_alexnet`: 60,965,224 parameters at
/// 1000 classes, 57.1 % top-1 and 80.2 % top-5 on ILSVRC-2012's validation images.
extension Architecture {
  static let alexNet = Architecture(
    name: "alexnet",
    summary: "AlexNet (Krizhevsky et al. 2012, as in Caffe) for 227×227 colour images",
    input: (227, 227, 3),
    features: "fc7",
    recipe: TrainingConfiguration(
      network: "alexnet",
      epochs: 90,  // 450,000 iterations of 256 over the 1,281,167 images of ILSVRC-2012
      batchSize: 256,
      seed: 1,
      solver: .init(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 100_000, factor: 0.1)),
      augmentation: .init(resize: .warp, resizeTo: 256, padding: 0, mirror: true, mean: .channel, scale: 1),
      validateEvery: 1),
    layers: { classes in
      let narrow = Initialization.gaussian(0.01)
      return [
        Convolution("conv1", outputs: 96, kernel: 11, stride: 4, weight: narrow),
        ReLU("relu1"),
        ResponseNormalization("norm1"),
        Pooling("pool1", kernel: 3, stride: 2),
        Convolution("conv2", outputs: 256, kernel: 5, padding: 2, groups: 2, weight: narrow, bias: 0.1),
        ReLU("relu2"),
        ResponseNormalization("norm2"),
        Pooling("pool2", kernel: 3, stride: 2),
        Convolution("conv3", outputs: 384, kernel: 3, padding: 1, weight: narrow),
        ReLU("relu3"),
        Convolution("conv4", outputs: 384, kernel: 3, padding: 1, groups: 2, weight: narrow, bias: 0.1),
        ReLU("relu4"),
        Convolution("conv5", outputs: 256, kernel: 3, padding: 1, groups: 2, weight: narrow, bias: 0.1),
        ReLU("relu5"),
        Pooling("pool5", kernel: 3, stride: 2),
        Flatten("flatten"),
        FullyConnected("fc6", outputs: 4096, weight: .gaussian(0.005), bias: 0.1),
        ReLU("relu6"),
        Dropout("drop6", probability: 0.5),
        FullyConnected("fc7", outputs: 4096, weight: .gaussian(0.005), bias: 0.1),
        ReLU("relu7"),
        Dropout("drop7", probability: 0.5),
        FullyConnected("fc8", outputs: classes, weight: narrow),
      ]
    })
}
