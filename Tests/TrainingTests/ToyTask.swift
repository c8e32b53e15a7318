import Basics
import Datasets
import Kernels
import Networks
import Settings
import TestSupport
import Training

/// As a detection in small: a sample has two images of varying size and several boxes; one output tells the class of each image, the other the
/// brightness of each box, whose rows are told to the network after the first output was made.
struct ToyTask: TrainingTask {
  static let images = 2, classes = 3, mostBoxes = 3
  static let input = [6, 6, 1]

  struct Box {
    /// Rows and columns, the ends not counted.
    var rows, columns: Range<Int>
    var brightness: Float
  }

  /// What is known of a sample: the table that its label is a place in.
  struct Annotation {
    var imageClass: Int32
    /// Of both images, one to three each; of the second one there may be none.
    var boxes: [[Box]]
  }

  static let boxError = TaskMetric("boxError", heading: "box error", direction: .lowerIsBetter, form: .number)
  static let imageAccuracy = TaskMetric("imageAccuracy", heading: "images")

  let metrics = [Self.boxError, Self.imageAccuracy]
  let lossTerms = ["class", "box"]
  let imagesPerSample = Self.images
  let facts = ["boxes": "3"]
  let training, validation: [Sample]
  let annotations: [Annotation]

  init(samples: Int) {
    annotations = (0..<samples).map { index in
      let boxes = (0..<Self.images).map { image in
        (0..<(index + image) % Self.mostBoxes + 1 - image).map { box in
          let (top, left) = ((index + box) % 4, (index + image + box) % 2)
          let (rows, columns) = (top..<top + 2, left..<left + 2)
          return Box(rows: rows, columns: columns, brightness: Self.mean(index, image, rows, columns))
        }
      }
      return Annotation(imageClass: Int32(index % Self.classes), boxes: boxes)
    }
    // The label is another number than the index, as in a list that holds images twice.
    training = (0..<samples).map { Sample(index: Int32(samples - 1 - $0), label: Int32($0)) }
    validation = Array(training.prefix(samples / 2))
  }

  /// A pixel of one of a sample's images: as bright as its class, and noise.
  static func pixel(_ label: Int, _ image: Int, _ row: Int, _ column: Int) -> Float {
    Float(label % classes) - 1 + CounterRandom(seed: 5, label, image).uniform(row * 8 + column) - 0.5
  }

  private static func mean(_ label: Int, _ image: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Float {
    rows.reduce(0) { sum, row in columns.reduce(sum) { $0 + pixel(label, image, row, $1) } } / Float(rows.count * columns.count)
  }

  func lossWatch() -> LossWatch { LossWatch() }

  static let design = NetworkDesign(
    [
      Convolution("conv", outputs: 4, kernel: 3, padding: 1, weight: .he), ReLU("relu"), GlobalAveragePooling("pool"),
      FullyConnected("class", outputs: classes, weight: .he),
      BoxMean("crop", of: "relu", rowSet: "boxes"), FullyConnected("box", outputs: 1, weight: .he),
    ], input: input, rowSets: [RowSet("boxes", width: 5, perImage: mostBoxes)], outputs: ["class", "box"])

  func design(_ architecture: Architecture) throws(Problem) -> NetworkDesign { Self.design }
  func objective(for network: Network) -> any TaskObjective { Objective(self, network) }

  final class Objective: TaskObjective {
    private let task: ToyTask
    private let network: Network
    private let classLoss: CrossEntropy
    private let firstPart: Int
    private let box: Int
    private var images = 0, right = 0, loss = 0.0, boxes = 0, error = 0.0

    init(_ task: ToyTask, _ network: Network) {
      (self.task, self.network) = (task, network)
      classLoss = CrossEntropy(network, output: "class")
      firstPart = network.layers.firstIndex { $0.name == "crop" }!
      box = network.layers.count - 1
    }

    private func annotated(_ batch: TaskBatch) -> [(image: Int, label: Int32, boxes: [Box])] {
      (0..<batch.count).flatMap { sample in
        let annotation = task.annotations[Int(batch.labels[sample])]
        return (0..<ToyTask.images).map { (sample * ToyTask.images + $0, annotation.imageClass, annotation.boxes[$0]) }
      }
    }

    func learn(_ batch: TaskBatch, _ phase: Phase) -> TaskLoss {
      let all = annotated(batch)
      var pass = Pass(images: all.count, input: batch.input, rows: [0])
      network.forward(pass, phase, layers: 0..<firstPart)
      let rows = network.rows("boxes").elements
      for image in all {
        for box in image.boxes {
          let numbers = [image.image, box.rows.lowerBound, box.rows.upperBound, box.columns.lowerBound, box.columns.upperBound]
          for (place, number) in numbers.enumerated() { rows[pass.rows[0] * 5 + place] = Float(number) }
          pass.rows[0] += 1
        }
      }
      network.forward(pass, phase, layers: firstPart..<network.layers.count)
      let first = classLoss(labels: all.map(\.label), in: pass)
      let (values, gradient) = network.output(of: box, in: pass)
      var second: Float = 0
      for (row, target) in all.flatMap(\.boxes).enumerated() {
        let difference = values.elements[row] - target.brightness
        second += difference * difference / 2 / Float(pass.rows[0])
        gradient!.elements[row] = difference / Float(pass.rows[0])
      }
      return TaskLoss(first + second, terms: [first, second], over: pass)
    }

    func beginValidation() { (images, right, loss, boxes, error) = (0, 0, 0, 0, 0) }

    func validate(_ batch: TaskBatch) {
      let found = learn(batch, .inference)
      loss += Double(found.value) * Double(batch.count)
      error += Double(found.terms[1]) * Double(found.pass.rows[0])
      boxes += found.pass.rows[0]
      let scores = network.output(of: firstPart - 1, in: found.pass).values.array
      for image in annotated(batch) {
        let row = scores[image.image * ToyTask.classes..<(image.image + 1) * ToyTask.classes]
        right += row.firstIndex(of: row.max()!)! - row.startIndex == Int(image.label) ? 1 : 0
      }
      images += batch.count * ToyTask.images
    }

    func outcome(step: Int, epoch: Double, skipped: Int) -> ValidationOutcome {
      ValidationOutcome(
        ValidationReport(
          step: step, epoch: epoch, loss: loss / Double(images / ToyTask.images),
          metrics: MetricValues(task.metrics, [error / Double(boxes), Double(right) / Double(images)]), images: images, skipped: skipped))
    }
  }
}

/// The mean of an activation over each box: a RoI layer in small.
struct BoxMean: Layer {
  let name: String
  let source: String?
  let rowSet: String?

