import Kernels
import TestSupport

/// Operations on regions and boxes.
extension OperationCase {
  /// Boxes somewhere in an image of that size, of all sizes, some beyond its edges; the first are one pixel, and the whole image.
  static func boxes(_ backend: any Backend, _ count: Int, side: Float, seed: Int) -> Tensor {
    let (tensor, random) = (backend.makeTensor([count, 4]), CounterRandom(seed: 31, seed))
    for box in 0..<count {
      let (x, y) = (random.uniform(box * 4) * side, random.uniform(box * 4 + 1) * side)
      let (width, height) = (random.uniform(box * 4 + 2) * side, random.uniform(box * 4 + 3) * side)
      let numbers: [Float] =
        switch box {
        case 0: [side - 1, side - 1, side - 1, side - 1]
        case 1: [0, 0, side - 1, side - 1]
        default: [x - side / 8, y - side / 8, x + width * width / side, y + height * height / side]
        }
      for place in 0..<4 { tensor.elements[box * 4 + place] = numbers[place] }
    }
    return tensor
  }

  static func regions(_ backend: any Backend, _ count: Int, images: Int, side: Float) -> Tensor {
    let (boxes, tensor) = (boxes(backend, count, side: side, seed: 7), backend.makeTensor([count, 5]))
    for region in 0..<count {
      tensor.elements[region * 5] = Float(region % images)
      for place in 0..<4 { tensor.elements[region * 5 + 1 + place] = boxes.elements[region * 4 + place] }
    }
    return tensor
  }

  static let regionPools: [OperationCase] = [
    (RegionPoolShape(height: 5, width: 7, channels: 3, cells: 2, stride: 16), 1, 1),
    (RegionPoolShape(height: 12, width: 9, channels: 16, cells: 3, stride: 4), 2, 9),
    (RegionPoolShape(height: 17, width: 17, channels: 37, cells: 4, stride: 8), 1, 20),
    (RegionPoolShape(height: 25, width: 40, channels: 70, cells: 6, stride: 16), 3, 30),
    (RegionPoolShape(height: 3, width: 4, channels: 5, cells: 7, stride: 32), 1, 0),
  ].flatMap { (shape: RegionPoolShape, images: Int, count: Int) in
    let name = "\(count) regions of \(images)×\(shape.height)×\(shape.width)×\(shape.channels), cells \(shape.cells), stride \(shape.stride)"
    let input = [images, shape.height, shape.width, shape.channels]
    let output = [count, shape.cells, shape.cells, shape.channels]
    let side = Float(max(shape.height, shape.width) * shape.stride)
    return [false, true].flatMap { isFlat in
      @Sendable func pixels(_ backend: any Backend) -> Tensor { isFlat ? backend.makeTensor(input) : random(backend, input, 1) }
      return [
        OperationCase("region pool forward\(isFlat ? " where all inputs are equal" : ""), \(name)", tolerance: 0) { backend in
          let (y, choices, again) = (unwritten(backend, output), unwritten(backend, output), unwritten(backend, output))
          let regions = regions(backend, count, images: images, side: side)
          backend.regionPoolForward(shape, input: pixels(backend), regions: regions, output: y, choices: choices)
          backend.regionPoolForward(shape, input: pixels(backend), regions: regions, output: again, choices: nil)
          return [y, choices, again]
        },
        OperationCase("region pool gradient\(isFlat ? " where all inputs are equal" : ""), \(name)") { backend in
          let (y, choices, dx) = (unwritten(backend, output), unwritten(backend, output), unwritten(backend, input))
          let regions = regions(backend, count, images: images, side: side)
          backend.regionPoolForward(shape, input: pixels(backend), regions: regions, output: y, choices: choices)
          backend.regionPoolGradient(shape, regions: regions, choices: choices, outputGradient: random(backend, output, 4), inputGradient: dx)
          return [dx]
        },
      ]
    }
  }

