import Basics
import Datasets
import Kernels
import Networks
import Settings
import TestSupport
import Testing
import Training

/// The trainer knows no labels: a task with two outputs, of which one has other rows than images, is trained like a classification.
@Suite struct TrainingTaskTests {
  private static let task = ToyTask(samples: 12)

  private func network(_ purpose: Network.Purpose, _ backend: any Backend = CPUBackend(workers: 2)) throws -> Network {
    let network = try Network(ToyTask.design, batch: 4 * ToyTask.images, purpose: purpose, backend: backend)
    network.initialize(seed: 3)
    return network
  }

  /// Loads some samples into a network.
  private func batch(_ samples: Range<Int>, into network: Network) throws -> TaskBatch {
    let source = ToySource(batch: 4)
    var labels: [Int32] = [9, 9, 9, 9, 9, 9]
    source.begin(Array(Self.task.training[samples]), epoch: 0)
    let brought = try source.next(into: network.input, labels: &labels)
    return TaskBatch(count: brought.count, labels: labels, input: brought.input)
  }

  private func trainer(_ change: (inout TrainingConfiguration) -> Void = { _ in }, broken: Int32? = nil, workers: Int = 2) throws -> Trainer {
    var configuration = try Architecture.named("alexnet-28").recipe
    configuration.batchSize = 4
    configuration.epochs = 40
    configuration.solver.learningRate = 0.05
    configuration.solver.schedule = .constant
    change(&configuration)
    return try Trainer(
      configuration: configuration, task: Self.task, backend: CPUBackend(workers: workers),
      sources: Trainer.Sources(
        mean: { _ in Tensor([0], shape: [1]) },
        loaders: { (_, batch) throws(Problem) in (ToySource(batch: batch, broken: broken), ToySource(batch: batch)) }))
  }

