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

  /// The first checkpoint of a run on annotated images: those of these weights that have a layer's name and shape there, new ones for the other
  /// layers, and which is which.
  /// - Parameter network: of the architecture.
  /// - Throws: a ``Problem`` where no layer of its backbone gets weights: what should begin with something would begin with nothing.
  func checkpoint(for training: TrainingConfiguration, _ network: any RegionNetwork, facts: [String: String]) throws(Problem) -> (snapshot: Snapshot, report: TakenWeights) {
    let wiring = try Wiring(network.design.layers, input: network.design.input, rowSets: network.design.rowSets, outputs: network.design.outputs)
    var report = TakenWeights()
    var tensors: [(name: String, tensor: Tensor)] = []
    let known = Dictionary(snapshot.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    func add(_ parameter: Parameter, number: Int) {
      if let tensor = known[parameter.name], tensor.shape == parameter.shape {
        tensors.append((parameter.name, tensor))
        report.loaded.append(parameter.name)
        return
      }
      let fresh = Tensor(parameter.shape)
      let key = CounterRandom(seed: training.seed, RandomUse.initialization.rawValue, number).key
      parameter.initialization.fill(fresh, fanIn: parameter.fanIn, key: key)
      tensors.append((parameter.name, fresh))
      report.new.append(parameter.name)
    }
    let parameters = Array(wiring.parameters.joined())
    for (number, parameter) in parameters.enumerated() { add(parameter, number: number) }
    for (number, kept) in wiring.state.joined().enumerated() { add(kept, number: parameters.count + number) }
    for parameter in parameters { tensors.append((Snapshot.momentum + parameter.name, Tensor(parameter.shape))) }
    report.unused = snapshot.tensors.map(\.name).filter { $0 != Snapshot.mean && !report.loaded.contains($0) }
    let backbone = Set(network.backbone)
    guard report.loaded.contains(where: { name in backbone.contains(String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])) }) else {
      throw Problem(
        "the weights have nothing for the backbone", at: from, expected: "tensors such as \(parameters[0].name), \(describe(parameters[0].shape))",
        found: snapshot.tensors.first.map { "\($0.name), \(describe($0.tensor.shape))" } ?? "none",
        advice: "leave --from out to begin with random weights, or name a run of \(architecture.name)")
    }
    tensors.append((Snapshot.mean, try snapshot.tensor(Snapshot.mean)))
    return (Snapshot(tensors: tensors, metadata: Self.beginning(architecture, training, facts)), report)
  }

  private static func beginning(_ architecture: Architecture, _ training: TrainingConfiguration, _ facts: [String: String]) -> [String: String] {
    ["network": architecture.name, "seed": String(training.seed), "step": "0", "epoch": "0.0", "validated": "0"].merging(facts) { $1 }
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
    return Snapshot(tensors: tensors, metadata: Self.beginning(architecture, training, ["classes": String(labels.classes.count)]))
  }
}

/// What weights were good for.
public struct TakenWeights: Codable, Equatable, Sendable {
  /// Tensors by name: those that were taken, those that begin anew, and those that nothing takes.
  public var loaded: [String] = [], new: [String] = [], unused: [String] = []

  /// "loaded: conv1 to fc7 …", by layers.
  var text: String {
    func layers(_ names: [String]) -> String {
      let all = names.reduce(into: [String]()) { layers, name in
        let layer = String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
        if !layers.contains(layer) { layers.append(layer) }
      }
      return all.isEmpty ? "none" : all.joined(separator: ", ")
    }
    return "weights loaded: \(layers(loaded)); new: \(layers(new)); unused: \(layers(unused))"
  }
}
