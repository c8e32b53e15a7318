import Datasets
import FoundationEssentials
import Kernels
import Runs
import TestSupport
import Testing
import Training

@Suite struct TensorBoardTests {
  let folder = TemporaryFolder()

  private struct Found: Decodable {
    struct Histogram: Decodable { var step: Int, numbers: [Double], limits: [Double], counts: [Double] }
    struct Image: Decodable { var step: Int, width: Int, height: Int, png: String }
    /// Time, step and value of each.
    var scalars: [String: [[Double]]]
    var histograms: [String: [Histogram]]
    var images: [String: [Image]]
  }

  private static let script = """
    import base64, json, sys
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        sys.exit(77)
    reader = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "images": 0})
    reader.Reload()
    tags = reader.Tags()
    def histogram(e):
        v = e.histogram_value
        return {"step": e.step, "numbers": [v.min, v.max, v.num, v.sum, v.sum_squares], "limits": list(v.bucket_limit), "counts": list(v.bucket)}
    def image(e):
        return {"step": e.step, "width": e.width, "height": e.height, "png": base64.b64encode(e.encoded_image_string).decode()}
    print(json.dumps({
        "scalars": {t: [[e.wall_time, e.step, e.value] for e in reader.Scalars(t)] for t in tags["scalars"]},
        "histograms": {t: [histogram(e) for e in reader.Histograms(t)] for t in tags["histograms"]},
        "images": {t: [image(e) for e in reader.Images(t)] for t in tags["images"]}}))
    """

  /// What TensorBoard's own reader finds; nil where there is none.
  private func read() throws -> Found? {
    let installed = Program.folder + "/../../python/bin/python"
    let python =
      ProcessInfo.processInfo.environment["PYTHON"]
      ?? (FileManager.default.isExecutableFile(atPath: installed) ? installed : "python3")
    let reader = try ProgramRun(
      [], environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path],
      wrapper: ["/usr/bin/env", python, "-c", Self.script, folder.path])
    let code = reader.wait()
    if code == 77 || code == 127 {
      print("skipped: \(python) has no tensorboard package to read with (pip install tensorboard, and set PYTHON)")
      return nil
    }
    #expect(code == 0, "\(reader.errors)")
    return try JSONDecoder().decode(Found.self, from: Data(reader.output.utf8))
  }

  @Test("TensorBoard's own reader finds scalars, norms, histograms and images as they were written")
  func ownReader() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    for step in 1...3 { try writer.append([.trainLoss: 1 / Float(step), .learningRate: 0.5], step: step, now: 1000.5 + Double(step)) }
    try writer.append([LayerNorm(.init(.gradient, "conv1.weight"), 0.25)], step: 3, now: 1004)
    let weights = Tensor((0..<1000).map { Float($0 * $0 % 997) / 100 - 3 }, shape: [10, 100])
    let histogram = try #require(WeightHistogram(tag: "weights/fc.weight", weights))
    try writer.append([histogram, try #require(WeightHistogram(tag: "weights/fc.bias", Tensor([7, 7], shape: [2])))], step: 3, now: 1004)
    let picture = Picture(width: 5, height: 3, channels: 3, pixels: (0..<45).map { UInt8($0 * 5) })
    try writer.append(picture, tag: "filters/conv1.weight", step: 3, now: 1004)
    try writer.append([.top1: 0.75], step: 4, now: 1005)

    guard let found = try read() else { return }
    #expect(found.scalars["train/loss"] == [[1001.5, 1, 1], [1002.5, 2, 0.5], [1003.5, 3, Double(1 / Float(3))]])
    #expect(found.scalars["norm/gradient/conv1.weight"] == [[1004, 3, 0.25]])
    #expect(found.scalars["val/top1"] == [[1005, 4, 0.75]])
    let read = try #require(found.histograms["weights/fc.weight"]?.first)
    #expect(read.step == 3 && read.limits == histogram.limits && read.counts == histogram.counts)
    #expect(read.numbers == [histogram.low, histogram.high, 1000, histogram.sum, histogram.sumOfSquares])
    #expect(found.histograms["weights/fc.bias"]?.first?.counts.reduce(0, +) == 2)
    let image = try #require(found.images["filters/conv1.weight"]?.first)
    #expect(image.step == 3 && image.width == 5 && image.height == 3)
    let png = try #require(Data(base64Encoded: image.png))
    #expect(try ImageCodec.decode(Array(png)) == picture)
  }

  @Test("Our reader passes over histograms and images, and finds the curves around them")
  func passedOver() throws {
    let writer = try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000)
    try writer.append([.trainLoss: 1], step: 1)
    try writer.append([try #require(WeightHistogram(tag: "weights/a", Tensor([7, 8], shape: [2])))], step: 1)
    try writer.append(Picture(width: 1, height: 1, channels: 1, pixels: [7]), tag: "filters/a", step: 1)
    try writer.append([.trainLoss: 2], step: 2)
    var curves = RunCurves(folder: folder.path)
    try curves.refresh()
    #expect(curves[.trainLoss].map(\.value) == [1, 2] && curves.remarks.isEmpty)
  }

  @Test("A histogram counts every finite number once, however large the tensor is; of no numbers there is none")
  func histograms() throws {
    let few = try #require(WeightHistogram(tag: "a", Tensor([-1, 0, 1, .nan, .infinity, 1], shape: [6])))
    #expect(few.low == -1 && few.high == 1 && few.count == 4 && few.sum == 1 && few.sumOfSquares == 3)
    #expect(few.limits.count == WeightHistogram.buckets && few.limits.last == 1 && few.counts.last == 2)
    #expect(zip(few.limits, few.limits.dropFirst()).allSatisfy { $0 < $1 })
    #expect(WeightHistogram(tag: "a", Tensor([.nan, .nan], shape: [2])) == nil)
    let equal = try #require(WeightHistogram(tag: "a", Tensor([3, .nan, 3], shape: [3])))
    #expect(equal.counts == [2] && equal.limits == [3])
    let wide = try #require(
      WeightHistogram(tag: "a", Tensor([-.greatestFiniteMagnitude, .greatestFiniteMagnitude, .leastNonzeroMagnitude], shape: [3])))
    #expect(wide.count == 3 && wide.sumOfSquares.isFinite && wide.high == Double(Float.greatestFiniteMagnitude))
  }

  @Test("TensorBoard's reader finds range, count and sums of all of a tensor of a million numbers, as plain loops find them")
  func largeTensors() throws {
    // The ends lie where nobody who takes every so many-th number looks.
    let tensor = Tensor((0..<1_000_003).map { Float($0 % 1000) / 8 }, shape: [1_000_003])
    tensor.elements[700_001] = 5000
    tensor.elements[1_000_002] = -77
    tensor.elements[3] = .nan
    tensor.elements[4] = -.infinity
    let histogram = try #require(WeightHistogram(tag: "weights/large", tensor))
    var (sum, squares, counts) = (0.0, 0.0, [Double](repeating: 0, count: 40))
    let width = 5077.0 / 40
    for number in tensor.elements where number.isFinite {
      sum += Double(number)
      squares += Double(number) * Double(number)
      counts[min(39, Int((Double(number) + 77) / width))] += 1
    }
    #expect(histogram.counts == counts)
    try EventFileWriter(folder: folder.path, host: "here", firstStep: 1, now: 1000).append([histogram], step: 3, now: 1004)
    guard let found = try read()?.histograms["weights/large"]?.first else { return }
    #expect(found.numbers == [-77, 5000, 1_000_001, sum, squares])
    #expect(found.counts == counts && found.limits.last == 5000)
  }
}
