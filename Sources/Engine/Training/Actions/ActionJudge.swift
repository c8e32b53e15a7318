import Basics
import Kernels
import Networks
import Settings

/// What a net says of a person.
package struct JudgedPerson: Sendable {
  /// Of each action, `other` at last; they add up to 1.
  package var probabilities: [Float]
  /// Of each action the region that speaks most for it, in pixels of the unscaled image; nil where none is looked at.
  package var context: [Box?]
}

/// Tells what people do with an action network, one image at a time: their boxes and all regions in their windows are judged, as many together as memory was
/// planned for.
package final class ActionJudge {
  private let network: Network
  private let settings: ActionSettings
  private let actions: Int
  private let firstRegionLayer: Int
  private let places: [String: Int]
  /// The regions of an image that are judged: people, then what may be their context.
  private var regions: [Box] = []
  private var windows: [Int32] = []

  /// - Parameter network: made of an ``ActionNetwork``'s design.
  package init(_ network: Network, _ settings: ActionSettings, actions: Int) {
    (self.network, self.settings, self.actions) = (network, settings, actions)
    firstRegionLayer = network.layers.firstIndex { $0 is RegionPooling }!
    places = Dictionary(uniqueKeysWithValues: network.layers.enumerated().map { ($1.name, $0) })
  }

  /// What a layer made, and its gradient; nil where the network has none of that name.
  func output(_ layer: String, in pass: Pass) -> (values: Tensor, gradient: Tensor?)? { places[layer].map { network.output(of: $0, in: pass) } }

  /// Judges people in the image in the network's input.
  /// - Parameters:
  ///   - people: their boxes, in pixels of the unscaled image.
  ///   - scale: from that to the network's input, whose height, width and channels `input` is.
  package func judge(_ people: [Box], of scene: ActionScene, scale: Float, input: [Int]) -> [JudgedPerson] {
    let backend = network.backend
    // Regions of several people are judged once.
    var rows: [Int32: Int32] = [:]
    var (members, starts): ([Int32], [Int32]) = ([], [0])
    regions = people
    for person in people where settings.context {
      windows.removeAll(keepingCapacity: true)
      scene.append(around: person, among: scene.candidates, to: &windows)
      for window in windows {
        if rows[window] == nil {
          rows[window] = Int32(regions.count)
          regions.append(scene.boxes[Int(window)])
        }
        members.append(rows[window]!)
      }
      starts.append(Int32(members.count))
    }
    network.forward(Pass(images: 1, input: input, rows: [0]), .inference, layers: 0..<firstRegionLayer)
    let own = backend.makeTensor([people.count, actions])
    let around = backend.makeTensor([regions.count, actions])
    for first in stride(from: 0, to: regions.count, by: settings.regions) {
      let lot = first..<min(first + settings.regions, regions.count)
      let pass = Pass(images: 1, input: input, rows: [lot.count])
      let elements = network.rows(ActionNetwork.regions).elements
      for (row, region) in regions[lot].enumerated() {
        elements[row * 5] = 0
        for part in 0..<4 { elements[row * 5 + 1 + part] = (region * scale).vector[part] }
      }
      network.forward(pass, .inference, layers: firstRegionLayer..<network.layers.count)
      let scores = output(ActionNetwork.scores, in: pass)!.values.elements
      let context = output(ActionNetwork.context, in: pass)?.values.elements
      for (row, region) in lot.enumerated() {
        for action in 0..<actions {
          if region < people.count { own.elements[region * actions + action] = scores[row * actions + action] }
          if let context { around.elements[region * actions + action] = context[row * actions + action] }
        }
      }
    }
    let (best, probabilities) = (backend.makeTensor([people.count, actions]), backend.makeTensor([people.count, actions]))
    if settings.context {
      backend.groupMaxForward(around, members: members, starts: starts, output: best)
      backend.add(best, to: own)
    }
    backend.softmax(logits: own, output: probabilities)
    return people.indices.map { person in
      let group = settings.context ? members[Int(starts[person])..<Int(starts[person + 1])] : []
      return JudgedPerson(
        probabilities: Array(probabilities.elements[person * actions..<(person + 1) * actions]),
        context: (0..<actions).map { action in
          group.first { around.elements[Int($0) * actions + action] == best.elements[person * actions + action] }.map { regions[Int($0)] }
        })
    }
  }
}
