import Basics
import Datasets
import EngineFixtures
import Kernels
import Networks
import Settings
import Testing
import Training

/// Trainings that find objects, in small: rectangles of three kinds in grey images.
@Suite struct DetectionTrainingTests {
  private static let settings = {
    var settings = DetectionSettings.stamps
    (settings.anchorBase, settings.anchorScales, settings.anchorRatios) = (4, [4, 8], [1])
    (settings.channels, settings.anchorBatch, settings.smallest, settings.freezes) = (16, 32, 4, false)
    (settings.trainingProposals, settings.testProposals) = (.init(before: 200, after: 40), .init(before: 200, after: 40))
    (settings.regions, settings.foreground) = (16, 6)
    return settings
  }()

  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> TrainingConfiguration {
    var training = try Architecture.named("alexnet-28").recipe
    training.detection = Self.settings
    (training.batchSize, training.iterations) = (1, 6)
    training.solver = .init(learningRate: 0.002, momentum: 0.9, weightDecay: 5e-4, schedule: .constant)
    training.validateEveryIterations = 1000
    change(&training)
    return training
  }

  private static let scenes = MadeScenes(5, sizes: [(48, 40), (40, 48), (44, 44)], channels: 1)

  private func trainer(_ dataset: MadeScenes = scenes, workers: Int = 2, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> Trainer {
    try Trainer(configuration: configuration(change), detecting: dataset, backend: CPUBackend(workers: workers))
  }

  private func run(
    _ trainer: Trainer, control: () throws(Problem) -> Trainer.Command = { .proceed }, checkpoint: (Snapshot) -> Void = { _ in }
  ) throws -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    try trainer.run(control: control, checkpoint: { (snapshot) throws(Problem) in checkpoint(snapshot) }) { events.append($0) }
    return events
  }

  private func steps(_ events: [TrainingEvent]) -> [StepReport] { events.compactMap { if case .stepFinished(let report) = $0 { report } else { nil } } }
  private func bits(_ trainer: Trainer) -> [[UInt32]] { trainer.snapshot().tensors.map { $0.tensor.array.map(\.bitPattern) } }

  @Test("Every image is learned from as it is and mirrored; images without an object to learn from are left out and counted")
  func samples() throws {
    let difficult = AnnotatedObject(label: 0, box: Box(1, 1, 9, 9), isDifficult: true, place: 1)
    let easy = AnnotatedObject(label: 1, box: Box(10, 4, 19, 9), place: 2)
    func image(_ name: String, _ objects: [AnnotatedObject]) -> AnnotatedImage { AnnotatedImage(name: name, width: 50, height: 40, objects: objects) }
    let dataset = MadeScenes([image("1", []), image("2", [difficult]), image("3", [difficult, easy])], channels: 1)
    let task = try DetectionTask(Self.settings, dataset)
    #expect(task.trainingImages.map(\.name) == ["3"] && task.leftOut == 2 && task.training.count == 2 && task.validation.count == 3)
    #expect(DetectionTask.targets(task.trainingImages[0], Self.settings, mirrored: false) == [Target(label: 1, box: easy.box)])
    #expect(DetectionTask.targets(task.trainingImages[0], Self.settings, mirrored: true) == [Target(label: 1, box: Box(30, 4, 39, 9))])
    #expect(easy.box.mirrored(in: 50).mirrored(in: 50) == easy.box)
    let problem = #expect(throws: Problem.self) { try DetectionTask(Self.settings, MadeScenes([image("1", [difficult])], channels: 1)) }
    #expect(problem?.what == "there is nothing to learn from")
  }

  @Test("Images are brought to the published sizes", arguments: [(500, 375, 800, 600), (500, 333, 901, 600), (500, 281, 1000, 562), (333, 500, 600, 901)])
  func sizes(width: Int, height: Int, scaledWidth: Int, scaledHeight: Int) {
    let size = DetectionSettings.pascal.size(width: width, height: height)
    #expect(size.width == scaledWidth && size.height == scaledHeight && abs(size.scale - Float(scaledHeight) / Float(height)) < 2e-3)
    #expect(DetectionSettings.stamps.size(width: width, height: height) == (width, height, 1))
  }

