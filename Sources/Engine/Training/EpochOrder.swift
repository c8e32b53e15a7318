import Datasets
import Kernels
import Networks

/// The order in which an epoch shows its images: a permutation that depends on (seed, epoch) alone, so that a training
/// resumed in the middle of an epoch goes on in the same order.
package enum EpochOrder {
  /// Shuffles `samples` (Fisher and Yates).
  package static func shuffled(_ samples: [Sample], seed: UInt64, epoch: Int) -> [Sample] {
    let random = CounterRandom(seed: seed, RandomUse.shuffling.rawValue, epoch)
    var order = samples
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(index, random.below(index + 1, index))
    }
    return order
  }
}
