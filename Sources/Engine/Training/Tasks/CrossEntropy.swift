import Kernels
import Networks

/// The mean cross-entropy of the softmax of one output over its rows, in nats.
public final class CrossEntropy {
  private let network: Network
  /// The place of the layer that makes the scores.
  private let layer: Int
  private let losses: Tensor

  /// - Parameter output: a layer that comes out of the network, which makes a row of scores for each of its rows; nil: the last one.
  public init(_ network: Network, output: String? = nil) {
    self.network = network
    guard let layer = output.map({ name in network.layers.firstIndex { $0.name == name } }) ?? network.layers.count - 1 else {
      preconditionFailure("the network has no layer \(output ?? "")")
    }
    self.layer = layer
    losses = network.backend.makeTensor([network.mostRows(of: layer)])
  }

  /// The loss of what the last forward pass has left, which leaves its gradient for `backward`. Allocates nothing for a full batch.
  /// - Parameters:
  ///   - labels: of each row its class; there may be more.
  ///   - smoothing: of the labels, 0 to below 1; see ``Backend/softmaxCrossEntropy(logits:labels:smoothing:gradientScale:losses:gradient:)``.
  public func callAsFunction(labels: [Int32], in pass: Pass, smoothing: Float = 0) -> Float {
    let (scores, gradient) = network.output(of: layer, in: pass)
    let count = scores.shape[0]
    let losses = count == losses.count ? losses : losses.prefix(count)
    network.backend.softmaxCrossEntropy(
      logits: scores, labels: labels.count == count ? labels : Array(labels.prefix(count)),
      smoothing: smoothing, gradientScale: 1 / Float(count), losses: losses, gradient: gradient!)
    // In double precision: the sum must not depend on how large the batch is.
    return Float(losses.elements.reduce(0.0) { $0 + Double($1) } / Double(count))
  }
}
