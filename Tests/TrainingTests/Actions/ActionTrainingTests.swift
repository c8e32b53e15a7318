import Basics
import Datasets
import EngineFixtures
import Glibc
import Kernels
import Networks
import Settings
import Testing
import Training

/// Trainings that tell what people do, in small: rectangles in grey images, of which one does what the one beside it is.
@Suite struct ActionTrainingTests {
  private static let settings = {
    var settings = ActionSettings.stamps
    (settings.primaries, settings.secondaries, settings.freezes) = (4, 5, false)
    return settings
  }()

  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> TrainingConfiguration {
    var training = try Architecture.named("alexnet-28").recipe
    training.actions = Self.settings
    (training.batchSize, training.iterations) = (2, 6)
    training.solver = .init(learningRate: 0.005, momentum: 0.9, weightDecay: 5e-4, schedule: .constant)
    training.validateEveryIterations = 1000
    change(&training)
    return training
  }

  private static let people = MadePeople(train: 5, val: 4, sizes: [(64, 48), (48, 64), (56, 56)], channels: 1)

  private func trainer(
    _ dataset: MadePeople = people, _ candidates: any CandidateRegions = GridCandidates(), workers: Int = 2, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer {
    try Trainer(configuration: configuration(change), actionsOf: dataset, candidates: candidates, backend: CPUBackend(workers: workers))
  }

  private func run(
    _ trainer: Trainer, control: () throws(Problem) -> Trainer.Command = { .proceed }, checkpoint: (Snapshot) -> Void = { _ in }
  ) throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    try trainer.run(control: control, checkpoint: { (snapshot) throws(Problem) in checkpoint(snapshot) }) { events.append($0) }
    return events
  }

  private func steps(_ events: [TrainingEvent]) -> [StepReport] { events.compactMap { if case .stepFinished(let report) = $0 { report } else { nil } } }
  private func validated(_ events: [TrainingEvent]) -> [ValidationReport] { events.compactMap { if case .validated(let report) = $0 { report } else { nil } } }
  private func bits(_ trainer: Trainer) -> [[UInt32]] { trainer.snapshot().tensors.map { $0.tensor.array.map(\.bitPattern) } }

  /// A network for the task, with the images of these samples in its input.
  private func prepared(_ task: ActionTask, _ dataset: MadePeople, _ samples: [Sample]) throws -> (network: Network, batch: TaskBatch) {
    let network = try Network(task.design(.named("alexnet-28")), batch: 2, purpose: .training, backend: CPUBackend(workers: 2))
    network.initialize(seed: 3)
    let source = AnnotatedSource(
      dataset, images: task.trainingImages, scaling: Self.settings, channels: 1, augmentation: try configuration().augmentation, mean: Tensor([120], shape: [1]),
      largest: task.largest.height * task.largest.width, batchSize: 2)
    var labels: [Int32] = [0, 0]
    source.begin(samples, epoch: 0)
    let brought = try source.next(into: network.input, labels: &labels)
    return (network, TaskBatch(count: brought.count, labels: labels, input: brought.input))
  }

  @Test("The images of a batch are as large as the highest and the widest, what is beyond an image is 0, and a bad one leaves no gap")
  func batches() throws {
    var dataset = Self.people
    let images = try dataset.images(in: "Action/train")
    dataset.bad = ["2"]
    let source = AnnotatedSource(
      dataset, images: images, scaling: Self.settings, channels: 1,
      augmentation: .init(resize: .warp, resizeTo: 1, padding: 0, mirror: false, mean: .channel, scale: 1), mean: Tensor([5], shape: [1]), largest: 64 * 64,
      batchSize: 2)
    source.begin([0, 3, 4, 1].map { Sample(index: $0, label: 10 + $0) }, epoch: 0)
    let input = Tensor([2, 64, 64, 1])
    var labels: [Int32] = [0, 0]
    let first = try source.next(into: input, labels: &labels)
    #expect(first.count == 2 && first.input == [64, 64, 1] && labels == [10, 13])
    let (wide, high) = (try dataset.pixels(of: images[0]), try dataset.pixels(of: images[1]))
    let rows = input.array
    for y in 0..<64 {
      for x in 0..<64 {
        #expect(rows[y * 64 + x] == (y < 48 ? Float(wide.pixels[y * 64 + x]) - 5 : 0))
        #expect(rows[4096 + y * 64 + x] == (x < 48 ? Float(high.pixels[y * 48 + 47 - x]) - 5 : 0))
      }
    }
    let second = try source.next(into: input, labels: &labels)
    #expect(second.count == 1 && second.skipped.map(\.identifier) == ["2"] && labels[0] == 11 && second.input == [56, 64, 1])
  }

