import Basics
import Files
import FoundationEssentials
import Glibc
import Kernels
import Networks
import Taxonomy
import Training

/// The folder of a run's checkpoints, `<step>.safetensors`: the last ones and the best are kept.
public struct Checkpoints: Hashable, Sendable {
  public let folder: String
  /// How many of the last are kept where nothing else was asked: one to resume from, one for the case that it is
  /// damaged.
  public static let kept = 2
  private static let suffix = ".safetensors"
  private static let validationKey = "validation"
  private static let bestKey = "best"

  /// What the metadata of a checkpoint may tell.
  fileprivate static let known = TrainingTasks.facts.union([
    "network", "seed", "step", "epoch", "validated", "losses", validationKey, bestKey, SafetensorsFile.checksumKey,
  ])

  /// The validations that a checkpoint remembers.
  struct Standing {
    var validation: ValidationReport?
    var best: ValidationReport?
  }

  package init(folder: String) { self.folder = folder }

  /// The steps, rising.
  public func steps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(Self.suffix) }.compactMap { Int($0.dropLast(Self.suffix.count)) }.filter(Count.range.contains).sorted()
  }

  public func path(_ step: Int) -> String { "\(folder)/\(step)\(Self.suffix)" }

  /// The best checkpoint in validation, by the headline metric, the last one where none was validated; nil where none is
  /// readable.
  public func best() -> Int? { bestValidated() ?? steps().last }

  /// The best checkpoint in validation; nil where none was validated, or it is not there any more.
  public func bestValidated() -> Int? {
    let steps = steps()
    let newest = steps.reversed().lazy.compactMap { try? SafetensorsFile(path($0)) }.first
    let best = newest.flatMap { Self.standing($0.metadata).best?.step }
    return best.flatMap { steps.contains($0) ? $0 : nil }
  }

  // MARK: Keeping

  /// Keeps a snapshot, and of those up to its step only the last `keep` and the best.
  func save(_ snapshot: Snapshot, step: Int, _ standing: Standing, keep: Int = kept) throws(Problem) {
    var metadata = snapshot.metadata
    metadata[Self.validationKey] = Self.encode(standing.validation)
    metadata[Self.bestKey] = Self.encode(standing.best)
    try SafetensorsFile.write(snapshot.tensors, metadata: metadata, to: path(step))
    let best = standing.best?.step
    for old in steps().filter({ $0 <= step }).dropLast(keep) where old != best { unlink(path(old)) }
  }

  /// Deletes what killed workers left half-written. Only for the owner of the run's lock.
  func removeUnfinished() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasSuffix(AtomicFile.unfinishedSuffix) {
      unlink("\(folder)/\(name)")
    }
  }

  // MARK: Going back

  /// Restores the newest checkpoint that is whole; nil where there is none at all.
  /// - Parameter remark: is told of each newer one that could not be used.
  /// - Throws: a ``Problem`` where there are checkpoints and none of them can be used.
  func restore(_ trainer: Trainer, remark: (String) -> Void) throws(Problem) -> Standing? {
    var last: Problem?
    for step in steps().reversed() {
      do throws(Problem) {
        return try restore(trainer, step: step)
      } catch where error.isOfNewerVersion {
        // To go on from an older one would do again, and otherwise, what that version has done.
        throw error
      } catch {
        remark("the checkpoint of step \(step) cannot be used: \(error)")
        last = error
      }
    }
    if let last { throw last }
    return nil
  }

  /// Restores the checkpoint of one step.
  /// - Parameter toTrain: false: only to validate; imported weights have no velocities.
  @discardableResult
  func restore(_ trainer: Trainer, step: Int, toTrain: Bool = true) throws(Problem) -> Standing {
    let file = try SafetensorsFile(path(step))
    try file.verify()
    try file.checkVersion()
    // Straight into the training's own memory: a large network is not held twice.
    var snapshot = Snapshot(tensors: trainer.snapshot().tensors, metadata: file.metadata)
    if trainer.mean == nil, let shape = file.shape(of: Snapshot.mean) {
      snapshot.tensors.append((Snapshot.mean, trainer.network.backend.makeTensor(shape)))
    }
    if !toTrain { snapshot.tensors.removeAll { $0.name.hasPrefix(Snapshot.momentum) } }
    for (name, tensor) in snapshot.tensors { try file.readCheckpoint(name, into: tensor) }
    try trainer.restore(snapshot, toTrain: toTrain)
    return Self.standing(file.metadata)
  }

  /// Reads a checkpoint's tensors into memory of their own.
  /// - Throws: a ``Problem`` where the file is not there, damaged, or of a newer version.
  public func load(_ step: Int) throws(Problem) -> Snapshot { try Snapshot(file: path(step)) }

  private static func standing(_ metadata: [String: String]) -> Standing {
    func report(_ key: String) -> ValidationReport? {
      metadata[key].flatMap { try? JSONDecoder().decode(ValidationReport.self, from: Data($0.utf8)) }
    }
    return Standing(validation: report(validationKey), best: report(bestKey))
  }

  private static func encode(_ report: ValidationReport?) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return report.flatMap { try? encoder.encode($0) }.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension RunDirectory {
  /// The checkpoint of a step; nil: the best in validation.
  /// - Throws: a ``Problem`` where there is no such one.
  public func chosenCheckpoint(_ step: Int?) throws(Problem) -> Int {
    let steps = checkpoints.steps()
    guard let last = steps.last else {
      let isToCome = (try? state()).map { $0.isLive || $0 == .queued } ?? false
      throw Problem(
        isToCome ? "the run has no checkpoint yet" : "the run has no checkpoint", at: id,
        advice: isToCome ? "wait for the end of its first epoch" : "none was written, or they were removed: use another run, or train again",
        kind: .notFound)
    }
    guard let step else { return checkpoints.best() ?? last }
    guard steps.contains(step) else {
      throw Problem("the run has no such checkpoint", at: id, expected: "step \(firstFew(steps.map(String.init)))", found: "\(step)", kind: .notFound)
    }
    return step
  }
}