  init(_ name: String, of source: String, rowSet: String) { (self.name, self.source, self.rowSet) = (name, source, rowSet) }

  func outputShape(for input: [Int]) throws(Problem) -> [Int] { [input[2]] }

  /// Calls `body` with the row, the offset of a pixel's channels in the input, and the number of pixels of the row's box.
  private func forEachPixel(_ tensors: LayerTensors, _ body: (_ row: Int, _ offset: Int, _ count: Int) -> Void) {
    let shape = tensors.input.shape
    let boxes = tensors.rows!.array.map { Int($0) }
    for row in 0..<tensors.output.shape[0] {
      let box = boxes[row * 5..<row * 5 + 5].map { $0 }
      for y in box[1]..<box[2] {
        for x in box[3]..<box[4] { body(row, ((box[0] * shape[1] + y) * shape[2] + x) * shape[3], (box[2] - box[1]) * (box[4] - box[3])) }
      }
    }
  }

  func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    let (input, output, channels) = (tensors.input.elements, tensors.output.elements, tensors.output.shape[1])
    backend.fill(tensors.output, with: 0)
    forEachPixel(tensors) { row, offset, count in
      for channel in 0..<channels { output[row * channels + channel] += input[offset + channel] / Float(count) }
    }
  }

  func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    let (gradient, output, channels) = (tensors.inputGradient!.elements, tensors.outputGradient!.elements, tensors.output.shape[1])
    backend.fill(tensors.inputGradient!, with: 0)
    forEachPixel(tensors) { row, offset, count in
      for channel in 0..<channels { gradient[offset + channel] += output[row * channels + channel] / Float(count) }
    }
  }
}

/// Makes the images of the toy task; those of every third batch are smaller, and one sample cannot be decoded.
final class ToySource: BatchSource {
  private let batch: Int
  private let broken: Int32?
  private var samples: ArraySlice<Sample> = []

  init(batch: Int, broken: Int32? = nil) { (self.batch, self.broken) = (batch, broken) }

  func begin(_ samples: [Sample], epoch: Int) { self.samples = samples[...] }

  func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    var report = BatchReport(count: 0)
    let wanted = samples.prefix(batch)
    samples = samples.dropFirst(batch)
    let side = wanted.first!.index % 3 == 0 ? 5 : 6
    if side == 5 { report.input = [5, 5, 1] }
    var place = 0
    for sample in wanted {
      if sample.index == broken {
        report.skipped.append(SkippedImage(index: sample.index, identifier: "\(sample.index)", reason: "broken"))
        continue
      }
      labels[report.count] = sample.label
      report.count += 1
      for image in 0..<ToyTask.images {
        for row in 0..<side {
          for column in 0..<side {
            input.elements[place] = ToyTask.pixel(Int(sample.label), image, row, column)
            place += 1
          }
        }
      }
    }
    return report
  }
}
