import ArgumentParser
import FoundationEssentials
import Glibc
import Kernels
import Networks
import Training

/// A training step of one network: images a second, and where the time goes.
struct StepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time training steps of a network, operation by operation.")

  @Option(help: "The network.") var net = "alexnet"
  @Option(help: "Images of a step.") var batch = 64
  @Option(help: "Cores to work on.") var workers = 2
  @Option(help: "Target classes.") var classes = 1000
  @Option(help: "Steps to time; the fastest and the median are shown.") var steps = 10
  @Flag(help: "Forward passes only.") var forward = false
  @Flag(help: "Only the line of the whole step.") var brief = false
  @Flag(help: "Print one JSON object.") var json = false
  @Option(help: "How convolutions are computed: winograd or columns.") var convolution = ConvolutionMethod.winograd
  @Option(help: "Whose matrix product: own or openblas.") var matrix = MatrixLibrary.ofProcessor
  @Option(help: "The vectors of loops: avx512, avx2, plain. (default: the widest)") var vectors: String?

  static func vectors(_ name: String) throws -> ProcessorVectors {
    guard let vectors = ProcessorVectors.supported.first(where: { $0.name == name }) else {
      throw ValidationError("this processor has \(ProcessorVectors.supported.map(\.name).joined(separator: ", "))")
    }
    return vectors
  }

  func run() throws {
    let vectors = try vectors.map { try Self.vectors($0) } ?? .best
    let timing = TimingBackend(CPUBackend(workers: workers, convolution: convolution, matrix: matrix, vectors: vectors))
    let training = try MadeUpTraining(net: net, batch: batch, classes: classes, backend: timing)
    func step(_ index: Int) { training.step(index, forward: forward) }
    let peak = FloatingPointPeak.measure(vectors) * Double(workers)
    step(0)
    timing.reset()
    // Beside the clock on the wall, the time that the processor worked: on a busy machine only that can be compared.
    var seconds: [Double] = []
    var busy = Double.infinity
    for index in 1...max(steps, 1) {
      let (start, ticks) = (ContinuousClock.now, clock())
      step(index)
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      busy = min(busy, Double(clock() - ticks) / 1e6)
    }
    seconds.sort()
    let (best, median) = (seconds[0], seconds[seconds.count / 2])
    if json {
      let figures = StepFigures(
        imagesPerSecond: Double(batch) / median, imagesPerProcessorSecond: Double(batch) / busy, peakFlops: peak,
        peakBytes: peakBytes(), operations: timing.operations(steps: seconds.count))
      return print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    }
    if !brief { timing.printTable(steps: seconds.count, peak: peak) }
    print(
      "\(net) \(forward ? "forward" : "training step"), batch \(batch), \(workers) workers:",
      "\(decimal(Double(batch) / median)) images/s (best \(decimal(Double(batch) / best))),",
      "\(decimal(Double(batch) / busy)) per second of processor time; peak \(decimal(peak / 1e9)) GFLOP/s")
  }
}

/// Training steps of a network on random numbers.
struct MadeUpTraining {
  private let network: Network
  private let loss: CrossEntropy
  private let velocities: [Tensor]
  private let labels: [Int32]
  private let backend: TimingBackend

  init(net: String, batch: Int, classes: Int, backend: TimingBackend) throws {
    self.backend = backend
    network = try Architecture.named(net).network(classes: classes, batch: batch, purpose: .descent, backend: backend)
    network.initialize(seed: 1)
    loss = CrossEntropy(network)
    velocities = network.values.map { backend.makeTensor($0.shape) }
    let random = CounterRandom(1)
    let input = network.input.elements
    for i in input.indices { input[i] = random.uniform(i) - 0.5 }
    labels = (0..<batch).map { Int32($0 % classes) }
  }

  func step(_ index: Int, forward: Bool = false) {
    let phase = Phase.training(key: UInt64(index))
    network.forward(count: labels.count, phase: forward ? .inference : phase)
    if forward { return }
    _ = loss(labels: labels, in: Pass(images: labels.count))
    network.backward(count: labels.count, phase: phase) {
      backend.sgdUpdate(
        weights: network.values[$0], gradient: $1, velocity: velocities[$0], learningRate: 1e-4, momentum: 0.9, weightDecay: 5e-4)
    }
  }
}

/// What the report reads.
private struct StepFigures: Encodable {
  var imagesPerSecond, imagesPerProcessorSecond: Double
  /// Floating-point operations a second of all workers together.
  var peakFlops: Double
  /// The most memory that the process had resident.
  var peakBytes: Int
  var operations: [TimingBackend.Operation]
}

/// The most memory that this process had resident so far, in bytes.
func peakBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// A number with one decimal.
func decimal(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

extension MatrixLibrary: ExpressibleByArgument {}
