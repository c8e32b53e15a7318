import Basics
import Files

/// A dataset whose images lie in LMDB databases, as `data pack` or Caffe's convert_imageset wrote them.
public final class PackedDataset: Dataset {
  public let name: String
  public let summary: String
  public let classes: [FineClass]
  public let fingerprint: String
  private let index: FolderIndex
  private let labelsOfTrain, labelsOfVal: [Int32]
  private let train: LMDBReader
  /// That of `train` where validation images were held out of it.
  private let val: LMDBReader

  /// - Throws: a ``Problem`` where the index is damaged or the databases are gone.
  init(_ registration: Registration, home: Home) throws(Problem) {
    let folder = PackFolder(path: registration.recipe.root)
    guard let database = folder.database(.train) else {
      throw Problem(
        "the dataset's database is gone", at: registration.recipe.root,
        advice: "mount it again, or give its new path with \(ShellCommand("data", "add", registration.name, "PATH").inSentence)", kind: .notFound)
    }
    name = registration.name
    summary =
      "\(name): \(counted(registration.train + registration.val, "packed image")) in \(counted(registration.classes.count, "class")), "
      + "from \(registration.recipe.root)"
    classes = registration.classes
    fingerprint = registration.fingerprint
    index = try FolderIndex(path: registration.indexPath(in: home), classCount: classes.count)
    labelsOfTrain = index.labels(.train)
    labelsOfVal = index.labels(.val)
    train = try LMDBReader(folder: database)
    val = if let database = folder.database(.val) { try LMDBReader(folder: database) } else { train }
  }

  public var imageSize: (height: Int, width: Int, channels: Int)? { nil }

  public func labels(_ split: Split) -> [Int32] { split == .train ? labelsOfTrain : labelsOfVal }

  public func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    let buffer = PixelBuffer()
    try load(split, index, .everything, into: buffer)
    return buffer.picture
  }

  public func load(_ split: Split, _ index: Int, _ need: ImageNeed, into buffer: PixelBuffer) throws(Problem) {
    try (split == .train ? train : val).withValue(of: key(split, index)) { value throws(Problem) in
      let datum: Datum
      do throws(Problem) {
        datum = try Datum(value)
      } catch {
        throw Problem("cannot decode the image", at: identifier(split, index), expected: error.expected, found: error.found, kind: .data)
      }
      switch datum.content {
      case .encoded(let file):
        try buffer.decode(
          file.assumingMemoryBound(to: UInt8.self), need, place: identifier(split, index))
      case .planes(let planes):
        buffer.show(planes: planes, width: datum.head.width, height: datum.head.height, channels: datum.head.channels)
      }
    }
  }

  /// The path in the key, fit for a terminal.
  public func identifier(_ split: Split, _ index: Int) -> String {
    printable(nameText(path(split, index)))
  }

  public func path(_ split: Split, _ index: Int) -> [UInt8] { PackKey.path(key(split, index)) }

  private func key(_ split: Split, _ index: Int) -> UnsafeRawBufferPointer {
    self.index.path(split == .train ? index : labelsOfTrain.count + index)
  }
}
