import Basics
import Kernels
import Settings

/// What each anchor is to say in a step: object, not, or nothing; and where the object is (Ren et al. 2015, arXiv:1506.01497, §3.1.2).
package final class AnchorTargets {
  private let most: Int
  /// Of each anchor 1, 0, or −1 for those that do not count.
  package private(set) var labels: [Int32]
  /// [anchors, 4]; the weights are 1 where a box is learned.
  package let codes, weights: Tensor
  /// The anchors that count, and how many of them are positive.
  package private(set) var counted = 0, positives = 0
  /// Of each anchor inside the image its best overlap, and with which object.
  private var overlaps: [Float]
  private var objects: [Int32]
  private var inside: [Int32] = []
  private var chosen: [Int32] = []

  private static let (negative, positive): (Float, Float) = (0.3, 0.7)

  /// - Parameter anchors: the most there may be.
  package init(_ settings: DetectionSettings, anchors: Int, backend: any Backend) {
    most = settings.anchorBatch
    labels = Array(repeating: -1, count: anchors)
    overlaps = Array(repeating: 0, count: anchors)
    objects = Array(repeating: 0, count: anchors)
    (codes, weights) = (backend.makeTensor([anchors, 4]), backend.makeTensor([anchors, 4]))
    inside.reserveCapacity(anchors)
    chosen.reserveCapacity(anchors)
  }

  /// - Parameters:
  ///   - width, height: of the network's input; only anchors wholly inside it take part.
  ///   - key: decides, with the anchors, which of too many count.
  package func assign(_ anchors: AnchorField, to targets: [Target], width: Int, height: Int, key: UInt64, image: Int) {
    let boxes = anchors.boxes.elements
    let count = anchors.count
    inside.removeAll(keepingCapacity: true)
    for anchor in 0..<count {
      labels[anchor] = -1
      let box = Box(boxes, anchor)
      if box.x1 >= 0, box.y1 >= 0, box.x2 < Float(width), box.y2 < Float(height) { inside.append(Int32(anchor)) }
    }
    for anchor in inside {
      let (at, box) = (Int(anchor), Box(boxes, Int(anchor)))
      (overlaps[at], objects[at]) = (0, 0)
      for (place, target) in targets.enumerated() {
        let overlap = box.overlap(with: target.box)
        if overlap > overlaps[at] { (overlaps[at], objects[at]) = (overlap, Int32(place)) }
      }
      if overlaps[at] < Self.negative { labels[at] = 0 }
    }
    // Positives come last, so that an object's best anchors are not negative for being no better. An object that no anchor overlaps has no best one:
    // all of them would be.
    for target in targets {
      var best: Float = 0
      for anchor in inside { best = max(best, Box(boxes, Int(anchor)).overlap(with: target.box)) }
      guard best > 0 else { continue }
      for anchor in inside where Box(boxes, Int(anchor)).overlap(with: target.box) == best { labels[Int(anchor)] = 1 }
    }
    for anchor in inside where overlaps[Int(anchor)] >= Self.positive { labels[Int(anchor)] = 1 }

    positives = keep(1, most / 2, CounterRandom(seed: key, DetectionDraw.positiveAnchors.rawValue, image))
    counted = positives + keep(0, most - positives, CounterRandom(seed: key, DetectionDraw.negativeAnchors.rawValue, image))
    let (code, weight) = (codes.elements, weights.elements)
    for place in 0..<count * 4 { weight[place] = 0 }
    for anchor in inside where labels[Int(anchor)] == 1 {
      let at = Int(anchor)
      let made = BoxCode.encode(targets[Int(objects[at])].box.vector, by: Box(boxes, at).vector)
      for part in 0..<4 { (code[at * 4 + part], weight[at * 4 + part]) = (made[part], 1) }
    }
  }

  /// Leaves at most so many with a label, chosen at random.
  private func keep(_ label: Int32, _ most: Int, _ random: CounterRandom) -> Int {
    chosen.removeAll(keepingCapacity: true)
    for anchor in inside where labels[Int(anchor)] == label { chosen.append(anchor) }
    guard chosen.count > most else { return chosen.count }
    chosen.choose(most, random)
    for anchor in chosen[most...] { labels[Int(anchor)] = -1 }
    return most
  }
}
