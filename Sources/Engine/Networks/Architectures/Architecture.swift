import Basics
import Kernels
import Settings

/// A network that can be asked for by name: its layers, what it takes in, and the recipe that trains it.
public struct Architecture: Sendable {
  public let name: String
  /// One sentence for people: what it is and where it comes from.
  public let summary: String
  /// Height, width and channels of one input.
  public let input: (height: Int, width: Int, channels: Int)
  /// The last activation before the classifier: what neighbours are compared by.
  public let features: String
  /// The defaults of a training.
  public let recipe: TrainingConfiguration
  /// The layers for so many target classes.
  public let layers: @Sendable (_ classes: Int) -> [any Layer]
  /// What torchvision calls the layers that it names otherwise.
  public var torchvisionNames: [String: String] = [:]

  /// How many of the first convolutions stay as they are in a detector: what they see is no task's own (Girshick 2015, arXiv:1504.08083, §4.5).
  var frozenConvolutions = 1

  public var inputShape: [Int] { [input.height, input.width, input.channels] }

  /// All of them, in the order in which they are offered.
  public static let all: [Architecture] = [
    alexNet, caffeNet, alexNetTorchvision, vgg16, resNet18, resNet34, alexNet64, alexNet28, resNet8,
  ]

  /// - Throws: a ``Problem`` that lists the names, where there is no such network.
  public static func named(_ name: String) throws(Problem) -> Architecture {
    guard let found = all.first(where: { $0.name == name }) else {
      throw Problem(
        "there is no such network", at: name, expected: "one of \(all.map(\.name).joined(separator: ", "))", kind: .usage)
    }
    return found
  }

  /// How the tensors of a training of this network are called (``Snapshot``).
  package func tensorNames() throws(Problem) -> Set<String> {
    let wiring = try Wiring(layers(2), input: inputShape)
    let learned = wiring.parameters.joined().map(\.name)
    // Not every one can judge regions.
    let largest = (input.height, input.width)
    let designs = [try? detection(.pascal, classes: 1, largest: largest).design, try? actions(.pascal, actions: 1, largest: largest).design].compactMap { $0 }
    let wirings = designs.compactMap { try? Wiring($0.layers, input: $0.input, rowSets: $0.rowSets, outputs: $0.outputs) }
    let all = learned + wirings.flatMap { $0.parameters.joined().map(\.name) }
    return Set(all + all.map { Snapshot.momentum + $0 } + wiring.state.joined().map(\.name) + [Snapshot.mean])
  }

  /// The network for `classes` target classes, its parameters zero until they are initialised or restored.
  /// - Throws: a ``Problem`` where a layer does not fit the one before it.
  public func network(
    classes: Int, batch: Int, purpose: Network.Purpose, backend: any Backend
  ) throws(Problem) -> Network {
    try Network(layers(classes), input: inputShape, batch: batch, purpose: purpose, backend: backend)
  }
}
