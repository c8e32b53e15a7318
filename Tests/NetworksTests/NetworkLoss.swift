import Networks
import Training

extension Network {
  /// The mean cross-entropy of the last layer over the first `count` images.
  func loss(labels: [Int32], count: Int) -> Float { CrossEntropy(self)(labels: labels, in: Pass(images: count)) }
}
