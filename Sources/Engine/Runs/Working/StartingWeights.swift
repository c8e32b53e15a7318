import Basics
import Files
import FoundationEssentials
import Kernels
import Networks
import Settings
import Taxonomy
import Weights

/// The weights of a run or a file, to begin another run with.
public struct StartingWeights: Sendable {
  public let architecture: Architecture
  /// The directory name of the run, or the file's path.
  public let from: String
  /// The step of the run's checkpoint.
  public let step: Int?
  /// How the images looked that the weights are from.
  let augmentation: TrainingConfiguration.Augmentation
  private let snapshot: Snapshot
  private let classes: Int
  /// Of a run; a file does not say.
  private let labelSet: LabelSet?

  /// Reads the best checkpoint of the run that `text` names, with `@STEP` behind it that of a step, or the checkpoint file at that path.
  /// - Throws: a ``Problem`` where there is neither, or it cannot be read.
  public init(_ text: String, home: Home) throws(Problem) {
    if text.hasSuffix(".safetensors") {
      let metadata = try Self.metadata(text)
      guard let name = metadata["network"], metadata["layout"] == nil else {
        throw Problem(
          "these are not weights of this program", at: text, expected: "a checkpoint of a run",
          advice: Self.importing)
      }
      let checkpoint = try Snapshot(file: text)
      architecture = try .named(name)
      augmentation = architecture.recipe.augmentation
      (from, step, snapshot, labelSet) = (text, nil, checkpoint, nil)
    } else {
      let named = NamedRun(text)
      let run = try Self.run(named.name, home)
      let configuration = try run.configuration()
      let best = try run.chosenCheckpoint(named.step)
      architecture = try .named(configuration.training.network)
      augmentation = configuration.training.augmentation
      (from, step, snapshot, labelSet) = (run.id, best, try run.checkpoints.load(best), configuration.labelSet)
    }
    classes = try snapshot.number("classes")
  }

  private static let importing = "import them with `imagenet-tui weights import`"

  private static func metadata(_ path: String) throws(Problem) -> [String: String] {
    // What is something else says what it is.
    try WeightFiles.open(path).metadata
  }

  private static func run(_ text: String, _ home: Home) throws(Problem) -> RunDirectory {
    let reader = RunsReader(home: home)
    do throws(Problem) {
      return reader.directory(of: try reader.find(text).id)
    } catch {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), !isFolder else { throw error }
      throw Problem("these are not weights of this program", at: text, expected: "a run or its checkpoint", advice: importing)
    }
  }

  /// Whether the classifier's outputs are those of `labels`, so that it can be kept: the same classes in the same order, or,
  /// where a file does not say, as many.
  func fits(_ labels: LabelSet) -> Bool {
    guard let labelSet else { return classes == labels.classes.count }
    return labelSet.classes.map(\.members) == labels.classes.map(\.members)
  }

  /// The first checkpoint of a run: these weights, a new classifier where the label set is another, the parameters that learn without
  /// momentum.
  func checkpoint(for training: TrainingConfiguration, labels: LabelSet) throws(Problem) -> Snapshot {
    let split = try NetworkSplit(architecture, classes: labels.classes.count, tuning: training.tuning)
    let wiring = split.wiring
    let keepsHead = fits(labels)
    let last = wiring.layers.indices.last { !wiring.parameters[$0].isEmpty }
    var tensors: [(name: String, tensor: Tensor)] = []
    var velocities: [(name: String, tensor: Tensor)] = []
    var number = 0
    for index in wiring.layers.indices {
      for parameter in wiring.parameters[index] {
        if index == last && !keepsHead {
          let fresh = Tensor(parameter.shape)
          let key = CounterRandom(seed: training.seed, RandomUse.initialization.rawValue, number).key
          parameter.initialization.fill(fresh, fanIn: parameter.fanIn, key: key)
          tensors.append((parameter.name, fresh))
        } else {
          tensors.append((parameter.name, try snapshot.tensor(parameter.name, shape: parameter.shape)))
        }
        if index >= split.cut { velocities.append((Snapshot.momentum + parameter.name, Tensor(parameter.shape))) }
        number += 1
      }
      for kept in wiring.state[index] { tensors.append((kept.name, try snapshot.tensor(kept.name, shape: kept.shape))) }
    }
    tensors += velocities
    tensors.append((Snapshot.mean, try snapshot.tensor(Snapshot.mean)))
    return Snapshot(
      tensors: tensors,
      metadata: [
        "network": architecture.name, "classes": String(labels.classes.count), "seed": String(training.seed), "step": "0",
        "epoch": "0.0", "validated": "0",
      ])
  }
}
