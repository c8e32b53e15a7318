import Basics
import Dispatch
import Kernels
import Settings
import Synchronization

/// Decodes and augments the images of one split ahead of the step that wants them.
///
/// What an image becomes depends on (seed, epoch, index of the image) alone: not on the number of workers, the batch
/// size, or what was delivered before. Memory for `ahead` batches is made once.
public final class Loader: BatchSource {
  private let worker: BatchMaker
  private let queue = DispatchQueue(label: "loader")
  private var delivery: Delivery?

  /// - Parameters:
  ///   - mean: [channels], or [side, side, channels] of the resized image; see ``InputMean``.
  ///   - training: true draws crops and mirrors; false takes the centre, unmirrored.
  ///   - ahead: the number of batches that may be ready and waiting.
  /// - Throws: a ``Problem`` where the split cannot be read, or input, augmentation and mean do not fit each other.
  public init(
    dataset: any Dataset, split: Split, input: InputShape, batchSize: Int,
    augmentation: TrainingConfiguration.Augmentation, mean: Tensor?, training: Bool, seed: UInt64, workers: Int,
    ahead: Int = defaultAhead
  ) throws(Problem) {
    let transform = try InputTransform(input: input, augmentation: augmentation, mean: mean)
    try dataset.prepare(split)
    worker = BatchMaker(
      dataset: dataset, split: split, transform: transform, seed: training ? seed : nil, workers: max(1, workers),
      slots: (0..<max(1, ahead)).map { _ in
        BatchSlot(input: Tensor([batchSize, input.height, input.width, input.channels]))
      })
  }

  /// How many batches are made ahead where nothing else is asked.
  public static let defaultAhead = 2

  deinit { delivery?.cancel() }

  public func begin(_ samples: [Sample], epoch: Int) {
    delivery?.cancel()
    let delivery = Delivery(samples: samples, epoch: epoch, batchSize: worker.batchSize, slots: worker.slots.count)
    self.delivery = delivery
    // The queue is serial: a delivery that was cancelled leaves the slots before the next one enters them.
    let queue = queue, worker = worker
    if LowPriority.isOn {
      LowPriority.detach { queue.sync { delivery.run(worker) } }
    } else {
      queue.async { delivery.run(worker) }
    }
  }

  public func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    guard let delivery, let number = delivery.takeNumber() else {
      preconditionFailure("a batch was asked for beyond the samples that were begun")
    }
    let before = DispatchTime.now().uptimeNanoseconds
    delivery.ready.wait()
    let dataWait = Double(DispatchTime.now().uptimeNanoseconds - before) * 1e-9
    let slot = worker.slots[number % worker.slots.count]
    let rows = input.elements
    let made = slot.input.elements
    let count = slot.count
    let floats = count * worker.transform.count
    rows.baseAddress!.update(from: made.baseAddress!, count: floats)
    for row in 0..<count { labels[row] = slot.labels[row] }
    let report = BatchReport(count: count, dataWait: dataWait, skipped: slot.skipped)
    delivery.free.signal()
    return report
  }
}

/// One list of samples on its way: the maker fills slots in turn, the consumer empties them in turn.
private final class Delivery: Sendable {
  let samples: [Sample]
  let epoch: Int
  let batchSize: Int
  /// Counts slots that may be filled.
  let free = DispatchSemaphore(value: 0)
  /// Counts batches that may be taken.
  let ready = DispatchSemaphore(value: 0)
  private let cancelled = Atomic(false)
  private let taken = Atomic(0)

  init(samples: [Sample], epoch: Int, batchSize: Int, slots: Int) {
    self.samples = samples
    self.epoch = epoch
    self.batchSize = batchSize
    // A semaphore must not be freed below the value it was made with: it starts at zero.
    for _ in 0..<slots { free.signal() }
  }

  var batches: Int { (samples.count + batchSize - 1) / batchSize }

  func takeNumber() -> Int? {
    let number = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    return number < batches ? number : nil
  }

  func cancel() {
    cancelled.store(true, ordering: .releasing)
    free.signal()
  }

  func run(_ maker: BatchMaker) {
    for number in 0..<batches {
      free.wait()
      if cancelled.load(ordering: .acquiring) { return }
      let range = number * batchSize..<min(samples.count, (number + 1) * batchSize)
      maker.make(samples[range], epoch: epoch, into: maker.slots[number % maker.slots.count])
      ready.signal()
    }
  }
}
