import Basics
import Kernels
import Settings

/// Which regions are judged in a step, and what is to be said of each (Girshick 2015, arXiv:1504.08083, §2.3).
package final class RegionSampler {
  private let settings: DetectionSettings
  private let classes: Int
  /// Of each region its class, 0 for the background.
  package private(set) var labels: [Int32] = []
  /// [regions, 4 · (classes + 1)]; the weights are 1 for a foreground region's own class.
  package let codes, weights: Tensor
  private var candidates: [Box] = []
  private var objects: [Int32] = []
  private var foreground: [Int32] = []
  private var background: [Int32] = []

  private static let overlap: Float = 0.5
  /// What codes of regions are multiplied by at last: learned ones are divided by it, so that they are about 1.
  package static let scales = SIMD4<Float>(0.1, 0.1, 0.2, 0.2)

  package init(_ settings: DetectionSettings, classes: Int, backend: any Backend) {
    (self.settings, self.classes) = (settings, classes)
    codes = backend.makeTensor([settings.mostRegions, 4 * (classes + 1)])
    weights = backend.makeTensor([settings.mostRegions, 4 * (classes + 1)])
  }

  /// Chooses among the proposals and the objects themselves, and writes the regions. With too few of a kind there are fewer; none is taken twice.
  /// - Parameter rows: [most, 5].
  /// - Returns: how many there are.
  package func sample(
    _ proposals: Tensor, count: Int, targets: [Target], key: UInt64, image: Int, into rows: Tensor
  ) -> Int {
    candidates.removeAll(keepingCapacity: true)
    let boxes = proposals.elements
    for place in 0..<count { candidates.append(Box(boxes, place)) }
    for target in targets { candidates.append(target.box) }
    match(targets)
    let most = min(settings.foreground, foreground.count)
    foreground.choose(most, CounterRandom(seed: key, DetectionDraw.foreground.rawValue, image))
    let rest = min(settings.regions - most, background.count)
    background.choose(rest, CounterRandom(seed: key, DetectionDraw.background.rawValue, image))
    let (elements, chosen) = (rows.elements, foreground[..<most] + background[..<rest])
    begin(regions: chosen.count)
    for (row, candidate) in chosen.enumerated() {
      let box = candidates[Int(candidate)]
      (elements[row * 5], elements[row * 5 + 1], elements[row * 5 + 2]) = (0, box.x1, box.y1)
      (elements[row * 5 + 3], elements[row * 5 + 4]) = (box.x2, box.y2)
      if row < most { teach(row, box, targets[Int(objects[Int(candidate)])]) }
    }
    return chosen.count
  }

  /// What is to be said of the first `count` of `proposals`, all of them, in their order.
  package func label(_ proposals: Tensor, count: Int, targets: [Target]) {
    candidates.removeAll(keepingCapacity: true)
    let boxes = proposals.elements
    for place in 0..<count { candidates.append(Box(boxes, place)) }
    match(targets)
    begin(regions: count)
    for candidate in foreground { teach(Int(candidate), candidates[Int(candidate)], targets[Int(objects[Int(candidate)])]) }
  }

  /// Parts the candidates into foreground and background, by the object that each overlaps most, the first of equals.
  private func match(_ targets: [Target]) {
    objects.removeAll(keepingCapacity: true)
    foreground.removeAll(keepingCapacity: true)
    background.removeAll(keepingCapacity: true)
    for (place, box) in candidates.enumerated() {
      var (best, object): (Float, Int32) = (0, 0)
      for (number, target) in targets.enumerated() {
        let overlap = box.overlap(with: target.box)
        if overlap > best { (best, object) = (overlap, Int32(number)) }
      }
      objects.append(object)
      if best >= Self.overlap { foreground.append(Int32(place)) } else { background.append(Int32(place)) }
    }
  }

  private func begin(regions: Int) {
    labels.removeAll(keepingCapacity: true)
    for _ in 0..<regions { labels.append(0) }
    let weight = weights.elements
    for place in 0..<regions * 4 * (classes + 1) { weight[place] = 0 }
  }

  private func teach(_ row: Int, _ box: Box, _ target: Target) {
    labels[row] = Int32(target.label + 1)
    let code = BoxCode.encode(target.box.vector, by: box.vector) / Self.scales
    let place = (row * (classes + 1) + target.label + 1) * 4
    let (codes, weights) = (codes.elements, weights.elements)
    for part in 0..<4 { (codes[place + part], weights[place + part]) = (code[part], 1) }
  }
}
