import Basics
import Kernels
import Settings

/// Which boxes of a step's images are judged as people, in which regions each one's context is looked for, and what is to be said of it.
package final class ActionSampler {
  private let settings: ActionSettings
  private let distribution: CodeDistribution
  private let actions: Int
  /// Of each box that is judged its action.
  package private(set) var labels: [Int32] = []
  /// [boxes, 4 · actions]; the weights are 1 for a box's own action. Empty where boxes are not learned.
  package let codes, weights: Tensor
  /// The rows of the regions around each box, one box's behind the other's, and where each one's begin, with the end at last.
  package private(set) var members: [Int32] = []
  package private(set) var starts: [Int32] = []
  /// In pixels of the network's input.
  private var judged: [Region] = []
  private var around: [Region] = []
  private var chosen: [Int32] = []
  private var found: [Int32] = []

  private struct Region {
    var image: Int
    var box: Box
  }

  /// What random numbers are for.
  private enum Draw: Int {
    case primaries, secondaries
  }

  /// - Parameter images: the most of a step.
  package init(_ settings: ActionSettings, _ distribution: CodeDistribution, actions: Int, images: Int, backend: any Backend) {
    (self.settings, self.distribution, self.actions) = (settings, distribution, actions)
    let most = settings.boxLoss ? images * settings.primaries : 0
    codes = backend.makeTensor([most, 4 * actions])
    weights = backend.makeTensor([most, 4 * actions])
  }

  package func begin() {
    labels.removeAll(keepingCapacity: true)
    judged.removeAll(keepingCapacity: true)
    around.removeAll(keepingCapacity: true)
  }

  /// Chooses regions of one more image. Boxes without context are dropped.
  /// - Parameters:
  ///   - slot: the image's place in the network's input.
  ///   - width: of the unscaled image, which is mirrored; nil: it is not.
  ///   - scale: from the unscaled image to the network's input.
  ///   - key, image: decide, with the scene, what is chosen.
  package func add(_ scene: ActionScene, slot: Int, mirroredIn width: Int?, scale: Float, key: UInt64, image: Int) {
    func seen(_ box: Box) -> Box { (width.map(box.mirrored) ?? box) * scale }
    chosen.removeAll(keepingCapacity: true)
    for place in scene.primaries.indices { chosen.append(Int32(place)) }
    let count = min(settings.primaries, chosen.count)
    chosen.choose(count, CounterRandom(seed: key, Draw.primaries.rawValue, image))
    for place in chosen[..<count] {
      let (primary, person) = scene.primaries[Int(place)]
      let box = scene.boxes[Int(primary)]
      found.removeAll(keepingCapacity: true)
      scene.append(around: box, among: scene.boxes.indices, to: &found)
      guard !found.isEmpty else { continue }
      let random = CounterRandom(seed: key, Draw.secondaries.rawValue, image, Int(primary))
      let isEnough = found.count > settings.secondaries
      if isEnough { found.choose(settings.secondaries, random) }
      for number in 0..<settings.secondaries {
        let region = isEnough ? found[number] : found[random.below(found.count, number)]
        around.append(Region(image: slot, box: seen(scene.boxes[Int(region)])))
      }
      judged.append(Region(image: slot, box: seen(box)))
      teach(scene.people[Int(person)], by: box, mirroredIn: width)
    }
  }

  private func teach(_ person: ActionScene.Person, by box: Box, mirroredIn width: Int?) {
    let row = labels.count
    labels.append(Int32(person.label))
    guard settings.boxLoss else { return }
    func seen(_ box: Box) -> Box { width.map(box.mirrored) ?? box }
    let code = distribution.target(seen(person.box), by: seen(box), action: person.label)
    let (codes, weights) = (codes.elements, weights.elements)
    for place in row * 4 * actions..<(row + 1) * 4 * actions { weights[place] = 0 }
    let place = (row * actions + person.label) * 4
    for part in 0..<4 { (codes[place + part], weights[place + part]) = (code[part], 1) }
  }

  /// Writes the regions of all images: those that are judged, then what is around each.
  /// - Parameter rows: [most, 5].
  /// - Returns: how many there are.
  package func write(into rows: Tensor) -> Int {
    let elements = rows.elements
    var row = 0
    func write(_ region: Region) {
      elements[row * 5] = Float(region.image)
      for part in 0..<4 { elements[row * 5 + 1 + part] = region.box.vector[part] }
      row += 1
    }
    for region in judged { write(region) }
    members.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    for number in 0...judged.count { starts.append(Int32(settings.context ? number * settings.secondaries : 0)) }
    if settings.context {
      for region in around {
        members.append(Int32(row))
        write(region)
      }
    }
    return row
  }
}
