import Basics
import Datasets
import EngineFixtures
import Glibc
import Kernels
import Networks
import Settings
import Testing
import Training

/// What is judged of people, with which context, and what is said of it.
@Suite struct ActionPartsTests {
  private let backend = CPUBackend(workers: 2)
  private static let names = ["jumping", "other", "reading"]
  private static let outputs = ["jumping", "reading", "other"]

  private func person(_ box: Box, _ actions: [Int]?, place: Int = 1) -> AnnotatedObject { AnnotatedObject(label: 0, box: box, place: place, actions: actions) }

  private func scene(_ objects: [AnnotatedObject], _ candidates: [Box] = []) -> ActionScene {
    ActionScene(
      AnnotatedImage(name: "1", width: 100, height: 100, objects: objects), actions: Self.names, outputs: Self.outputs, candidates: candidates)
  }

  /// Ten pixels wide and of that height, so that it overlaps ``ten`` by a tenth of it.
  private func slice(_ height: Float) -> Box { Box(0, 0, 9, height - 1) }
  private let ten = Box(0, 0, 9, 9)

  private func sampler(_ scenes: [ActionScene], _ change: (inout ActionSettings) -> Void = { _ in }) -> ActionSampler {
    var settings = ActionSettings.stamps
    change(&settings)
    return ActionSampler(settings, CodeDistribution(scenes, actions: 3), actions: 3, images: 2, backend: backend)
  }

  /// The regions that are chosen, [image, x1, y1, x2, y2] each.
  private func rows(
    _ sampler: ActionSampler, _ scene: ActionScene, mirroredIn width: Int? = nil, scale: Float = 1, key: UInt64 = 1, image: Int = 0
  ) -> [[Float]] {
    let tensor = Tensor([330, 5])
    sampler.begin()
    sampler.add(scene, slot: 1, mirroredIn: width, scale: scale, key: key, image: image)
    let count = sampler.write(into: tensor)
    return (0..<count).map { Array(tensor.array[$0 * 5..<$0 * 5 + 5]) }
  }

  @Test("People learn the first of their actions, other where they do none, and who has no list of actions is nobody")
  func labels() {
    let scene = scene([
      person(ten, [2, 0], place: 1), person(ten, [], place: 2), person(ten, nil, place: 3), person(ten, [1], place: 4), person(ten, [1, 2], place: 5),
    ])
    #expect(scene.people.map(\.label) == [0, 2, 2, 1] && scene.people.map(\.place) == [1, 2, 4, 5])
  }

  @Test("A box is judged as the person it overlaps most, by half at least; people are boxes as well")
  func primaries() {
    let scene = scene([person(ten, [0]), person(Box(0, 0, 9, 14), [2])], [slice(5), slice(4.9), slice(14), Box(50, 50, 60, 60)])
    #expect(scene.boxes.count == 6)
    let found = scene.primaries.map { [$0.box, $0.person] }
    #expect(found == [[0, 0], [1, 1], [2, 0], [4, 1]])
  }

  @Test("Context is looked for where a region overlaps the box by .2 to .75, both ends included")
  func window() {
    let scene = scene([person(ten, [0])], [slice(2), slice(7.5), slice(1.9), slice(7.6), slice(5), ten])
    var found: [Int32] = []
    scene.append(around: ten, among: scene.boxes.indices, to: &found)
    #expect(found == [1, 2, 5])
  }

  @Test("Of many regions ten are taken, none twice; of few ten with repetition; a box without any is dropped")
  func secondaries() {
    let many = scene([person(ten, [0])], (0..<30).map { slice(2 + Float($0) / 10) })
    let chosen = rows(sampler([many]), many)
    #expect(chosen.count == 11 && Set(chosen.dropFirst()).count == 10)
    let few = scene([person(ten, [0])], [slice(2), slice(3), slice(4)])
    let repeated = rows(sampler([few]), few)
    #expect(repeated.count == 11 && (2...3).contains(Set(repeated.dropFirst()).count))
    // Ten are few as well.
    let exactly = scene([person(ten, [0])], (0..<10).map { slice(2 + Float($0) / 10) })
    let sets = (0..<20).map { key in Set(rows(sampler([exactly]), exactly, key: UInt64(key)).dropFirst()).count }
    #expect(sets.allSatisfy { $0 < 10 } && Set(sets).count > 1)
    let alone = scene([person(ten, [0])], [Box(50, 50, 59, 59)])
    #expect(rows(sampler([many]), alone).isEmpty && !alone.teaches && many.teaches)
  }