  @Test("A detector sees the pixels that its weights were trained on: the same mean and scale, once")
  func pixels() throws {
    let scene = MadeScenes(1, sizes: [(28, 28)], channels: 1)
    let image = try scene.images(in: "test")[0]
    var augmentation = try configuration().augmentation
    augmentation.mirror = false
    let mean = Tensor([100], shape: [1])
    let source = AnnotatedSource(scene, images: [image], scaling: Self.settings, channels: 1, augmentation: augmentation, mean: mean, largest: 28 * 28)
    var labels: [Int32] = [0]
    func brought(_ index: Int32) throws -> [Float] {
      let input = Tensor([28 * 28])
      source.begin([Sample(index: index, label: 7)], epoch: 0)
      let report = try source.next(into: input, labels: &labels)
      #expect(report.count == 1 && report.input == [28, 28, 1] && labels == [7])
      return input.array
    }
    let transform = try InputTransform(input: (28, 28, 1), augmentation: augmentation, mean: mean)
    var expected = [Float](repeating: 0, count: 28 * 28)
    let buffer = try scene.pixels(of: image)
    expected.withUnsafeMutableBufferPointer { transform.apply(buffer, random: nil, scratch: TransformScratch(), to: $0) }
    let plain = try brought(0)
    #expect(plain == expected && plain[0] == (Float(buffer.pixels[0]) - 100) / 90)
    // Mirrored, and so is its annotation.
    let mirrored = try brought(1)
    let turned = (0..<784).map { (place: Int) -> Float in plain[place / 28 * 28 + 27 - place % 28] }
    #expect(mirrored == turned)
  }

