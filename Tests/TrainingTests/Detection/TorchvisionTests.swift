import Basics
import Foundation
import Kernels
import Settings
import Testing
import Training

/// Operations of a detection beside torchvision's, whose numbers are in Goldens/torchvision.json: 0.29.2's `roi_pool` and its gradient, `nms` and `BoxCoder` of boxes whose
/// lower right corners are 1 further out, as it counts widths without the last pixel, and `Matcher`.
@Suite struct TorchvisionTests {
  private struct Goldens: Decodable {
    struct Pool: Decodable { var cells: Int, output, gradient: [Float] }
    var pools: [Pool]
    var regions, boxes, codes, decoded: [[Float]]
    var kept: [String: [Int32]]
    var matches: [Int]
  }

  private let goldens: Goldens
  private let backend = CPUBackend(workers: 2)

  init() throws {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Goldens"
    goldens = try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/torchvision.json")))
  }

  private func numbers(_ count: Int, _ factor: Int, _ modulus: Int) -> [Float] { (0..<count).map { Float($0 * factor % modulus) / Float(modulus) } }
  private func tensor(_ rows: [[Float]]) -> Tensor { Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count]) }

  @Test("Regions are pooled as by torchvision, forward and backward, also those beyond the image")
  func pools() {
    let input = Tensor(numbers(12 * 17 * 2, 7919, 1009), shape: [1, 12, 17, 2])
    let regions = tensor(goldens.regions.map { [0] + $0 })
    for golden in goldens.pools {
      let shape = RegionPoolShape(height: 12, width: 17, channels: 2, cells: golden.cells, stride: 16)
      let (y, choices) = (Tensor([20, golden.cells, golden.cells, 2]), Tensor([20, golden.cells, golden.cells, 2]))
      backend.regionPoolForward(shape, input: input, regions: regions, output: y, choices: choices)
      #expect(zip(y.array, golden.output).allSatisfy { abs($0 - $1) < 1e-6 } && y.count == golden.output.count)
      let gradient = Tensor(input.shape)
      backend.regionPoolGradient(
        shape, regions: regions, choices: choices, outputGradient: Tensor(numbers(y.count, 104_729, 997), shape: y.shape), inputGradient: gradient)
      #expect(zip(gradient.array, golden.gradient).allSatisfy { abs($0 - $1) < 2e-5 } && gradient.count == golden.gradient.count)
      #expect(y.array.contains(0))
    }
  }

  @Test("A box is suppressed above the threshold, not at it, as by torchvision", arguments: ["0.3", "0.5", "0.7"])
  func suppression(threshold: String) throws {
    var kept: [Int32] = []
    backend.suppress(tensor(goldens.boxes), count: 80, threshold: Float(threshold)!, most: 80, kept: &kept)
    #expect(kept == goldens.kept[threshold])
  }

  @Test("Boxes are encoded and decoded as by torchvision, with its limit of growth")
  func coding() {
    func box(_ place: Int) -> SIMD4<Float> { SIMD4(goldens.boxes[place]) }
    var deltas: [Float] = []
    for place in 0..<10 {
      let code = BoxCode.encode(box(10 + place), by: box(place)) / RegionSampler.scales
      for part in 0..<4 {
        #expect(abs(code[part] - goldens.codes[place][part]) < 1e-5 * max(1, abs(code[part])))
        deltas.append(place == 3 && part == 2 ? 30 : place == 4 && part == 3 ? 22 : code[part])
      }
    }
    let output = Tensor([10, 4])
    // No image is so large; what lies beyond its first row and column is compared at the edge.
    backend.decodeBoxes(
      tensor(Array(goldens.boxes[..<10])), deltas: Tensor(deltas, shape: [10, 4]), scales: RegionSampler.scales, width: 100_000, height: 100_000,
      output: output)
    for (value, golden) in zip(output.array, goldens.decoded.joined()) { #expect(abs(value - max(golden, 0)) < 1e-5 * max(1, abs(golden)) + 1e-3) }
  }

  @Test("Anchors are matched as by torchvision's Matcher where an object's best anchors count whatever their overlap")
  func matching() {
    var settings = DetectionSettings()
    settings.anchorBatch = 1000
    let field = AnchorField(settings, stride: 1, cells: 80, backend: backend)
    field.cover(height: 4, width: 2)
    // The golden's boxes in their place.
    let anchors = field.boxes.elements
    for place in anchors.indices { anchors[place] = goldens.boxes[place / 4][place % 4] }
    let targets = AnchorTargets(settings, anchors: field.count, backend: backend)
    targets.assign(field, to: [5, 33, 61].map { Target(label: 0, box: Box(goldens.boxes[$0])) }, width: 1000, height: 1000, key: 1, image: 0)
    let labels = targets.labels.prefix(72).map(Int.init)
    #expect(labels == goldens.matches[..<72].map { $0 >= 0 ? 1 : $0 == -1 ? 0 : -1 })
  }
}

extension Box {
  fileprivate init(_ numbers: [Float]) { self.init(numbers[0], numbers[1], numbers[2], numbers[3]) }
}
