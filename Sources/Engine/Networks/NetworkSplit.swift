import Basics
import Kernels
import Settings

/// A network in two parts: a backbone that stays as it is, and a head that learns, which reads the backbone's last activation alone.
package struct NetworkSplit {
  private let design: NetworkDesign
  /// The whole network.
  package let wiring: Wiring
  /// The index of the head's first layer; 0: there is no backbone.
  package let cut: Int

  /// - Throws: a ``Problem`` where the tuning names a layer that the network has not, or cannot be cut at.
  package init(_ architecture: Architecture, classes: Int, tuning: TrainingConfiguration.Tuning?) throws(Problem) {
    try self.init(architecture.design(classes: classes), tuning: tuning)
  }

  /// - Throws: a ``Problem`` where the tuning names a layer that the network has not, or cannot be cut at.
  package init(_ design: NetworkDesign, tuning: TrainingConfiguration.Tuning?) throws(Problem) {
    let wiring = try Wiring(design.layers, input: design.input, rowSets: design.rowSets, outputs: design.outputs)
    (self.design, self.wiring) = (design, wiring)
    let parameters = wiring.parameters
    let learning = wiring.layers.indices.filter { !parameters[$0].isEmpty }
    func names(_ indices: [Int]) -> String { indices.map { wiring.layers[$0].name }.joined(separator: ", ") }
    for name in tuning?.rateFactors.keys.sorted() ?? [] where !learning.contains(where: { wiring.layers[$0].name == name }) {
      throw Problem(
        "the network has no such trainable layer", at: name, expected: "one of \(names(learning))", kind: .usage)
    }
    switch tuning?.part ?? .all {
    case .all: cut = 0
    case .last: cut = Self.cut(before: learning.last!, wiring)
    case .from(let name):
      let possible = learning.filter(wiring.canBeCut)
      guard let index = possible.first(where: { wiring.layers[$0].name == name }) else {
        throw Problem(
          "cannot fine-tune from this layer on", at: name, expected: "one of \(names(possible))",
          found: learning.contains { wiring.layers[$0].name == name } ? "a layer inside a block" : "not a trainable layer", kind: .usage)
      }
      cut = Self.cut(before: index, wiring)
    }
  }

  /// Dropout is the head's: what it leaves differs from step to step.
  private static func cut(before index: Int, _ wiring: Wiring) -> Int {
    var cut = index
    while cut > 0, wiring.layers[cut - 1].isIdentityInInference { cut -= 1 }
    return cut
  }

  /// What learns, as a network of its own.
  private var headDesign: NetworkDesign {
    NetworkDesign(Array(wiring.layers[cut...]), input: featureShape, rowSets: design.rowSets, outputs: design.outputs)
  }
  /// What its layers call their input.
  private var headInputNames: [String] { cut > 0 ? wiring.names(ofInputOf: cut) : [] }

  var backboneLayers: [any Layer] { Array(wiring.layers[..<cut]) }
  /// What the head reads, for one image.
  var featureShape: [Int] { wiring.shapes[cut] }
  /// The numbers of that.
  package var featureCount: Int { featureShape.reduce(1, *) }

  /// Nil where everything learns.
  package func backbone(batch: Int, backend: any Backend) throws(Problem) -> Network? {
    guard cut > 0 else { return nil }
    return try Network(
      backboneLayers, input: wiring.shapes[0], batch: batch, purpose: .inference(keeping: []), backend: backend)
  }

  package func head(batch: Int, backend: any Backend) throws(Problem) -> Network {
    try Network(headDesign, called: headInputNames, batch: batch, purpose: .descent, backend: backend)
  }

  /// The learned values of the head, and the memory that training it takes, the backbone's included, where that runs for a whole batch
  /// at a time.
  package func need(batch: Int, backend: any Backend) throws(Problem) -> (parameters: Int, memory: TrainingMemory) {
    let design = headDesign
    let head = try Wiring(design.layers, input: design.input, called: headInputNames, rowSets: design.rowSets, outputs: design.outputs)
    let float = MemoryLayout<Float>.stride
    var memory = TrainingMemory(
      parameters: float * 2 * head.parameterCount,
      workspace: float * ActivationLayout(head, batch: batch, purpose: .descent).count,
      scratch: float * wiring.backendScratch(batch: batch, backend: backend))
    if cut > 0 {
      let backbone = try Wiring(backboneLayers, input: wiring.shapes[0])
      memory.parameters += float * backbone.parameterCount
      memory.workspace += float * ActivationLayout(backbone, batch: batch, purpose: .inference(keeping: [])).count
    }
    return (head.parameterCount, memory)
  }
}

extension Architecture {
  /// The layers from which on the network can be tuned, in order.
  package var tunableLayers: [String] {
    guard let wiring = try? Wiring(layers(2), input: inputShape) else { return [] }
    return wiring.layers.indices.filter { !wiring.parameters[$0].isEmpty && wiring.canBeCut(before: $0) }.map { wiring.layers[$0].name }
  }
}
