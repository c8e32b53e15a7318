import Basics
import Kernels

/// Memory for one batch. Written by the maker while it is free, read by the consumer while it is ready.
final class BatchSlot: @unchecked Sendable {
  let input: Tensor
  var labels: [Int32]
  var count = 0
  var skipped: [SkippedImage] = []
  /// Of each row, why it could not be made.
  fileprivate var failures: [Problem?]

  init(input: Tensor) {
    self.input = input
    labels = [Int32](repeating: 0, count: input.shape[0])
    failures = [Problem?](repeating: nil, count: input.shape[0])
  }
}

/// Turns lists of samples into batches, by several workers.
final class BatchMaker: @unchecked Sendable {
  let dataset: any Dataset
  let split: Split
  let transform: InputTransform
  /// nil: no augmentation.
  let seed: UInt64?
  let slots: [BatchSlot]
  private let workers: [Worker]

  /// What one worker owns.
  private final class Worker {
    let buffer = PixelBuffer()
    let scratch = TransformScratch()
  }

  init(
    dataset: any Dataset, split: Split, transform: InputTransform, seed: UInt64?, workers: Int, slots: [BatchSlot]
  ) {
    self.dataset = dataset
    self.split = split
    self.transform = transform
    self.seed = seed
    self.slots = slots
    self.workers = (0..<workers).map { _ in Worker() }
  }

  var batchSize: Int { slots[0].input.shape[0] }

  /// Fills `slot` with `samples`, in their order, without those that cannot be decoded.
  func make(_ samples: ArraySlice<Sample>, epoch: Int, into slot: BatchSlot) {
    // Small images are cheaper than handing them out: a worker takes several at a time.
    let grain = dataset.imageSize == nil ? 1 : 32
    let pieces = (samples.count + grain - 1) / grain
    slot.failures.withUnsafeMutableBufferPointer { failures in
      nonisolated(unsafe) let failures = failures
      parallelFor(pieces, workers: workers.count) { piece, worker in
        for row in piece * grain..<min(samples.count, (piece + 1) * grain) {
          failures[row] = make(samples[samples.startIndex + row], epoch: epoch, row: row, workers[worker], slot.input)
        }
      }
    }
    close(up: samples, in: slot)
  }

  private func make(_ sample: Sample, epoch: Int, row: Int, _ worker: Worker, _ input: Tensor) -> Problem? {
    do throws(Problem) {
      let index = Int(sample.index)
      let random = seed.map { CounterRandom(seed: $0, epoch, index, Self.augmentationUse) }
      try dataset.load(split, index, transform.need(random: random), into: worker.buffer)
      let floats = transform.count
      transform.apply(
        worker.buffer, random: random, scratch: worker.scratch,
        to: UnsafeMutableBufferPointer(rebasing: input.elements[row * floats..<(row + 1) * floats]))
      return nil
    } catch {
      return error
    }
  }

  /// The "use" of the random numbers that place crops and mirrors.
  private static let augmentationUse = 1

  /// Moves the rows behind a failed one up, and writes down who failed.
  private func close(up samples: ArraySlice<Sample>, in slot: BatchSlot) {
    let floats = transform.count
    let rows = slot.input.elements.baseAddress!
    slot.skipped.removeAll(keepingCapacity: true)
    slot.count = 0
    for (row, sample) in samples.enumerated() {
      if let failure = slot.failures[row] {
        let index = Int(sample.index)
        slot.skipped.append(
          SkippedImage(
            index: sample.index, identifier: dataset.identifier(split, index),
            reason: failure.found ?? failure.what))
        continue
      }
      if slot.count != row { (rows + slot.count * floats).update(from: rows + row * floats, count: floats) }
      slot.labels[slot.count] = sample.label
      slot.count += 1
    }
  }
}
