import Basics
import Datasets
import Kernels
import Networks
import Settings

/// Finds objects with a detection network, one image at a time: proposes regions, judges them, and keeps of each class what is not found already.
package final class Detector {
  package let network: Network
  package let settings: DetectionSettings
  package let proposals: Proposals
  /// Of regions, without the background.
  package let classes: Int
  private let firstRegionLayer: Int
  private let anchorScores, anchorCodes, scores, codes: Int
  private let probabilities, unscaled, decoded, ofClass: Tensor
  private var places: [Int32] = [], kept: [Int32] = []

  /// What a detection needs; how much two of a class may overlap; the most of an image.
  package static let (least, overlap, most): (Float, Float, Int) = (0.05, 0.3, 100)

  /// - Parameter network: made of a ``DetectionNetwork``'s design.
  package init(_ network: Network, _ settings: DetectionSettings, classes: Int) {
    (self.network, self.settings, self.classes) = (network, settings, classes)
    func place(_ name: String) -> Int { network.layers.firstIndex { $0.name == name }! }
    firstRegionLayer = network.layers.firstIndex { $0 is RegionPooling }!
    let stride = (network.layers[firstRegionLayer] as! RegionPooling).pixels
    (anchorScores, anchorCodes) = (place(DetectionNetwork.anchorScores), place(DetectionNetwork.anchorCodes))
    (scores, codes) = (place(DetectionNetwork.scores), place(DetectionNetwork.codes))
    let (backend, most) = (network.backend, settings.testProposals.after)
    let map = network.shapes[anchorScores + 1]
    proposals = Proposals(settings, stride: stride, cells: map[0] * map[1], backend: backend)
    probabilities = backend.makeTensor([most, classes + 1])
    unscaled = backend.makeTensor([most, 4])
    decoded = backend.makeTensor([most, 4 * (classes + 1)])
    ofClass = backend.makeTensor([most, 4])
  }

  /// Scores and codes of the anchors, and their gradients, after ``propose(_:_:scale:_:)``.
  package func anchorOutputs(in pass: Pass) -> (scores: (values: Tensor, gradient: Tensor?), codes: (values: Tensor, gradient: Tensor?)) {
    (network.output(of: anchorScores, in: pass), network.output(of: anchorCodes, in: pass))
  }

  /// Codes of the regions, after ``judge(_:_:)``.
  package func codeOutput(in pass: Pass) -> (values: Tensor, gradient: Tensor?) { network.output(of: codes, in: pass) }

  /// Runs the image in the network's input through the layers in front of the regions, and leaves the proposals in ``proposals``.
  /// - Parameters:
  ///   - input: height, width and channels of the image.
  ///   - scale: of the image to its original.
  /// - Returns: how many there are.
  package func propose(_ input: [Int], _ phase: Phase, scale: Float, _ limits: DetectionSettings.Proposals) -> Int {
    let pass = Pass(images: 1, input: input, rows: [0])
    network.forward(pass, phase, layers: 0..<firstRegionLayer)
    let (scores, codes) = (network.output(of: anchorScores, in: pass).values, network.output(of: anchorCodes, in: pass).values)
    return proposals.propose(
      scores: scores, codes: codes, width: input[1], height: input[0], smallest: Float(settings.smallest) * scale, limits)
  }

  /// Runs the regions that stand in the network's rows through the other layers.
  package func judge(_ pass: Pass, _ phase: Phase) { network.forward(pass, phase, layers: firstRegionLayer..<network.layers.count) }

  /// What there is in the image in the network's input, by class, then by falling score.
  /// - Parameter image: the size of its original, in whose pixels boxes are.
  /// - Returns: also the pass over the proposals, which stand in ``proposals``.
  package func detect(_ input: [Int], image: (width: Int, height: Int), scale: Float) -> (found: [Detection], pass: Pass) {
    let count = propose(input, .inference, scale: scale, settings.testProposals)
    let (rows, boxes, original) = (network.rows(DetectionNetwork.regions).elements, proposals.boxes.elements, unscaled.elements)
    for row in 0..<count {
      rows[row * 5] = 0
      for part in 0..<4 {
        rows[row * 5 + 1 + part] = boxes[row * 4 + part]
        original[row * 4 + part] = boxes[row * 4 + part] / scale
      }
    }
    let pass = Pass(images: 1, input: input, rows: [count])
    judge(pass, .inference)
    network.backend.softmax(logits: network.output(of: scores, in: pass).values, output: probabilities)
    network.backend.decodeBoxes(
      unscaled.prefix(count), deltas: network.output(of: codes, in: pass).values, scales: RegionSampler.scales, width: image.width,
      height: image.height, output: decoded)
    var found: [Detection] = []
    for label in 0..<classes { found += detections(of: label, count: count) }
    return (Self.best(Self.most, of: found), pass)
  }

  /// Those of one class, by falling score, equal scores in the order of the regions.
  private func detections(of label: Int, count: Int) -> [Detection] {
    let (scores, boxes, target) = (probabilities.elements, decoded.elements, ofClass.elements)
    func score(_ row: Int32) -> Float { scores[Int(row) * (classes + 1) + label + 1] }
    places.removeAll(keepingCapacity: true)
    for row in 0..<Int32(count) where score(row) > Self.least { places.append(row) }
    guard !places.isEmpty else { return [] }
    places.sort { (score($1), $0) < (score($0), $1) }
    for (place, row) in places.enumerated() {
      for part in 0..<4 { target[place * 4 + part] = boxes[(Int(row) * (classes + 1) + label + 1) * 4 + part] }
    }
    network.backend.suppress(ofClass, count: places.count, threshold: Self.overlap, most: places.count, kept: &kept)
    return kept.map { Detection(label: label, score: score(places[Int($0)]), box: Box(target, Int($0))) }
  }

  /// Those that are no worse than the one at that place by score.
  static func best(_ most: Int, of found: [Detection]) -> [Detection] {
    guard found.count > most else { return found }
    let least = found.map(\.score).sorted(by: >)[most - 1]
    return found.filter { $0.score >= least }
  }
}