  private func run(
    _ trainer: Trainer, control: () throws(Problem) -> Trainer.Command = { .proceed }, checkpoint: (Snapshot) -> Void = { _ in }
  ) throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    try trainer.run(control: control, checkpoint: { (snapshot) throws(Problem) in checkpoint(snapshot) }) { events.append($0) }
    return events
  }

  @Test("the gradient of every parameter is the slope of the loss over both outputs, for full and short batches of large and small images", arguments: [0..<4, 2..<4, 3..<7])
  func gradients(samples: Range<Int>) throws {
    let network = try network(.training)
    let objective = Self.task.objective(for: network)
    let batch = try batch(samples, into: network)
    let images = network.input.array
    func loss() -> TaskLoss {
      _ = network.input.elements.update(from: images)
      return objective.learn(batch, .training(key: 1))
    }
    let found = loss()
    #expect(found.pass.images == samples.count * 2 && found.pass.rows[0] != found.pass.images)
    #expect(found.terms.count == 2 && found.terms.allSatisfy { $0 > 0 } && abs(found.terms[0] + found.terms[1] - found.value) < 1e-6)
    network.backward(found.pass, .training(key: 1))
    let gradients = network.gradients.map(\.array)
    for (parameter, gradient) in zip(network.values, gradients) {
      let largest = gradient.map(abs).max()!
      #expect(largest > 1e-3)
      for index in 0..<parameter.count {
        let value = parameter.elements[index]
        let slopes = [Float(0.002), -0.002].map { step in
          parameter.elements[index] = value + step
          return Double(loss().value)
        }
        parameter.elements[index] = value
        let slope = (slopes[0] - slopes[1]) / 0.004
        #expect(abs(slope - Double(gradient[index])) < 0.01 * Double(largest) + 2e-4, "\(index) of \(parameter.shape)")
      }
    }
  }

  @Test("a network that keeps no gradients learns the same of both outputs as one that keeps them")
  func descent() throws {
    let networks = try [network(.training), network(.descent, CPUBackend(workers: 1))]
    let objectives = networks.map { Self.task.objective(for: $0) }
    let descents = networks.map { GradientDescent($0) }
    for step in 0..<6 {
      for ((network, objective), descent) in zip(zip(networks, objectives), descents) {
        let phase = Phase.training(key: UInt64(step))
        let loss = objective.learn(try batch(step..<step + 3, into: network), phase)
        network.backward(loss.pass, phase) { descent.step($0, by: $1, learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4) }
      }
    }
    for (a, b) in zip(networks[0].values, networks[1].values) { #expect(a.array.map(\.bitPattern) == b.array.map(\.bitPattern)) }
  }

  @Test("both losses fall in a training, and validations have the task's own metrics")
  func learns() throws {
    let events = try run(trainer())
    let steps = events.compactMap { if case .stepFinished(let report) = $0 { report } else { nil } }
    #expect(steps.count == 120 && steps.allSatisfy { $0.lossTerms.map(\.name) == ["class", "box"] })
    for term in 0..<2 {
      let losses = steps.map { $0.lossTerms[term].value }
      let (first, last) = (losses.prefix(6).reduce(0, +), losses.suffix(6).reduce(0, +))
      #expect(last < first / 2, "\(steps[0].lossTerms[term].name): \(first / 6), then \(last / 6)")
    }
    let reports = events.compactMap { if case .validated(let report) = $0 { report } else { nil } }
    #expect(reports.count == 40 && reports.allSatisfy { $0.images == 12 && $0.headline.metric == ToyTask.boxError })
    #expect(try #require(reports.last).isBetter(than: reports[0]) && reports[39][ToyTask.boxError]! < reports[0][ToyTask.boxError]!)
    #expect(reports[39][ToyTask.imageAccuracy]! > 0.9)
    #expect(!events.contains { if case .classesCounted = $0 { true } else { false } })
    // Norms are of the rows that there were: of both outputs.
    #expect(steps[0].norms.contains { $0.place == .init(.activation, "box") } && steps[0].norms.allSatisfy { $0.value.isFinite })
  }

  @Test("a training of a task goes on in the same bits after a stop, refuses checkpoints of other tasks, and leaves out what cannot be decoded")
  func resumes() throws {
    func short(_ configuration: inout TrainingConfiguration) { configuration.epochs = 3 }
    func bits(_ trainer: Trainer) -> [[UInt32]] { trainer.snapshot().tensors.map { $0.tensor.array.map(\.bitPattern) } }
    let whole = try trainer(short, broken: 5)
    let skipped = try run(whole).filter { if case .imageSkipped("5", _) = $0 { true } else { false } }
    #expect(skipped.count == 3)
    let first = try trainer(short, broken: 5, workers: 1)
    var kept: Snapshot?
    _ = try run(
      first, control: { first.step == 4 ? .stop : .proceed },
      checkpoint: { kept = Snapshot(tensors: $0.tensors.map { ($0.name, Tensor($0.tensor.array, shape: $0.tensor.shape)) }, metadata: $0.metadata) })
    let second = try trainer(short, broken: 5)
    try second.restore(#require(kept))
    _ = try run(second)
    #expect(bits(second) == bits(whole) && second.snapshot().metadata == whole.snapshot().metadata)
    var other = try #require(kept)
    other.metadata["boxes"] = nil
    other.metadata["classes"] = "3"
    #expect(#expect(throws: Problem.self) { try second.restore(other) }?.place == "boxes")
  }

  @Test("images that are smaller than planned give the numbers of a network that was planned for them")
  func sizes() throws {
    let layers: [any Layer] = [
      Convolution("conv1", outputs: 6, kernel: 3, padding: 1, weight: .he), ReLU("relu1"), Pooling("pool1", kernel: 2, stride: 2),
      Convolution("conv2", outputs: 5, kernel: 3, weight: .he), ReLU("relu2"), GlobalAveragePooling("pool2"), FullyConnected("fc", outputs: 3, weight: .he),
    ]
    let small = [9, 9, 2]
    let networks = try [[16, 16, 2], small].map { try Network(layers, input: $0, batch: 3, purpose: .training, backend: CPUBackend(workers: 2)) }
    let random = CounterRandom(seed: 4)
    let made = networks.map { network in
      network.initialize(seed: 2)
      let loss = CrossEntropy(network)
      // A large pass before it, and after it, disturbs nothing.
      if network === networks[0] { network.forward(count: 3, phase: .training(key: 1)) }
      let pass = Pass(images: 2, input: small)
      let input = network.input(of: pass).elements
      for index in input.indices { input[index] = random.uniform(index) - 0.5 }
      network.forward(pass, .training(key: 1))
      let value = loss(labels: [2, 0, 1], in: pass)
      network.backward(pass, .training(key: 1))
      return [[value]] + network.gradients.map(\.array)
    }
    #expect(made[0].map { $0.map(\.bitPattern) } == made[1].map { $0.map(\.bitPattern) })
  }
}
