import Basics
import Kernels
import Settings

/// The regions that a network proposes for an image: the anchors' best boxes, none much like another (Ren et al. 2015, arXiv:1506.01497, §3.3).
package final class Proposals {
  package let anchors: AnchorField
  /// Those of the last image, by falling score, [most, 4], in pixels of the network's input.
  package let boxes: Tensor
  private let backend: any Backend
  private let probabilities, decoded, sorted: Tensor
  /// Score and place of each box, so that smaller numbers come first.
  private var keys: [UInt64], other: [UInt64]
  private var kept: [Int32] = []

  package static let overlap: Float = 0.7

  /// - Parameter cells: of the largest feature map.
  package init(_ settings: DetectionSettings, stride: Int, cells: Int, backend: any Backend) {
    self.backend = backend
    anchors = AnchorField(settings, stride: stride, cells: cells, backend: backend)
    let count = cells * settings.anchors
    probabilities = backend.makeTensor([count])
    decoded = backend.makeTensor([count, 4])
    let (training, test) = (settings.trainingProposals, settings.testProposals)
    sorted = backend.makeTensor([min(count, max(training.before, test.before)), 4])
    boxes = backend.makeTensor([max(training.after, test.after), 4])
    keys = Array(repeating: 0, count: count)
    other = keys
    kept.reserveCapacity(boxes.shape[0])
  }

  /// - Parameters:
  ///   - scores: [1, height, width, 2 · anchors], codes: [1, height, width, 4 · anchors], of a feature map.
  ///   - width, height: of the network's input.
  ///   - smallest: no side is shorter.
  /// - Returns: how many there are.
  package func propose(
    scores: Tensor, codes: Tensor, width: Int, height: Int, smallest: Float, _ limits: DetectionSettings.Proposals
  ) -> Int {
    anchors.cover(height: scores.shape[1], width: scores.shape[2])
    backend.pairProbabilities(logits: scores, output: probabilities)
    backend.decodeBoxes(anchors.boxes, deltas: codes, scales: SIMD4(repeating: 1), width: width, height: height, output: decoded)
    var count = 0
    let (scores, boxes, sorted) = (probabilities.elements, decoded.elements, sorted.elements)
    for place in 0..<anchors.count {
      let box = Box(boxes, place)
      guard box.width >= smallest, box.height >= smallest else { continue }
      // What is no number comes last.
      let score = scores[place] > 0 ? scores[place].bitPattern : 0
      keys[count] = UInt64(~score) << 32 | UInt64(place)
      count += 1
    }
    sortKeys(count)
    let most = min(count, limits.before)
    for place in 0..<most {
      let from = Int(keys[place] & 0xFFFF_FFFF) * 4
      for part in 0..<4 { sorted[place * 4 + part] = boxes[from + part] }
    }
    backend.suppress(self.sorted, count: most, threshold: Self.overlap, most: limits.after, kept: &kept)
    let target = self.boxes.elements
    for (place, from) in kept.enumerated() {
      for part in 0..<4 { target[place * 4 + part] = sorted[Int(from) * 4 + part] }
    }
    return kept.count
  }

  /// Sorts the first `count` keys by their scores, eleven bits at a time, the lowest first: equal ones stay in their order.
  private func sortKeys(_ count: Int) {
    for shift in [32, 43, 54] as [UInt64] {
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 2048) { starts in
        starts.initialize(repeating: 0)
        for place in 0..<count { starts[Int(keys[place] >> shift & 2047)] += 1 }
        var sum = 0
        for digit in 0..<2048 { (starts[digit], sum) = (sum, sum + starts[digit]) }
        for place in 0..<count {
          let digit = Int(keys[place] >> shift & 2047)
          other[starts[digit]] = keys[place]
          starts[digit] += 1
        }
      }
      swap(&keys, &other)
    }
  }
}
