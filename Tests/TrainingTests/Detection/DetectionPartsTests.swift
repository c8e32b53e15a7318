import Basics
import Kernels
import Networks
import Settings
import Testing
import Training

/// Anchors, what they and the regions learn, and what is proposed.
@Suite struct DetectionPartsTests {
  private let backend = CPUBackend(workers: 2)
  private let settings = DetectionSettings.pascal

  private func field(_ settings: DetectionSettings, _ height: Int, _ width: Int, stride: Int) -> AnchorField {
    let field = AnchorField(settings, stride: stride, cells: height * width, backend: backend)
    field.cover(height: height, width: width)
    return field
  }

  private func overlap(_ a: Box, _ b: Box) -> Float { a.overlap(with: b) }
  private func boxes(_ tensor: Tensor, _ count: Int) -> [Box] {
    let e = tensor.array
    return (0..<count).map { Box(e[$0 * 4], e[$0 * 4 + 1], e[$0 * 4 + 2], e[$0 * 4 + 3]) }
  }

  // MARK: Anchors

  @Test("Anchors are the published ones, the first −84 −40 99 55, not those of the table in its comments, which is 1 higher")
  func anchorTable() {
    let expected: [Box] = [
      Box(-84, -40, 99, 55), Box(-176, -88, 191, 103), Box(-360, -184, 375, 199), Box(-56, -56, 71, 71), Box(-120, -120, 135, 135),
      Box(-248, -248, 263, 263), Box(-36, -80, 51, 95), Box(-80, -168, 95, 183), Box(-168, -344, 183, 359),
    ]
    #expect(AnchorField.shapes(base: 16, scales: [8, 16, 32], ratios: [0.5, 1, 2]) == expected)
    let small: [Box] = [
      Box(-23.5, -11, 30.5, 18), Box(-51, -26, 58, 33), Box(-106, -56, 113, 63), Box(-16, -16, 23, 23), Box(-36, -36, 43, 43), Box(-76, -76, 83, 83),
      Box(-11, -26, 18, 33), Box(-26, -56, 33, 63), Box(-56, -116, 63, 123),
    ]
    #expect(AnchorField.shapes(base: 8, scales: [5, 10, 20], ratios: [0.5, 1, 2]) == small)
  }

  @Test(
    "As many anchors lie in images as were counted, in the order row, column, shape",
    arguments: [(600, 1000, 39, 64, 22_464, 8_151), (600, 800, 39, 51, 17_901, 5_944), (600, 600, 39, 39, 13_689, 3_938)])
  func anchorsInside(height: Int, width: Int, rows: Int, columns: Int, all: Int, inside: Int) {
    let field = field(settings, rows, columns, stride: 16)
    let boxes = boxes(field.boxes, field.count)
    #expect(field.count == all)
    #expect(boxes.count { $0.x1 >= 0 && $0.y1 >= 0 && $0.x2 < Float(width) && $0.y2 < Float(height) } == inside)
    #expect(boxes[(2 * columns + 3) * 9 + 4] == Box(-120 + 48, -120 + 32, 135 + 48, 135 + 32))
  }

  // MARK: Codes

