import Dispatch
import Kernels
import Synchronization

/// One list of samples on its way: the maker fills slots in turn, the consumer empties them in turn.
final class Delivery: Sendable {
  private let samples: Int
  private let batchSize: Int
  private let slots: Int
  /// Counts slots that may be filled.
  private let free = DispatchSemaphore(value: 0)
  /// Counts batches that may be taken.
  private let ready = DispatchSemaphore(value: 0)
  private let cancelled = Atomic(false)
  private let taken = Atomic(0)

  init(samples: Int, batchSize: Int, slots: Int) {
    (self.samples, self.batchSize, self.slots) = (samples, batchSize, slots)
    // A semaphore must not be freed below the value it was made with: it starts at zero.
    for _ in 0..<slots { free.signal() }
  }

  private var batches: Int { (samples + batchSize - 1) / batchSize }

  func cancel() {
    cancelled.store(true, ordering: .releasing)
    free.signal()
  }

  /// Fills one slot after the other with the samples of a batch. The queue is serial: a delivery that was cancelled leaves the slots before the
  /// next one enters them.
  func run(on queue: DispatchQueue, _ fill: @escaping @Sendable (_ samples: Range<Int>, _ slot: Int) -> Void) {
    let work: @Sendable () -> Void = { [self] in
      for number in 0..<batches {
        free.wait()
        if cancelled.load(ordering: .acquiring) { return }
        fill(number * batchSize..<min(samples, (number + 1) * batchSize), number % slots)
        ready.signal()
      }
    }
    if LowPriority.isOn {
      LowPriority.detach { queue.sync(execute: work) }
    } else {
      queue.async(execute: work)
    }
  }

  /// The slot of the next batch, and how many seconds it was waited for. Afterwards it is to be released.
  func next() -> (slot: Int, dataWait: Double) {
    let number = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    precondition(number < batches, "a batch was asked for beyond the samples that were begun")
    let before = DispatchTime.now().uptimeNanoseconds
    ready.wait()
    return (number % slots, Double(DispatchTime.now().uptimeNanoseconds - before) * 1e-9)
  }

  func release() { free.signal() }
}