extension Snapshot {
  /// Reads a checkpoint file, without its momentum, into memory of its own.
  init(file path: String) throws(Problem) {
    let file = try SafetensorsFile(path)
    try file.verify()
    try file.checkVersion()
    var tensors: [(name: String, tensor: Tensor)] = []
    for name in file.names where !name.hasPrefix(Snapshot.momentum) {
      let tensor = Tensor(file.shape(of: name) ?? [])
      try file.readCheckpoint(name, into: tensor)
      tensors.append((name, tensor))
    }
    self.init(tensors: tensors, metadata: file.metadata)
  }
}

extension SafetensorsFile {
  /// - Throws: a ``Problem`` where a checkpoint tells something, or holds a tensor, that this version has no use for: without it the
  ///   training would go on otherwise, and the network might compute something else.
  fileprivate func checkVersion() throws(Problem) {
    if let key = metadata.keys.sorted().first(where: { !Checkpoints.known.contains($0) }) {
      throw RunJSON.newer("the checkpoint", at: path, key, found: nil)
    }
    // What is of another network says so where it is restored.
    guard let architecture = metadata["network"].flatMap({ try? Architecture.named($0) }) else { return }
    let known = try architecture.tensorNames()
    if let name = names.first(where: { !known.contains($0) }) {
      throw RunJSON.newer("the checkpoint", at: path, name, found: "a tensor")
    }
  }

  /// - Throws: a ``Problem`` also where a number is NaN or infinite: such weights say nothing, and nothing is learned from them.
  fileprivate func readCheckpoint(_ name: String, into tensor: Tensor) throws(Problem) {
    try read(name, into: tensor)
    try tensor.checkFinite(at: "\(path): \(name)", advice: "the training diverged before it was written: use an earlier checkpoint")
  }
}