  @Test("A code of zero makes a box a pixel larger, as in the published training; the example of the definition comes out")
  func codes() {
    let (a, g) = (SIMD4<Float>(-56, -56, 71, 71), SIMD4<Float>(0, 0, 99, 149))
    let code = BoxCode.encode(g, by: a)
    for (found, expected) in zip([code.x, code.y, code.z, code.w], [0.328125, 0.5234375, -0.2468601, 0.1586050] as [Float]) { #expect(abs(found - expected) < 1e-6) }
    let output = Tensor([2, 4])
    backend.decodeBoxes(
      Tensor([-56, -56, 71, 71, 10, 20, 29, 39], shape: [2, 4]), deltas: Tensor([code.x, code.y, code.z, code.w, 0, 0, 0, 0], shape: [2, 4]),
      scales: SIMD4(repeating: 1), width: 500, height: 500, output: output)
    for (found, expected) in zip(output.array, [0, 0, 100, 150, 10, 20, 30, 40] as [Float]) { #expect(abs(found - expected) < 1e-4) }
  }

  @Test("A box grows by 1000 / 16 at most, whatever the code, and what is no number becomes a box of the image")
  func growth() {
    let output = Tensor([3, 4])
    backend.decodeBoxes(
      Tensor([500, 500, 509, 509, 500, 500, 509, 509, 5, 5, 9, 9], shape: [3, 4]), deltas: Tensor([0, 0, 4.1351666, 4.1351666, 0, 0, 700, .infinity, .nan, 0, 0, .nan], shape: [3, 4]),
      scales: SIMD4(repeating: 1), width: 1000, height: 1000, output: output)
    let numbers = output.array
    #expect(abs(numbers[2] - numbers[0] - 625) < 0.01 && zip(numbers[..<4], numbers[4..<8]).allSatisfy { abs($0 - $1) < 0.01 })
    #expect(numbers.allSatisfy { 0...999 ~= $0 })
  }

  // MARK: Pooling and suppression

  @Test("The parts of a region are those of the definition: halves go away from zero, parts overlap, and what lies beyond the image is empty")
  func regionParts() {
    // Each pixel says its column and its row, so that the largest is the last of a part.
    let shape = RegionPoolShape(height: 39, width: 51, channels: 2, cells: 6, stride: 16)
    let input = Tensor((0..<39 * 51).flatMap { (place: Int) -> [Float] in [Float(place % 51), Float(place / 51)] }, shape: [1, 39, 51, 2])
    let regions = Tensor([0, 37, 81, 310, 290, 0, 8, 81, 24, 290, 0, 790, 81, 830, 290], shape: [3, 5])
    let output = Tensor([3, 6, 6, 2])
    backend.regionPoolForward(shape, input: input, regions: regions, output: output, choices: nil)
    let values = output.array
    func columns(_ region: Int) -> [Float] { (0..<6).map { (column: Int) -> Float in values[(region * 36 + column) * 2] } }
    #expect(columns(0) == [4, 7, 10, 13, 16, 19])
    let rows = (0..<6).map { (row: Int) -> Float in values[row * 12 + 1] }
    #expect(rows == [7, 9, 11, 14, 16, 18])
    #expect(columns(1) == [1, 1, 1, 2, 2, 2])
    #expect(columns(2) == [49, 50, 50, 0, 0, 0])
  }

  @Test("Two boxes whose overlap is exactly the threshold both stay")
  func exactOverlap() {
    var kept: [Int32] = []
    // 30 of 100 pixels.
    let boxes = Tensor([0, 0, 9, 5, 0, 3, 9, 9], shape: [2, 4])
    for (threshold, expected) in [(Float(0.3), [0, 1]), (Float(0.3).nextDown, [0])] {
      backend.suppress(boxes, count: 2, threshold: threshold, most: 2, kept: &kept)
      #expect(kept.map(Int.init) == expected)
    }
  }

  // MARK: Losses

  @Test("The losses of two anchors are those computed by hand: averaged once, and weighed once")
  func twoAnchors() {
    let (scores, gradient) = (Tensor([0, 2, 0, 1], shape: [1, 1, 1, 4]), Tensor([1, 1, 1, 4]))
    // The first is an object (scores 0, 0), the second is not (scores 2, 1).
    let loss = backend.pairCrossEntropy(logits: scores, labels: [1, 0], scale: 1 / 2, gradient: gradient)
    #expect(abs(loss - (0.693147 + 0.313262) / 2) < 1e-6)
    for (found, expected) in zip(gradient.array, [0.25, -0.1344707, -0.25, 0.1344707] as [Float]) { #expect(abs(found - expected) < 1e-6) }
    let (values, targets) = (Tensor([0.2, 0, 0, 0.05, 9, 9, 9, 9], shape: [2, 4]), Tensor([2, 4]))
    let (weights, slope) = (Tensor([1, 1, 1, 1, 0, 0, 0, 0], shape: [2, 4]), Tensor([2, 4]))
    let box = backend.smoothL1(values: values, targets: targets, weights: weights, sharpness: 3, scale: 1 / 2, gradient: slope)
    #expect(abs(box - (0.1444444 + 0.01125) / 2) < 1e-6)
    for (found, expected) in zip(slope.array, [0.5, 0, 0, 0.225, 0, 0, 0, 0] as [Float]) { #expect(abs(found - expected) < 1e-6) }
  }

  @Test("The smooth L1 loss is that of the paper", arguments: [(Float(3), Float(0.05), 0.01125), (3, 0.2, 0.1444444), (1, 0.5, 0.125), (1, 2, 1.5)])
  func smooth(sharpness: Float, difference: Float, expected: Double) {
    let loss = backend.smoothL1(
      values: Tensor([-difference], shape: [1]), targets: Tensor([1]), weights: Tensor([1], shape: [1]), sharpness: sharpness, scale: 1, gradient: Tensor([1]))
    #expect(abs(loss - expected) < 1e-6)
  }

  @Test("Scores that are no numbers make the loss no number")
  func hostileScores() {
    let loss = backend.pairCrossEntropy(logits: Tensor([.nan, 0], shape: [1, 2]), labels: [1], scale: 1, gradient: Tensor([1, 2]))
    #expect(loss.isNaN)
  }

  // MARK: Targets of anchors

  /// Labels by the definition, before any are drawn.
  private func reference(_ anchors: [Box], _ objects: [Box], width: Int, height: Int) -> [Int32] {
    let inside = anchors.map { $0.x1 >= 0 && $0.y1 >= 0 && $0.x2 < Float(width) && $0.y2 < Float(height) }
    let most = objects.map { object in anchors.indices.filter { inside[$0] }.map { overlap(anchors[$0], object) }.max()! }
    return anchors.indices.map { index in
      guard inside[index] else { return -1 }
      let best = objects.map { overlap(anchors[index], $0) }.max() ?? 0
      let isBest = objects.indices.contains { most[$0] > 0 && overlap(anchors[index], objects[$0]) == most[$0] }
      return isBest || best >= 0.7 ? 1 : best < 0.3 ? 0 : -1
    }
  }

  @Test("Anchors are labelled by the definition: an object's best ones are positive, also where they overlap it little", arguments: [0, 1, 2, 3, 4])
  func labels(seed: Int) {
    var settings = settings
    (settings.anchorBase, settings.anchorScales, settings.anchorBatch) = (8, [2, 4], 100_000)
    let field = field(settings, 9, 11, stride: 8)
    let random = CounterRandom(seed: 3, seed)
    let objects = (0..<seed + 1).map { index -> Box in
      let (x, y) = (random.uniform(index * 4) * 60, random.uniform(index * 4 + 1) * 50)
      return Box(x, y, x + 3 + random.uniform(index * 4 + 2) * 30, y + 3 + random.uniform(index * 4 + 3) * 30)
    }
    let targets = AnchorTargets(settings, anchors: field.count, backend: backend)
    targets.assign(field, to: objects.map { Target(label: 0, box: $0) }, width: 88, height: 72, key: 1, image: 0)
    let anchors = boxes(field.boxes, field.count)
    #expect(targets.labels == reference(anchors, objects, width: 88, height: 72))
    #expect(targets.positives > 0 && targets.counted > targets.positives)
    let (codes, weights) = (targets.codes.array, targets.weights.array)
    // Positives learn the object that they overlap most.
    for (index, label) in targets.labels.enumerated() {
      #expect(weights[index * 4..<index * 4 + 4].allSatisfy { $0 == (label == 1 ? 1 : 0) })
      guard label == 1 else { continue }
      let all = objects.map { overlap(anchors[index], $0) }
      let object = objects[all.firstIndex(of: all.max()!)!]
      let code = BoxCode.encode(SIMD4(object.x1, object.y1, object.x2, object.y2), by: SIMD4(anchors[index].x1, anchors[index].y1, anchors[index].x2, anchors[index].y2))
      #expect((0..<4).allSatisfy { codes[index * 4 + $0] == code[$0] })
    }
  }

  @Test("An object that no anchor in the image overlaps makes no anchor positive; without objects all are negative; without anchors in the image none counts")
  func noMatch() {
    var settings = settings
    (settings.anchorBase, settings.anchorScales, settings.anchorRatios) = (16, [1], [1])
    let field = field(settings, 4, 4, stride: 16)
    let targets = AnchorTargets(settings, anchors: field.count, backend: backend)
    targets.assign(field, to: [Target(label: 0, box: Box(63, 63, 63, 63))], width: 63, height: 63, key: 1, image: 0)
    #expect(targets.positives == 0 && targets.counted == 9 && targets.labels.count { $0 == 0 } == 9)
    targets.assign(field, to: [], width: 64, height: 64, key: 1, image: 0)
    #expect(targets.positives == 0 && targets.counted == 16 && targets.weights.array.allSatisfy { $0 == 0 })
    targets.assign(field, to: [Target(label: 0, box: Box(0, 0, 9, 9))], width: 10, height: 10, key: 1, image: 0)
    #expect(targets.counted == 0 && targets.labels.allSatisfy { $0 == -1 })
  }

  @Test("Half of the anchors that count are positive at most, the rest is negative, and who counts is decided by step and image alone")
  func drawnAnchors() {
    var settings = settings
    (settings.anchorBase, settings.anchorScales, settings.anchorRatios, settings.anchorBatch) = (16, [1], [1], 8)
    let field = field(settings, 10, 10, stride: 16)
    let everywhere = (0..<100).map { (place: Int) -> Target in
      let (x, y) = (Float(place % 10 * 16), Float(place / 10 * 16))
      return Target(label: 0, box: Box(x, y, x + 15, y + 15))
    }
    func labels(_ targets: [Target], _ key: UInt64, _ image: Int) -> [Int32] {
      let made = AnchorTargets(settings, anchors: field.count, backend: backend)
      made.assign(field, to: targets, width: 160, height: 160, key: key, image: image)
      #expect(made.counted == made.labels.count { $0 >= 0 } && made.positives == made.labels.count { $0 == 1 })
      return made.labels
    }
    #expect(labels(everywhere, 1, 1).count { $0 == 1 } == 4)
    let some = labels(Array(everywhere.prefix(2)), 1, 1)
    #expect(some.count { $0 == 1 } == 2 && some.count { $0 == 0 } == 6)
    #expect(labels(everywhere, 1, 1) == labels(everywhere, 1, 1))
    #expect(labels(everywhere, 1, 1) != labels(everywhere, 2, 1) && labels(everywhere, 1, 1) != labels(everywhere, 1, 2))
  }

  // MARK: Regions

  private func sample(_ proposals: [Box], _ targets: [Target], regions: Int = 8, foreground: Int = 2, key: UInt64 = 1) -> (sampler: RegionSampler, rows: [[Float]]) {
    var settings = settings
    (settings.regions, settings.foreground) = (regions, foreground)
    let sampler = RegionSampler(settings, classes: 3, backend: backend)
    let (boxes, rows) = (Tensor([max(proposals.count, 1), 4]), Tensor([300, 5]))
    for (place, box) in proposals.enumerated() {
      for (part, number) in [box.x1, box.y1, box.x2, box.y2].enumerated() { boxes.elements[place * 4 + part] = number }
    }
    let count = sampler.sample(boxes, count: proposals.count, targets: targets, key: key, image: 0, into: rows)
    return (sampler, (0..<count).map { row in Array(rows.array[row * 5..<row * 5 + 5]) })
  }

  @Test("Objects are regions too, a region needs half an overlap to be one, and with too few of a kind there are fewer regions, none twice")
  func regions() {
    let target = Target(label: 1, box: Box(0, 0, 9, 19))
    // Exactly one half, and less.
    let (sampler, rows) = sample([Box(0, 0, 9, 9), Box(0, 0, 9, 8), Box(50, 50, 60, 60)], [target])
    #expect(sampler.labels == [2, 2, 0, 0] && Set(rows).count == 4 && rows.allSatisfy { $0[0] == 0 })
    #expect(Set(rows[..<2]) == [[0, 0, 0, 9, 9], [0, 0, 0, 9, 19]])
    let own = sampler.weights.array[..<16]
    #expect(own.enumerated().allSatisfy { $1 == (8..<12 ~= $0 ? 1 : 0) })
    #expect(sampler.weights.array[32..<64].allSatisfy { $0 == 0 })
    #expect(sample([], [target]).rows == [[0, 0, 0, 9, 19]])
    #expect(sample([], []).rows.isEmpty)
    let many = (0..<50).map { Box(Float($0), 50, Float($0) + 20, 90) }
    let (drawn, places) = sample(many, [target])
    #expect(drawn.labels == [2, 0, 0, 0, 0, 0, 0, 0] && Set(places).count == 8)
    #expect(sample(many, [target]).rows == places && sample(many, [target], key: 2).rows != places)
  }

  @Test("Codes of regions are learned a tenth and a fifth as large, and of two objects that overlap alike the first is meant")
  func regionCodes() {
    let (sampler, rows) = sample([Box(2, 0, 11, 9)], [Target(label: 0, box: Box(0, 0, 9, 9)), Target(label: 2, box: Box(4, 0, 13, 9))], foreground: 3)
    let row = rows.firstIndex(of: [0, 2, 0, 11, 9])!
    #expect(sampler.labels[row] == 1)
    let codes = sampler.codes.array[row * 16 + 4..<row * 16 + 8]
    #expect(zip(codes, [-2, 0, 0, 0] as [Float]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  // MARK: Proposals

  private func propose(_ scores: [Float], codes: [Float]? = nil, width: Int, height: Int, rows: Int, columns: Int, smallest: Float = 0, _ limits: DetectionSettings.Proposals) -> [Box] {
    var settings = settings
    (settings.anchorBase, settings.anchorScales, settings.anchorRatios) = (16, [2], [1])
    (settings.trainingProposals, settings.testProposals) = (limits, limits)
    let proposals = Proposals(settings, stride: 16, cells: rows * columns, backend: backend)
    let pairs = Tensor(scores.flatMap { [0, $0] }, shape: [1, rows, columns, 2])
    let count = proposals.propose(
      scores: pairs, codes: codes.map { Tensor($0, shape: [1, rows, columns, 4]) } ?? Tensor([1, rows, columns, 4]), width: width, height: height,
      smallest: smallest, limits)
    return boxes(proposals.boxes, count)
  }

  @Test("Proposals come by falling score, equal ones in the order of the anchors, clipped, none too small, no more than asked, and scores that are no numbers last")
  func proposals() {
    let all = DetectionSettings.Proposals(before: 100, after: 100)
    // 33×33 boxes about 8 + 16 · k, cut at the image's edges.
    let equal = propose([1, 1, 1, 1], width: 64, height: 16, rows: 1, columns: 4, all)
    #expect(equal.map(\.x1) == [0, 8, 24, 40])
    let ranked = propose([1, 3, .nan, 2], width: 64, height: 16, rows: 1, columns: 4, all)
    #expect(ranked.map(\.x1) == [equal[1], equal[3], equal[0], equal[2]].map(\.x1))
    #expect(ranked.allSatisfy { $0.x1 >= 0 && $0.x2 <= 63 && $0.y1 == 0 && $0.y2 == 15 })
    #expect(propose([1, 3, 2, 0], width: 64, height: 16, rows: 1, columns: 4, .init(before: 2, after: 9)).map(\.x1) == [equal[1], equal[2]].map(\.x1))
    #expect(propose([1, 3, 2, 0], width: 64, height: 16, rows: 1, columns: 4, .init(before: 9, after: 1)).map(\.x1) == [equal[1].x1])
    // The first is cut off at the edge.
    #expect(propose([9, 3, 2, 0], width: 64, height: 16, rows: 1, columns: 4, smallest: 16, all).count == 4)
    #expect(propose([9, 3, 2, 0], width: 64, height: 15, rows: 1, columns: 4, smallest: 16, all).isEmpty)
  }

  @Test("A mirrored map of scores gives mirrored proposals")
  func mirroredProposals() {
    let random = CounterRandom(5)
    let (rows, columns) = (7, 9)
    // Those near the sides, which only one edge would cut, are not among the best.
    let scores = (0..<rows * columns).map { (place: Int) -> Float in 2..<columns - 2 ~= place % columns ? random.uniform(place) * 4 : -9 }
    let codes = (0..<rows * columns * 4).map { (place: Int) -> Float in (random.uniform(1000 + place) - 0.5) / 2.5 }
    let places = (0..<rows * columns).map { (place: Int) -> Int in (place / columns + 1) * columns - 1 - place % columns }
    let mirroredCodes = places.flatMap { (place: Int) -> [Float] in [-codes[place * 4]] + codes[place * 4 + 1...place * 4 + 3] }
    let width = columns * 16
    let limits = DetectionSettings.Proposals(before: rows * (columns - 4), after: 20)
    let plain = propose(scores, codes: codes, width: 2 * width, height: 110, rows: rows, columns: columns, limits)
    let mirrored = propose(places.map { scores[$0] }, codes: mirroredCodes, width: 2 * width, height: 110, rows: rows, columns: columns, limits)
    #expect(plain.count == mirrored.count && plain.count > 5)
    for (a, b) in zip(plain, mirrored) {
      #expect(abs(a.x1 - (Float(width) - b.x2)) < 0.01 && abs(a.x2 - (Float(width) - b.x1)) < 0.01 && abs(a.y1 - b.y1) < 0.01 && abs(a.y2 - b.y2) < 0.01)
    }
  }
}
