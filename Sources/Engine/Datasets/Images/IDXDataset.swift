import Basics
import Files
import Glibc
import Synchronization

/// A dataset of the MNIST family: four IDX files, small grey images of one size, kept in memory.
///
/// Opening reads headers and labels. The images of a split are inflated when ``prepare(_:)`` or the first picture asks.
public final class IDXDataset: Dataset {
  public let name: String
  public let summary: String
  public let classes: [FineClass]
  public let fingerprint: String
  private let train: Part
  private let val: Part

  /// - Parameter folder: holds `{train,t10k}-{images-idx3,labels-idx1}-ubyte.gz`; t10k becomes the split `val`.
  /// - Throws: a ``Problem`` where a file is missing, damaged, or does not fit the others.
  public init(name: String, summary: String, classes: [FineClass], folder: String) throws(Problem) {
    self.name = name
    self.summary = summary
    self.classes = classes
    train = try Part(folder: folder, prefix: "train", classCount: classes.count)
    val = try Part(folder: folder, prefix: "t10k", classCount: classes.count)
    guard train.images.dimensions.dropFirst() == val.images.dimensions.dropFirst() else {
      throw Problem(
        "the two splits hold images of different sizes", at: folder,
        expected: Self.describe(train.images), found: Self.describe(val.images), kind: .data)
    }
    // A gzip file ends with the checksum and the length of its content: no need to inflate it.
    var hash = Fingerprint()
    for part in [train, val] {
      for path in [part.images.path, part.labelPath] { try Self.addTrailer(of: path, to: &hash) }
    }
    for fineClass in classes { hash.add(fineClass.wnid) }
    fingerprint = hash.text
  }

  /// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017) as Debian's package dataset-fashion-mnist installs it.
  /// - Throws: a ``Problem`` where the files are not installed, or are not what they should be.
  public static func fashionMNIST(
    classes: [FineClass], folder: String = "/usr/share/datasets/fashion-mnist"
  ) throws(Problem) -> IDXDataset {
    guard access(folder, R_OK | X_OK) == 0 else {
      throw Problem(
        "Fashion-MNIST is not installed", at: folder,
        advice: "install it with `sudo apt-get install dataset-fashion-mnist`", kind: .notFound)
    }
    return try IDXDataset(
      name: "fashion-mnist",
      summary: "Fashion-MNIST: 70,000 grey 28×28 images of clothes in 10 classes, from \(folder)",
      classes: classes, folder: folder)
  }

  public var imageSize: (height: Int, width: Int, channels: Int)? {
    (train.images.dimensions[1], train.images.dimensions[2], 1)
  }

  /// Bytes on the disk.
  var size: Int { [train, val].reduce(0) { $0 + $1.images.length + $1.labelLength } }

  public func labels(_ split: Split) -> [Int32] { part(split).labels }

  public func prepare(_ split: Split) throws(Problem) { _ = try part(split).pixels() }

  public func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    let (height, width, _) = imageSize!
    let pixels = try part(split).pixels().bytes[index * height * width..<(index + 1) * height * width]
    return Picture(width: width, height: height, channels: 1, pixels: Array(pixels))
  }

  public func load(_ split: Split, _ index: Int, _ need: ImageNeed, into buffer: PixelBuffer) throws(Problem) {
    let (height, width, _) = imageSize!
    buffer.show(
      try part(split).pixels(), from: index * height * width, width: width, height: height, channels: 1)
  }

  public func identifier(_ split: Split, _ index: Int) -> String { "\(split.rawValue)/\(index)" }

  private func part(_ split: Split) -> Part { split == .train ? train : val }

  private static func describe(_ images: IDXFile) -> String {
    images.dimensions.dropFirst().map(String.init).joined(separator: "×")
  }

  private static func addTrailer(of path: String, to hash: inout Fingerprint) throws(Problem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read", path) }
    defer { close(descriptor) }
    let length = lseek(descriptor, 0, SEEK_END)
    var trailer = [UInt8](repeating: 0, count: 8)
    guard pread(descriptor, &trailer, 8, max(0, length - 8)) >= 0 else { throw FileFailure.reading("cannot read", path) }
    hash.add(length)
    hash.add(trailer)
  }

  /// One split.
  private final class Part: Sendable {
    let images: IDXFile
    let labelPath: String
    let labelLength: Int
    let labels: [Int32]
    private let loaded = Mutex<Result<ByteStorage, Problem>?>(nil)

    init(folder: String, prefix: String, classCount: Int) throws(Problem) {
      images = try IDXFile(path: "\(folder)/\(prefix)-images-idx3-ubyte.gz", dimensionCount: 3)
      labelPath = "\(folder)/\(prefix)-labels-idx1-ubyte.gz"
      let labelFile = try IDXFile(path: labelPath, dimensionCount: 1)
      guard labelFile.dimensions[0] == images.dimensions[0] else {
        throw Problem(
          "the labels do not fit the images", at: labelPath, expected: counted(images.dimensions[0], "label"),
          found: "\(labelFile.dimensions[0])", advice: "get both files again", kind: .data)
      }
      labelLength = labelFile.length
      let bytes = try labelFile.read()
      if let index = bytes.bytes.firstIndex(where: { Int($0) >= classCount }) {
        throw Problem(
          "a label is out of range", at: "\(labelPath), image \(index)", expected: "0 to \(classCount - 1)",
          found: "\(bytes.bytes[index])", kind: .data)
      }
      labels = bytes.bytes.map(Int32.init)
    }

    /// The images, inflated on the first call; a failure is kept as well.
    func pixels() throws(Problem) -> ByteStorage {
      try loaded.withLock { state -> Result<ByteStorage, Problem> in
        if let state { return state }
        let result = Result { () throws(Problem) in try images.read() }
        state = result
        return result
      }.get()
    }
  }
}