  @Test("The loss is the cross-entropy of both scores' sum, its mean over the boxes, and that of boxes; every region that scores best learns")
  func handComputed() throws {
    // The person and the box moved from it are each other's context, and nothing else is there.
    let image = AnnotatedImage(
      name: "1", width: 64, height: 48, objects: [AnnotatedObject(label: 0, box: Box(0, 0, 20, 20), place: 1, actions: [1])])
    let dataset = MadePeople(train: [image], val: [image], channels: 1)
    let task = try ActionTask(Self.settings, dataset, MadeCandidates([Box(4, 0, 24, 20)]))
    #expect(task.actions == ["bright", "dark", "striped", "other"] && task.training.count == 2)
    let (network, batch) = try prepared(task, dataset, [task.training[0]])
    // Every region scores alike.
    let biases: [String: [Float]] = ["cls_score": [0, 1, 0, 0], "context_cls_score": [0, 1, 2, 0], "bbox_pred": Array(repeating: 0, count: 16)]
    for (number, parameter) in network.parameters.enumerated() {
      guard let (layer, values) = biases.first(where: { parameter.name.hasPrefix($0.key + ".") }) else { continue }
      #expect(["cls_score", "context_cls_score", "bbox_pred"].contains(layer))
      for place in network.values[number].elements.indices { network.values[number].elements[place] = parameter.name.hasSuffix("bias") ? values[place] : 0 }
    }
    let loss = task.objective(for: network).learn(batch, .training(key: 5))
    // Sums 0, 2, 2, 0.
    let share = exp(2.0) / (2 * exp(2.0) + 2)
    #expect(abs(Double(loss.terms[0]) + log(share)) < 1e-6)
    // One box is where it should be; the other is −.2 of its width off, which is √2 deviations.
    #expect(abs(Double(loss.terms[1]) - (2.0.squareRoot() - 0.5) / 2) < 1e-6 && abs(loss.value - loss.terms[0] - loss.terms[1]) < 1e-6)
    network.backward(loss.pass, .training(key: 5))
    func gradient(_ name: String) -> [Float] { network.gradients[network.parameters.firstIndex { $0.name == name }!].array }
    let expected = [0.5 - share, share - 1, share, 0.5 - share]
    #expect(zip(gradient("cls_score.bias"), expected).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    // Five slots of each box, all of them best.
    #expect(zip(gradient("context_cls_score.bias"), expected).allSatisfy { abs(Double($0) - 5 * $1) < 1e-5 })
    // The sign of the box that is off, halved; of its own action alone.
    #expect(gradient("bbox_pred.bias").enumerated().allSatisfy { abs($1 - ($0 == 4 ? 0.5 : 0)) < 1e-6 })
  }

  @Test("The gradient of the layers that judge is the slope of the loss")
  func gradients() throws {
    let task = try ActionTask(Self.settings, Self.people, GridCandidates())
    let (network, batch) = try prepared(task, Self.people, [task.training[3], task.training[4]])
    #expect(batch.count == 2)
    let image = network.input.array
    let objective = task.objective(for: network)
    func loss() -> TaskLoss {
      _ = network.input.elements.update(from: image)
      return objective.learn(batch, .training(key: 5))
    }
    let first = loss()
    #expect(first.terms.count == 2 && first.terms.allSatisfy { $0 > 0 && $0.isFinite } && abs(first.terms[0] - 1.386) < 0.6)
    network.backward(first.pass, .training(key: 5))
    let gradients = network.gradients.map(\.array)
    for (number, parameter) in network.parameters.enumerated() {
      guard ["cls_score", "context_cls_score", "bbox_pred", "fc7", "conv5"].contains(where: { parameter.name.hasPrefix($0 + ".") }) else { continue }
      let (values, gradient) = (network.values[number].elements, gradients[number])
      let largest = gradient.map(abs).max()!
      #expect(largest > 1e-5)
      for index in gradient.indices.filter({ abs(gradient[$0]) > largest / 2 }).prefix(4) {
        let before = values[index]
        let slopes = [Float(0.003), -0.003].map { step in
          values[index] = before + step
          return Double(loss().value)
        }
        values[index] = before
        #expect(abs((slopes[0] - slopes[1]) / 0.006 - Double(gradient[index])) < 0.05 * Double(largest) + 1e-3, "\(parameter.name) \(index)")
      }
    }
  }

