import Basics
import Datasets
import Glibc
import Kernels
import Networks
import Settings

/// The losses of actions on one network.
package final class ActionObjective: TaskObjective {
  private let task: ActionTask
  private let network: Network
  package let judge: ActionJudge
  private let sampler: ActionSampler
  /// Of the boxes that are judged in a step: [boxes, actions], and [boxes].
  private let scores, best, bestGradient, losses: Tensor
  private var (sum, images) = (0.0, 0)
  private var found: FoundActions

  private static let sharpness: Float = 1

  init(_ task: ActionTask, _ network: Network) {
    (self.task, self.network) = (task, network)
    let (backend, most) = (network.backend, network.batch * task.settings.primaries)
    judge = ActionJudge(network, task.settings, actions: task.actions.count)
    sampler = ActionSampler(task.settings, task.distribution, actions: task.actions.count, images: network.batch, backend: backend)
    scores = backend.makeTensor([most, task.actions.count])
    best = backend.makeTensor([most, task.actions.count])
    bestGradient = backend.makeTensor([most, task.actions.count])
    losses = backend.makeTensor([most])
    found = FoundActions(task)
  }

  package func learn(_ batch: TaskBatch, _ phase: Phase) -> TaskLoss {
    guard case .training(let key) = phase else { preconditionFailure("actions are learned in training alone") }
    sampler.begin()
    for slot in 0..<batch.count {
      let label = Int(batch.labels[slot])
      let image = task.trainingImages[label / 2]
      sampler.add(
        task.scenes[label / 2], slot: slot, mirroredIn: label % 2 == 1 ? image.width : nil,
        scale: task.settings.size(width: image.width, height: image.height).scale, key: key, image: label)
    }
    let pass = Pass(images: batch.count, input: batch.input, rows: [sampler.write(into: network.rows(ActionNetwork.regions))])
    network.forward(pass, phase)
    return loss(pass)
  }

  /// Of the outputs that the last forward pass has left: the cross-entropy and the loss of boxes, each its mean over the boxes that are judged. Where none is,
  /// there is nothing to learn.
  private func loss(_ pass: Pass) -> TaskLoss {
    let (backend, judged) = (network.backend, sampler.labels.count)
    guard judged > 0 else { return TaskLoss(0, terms: task.lossTerms.map { _ in 0 }, over: pass) }
    let (scores, best, bestGradient, losses) = (scores.prefix(judged), best.prefix(judged), bestGradient.prefix(judged), losses.prefix(judged))
    let own = judge.output(ActionNetwork.scores, in: pass)!
    backend.copy(own.values.prefix(judged), to: scores)
    let context = judge.output(ActionNetwork.context, in: pass)
    if let context {
      backend.groupMaxForward(context.values, members: sampler.members, starts: sampler.starts, output: best)
      backend.add(best, to: scores, relu: false)
    }
    // The gradient of a sum is that of both.
    backend.softmaxCrossEntropy(
      logits: scores, labels: sampler.labels, smoothing: 0, gradientScale: 1 / Float(judged), losses: losses, gradient: bestGradient)
    let cross = Float(losses.elements.reduce(0.0) { $0 + Double($1) } / Double(judged))
    backend.copy(bestGradient, to: own.gradient!.prefix(judged))
    own.gradient!.clear(from: judged, backend)
    if let context {
      backend.groupMaxGradient(
        context.values, members: sampler.members, starts: sampler.starts, output: best, outputGradient: bestGradient, inputGradient: context.gradient!)
    }
    guard let codes = judge.output(ActionNetwork.codes, in: pass) else { return TaskLoss(cross, over: pass) }
    let box = Float(
      backend.smoothL1(
        values: codes.values.prefix(judged), targets: sampler.codes.prefix(judged), weights: sampler.weights.prefix(judged), sharpness: Self.sharpness,
        scale: 1 / Float(judged), gradient: codes.gradient!.prefix(judged)))
    codes.gradient!.clear(from: judged, backend)
    return TaskLoss(cross + box, terms: [cross, box], over: pass)
  }

  package func beginValidation() { (sum, images, found) = (0, 0, FoundActions(task)) }

  /// The loss is the cross-entropy of what a test says, its mean over the people of an image: boxes are not tested.
  package func validate(_ batch: TaskBatch) {
    precondition(batch.count == 1, "images are tested one by one")
    let place = Int(batch.labels[0])
    let (image, scene) = (task.validationImages[place], task.known[place])
    let scale = task.settings.size(width: image.width, height: image.height).scale
    let judged = judge.judge(scene.people.map(\.box), of: scene, scale: scale, input: batch.input ?? network.shapes[0])
    for (person, probabilities) in zip(scene.people, judged) { found.add(probabilities, image: image.name, person: person) }
    sum += zip(scene.people, judged).reduce(0) { $0 - log(max(Double($1.1.probabilities[$1.0.label]), .leastNormalMagnitude)) } / Double(scene.people.count)
    images += 1
  }

  package func outcome(step: Int, epoch: Double, skipped: Int) -> ValidationOutcome {
    defer { beginValidation() }
    return ValidationOutcome(
      ValidationReport(
        step: step, epoch: epoch, loss: sum / Double(max(images, 1)), metrics: MetricValues(TaskMetric.action, [found.precision().mean ?? 0]), images: images,
        skipped: skipped), actions: found)
  }
}

extension Tensor {
  /// Sets the rows from one on to 0.
  fileprivate func clear(from row: Int, _ backend: any Backend) {
    guard row < shape[0] else { return }
    let each = count / shape[0]
    backend.fill(Tensor(storage: storage, offset: offset + row * each, shape: [(shape[0] - row) * each]), with: 0)
  }
}
