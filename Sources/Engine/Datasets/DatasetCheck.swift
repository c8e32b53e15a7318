import Basics
import Kernels
import Synchronization

/// Decodes every image of a dataset and tells which ones are bad.
public enum DatasetCheck {
  public struct BadImage: Codable, Equatable, Sendable {
    public var split: Split
    public var image: String
    public var reason: String
  }

  /// - Parameter progress: called with the number of images done, from any worker, now and then.
  /// - Returns: the bad images in the dataset's order.
  /// - Throws: a ``Problem`` where a split as a whole cannot be read.
  public static func run(
    _ dataset: any Dataset, workers: Int, progress: @Sendable (Int) -> Void = { _ in }
  ) throws(Problem) -> [BadImage] {
    var all: [BadImage] = []
    let done = Atomic(0)
    for split in Split.allCases {
      try dataset.prepare(split)
      let buffers = (0..<max(1, workers)).map { _ in SharedBuffer() }
      let bad = Mutex<[(index: Int, reason: String)]>([])
      parallelFor(dataset.labels(split).count, workers: buffers.count) { index, worker in
        do throws(Problem) {
          try dataset.load(split, index, .everything, into: buffers[worker].pixels)
        } catch {
          bad.withLock { $0.append((index, error.found ?? error.what)) }
        }
        let count = done.wrappingAdd(1, ordering: .relaxed).newValue
        if count % 256 == 0 { progress(count) }
      }
      all += bad.withLock { $0 }.sorted { $0.index < $1.index }.map {
        BadImage(split: split, image: dataset.identifier(split, $0.index), reason: printable($0.reason))
      }
    }
    return all
  }
}

/// One worker's.
final class SharedBuffer: @unchecked Sendable {
  let pixels = PixelBuffer()
}
