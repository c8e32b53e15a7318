import CKernels

/// Boxes and the losses of detection.
extension CPUBackend {
  public func decodeBoxes(_ boxes: Tensor, deltas: Tensor, scales: SIMD4<Float>, width: Int, height: Int, output: Tensor) {
    let rows = boxes.shape[0]
    let each = rows == 0 ? 0 : deltas.count / (4 * rows)
    let (right, bottom) = (Float(width) - 1, Float(height) - 1)
    parallelStretches(of: rows, size: max(1, 1024 / max(each, 1))) { stretch, _ in
      for row in stretch {
        let box = boxes.base + row * 4
        let (width, height) = (box[2] - box[0] + 1, box[3] - box[1] + 1)
        let (x, y) = (box[0] + width / 2, box[1] + height / 2)
        for place in stride(from: row * each * 4, to: (row + 1) * each * 4, by: 4) {
          let (delta, target) = (deltas.base + place, output.base + place)
          let (across, down) = (width * BoxCode.growth(delta[2] * scales.z), height * BoxCode.growth(delta[3] * scales.w))
          let (cx, cy) = (x + delta[0] * scales.x * width, y + delta[1] * scales.y * height)
          // What is no number becomes 0.
          func clipped(_ value: Float, _ most: Float) -> Float { value > 0 ? (value < most ? value : most) : 0 }
          target[0] = clipped(cx - across / 2, right)
          target[1] = clipped(cy - down / 2, bottom)
          target[2] = clipped(cx + across / 2, right)
          target[3] = clipped(cy + down / 2, bottom)
        }
      }
    }
  }

  public func suppress(_ boxes: Tensor, count: Int, threshold: Float, most: Int, kept: inout [Int32]) {
    kept.removeAll(keepingCapacity: true)
    withScratch(shared: 5 * most) { loan in
      // Corners and area of those that are kept, each in a row of its own.
      let columns = loan.shared
      var own = (Float(0), Float(0), Float(0), Float(0), Float(0))
      for index in 0..<count where kept.count < most {
        let box = boxes.base + index * 4
        own = (box[0], box[1], box[2], box[3], (box[2] - box[0] + 1) * (box[3] - box[1] + 1))
        let isCovered = withUnsafeBytes(of: &own) {
          loops.overlaps(columns, most, kept.count, $0.baseAddress!.assumingMemoryBound(to: Float.self), threshold)
        }
        guard !isCovered else { continue }
        let place = columns + kept.count
        (place[0], place[most], place[2 * most], place[3 * most], place[4 * most]) = own
        kept.append(Int32(index))
      }
    }
  }

  public func smoothL1(
    values: Tensor, targets: Tensor, weights: Tensor, sharpness: Float, scale: Float, gradient: Tensor
  ) -> Double {
    let square = sharpness * sharpness
    return sumOfStretches(of: values.count) { stretch in
      let (x, t, w, g) = (values.base, targets.base, weights.base, gradient.base)
      var sum = 0.0
      for i in stretch {
        // Most elements have none.
        guard w[i] != 0 else {
          g[i] = 0
          continue
        }
        let difference = x[i] - t[i]
        let size = abs(difference)
        let isSmall = size < 1 / square
        sum += Double(w[i] * (isSmall ? 0.5 * square * difference * difference : size - 0.5 / square))
        g[i] = w[i] * scale * (isSmall ? square * difference : difference < 0 ? -1 : difference > 0 ? 1 : difference)
      }
      return sum
    } * Double(scale)
  }

