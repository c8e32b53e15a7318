import Datasets
import Testing
import Training

@Suite struct EpochOrderTests {
  private let samples = (0..<500).map { Sample(index: Int32($0), label: Int32($0 % 7)) }

  @Test("an epoch shows every image once, with its label")
  func permutation() {
    let order = EpochOrder.shuffled(samples, seed: 1, epoch: 0)
    #expect(order != samples)
    #expect(order.sorted { $0.index < $1.index } == samples)
  }

  @Test("the order is the same for equal seed and epoch, and another for any other")
  func keys() {
    let order = EpochOrder.shuffled(samples, seed: 1, epoch: 4)
    #expect(EpochOrder.shuffled(samples, seed: 1, epoch: 4) == order)
    #expect(EpochOrder.shuffled(samples, seed: 1, epoch: 5) != order)
    #expect(EpochOrder.shuffled(samples, seed: 2, epoch: 4) != order)
  }

  @Test("every place is equally likely for an image")
  func uniform() {
    var counts = [Int](repeating: 0, count: 10)
    for epoch in 0..<5000 {
      counts[EpochOrder.shuffled(Array(samples[..<10]), seed: 3, epoch: epoch).firstIndex { $0.index == 0 }!] += 1
    }
    // Four standard deviations of a binomial of 5000 and 1/10.
    #expect(counts.allSatisfy { abs($0 - 500) < 85 })
  }
}
