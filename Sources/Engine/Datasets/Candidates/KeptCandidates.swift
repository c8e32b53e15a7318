import Basics
import Files
import Kernels
import Synchronization

/// The candidates of a dataset's images by selective search, computed once and kept in the home's `cache/candidates/`: a file for every 64 images, which holds as long as the dataset's fingerprint and the
/// settings do. Damaged files are computed again; what cannot be written is done without.
public final class KeptCandidates: Sendable {
  private static let version = 1
  private static let blockSize = 64

  private let folder: String
  private let search: SelectiveSearch

  public init(home: Home, _ search: SelectiveSearch = .init()) { (folder, self.search) = (home.cache + "/candidates", search) }

  /// The candidates of images, in their order.
  /// - Parameters:
  ///   - images: of `dataset`.
  ///   - progress: hears how many images are done, kept ones among them; what it throws ends the work, of which whole files stay.
  /// - Returns: of each image its boxes, the whole image first.
  /// - Throws: a ``Problem`` where an image cannot be decoded.
  public func boxes(
    of images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int, progress: (Int) throws(Problem) -> Void = { _ in }
  ) throws(Problem) -> [[Box]] {
    var boxes: [[Box]] = []
    boxes.reserveCapacity(images.count)
    for start in stride(from: 0, to: images.count, by: Self.blockSize) {
      let block = Array(images[start..<min(start + Self.blockSize, images.count)])
      let key = ([dataset.fingerprint, search.key] + block.map(\.name)).joined(separator: "\n")
      let file = KeptFile("\(folder)/\(Self.name(key)).boxes", version: Self.version, madeOf: [])
      if let kept = Self.read(file, key: key, block) {
        boxes += kept
      } else {
        let found = try compute(block, in: dataset, workers: workers)
        file.keep(Self.encoded(found, key: key))
        boxes += found
      }
      try progress(boxes.count)
    }
    return boxes
  }

  private func compute(_ images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int) throws(Problem) -> [[Box]] {
    let found = Mutex<[Result<[Box], Problem>?]>(Array(repeating: nil, count: images.count))
    parallelFor(images.count, workers: workers) { place, _ in
      let result = Result { () throws(Problem) in search.boxes(of: try dataset.pixels(of: images[place])) }
      found.withLock { $0[place] = result }
    }
    return try found.withLock { $0 }.map { result throws(Problem) in try result!.get() }
  }

  // MARK: The file

  private static func name(_ key: String) -> String {
    var hash = Fingerprint()
    hash.add(key)
    return hash.text
  }

  private static func encoded(_ boxes: [[Box]], key: String) -> [UInt8] {
    var writer = PackedWriter()
    writer.text(key)
    for ofImage in boxes { writer.numbers(ofImage.flatMap { [Int32($0.x1), Int32($0.y1), Int32($0.x2), Int32($0.y2)] }) }
    return writer.bytes
  }

  /// Nil where nothing is kept, or not what is asked for.
  private static func read(_ file: KeptFile, key: String, _ images: [AnnotatedImage]) -> [[Box]]? {
    guard let (body, mapped) = file.read() else { return nil }
    return withExtendedLifetime(mapped) {
      var reader = PackedReader(body)
      guard reader.text() == key else { return nil }
      var boxes: [[Box]] = []
      for image in images {
        let numbers = reader.numbers()
        guard !numbers.isEmpty, numbers.count % 4 == 0 else { return nil }
        var ofImage: [Box] = []
        ofImage.reserveCapacity(numbers.count / 4)
        for place in stride(from: 0, to: numbers.count, by: 4) {
          let box = Box(Float(numbers[place]), Float(numbers[place + 1]), Float(numbers[place + 2]), Float(numbers[place + 3]))
          guard 0 <= box.x1, box.x1 <= box.x2, box.x2 < Float(image.width), 0 <= box.y1, box.y1 <= box.y2, box.y2 < Float(image.height) else { return nil }
          ofImage.append(box)
        }
        boxes.append(ofImage)
      }
      return reader.isAtEnd ? boxes : nil
    }
  }
}
