import Basics
import Kernels
import Networks
import Settings

/// The anchors of a feature map: in each of its cells the same boxes about the cell's place (Ren et al. 2015, arXiv:1506.01497, §3.1.1), in the order row, column,
/// anchor. Memory for the largest map is made once.
package final class AnchorField {
  /// About the first cell, by ratio, then by scale.
  package let shapes: [Box]
  private let stride: Int
  private let memory: Tensor
  private var size = (height: 0, width: 0)
  /// Those of the present map, [count, 4].
  package private(set) var boxes: Tensor

  /// - Parameter cells: of the largest map.
  package init(_ settings: DetectionSettings, stride: Int, cells: Int, backend: any Backend) {
    shapes = Self.shapes(base: settings.anchorBase, scales: settings.anchorScales, ratios: settings.anchorRatios)
    self.stride = stride
    memory = backend.makeTensor([cells * shapes.count, 4])
    boxes = memory.prefix(0)
  }

  /// Those of the largest map.
  var most: Int { memory.shape[0] }
  package var count: Int { boxes.shape[0] }

  /// As in the published training, whose rounding halves go to even numbers. (The table in its comments is 1 higher, as of MATLAB.)
  package static func shapes(base: Int, scales: [Int], ratios: [Double]) -> [Box] {
    let centre = Float(base - 1) / 2
    return ratios.flatMap { ratio in
      let width = (Double(base * base) / ratio).squareRoot().rounded(.toNearestOrEven)
      let height = (width * ratio).rounded(.toNearestOrEven)
      return scales.map { scale in
        let (across, down) = (Float(width * Double(scale)) - 1, Float(height * Double(scale)) - 1)
        return Box(centre - across / 2, centre - down / 2, centre + across / 2, centre + down / 2)
      }
    }
  }

  /// Puts the anchors over a map of that size.
  package func cover(height: Int, width: Int) {
    guard size != (height, width) else { return }
    size = (height, width)
    boxes = memory.prefix(height * width * shapes.count)
    let elements = boxes.elements
    var place = 0
    for row in 0..<height {
      for column in 0..<width {
        let (x, y) = (Float(column * stride), Float(row * stride))
        for shape in shapes {
          (elements[place], elements[place + 1]) = (shape.x1 + x, shape.y1 + y)
          (elements[place + 2], elements[place + 3]) = (shape.x2 + x, shape.y2 + y)
          place += 4
        }
      }
    }
  }
}

extension Box {
  /// The box at a place of a list of them, [n, 4].
  init(_ elements: UnsafeMutableBufferPointer<Float>, _ place: Int) {
    self.init(elements[place * 4], elements[place * 4 + 1], elements[place * 4 + 2], elements[place * 4 + 3])
  }

  var vector: SIMD4<Float> { SIMD4(x1, y1, x2, y2) }
}

/// An object that a detector is to find, in pixels of the network's input.
package struct Target: Equatable, Sendable {
  /// 0…, without the background.
  package var label: Int
  package var box: Box

  package init(label: Int, box: Box) { (self.label, self.box) = (label, box) }
}

/// What random numbers of a detection are for.
enum DetectionDraw: Int {
  case positiveAnchors, negativeAnchors, foreground, background
}

extension [Int32] {
  /// Brings `count` of its elements, chosen at random without repetition, to the front.
  mutating func choose(_ count: Int, _ random: CounterRandom) {
    for place in 0..<Swift.min(count, self.count) { swapAt(place, place + random.below(self.count - place, place)) }
  }
}
