import ArgumentParser
import Basics
import Datasets
import Kernels
import Networks
import Settings
import Training

/// A training step of a detector: images a second, and where the time goes.
struct DetectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detection", abstract: "Time training steps of Faster R-CNN on a network, operation by operation.")

  @Option(help: "The network.") var net = "alexnet"
  @Option(help: "The images' width.") var width = 800
  @Option(help: "The images' height.") var height = 600
  @Option(help: "Cores to work on.") var workers = 2
  @Option(help: "Steps to time; the fastest and the median are shown.") var steps = 10

  func run() throws {
    let timing = TimingBackend(CPUBackend(workers: workers))
    let peak = FloatingPointPeak.measure() * Double(workers)
    var training = try Architecture.named(net).recipe
    training.detection = min(width, height) < 300 ? .stamps : .pascal
    training.detection?.shortSide = nil
    (training.batchSize, training.iterations, training.validateEveryIterations) = (1, steps + 1, .max)
    // Small enough for a made-up task to stay where it is.
    training.solver.learningRate = 1e-5
    let trainer = try Trainer(configuration: training, detecting: NoiseScenes(width: width, height: height), backend: timing)
    var seconds: [Double] = []
    var start = ContinuousClock.now
    try trainer.run(control: { () throws(Problem) in trainer.step > steps ? .stop : .proceed }, checkpoint: { (_) throws(Problem) in }) { event in
      guard case .stepFinished(let report) = event else { return }
      // The first makes memory.
      if report.step == 1 { timing.reset() } else { seconds.append((ContinuousClock.now - start) / .seconds(1)) }
      start = ContinuousClock.now
    }
    seconds.sort()
    timing.printTable(steps: seconds.count, peak: peak)
    let operations = timing.multiplyAddsTimesTwo / Double(seconds.count)
    let median = seconds[seconds.count / 2]
    print(
      "\(net) as a detector, \(width)×\(height), \(workers) workers: \(decimal(median * 1e3)) ms a step (best \(decimal(seconds[0] * 1e3))),",
      "\(decimal(operations / 1e9)) GFLOP a step, \(decimal(operations / median / 1e9)) GFLOP/s over the whole step; peak \(decimal(peak / 1e9)),",
      "memory \(peakBytes() / 1_000_000) MB")
  }
}

/// Noise with a box in it.
private struct NoiseScenes: AnnotatedDataset {
  let width, height: Int
  let name = "noise", summary = "noise with a box in it", fingerprint = "", sets = ["test", "trainval"]
  let objectClasses = (1...20).map { "\($0)" }, actionClasses: [String] = []

  func images(in set: String) -> [AnnotatedImage] {
    let box = Box(Float(width / 4), Float(height / 4), Float(width / 2), Float(height / 2))
    return [AnnotatedImage(name: "noise", width: width, height: height, objects: [AnnotatedObject(label: 3, box: box, place: 1)])]
  }

  func load(_ image: AnnotatedImage, into buffer: PixelBuffer) {
    let random = CounterRandom(4)
    buffer.copy(Picture(width: width, height: height, channels: 3, pixels: (0..<width * height * 3).map { UInt8(random.bits($0) >> 56) }))
  }
}
