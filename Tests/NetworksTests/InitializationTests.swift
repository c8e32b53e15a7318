import Kernels
import Networks
import Settings
import TestSupport
import Testing

@Suite struct InitializationTests {
  private func network(_ weights: WeightInitialization?) throws -> Network {
    let network = try Architecture.named("alexnet-28").network(classes: 10, batch: 1, purpose: .training, backend: CPUBackend(workers: 1))
    network.initialize(seed: 3, weights: weights)
    return network
  }

  @Test(
    "Weights have the deviation that is asked for, biases keep their constants",
    arguments: [.he, .xavier, .gaussian(0.05)] as [WeightInitialization])
  func deviation(weights: WeightInitialization) throws {
    let (changed, own) = (try network(weights), try network(nil))
    for (index, parameter) in changed.parameters.enumerated() {
      let values = Array(changed.values[index].elements)
      guard parameter.name.hasSuffix(".weight") else {
        #expect(values == Array(own.values[index].elements), "\(parameter.name)")
        continue
      }
      let wanted: Float =
        switch weights {
        case .he: (2 / Float(parameter.fanIn)).squareRoot()
        case .xavier: (1 / Float(parameter.fanIn)).squareRoot()
        case .gaussian(let std): std
        }
      let std = (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
      // Four deviations of an estimate from so many values.
      #expect(abs(std / wanted - 1) < 4 / (2 * Float(values.count)).squareRoot(), "\(parameter.name): \(std), wanted \(wanted)")
      if weights == .xavier { #expect(values.allSatisfy { abs($0) <= wanted * Float(3).squareRoot() * 1.0001 }) }
    }
  }

  @Test("Texts are read as they are written, and nothing else", arguments: ["he", "xavier", "gaussian:0.01"])
  func texts(text: String) {
    #expect(WeightInitialization(text)?.text == text)
    for wrong in [text + " ", "gaussian", "gaussian:", "gaussian:0", "gaussian:nan", "gaussian:inf", ""] { #expect(WeightInitialization(wrong) == nil) }
  }
}