  static let boxes: [OperationCase] =
    [(1, 1), (7, 1), (50, 21), (3000, 1)].map { rows, each in
      OperationCase("boxes decoded, \(rows) with \(each) codes each") { backend in
        let deltas = random(backend, [rows, 4 * each], 2)
        for place in stride(from: 0, to: deltas.count, by: 11) { deltas.elements[place] *= 60 }
        let output = unwritten(backend, [rows, 4 * each])
        backend.decodeBoxes(
          boxes(backend, rows, side: 300, seed: 1), deltas: deltas, scales: SIMD4(1, 0.5, 0.2, 2), width: 280, height: 320, output: output)
        return [output]
      }
    }
    + [(0, 5, 0.5), (1, 5, 0.5), (300, 300, 0.3), (300, 20, 0.7), (2500, 900, 0.5), (2500, 2500, 0.05)].map { (count: Int, most: Int, threshold: Float) in
      OperationCase("suppression of \(count) boxes above \(threshold), at most \(most)", tolerance: 0) { backend in
        var kept: [Int32] = [9, 9]
        backend.suppress(boxes(backend, max(count, 1), side: 400, seed: 3), count: count, threshold: threshold, most: most, kept: &kept)
        return [Tensor([Float(kept.count)] + kept.map(Float.init), shape: [kept.count + 1])]
      }
    }

  static let detectionLosses: [OperationCase] =
    [(1, 1), (3, 9), (700, 9)].flatMap { rows, pairs in
      [
        OperationCase("cross-entropy and probabilities of pairs, \(rows)×\(pairs)") { backend in
          let logits = random(backend, [rows, 2 * pairs], 1)
          for place in logits.elements.indices { logits.elements[place] *= 20 }
          let (gradient, probabilities) = (unwritten(backend, logits.shape), unwritten(backend, [rows, pairs]))
          let labels = (0..<rows * pairs).map { Int32($0 * 7 % 3) - 1 }
          let loss = backend.pairCrossEntropy(logits: logits, labels: labels, scale: 0.25, gradient: gradient)
          backend.pairProbabilities(logits: logits, output: probabilities)
          return [Tensor([Float(loss)], shape: [1]), gradient, probabilities]
        },
        OperationCase("softmax, \(rows)×\(pairs)") { backend in
          let (logits, output) = (random(backend, [rows, pairs], 1), unwritten(backend, [rows, pairs]))
          for place in logits.elements.indices { logits.elements[place] *= 90 }
          backend.softmax(logits: logits, output: output)
          return [output]
        },
      ]
    }
    + [1, 36, 70_001].flatMap { count in
      [Float(1), 3].map { sharpness in
        OperationCase("smooth L1 of sharpness \(sharpness), \(count) values") { backend in
          let (weights, gradient) = (random(backend, [count], 3), unwritten(backend, [count]))
          for place in weights.elements.indices { weights.elements[place] = place % 3 == 0 ? 0 : weights.elements[place] }
          let loss = backend.smoothL1(
            values: random(backend, [count], 1), targets: random(backend, [count], 2), weights: weights, sharpness: sharpness, scale: 0.5,
            gradient: gradient)
          return [Tensor([Float(loss)], shape: [1]), gradient]
        }
      }
    }

  /// Members of groups of so many rows; a group takes rows at random, some twice, and every third has equal ones.
  static let groups: [OperationCase] = [(1, 1, [1]), (4, 3, [0, 2, 1]), (330, 11, Array(repeating: 10, count: 30)), (700, 11, [0, 412, 1, 0, 688])].map {
    (rows: Int, columns: Int, sizes: [Int]) in
    OperationCase("largest of groups of \(sizes.count == 30 ? "ten" : "\(sizes)") of \(rows) rows of \(columns)") { backend in
      let (input, draw) = (random(backend, [rows, columns], 5), CounterRandom(seed: 32, rows))
      for place in input.elements.indices where place / columns % 3 == 0 { input.elements[place] = 0.5 }
      var (members, starts): ([Int32], [Int32]) = ([], [0])
      for size in sizes {
        for _ in 0..<size { members.append(Int32(draw.below(rows, members.count))) }
        if size > 1 { members[members.count - 1] = members[members.count - 2] }
        starts.append(Int32(members.count))
      }
      let (output, gradient) = (unwritten(backend, [sizes.count, columns]), unwritten(backend, [rows, columns]))
      backend.groupMaxForward(input, members: members, starts: starts, output: output)
      backend.groupMaxGradient(
        input, members: members, starts: starts, output: output, outputGradient: random(backend, [sizes.count, columns], 6), inputGradient: gradient)
      return [output, gradient]
    }
  }
}