  public func pairCrossEntropy(logits: Tensor, labels: [Int32], scale: Float, gradient: Tensor) -> Double {
    let pairs = logits.shape.last! / 2
    let rows = logits.count / (2 * pairs)
    precondition(labels.count >= rows * pairs, "\(labels.count) labels for \(rows * pairs) pairs")
    return labels.withUnsafeBufferPointer { labels in
      nonisolated(unsafe) let labels = labels
      return sumOfStretches(of: rows) { stretch in
        var sum = 0.0
        for row in stretch {
          let (z, g) = (logits.base + row * 2 * pairs, gradient.base + row * 2 * pairs)
          for pair in 0..<pairs {
            let label = labels[row * pairs + pair]
            guard label >= 0 else {
              (g[pair], g[pairs + pair]) = (0, 0)
              continue
            }
            // How much the wrong one is above the right one.
            let lead = label == 0 ? z[pairs + pair] - z[pair] : z[pair] - z[pairs + pair]
            let power = exponential(-Double(abs(lead)))
            sum += Double(max(lead, 0)) + naturalLogarithm(1 + power)
            let wrong = Float((lead > 0 ? 1 : power) / (1 + power)) * scale
            (g[pair], g[pairs + pair]) = label == 0 ? (-wrong, wrong) : (wrong, -wrong)
            // A hostile score must not look like a good one.
            if lead.isNaN { (sum, g[pair], g[pairs + pair]) = (.nan, .nan, .nan) }
          }
        }
        return sum
      } * Double(scale)
    }
  }

  public func pairProbabilities(logits: Tensor, output: Tensor) {
    let pairs = logits.shape.last! / 2
    parallelStretches(of: logits.count / (2 * pairs), size: max(1, 1024 / pairs)) { stretch, _ in
      for row in stretch {
        let (z, y) = (logits.base + row * 2 * pairs, output.base + row * pairs)
        for pair in 0..<pairs { y[pair] = Float(1 / (1 + exponential(Double(z[pair] - z[pairs + pair])))) }
      }
    }
  }

  public func softmax(logits: Tensor, output: Tensor) {
    let classes = logits.shape[1]
    parallelStretches(of: logits.shape[0], size: max(1, 1024 / classes)) { stretch, _ in
      for row in stretch {
        let (z, y) = (logits.base + row * classes, output.base + row * classes)
        var largest = -Float.infinity
        for i in 0..<classes { largest = z[i] > largest ? z[i] : largest }
        var sum = 0.0
        for i in 0..<classes {
          y[i] = Float(exponential(Double(z[i] - largest)))
          sum += Double(y[i])
        }
        for i in 0..<classes { y[i] = Float(Double(y[i]) / sum) }
      }
    }
  }

  /// The sum of what `body` gives for each stretch, added in their order.
  @inline(__always)
  private func sumOfStretches(of count: Int, _ body: @Sendable (Range<Int>) -> Double) -> Double {
    // At most 64 partial sums, so that they fit the stack.
    let size = max(1024, ceilDivide(count, 64))
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { sums in
      // Each piece writes one sum of its own.
      nonisolated(unsafe) let sums = sums
      parallelStretches(of: count, size: size) { stretch, _ in sums[stretch.lowerBound / size] = body(stretch) }
      return sums[..<ceilDivide(count, size)].reduce(0, +)
    }
  }
}

/// The numbers that tell one box from another (Girshick et al. 2014, arXiv:1311.2524, appendix C): how far its centre is moved, in widths and
/// heights, and the logarithms of how much it grows. Widths count both ends.
public enum BoxCode {
  /// ln(1000 / 16): no box grows by more, whatever a network says.
  public static let mostGrowth: Float = 4.135166556742356

  @inline(__always)
  static func growth(_ logarithm: Float) -> Float { Float(exponential(Double(min(logarithm, mostGrowth)))) }

  /// What makes `box` of `other`, both x1, y1, x2, y2. ``Backend/decodeBoxes(_:deltas:scales:width:height:output:)`` gives a box that is a pixel wider and higher,
  /// as in the published training.
  public static func encode(_ box: SIMD4<Float>, by other: SIMD4<Float>) -> SIMD4<Float> {
    func sizes(_ box: SIMD4<Float>) -> (width: Float, height: Float, x: Float, y: Float) {
      let (width, height) = (box.z - box.x + 1, box.w - box.y + 1)
      return (width, height, box.x + width / 2, box.y + height / 2)
    }
    let (a, g) = (sizes(other), sizes(box))
    return SIMD4(
      (g.x - a.x) / a.width, (g.y - a.y) / a.height, Float(naturalLogarithm(Double(g.width / a.width))),
      Float(naturalLogarithm(Double(g.height / a.height))))
  }
}