  @Test("Images grow linearly between the centres of pixels, whose edges go on, and shrink without being smoothed")
  func resizing() throws {
    let image = AnnotatedImage(name: "1", width: 4, height: 2, objects: [])
    struct Ramp: AnnotatedDataset {
      let image: AnnotatedImage
      let name = "ramp", summary = "", fingerprint = "", sets = ["test"]
      let objectClasses = ["one"], actionClasses: [String] = []
      func images(in set: String) throws(Problem) -> [AnnotatedImage] { [image] }
      func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) {
        buffer.copy(Picture(width: 4, height: 2, channels: 1, pixels: [0, 40, 80, 200, 0, 40, 80, 200]))
      }
    }
    func row(_ shortSide: Int) throws -> [Float] {
      var settings = DetectionSettings.pascal
      settings.shortSide = shortSide
      let source = AnnotatedSource(
        Ramp(image: image), images: [image], scaling: settings, channels: 1,
        augmentation: .init(resize: .warp, resizeTo: 1, padding: 0, mirror: false, mean: .channel, scale: 1), mean: Tensor([1]), largest: 100)
      source.begin([Sample(index: 0, label: 0)], epoch: 0)
      let input = Tensor([100])
      var labels: [Int32] = [0]
      let report = try source.next(into: input, labels: &labels)
      return Array(input.array[..<report.input![1]])
    }
    #expect(try row(4) == [0, 10, 30, 50, 70, 110, 170, 200])
    // Each takes the two neighbours of its centre alone.
    #expect(try row(1) == [20, 140])
  }

  @Test("The gradient of the layers that judge and propose is the slope of their losses")
  func gradients() throws {
    let task = try DetectionTask(Self.settings, Self.scenes)
    let network = try Network(task.design(.named("alexnet-28")), batch: 1, purpose: .training, backend: CPUBackend(workers: 2))
    network.initialize(seed: 3)
    let objective = task.objective(for: network)
    let source = AnnotatedSource(
      Self.scenes, images: task.trainingImages, scaling: Self.settings, channels: 1, augmentation: try configuration().augmentation, mean: Tensor([120], shape: [1]),
      largest: 48 * 48)
    var labels: [Int32] = [0]
    source.begin([task.training[3]], epoch: 0)
    let brought = try source.next(into: network.input, labels: &labels)
    let image = network.input.array
    let batch = TaskBatch(count: 1, labels: labels, input: brought.input)
    func loss() -> TaskLoss {
      _ = network.input.elements.update(from: image)
      return objective.learn(batch, .training(key: 5))
    }
    let first = loss()
    #expect(first.terms.count == 4 && first.terms.allSatisfy { $0 > 0 && $0.isFinite } && abs(first.terms.reduce(0, +) - first.value) < 1e-5)
    // Guessing costs ln 2 and nearly ln 4.
    #expect(abs(first.terms[0] - 0.693) < 0.1 && abs(first.terms[2] - 1.386) < 0.5)
    network.backward(first.pass, .training(key: 5))
    let gradients = network.gradients.map(\.array)
    for (number, parameter) in network.parameters.enumerated() {
      let proposes = ["rpn_cls", "rpn_box"].contains { parameter.name.hasPrefix($0) }
      guard proposes || ["cls_score", "bbox_pred", "fc7"].contains(where: { parameter.name.hasPrefix($0) }) else { continue }
      // Proposals move with what proposes them, and no gradient goes through that.
      func value() -> Double {
        let terms = loss().terms
        return proposes ? Double(terms[0]) + Double(terms[1]) : Double(terms[2]) + Double(terms[3])
      }
      let (values, gradient) = (network.values[number].elements, gradients[number])
      let largest = gradient.map(abs).max()!
      #expect(largest > 1e-5)
      for index in gradient.indices.filter({ abs(gradient[$0]) > largest / 2 }).prefix(6) {
        let before = values[index]
        let slopes = [Float(0.01), -0.01].map { step in
          values[index] = before + step
          return value()
        }
        values[index] = before
        #expect(abs((slopes[0] - slopes[1]) / 0.02 - Double(gradient[index])) < 0.03 * Double(largest) + 1e-4, "\(parameter.name) \(index)")
      }
    }
  }

  @Test("A training goes on in the same bits after a stop, with any number of workers, and has the task's curves and metrics")
  func resumes() throws {
    let whole = try trainer()
    let events = try run(whole)
    let reports = steps(events)
    #expect(reports.count == 6 && reports.allSatisfy { $0.lossTerms.map(\.name) == ["rpn_cls", "rpn_box", "head_cls", "head_box"] })
    let validated = events.compactMap { if case .validated(let report) = $0 { report } else { nil } }
    #expect(validated.count == 1 && validated[0].headline.metric == .map07 && validated[0].images == 5 && validated[0][.map10] != nil && validated[0].loss > 0)
    let first = try trainer(workers: 1)
    var kept: Snapshot?
    _ = try run(
      first, control: { first.step == 3 ? .stop : .proceed },
      checkpoint: { kept = Snapshot(tensors: $0.tensors.map { ($0.name, Tensor($0.tensor.array, shape: $0.tensor.shape)) }, metadata: $0.metadata) })
    let second = try trainer(workers: 1)
    try second.restore(#require(kept))
    _ = try run(second)
    #expect(bits(second) == bits(whole) && second.snapshot().metadata == whole.snapshot().metadata)
    #expect(whole.snapshot().metadata["task"] == "detection" && whole.snapshot().metadata["classes"] == "3")
    let other = try trainer { $0.seed = 9 }
    _ = try run(other)
    #expect(bits(other) != bits(whole))
  }

  @Test("An image that cannot be decoded is skipped and named, and one whose size is another than annotated as well")
  func skips() throws {
    var scenes = Self.scenes
    scenes.bad = ["2"]
    let events = try run(trainer(scenes) { $0.iterations = 10 })
    let skipped = events.compactMap { if case .imageSkipped(let name, _) = $0 { name } else { nil } }
    // Plain, mirrored, and in the validation.
    #expect(skipped == ["2", "2", "2"] && steps(events).count == 8)
  }

  @Test("What is frozen stays as it is, momentum and decay included")
  func frozen() throws {
    let trainer = try Trainer(
      configuration: configuration {
        $0.network = "alexnet-64"
        $0.detection!.freezes = true
        $0.iterations = 3
      }, detecting: MadeScenes(2, sizes: [(64, 64)], channels: 3), backend: CPUBackend(workers: 2))
    func tensors() -> [String: [Float]] { Dictionary(uniqueKeysWithValues: trainer.snapshot().tensors.map { ($0.name, $0.tensor.array) }) }
    let before = tensors()
    _ = try run(trainer)
    let changed = Set(tensors().filter { before[$0.key] != $0.value }.keys)
    #expect(!changed.contains { $0.contains("conv1.") || $0.contains("bn") } && changed.isSuperset(of: ["conv2.weight", "fc6.weight", "fc7.bias", "rpn_conv.weight", "bbox_pred.weight"]))
  }

  @Test("Two scenes are learned by heart")
  func learns() throws {
    let dataset = MadeScenes(2, sizes: [(48, 48)], channels: 1)
    let learner = try trainer(dataset) {
      $0.iterations = 240
      $0.solver.learningRate = 0.004
      $0.solver.schedule = .step(every: 180, factor: 0.1)
    }
    let events = try run(learner)
    let validated = try #require(events.compactMap { if case .validated(let report) = $0 { report } else { nil } }.last)
    #expect(0.9...1 ~= validated[.map07]!, "\(validated)")
  }

  @Test("What a test finds lies in the images, is likelier than a twentieth, and is no more than asked, whatever the network knows")
  func found() throws {
    let outcome = try trainer().validate(progress: { _ in })
    let found = try #require(outcome.found)
    #expect(found.images.count == 5 && found.set == "test" && outcome.report.loss.isFinite && 0...1 ~= outcome.report[.map07]!)
    #expect(found.precision().scoreThreshold == Double(Float(0.05)))
    for (image, detections) in zip(found.images, found.detections) {
      #expect(!detections.isEmpty && detections.count <= 100)
      for detection in detections {
        #expect(detection.score > 0.05 && detection.box == detection.box.clipped(width: image.width, height: image.height))
      }
      for (a, b) in zip(detections, detections.dropFirst()) { #expect(a.label < b.label || a.label == b.label && a.score >= b.score) }
    }
  }

  @Test("A training whose loss is no number ends, and says so")
  func diverges() throws {
    let problem = #expect(throws: Problem.self) { try run(trainer { $0.solver.learningRate = 1e6 }) }
    #expect(problem?.kind == .diverged)
  }

  @Test("Where no anchor lies in the image there is nothing to propose better: both losses of anchors are 0, and regions are judged all the same")
  func noAnchors() throws {
    let reports = try steps(run(trainer { $0.detection!.anchorScales = [100] }))
    #expect(reports.count == 6 && reports.allSatisfy { $0.lossTerms[0].value == 0 && $0.lossTerms[1].value == 0 && $0.lossTerms[2].value > 0 })
  }

  @Test("Where there is no set to test on, train and val take the places of trainval and test", arguments: [
    (["test", "trainval"], "trainval", "test"), (["train", "trainval", "val"], "train", "val"), (["my"], "trainval", "test"),
  ])
  func sets(there: [String], training: String, validation: String) {
    var settings = DetectionSettings.pascal
    settings.fit(sets: there)
    #expect(settings.trainingSet == training && settings.validationSet == validation)
  }

  @Test("A detection takes one image a step, and learns in all layers")
  func refusals() throws {
    #expect(#expect(throws: Problem.self) { try trainer { $0.batchSize = 2 } }?.place == "--batch")
    #expect(#expect(throws: Problem.self) { try trainer { $0.tuning = .init(part: .last) } }?.place == "--tune")
    #expect(#expect(throws: Problem.self) { try trainer { $0.detection!.trainingSet = "none" } }?.kind == .notFound)
    #expect(#expect(throws: Problem.self) { try trainer { $0.detection!.regions = 0 } }?.place == "regions")
  }
}
