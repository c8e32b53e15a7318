/// Caffe's `bvlc_reference_caffenet` (Jia et al. 2014, arXiv:1408.5093): AlexNet (Krizhevsky et al. 2012) with pooling before
/// response normalisation and biases of 1 where AlexNet has .1. 57.4 % top-1, 80.4 % top-5 on ILSVRC-2012's validation images.
extension Architecture {
  static let caffeNet = Architecture(
    name: "caffenet",
    summary: "Caffe's reference net (Jia et al. 2014): AlexNet with pooling before normalisation, 227×227 colour",
    input: (227, 227, 3),
    features: "fc7",
    recipe: {
      var recipe = alexNet.recipe
      recipe.network = "caffenet"
      return recipe
    }(),
    layers: { classes in
      let narrow = Initialization.gaussian(0.01)
      return [
        Convolution("conv1", outputs: 96, kernel: 11, stride: 4, weight: narrow),
        ReLU("relu1"),
        Pooling("pool1", kernel: 3, stride: 2),
        ResponseNormalization("norm1"),
        Convolution("conv2", outputs: 256, kernel: 5, padding: 2, groups: 2, weight: narrow, bias: 1),
        ReLU("relu2"),
        Pooling("pool2", kernel: 3, stride: 2),
        ResponseNormalization("norm2"),
        Convolution("conv3", outputs: 384, kernel: 3, padding: 1, weight: narrow),
        ReLU("relu3"),
        Convolution("conv4", outputs: 384, kernel: 3, padding: 1, groups: 2, weight: narrow, bias: 1),
        ReLU("relu4"),
        Convolution("conv5", outputs: 256, kernel: 3, padding: 1, groups: 2, weight: narrow, bias: 1),
        ReLU("relu5"),
        Pooling("pool5", kernel: 3, stride: 2),
        Flatten("flatten"),
        FullyConnected("fc6", outputs: 4096, weight: .gaussian(0.005), bias: 1),
        ReLU("relu6"),
        Dropout("drop6", probability: 0.5),
        FullyConnected("fc7", outputs: 4096, weight: .gaussian(0.005), bias: 1),
        ReLU("relu7"),
        Dropout("drop7", probability: 0.5),
        FullyConnected("fc8", outputs: classes, weight: narrow),
      ]
    })
}