  @Test("A training goes on in the same bits after a stop, with any number of workers, and has the task's curves and metric")
  func resumes() throws {
    let whole = try trainer()
    let events = try run(whole)
    let reports = steps(events)
    #expect(reports.count == 6 && reports.allSatisfy { $0.lossTerms.map(\.name) == ["action", "box"] })
    let validated = try #require(self.validated(events).last)
    #expect(validated.headline.metric == .actionMAP && validated.images == 4 && validated.loss > 0)
    let first = try trainer(workers: 1)
    var kept: Snapshot?
    _ = try run(
      first, control: { first.step == 3 ? .stop : .proceed },
      checkpoint: { kept = Snapshot(tensors: $0.tensors.map { ($0.name, Tensor($0.tensor.array, shape: $0.tensor.shape)) }, metadata: $0.metadata) })
    let second = try trainer(workers: 1)
    try second.restore(#require(kept))
    _ = try run(second)
    #expect(bits(second) == bits(whole) && second.snapshot().metadata == whole.snapshot().metadata)
    #expect(whole.snapshot().metadata["task"] == "action" && whole.snapshot().metadata["classes"] == "4")
    let other = try trainer { $0.seed = 9 }
    _ = try run(other)
    #expect(bits(other) != bits(whole))
    // With other candidates it would be another training.
    let moved = try trainer(Self.people, MadeCandidates([Box(0, 0, 30, 30)]))
    #expect(#expect(throws: Problem.self) { try moved.restore(kept!) }?.place == "candidates")
  }

  @Test("Who has no context is judged without; how many regions are judged together changes nothing; probabilities add up to 1")
  func tests() throws {
    func probabilities(_ candidates: any CandidateRegions, _ primaries: Int) throws -> [[Float]] {
      let trainer = try trainer(Self.people, candidates) { $0.actions!.primaries = primaries }
      return try #require(trainer.validate(progress: { _ in }).actions).people.map(\.probabilities)
    }
    let (few, many) = (try probabilities(GridCandidates(), 1), try probabilities(GridCandidates(), 100))
    #expect(few.count == 4 && zip(few.joined(), many.joined()).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(few.allSatisfy { $0.count == 3 && $0.reduce(0, +) < 1 && $0.allSatisfy { $0 > 0 } })
    let found = try #require(trainer().validate(progress: { _ in }).actions)
    #expect(found.set == "Action/val" && found.method == "R*CNN, grid candidates" && found.actions == ["bright", "dark", "striped"])
    for person in found.people {
      #expect(person.place == 2 && person.context.allSatisfy { ActionSettings.window.contains($0!.overlap(with: person.box)) })
    }
    let settings = try #require(try trainer { $0.actions!.context = false }.validate(progress: { _ in }).actions)
    #expect(settings.people.allSatisfy { $0.context.allSatisfy { $0 == nil } } && settings.method == "R*CNN without context, grid candidates")
  }

  @Test("A validation does not depend on how many images a step takes")
  func oneByOne() throws {
    let (one, two) = (try trainer { $0.batchSize = 1 }, try trainer())
    let (first, second) = (try one.validate(progress: { _ in }), try two.validate(progress: { _ in }))
    #expect(first.report == second.report && first.actions!.people.map(\.probabilities) == second.actions!.people.map(\.probabilities))
  }

  @Test("People of an image that cannot be decoded stand behind all others, and images without context for anybody are left out")
  func leftOut() throws {
    var dataset = Self.people
    dataset.bad = ["6", "2"]
    let outcome = try trainer(dataset).validate(progress: { _ in })
    let precision = try #require(outcome.actions).precision()
    #expect(outcome.report.skipped == 1 && outcome.report.images == 3 && precision.actions.allSatisfy { $0.missing == 1 })
    let skipped = try run(trainer(dataset) { $0.iterations = 5 }).compactMap { if case .imageSkipped(let name, _) = $0 { name } else { nil } }
    #expect(skipped.filter { $0 == "2" }.count == 2)
    let alone = AnnotatedImage(name: "9", width: 64, height: 48, objects: [AnnotatedObject(label: 0, box: Box(0, 0, 1, 1), place: 1, actions: [0])])
    let images = try dataset.images(in: "Action/train")
    let wider = images.map { image in
      let box = image.objects[1].box
      return Box(box.x1, box.y1, box.x2 + 6, box.y2)
    }
    let task = try ActionTask(Self.settings, MadePeople(train: images + [alone], val: images, channels: 1), MadeCandidates(wider))
    #expect(task.leftOut == 1 && task.trainingImages == images)
    #expect(
      #expect(throws: Problem.self) { try ActionTask(Self.settings, MadePeople(train: [alone], val: [alone], channels: 1), MadeCandidates([])) }?.what
        == "there is nothing to learn from")
    let scenes = MadeScenes(1, sizes: [(40, 40)], channels: 1)
    #expect(#expect(throws: Problem.self) { try ActionTask(Self.settings, scenes, GridCandidates()) }?.what == "the dataset has no actions")
  }

  @Test("Without the loss of boxes there is no layer of boxes, and one loss")
  func withoutBoxes() throws {
    let trainer = try trainer { $0.actions!.boxLoss = false }
    let events = try run(trainer)
    #expect(!trainer.snapshot().tensors.contains { $0.name.hasPrefix("bbox_pred") } && steps(events).allSatisfy { $0.lossTerms.isEmpty })
  }

  @Test("What people do is learned where only what stands beside them tells it")
  func context() throws {
    let dataset = MadePeople(train: 60, val: 60, sizes: [(64, 48)], channels: 1)
    let learner = try trainer(dataset) {
      $0.iterations = 240
      $0.solver.schedule = .step(every: 180, factor: 0.1)
    }
    let precision = try #require(validated(run(learner)).last)[.actionMAP]!
    #expect(precision > 0.9, "\(precision)")
  }

  @Test("All layers learn, and sets have to be there")
  func refusals() throws {
    #expect(#expect(throws: Problem.self) { try trainer { $0.tuning = .init(part: .last) } }?.place == "--tune")
    #expect(#expect(throws: Problem.self) { try trainer { $0.actions!.trainingSet = "none" } }?.kind == .notFound)
    #expect(#expect(throws: Problem.self) { try trainer { $0.actions!.primaries = 0 } }?.place == "primaries")
  }
}
