import Basics
import Files
import Networks
import Settings
import Taxonomy

/// What identifies a training, whatever it is called and wherever it ran: two runs of one key have the same weights in every bit.
///
/// It is the SHA-256 of ``text``: a line for each value that decides a number, sorted by name. A value that is what it was before it could be
/// chosen has no line, so that a new setting changes no old key. Name, group, tags, notes, workers, kept checkpoints, how often is validated, host,
/// command, date and version are not in it.
public struct TrainingKey: Hashable, Sendable {
  public let text: String
  public var hash: String { sha256(text.utf8) }

  /// Raised when this text changes its form.
  private static let format = 1

  /// - Parameters:
  ///   - training: as it is resolved, with the batch that fits the images (``Settings/TrainingConfiguration``).
  ///   - labels: the label set's content hash.
  ///   - parent: the key of the weights that it begins with; nil: random ones, by its seed.
  package init(_ training: TrainingConfiguration, fingerprint: String, labels: String, parent: String?) {
    text = Self.lines(Self.fields(training), fingerprint, labels, parent: parent ?? "random")
  }

  /// Random weights that nothing trains: decided by the network, the seed and the images that the mean is of.
  package init(untrained training: TrainingConfiguration, fingerprint: String, labels: String) {
    let kept = Self.fields(training).filter { ["network", "seed", "initialization"].contains($0.name) || $0.name.hasPrefix("images.") }
    text = Self.lines(kept, fingerprint, labels, parent: "untrained")
  }

  /// Weights from a file.
  package init(file content: String) { text = "weights, format \(Self.format)\nsha256\t\(content)\n" }

  private static func lines(_ fields: [(name: String, text: String)], _ fingerprint: String, _ labels: String, parent: String) -> String {
    let lines = (fields + [("dataset", fingerprint), ("labels", labels), ("parent", parent)]).sorted { $0.0 < $1.0 }
    return "training, format \(format)\n" + lines.map { "\($0.0)\t\($0.1)\n" }.joined()
  }

  /// Every value that decides a number. Values of before there was a choice are left out.
  private static func fields(_ training: TrainingConfiguration) -> [(name: String, text: String)] {
    let (solver, images) = (training.solver, training.augmentation)
    var fields: [(name: String, text: String)] = [
      ("network", training.network), ("batch", "\(training.batchSize)"), ("seed", "\(training.seed)"),
      training.iterations.map { ("iterations", "\($0)") } ?? ("epochs", "\(training.epochs)"),
      ("solver.rate", "\(solver.learningRate)"), ("solver.momentum", "\(solver.momentum)"), ("solver.decay", "\(solver.weightDecay)"),
      ("solver.schedule", solver.schedule.text),
      ("images.resize", images.resize.rawValue), ("images.size", "\(images.resizeTo)"), ("images.padding", "\(images.padding)"),
      ("images.mirror", "\(images.mirror)"), ("images.mean", images.mean.rawValue), ("images.scale", "\(images.scale)"),
    ]
    if let std = images.std { fields.append(("images.std", std.map { "\($0)" }.joined(separator: " "))) }
    if solver.nesterov { fields.append(("solver.nesterov", "true")) }
    if solver.warmUp > 0 { fields.append(("solver.warm-up", "\(solver.warmUp)")) }
    if solver.labelSmoothing > 0 { fields.append(("solver.label-smoothing", "\(solver.labelSmoothing)")) }
    if let convolution = training.convolution, convolution != .columns { fields.append(("convolution", convolution.rawValue)) }
    if let matrix = training.matrix { fields.append(("matrix", matrix.rawValue)) }
    if let initialization = training.initialization { fields.append(("initialization", initialization.text)) }
    // What is validated on decides no weight.
    for (name, text) in training.detection?.fields ?? [] where !["validation set", "test proposals"].contains(name) { fields.append(("detection.\(name)", text)) }
    for (name, text) in training.actions?.fields ?? [] where name != "validation set" { fields.append(("actions.\(name)", text)) }
    if let tuning = training.tuning {
      if tuning.part != .all { fields.append(("tune", tuning.part.text)) }
      for (layer, factor) in tuning.rateFactors where factor != 1 { fields.append(("rate-factor.\(layer)", "\(factor)")) }
    }
    return fields
  }

  /// What is said of a parent: its weights at a step.
  package static func parent(_ key: String, step: Int) -> String { "\(key)@\(step)" }
}

extension RunDirectory {
  /// What identifies the run's training, as far as it goes by now.
  /// - Parameter home: where the run is looked up whose weights it began with.
  /// - Throws: a ``Problem`` where its files cannot be read, or nothing tells what it began with.
  public func trainingKey(home: Home) throws(Problem) -> TrainingKey {
    let configuration = try configuration()
    let labels = configuration.labelSet.contentHash
    if configuration.isUntrained == true {
      return TrainingKey(untrained: configuration.training, fingerprint: configuration.fingerprint, labels: labels)
    }
    if let weights = configuration.weights { return TrainingKey(file: weights) }
    if isImported {
      return TrainingKey(file: try Self.contentHash(checkpoints.path(chosenCheckpoint(nil))))
    }
    return TrainingKey(
      configuration.training, fingerprint: configuration.fingerprint, labels: labels, parent: try configuration.lineage.map { lineage throws(Problem) in try lineage.parentKey(home: home) })
  }

  /// Of weights, which may be larger than the memory.
  package static func contentHash(_ path: String) throws(Problem) -> String {
    let file = try MappedFile(path: path)
    var digest = SHA256()
    digest.update(file.bytes)
    return digest.finish()
  }
}

extension RunConfiguration.Lineage {
  /// - Throws: a ``Problem`` where it is not kept with the run, and neither the run nor the file is there any more.
  func parentKey(home: Home) throws(Problem) -> String {
    if let key { return key }
    guard let step else { return TrainingKey(file: try RunDirectory.contentHash(from)).hash }
    return TrainingKey.parent(try RunDirectory("\(home.runs)/\(from)").trainingKey(home: home).hash, step: step)
  }
}
