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
    let delivery = Delivery(samples: samples.count, batchSize: worker.batchSize, slots: worker.slots.count)
    self.delivery = delivery
    // The queue is serial: a delivery that was cancelled leaves the slots before the next one enters them.
    let queue = queue, worker = worker
    delivery.run(on: queue) { worker.make(samples[$0], epoch: epoch, into: worker.slots[$1]) }
  }

  public func next(into input: Tensor, labels: inout [Int32]) throws(Problem) -> BatchReport {
    let (place, dataWait) = delivery!.next()
    let slot = worker.slots[place]
    let rows = input.elements
    let made = slot.input.elements
    let count = slot.count
    let floats = count * worker.transform.count
    rows.baseAddress!.update(from: made.baseAddress!, count: floats)
    for row in 0..<count { labels[row] = slot.labels[row] }
    let report = BatchReport(count: count, dataWait: dataWait, skipped: slot.skipped)
    delivery!.release()
    return report
  }
}
