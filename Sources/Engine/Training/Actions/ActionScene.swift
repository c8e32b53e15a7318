import Basics
import Datasets
import Kernels
import Settings

/// The people of an image whose actions are known, and the regions in which context is looked for, in pixels of the unscaled image.
package struct ActionScene: Sendable {
  package struct Person: Equatable, Sendable {
    /// Of what is learned: the first of the actions that the person does, else `other`.
    package var label: Int
    package var box: Box
    /// ``AnnotatedObject/place``.
    package var place: Int
  }

  package let people: [Person]
  package let boxes: [Box]
  /// The boxes that may be judged as a person, each with the person it overlaps most.
  package let primaries: [(box: Int32, person: Int32)]

  /// - Parameters:
  ///   - outputs: the actions in the order of their scores, `other` at last.
  ///   - actions: those of the dataset, in the order of ``AnnotatedObject/actions``.
  ///   - candidates: besides the people themselves.
  package init(_ image: AnnotatedImage, actions: [String], outputs: [String], candidates: [Box]) {
    let people = image.objects.compactMap { object -> Person? in
      guard let done = object.actions else { return nil }
      // In the outputs' order; in the dataset's, `other` may stand anywhere.
      let first = done.compactMap { outputs.firstIndex(of: actions[$0]) }.min()
      return Person(label: first ?? outputs.count - 1, box: object.box, place: object.place)
    }
    let boxes = people.map(\.box) + candidates
    primaries = boxes.indices.compactMap { place in
      var (best, person): (Float, Int32) = (0, 0)
      for (number, one) in people.enumerated() {
        let overlap = boxes[place].overlap(with: one.box)
        if overlap > best { (best, person) = (overlap, Int32(number)) }
      }
      return best >= ActionSettings.foreground ? (Int32(place), person) : nil
    }
    (self.people, self.boxes) = (people, boxes)
  }

  /// The candidates among the boxes.
  package var candidates: Range<Int> { people.count..<boxes.count }

  /// The places among the boxes of those in which the context of a box may be.
  package func append(around box: Box, among places: Range<Int>, to found: inout [Int32]) {
    for place in places where ActionSettings.window.contains(boxes[place].overlap(with: box)) { found.append(Int32(place)) }
  }

  /// Whether something can be learned from it: a box that may be judged, with context.
  package var teaches: Bool {
    primaries.contains { primary in
      let box = boxes[Int(primary.box)]
      return boxes.contains { ActionSettings.window.contains($0.overlap(with: box)) }
    }
  }
}

/// How the codes of boxes are distributed, action by action: learned ones are counted from the mean in deviations, so that they are about 1.
package struct CodeDistribution: Sendable {
  /// Of each action.
  package let means, deviations: [SIMD4<Float>]

  /// Of all boxes that may be judged, plain and mirrored.
  package init(_ scenes: [ActionScene], actions: Int) {
    var (sums, squares) = (Array(repeating: SIMD4<Double>.zero, count: actions), Array(repeating: SIMD4<Double>.zero, count: actions))
    var counts = [Double](repeating: 0, count: actions)
    for scene in scenes {
      for primary in scene.primaries {
        let person = scene.people[Int(primary.person)]
        let code = SIMD4<Double>(Self.code(of: person.box, by: scene.boxes[Int(primary.box)]))
        // Mirrored, what is to the left is to the right.
        sums[person.label] += SIMD4(0, 2 * code.y, 2 * code.z, 2 * code.w)
        squares[person.label] += 2 * code * code
        counts[person.label] += 2
      }
    }
    let moments = counts.indices.map { (mean: sums[$0] / max(counts[$0], 1), square: squares[$0] / max(counts[$0], 1)) }
    means = moments.map { SIMD4<Float>($0.mean) }
    deviations = moments.map { mean, square in
      let deviation = (square - mean * mean).clamped(lowerBound: .zero, upperBound: .init(repeating: .greatestFiniteMagnitude)).squareRoot()
      // Where all are equal, as where only the people themselves are judged.
      return SIMD4<Float>(deviation.replacing(with: 1, where: deviation .< 1e-6))
    }
  }

  /// The code of a box for an action, as it is learned.
  package func target(_ box: Box, by other: Box, action: Int) -> SIMD4<Float> { (Self.code(of: box, by: other) - means[action]) / deviations[action] }

  /// As ``BoxCode`` has it, but with widths from corner to corner, as Fast R-CNN's code has them.
  package static func code(of box: Box, by other: Box) -> SIMD4<Float> {
    // Boxes of one pixel have no width.
    let least: Float = 1e-14
    let (width, height) = (box.x2 - box.x1 + least, box.y2 - box.y1 + least)
    let (across, down) = (other.x2 - other.x1 + least, other.y2 - other.y1 + least)
    return SIMD4(
      (box.x1 - other.x1 + (width - across) / 2) / across, (box.y1 - other.y1 + (height - down) / 2) / down,
      Float(naturalLogarithm(Double(width / across))), Float(naturalLogarithm(Double(height / down))))
  }
}