  @Test("At most fifteen boxes of an image are judged, each with its own context")
  func most() {
    let crowd = scene((0..<40).map { person(Box(Float($0), 0, Float($0) + 20, 20), [0], place: $0 + 1) })
    let (sampler, tensor) = (sampler([crowd]), Tensor([330, 5]))
    let count = rows(sampler, crowd).count
    #expect(count == 15 * 11 && sampler.labels.count == 15 && sampler.members.map(Int.init) == Array(15..<165))
    #expect(sampler.starts.map(Int.init) == Array(stride(from: 0, through: 150, by: 10)))
    _ = sampler.write(into: tensor)
    for (box, start) in zip(0..<15, stride(from: 15, to: 165, by: 10)) {
      func at(_ row: Int) -> Box { Box(tensor.array[row * 5 + 1], tensor.array[row * 5 + 2], tensor.array[row * 5 + 3], tensor.array[row * 5 + 4]) }
      #expect((start..<start + 10).allSatisfy { ActionSettings.window.contains(at($0).overlap(with: at(box))) })
    }
  }

  @Test("What is chosen depends on seed, iteration and image alone, not on what was chosen before")
  func keys() {
    let many = scene([person(ten, [0])], (0..<30).map { slice(2 + Float($0) / 10) })
    let (one, other) = (sampler([many]), sampler([many]))
    _ = rows(other, many, key: 9)
    let chosen = rows(one, many, key: 5, image: 3)
    #expect(chosen == rows(other, many, key: 5, image: 3))
    #expect(chosen != rows(one, many, key: 6, image: 3) && chosen != rows(one, many, key: 5, image: 4))
  }

  @Test("Regions of a mirrored, scaled image are where they then are")
  func mirrored() {
    let many = scene([person(ten, [0])], (0..<30).map { slice(2 + Float($0) / 10) })
    let plain = rows(sampler([many]), many)
    let turned = rows(sampler([many]), many, mirroredIn: 100, scale: 2)
    #expect(turned == plain.map { [1, (99 - $0[3]) * 2, $0[2] * 2, (99 - $0[1]) * 2, $0[4] * 2] })
  }

  @Test("Without context the same boxes are judged, and nothing else")
  func withoutContext() {
    let many = scene([person(ten, [0])], (0..<30).map { slice(2 + Float($0) / 5) })
    let with = sampler([many])
    let seen = rows(with, many)
    let without = sampler([many]) { $0.context = false }
    #expect(rows(without, many) == Array(seen.prefix(with.labels.count)) && without.labels == with.labels && without.members.isEmpty)
  }

  @Test("Boxes of every action are learned, the first included, from corner to corner and in deviations of their own action")
  func codes() {
    let moved = Box(4, 0, 24, 20)
    #expect(CodeDistribution.code(of: Box(0, 0, 20, 20), by: moved) == SIMD4(-0.2, 0, 0, 0))
    let first = scene([person(Box(0, 0, 20, 20), [0])], [moved])
    let distribution = CodeDistribution([first], actions: 3)
    // 0, −.2 and, mirrored, 0, .2.
    #expect(abs(distribution.deviations[0].x - 0.1414214) < 1e-6 && distribution.means.allSatisfy { $0 == .zero })
    #expect(distribution.deviations[0].y == 1 && distribution.deviations[1] == SIMD4(repeating: 1))
    let sampler = sampler([first])
    _ = rows(sampler, first)
    #expect(sampler.labels == [0, 0])
    let (codes, weights) = (sampler.codes.array.prefix(24), sampler.weights.array.prefix(24))
    #expect(weights.enumerated().allSatisfy { $1 == ($0 % 12 < 4 ? 1 : 0) })
    #expect([codes[0], codes[12]].sorted().elementsEqual([-1.414214, 0]) { abs($0 - $1) < 1e-5 })
    // A person one pixel wide has no width to divide by.
    #expect((0..<4).allSatisfy { CodeDistribution.code(of: Box(5, 5, 5, 5), by: Box(5, 5, 5, 5))[$0] == 0 })
  }

  @Test("Every row that equals the largest gets the whole gradient, one that is a member twice gets it twice, and a group of none scores 0")
  func largest() {
    let input = Tensor([1, 7, 4, 4, 4, 2], shape: [3, 2])
    let (output, gradient) = (Tensor([3, 2]), Tensor([3, 2]))
    let members: [Int32] = [0, 1, 2, 1, 1, 2]
    backend.groupMaxForward(input, members: members, starts: [0, 3, 3, 6], output: output)
    #expect(output.array == [4, 7, 0, 0, 4, 4])
    backend.groupMaxGradient(
      input, members: members, starts: [0, 3, 3, 6], output: output, outputGradient: Tensor([1, 10, 100, 100, 0.5, 20], shape: [3, 2]), inputGradient: gradient)
    #expect(gradient.array == [0, 10, 2, 40, 1.5, 0])
    let broken = Tensor([.nan, 1, 2, 3], shape: [2, 2])
    backend.groupMaxForward(broken, members: [1, 0, 1], starts: [0, 3], output: output.prefix(1))
    #expect(output.array[0].isNaN && output.array[1] == 3)
  }

  @Test("The probabilities of a person do not vanish beside another whose scores are higher")
  func softmax() {
    let output = Tensor([2, 2])
    backend.softmax(logits: Tensor([2000, 1999, -2000, -2001], shape: [2, 2]), output: output)
    #expect(output.array[0] == output.array[2] && abs(output.array[3] - 0.2689414) < 1e-6)
  }
}
