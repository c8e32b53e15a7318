import Basics
import CImageCodecs
import Files
import Glibc

/// What of an image is needed: it may come smaller, or end early, where that saves work.
public struct ImageNeed: Equatable, Sendable {
  /// Sides are at least as long as these; 0: full size.
  public var leastWidth, leastHeight: Int
  /// Rows from above, as a share of the image's height; those below may be black.
  public var shareOfRows: Double

  public static let everything = ImageNeed()

  public init(leastWidth: Int = 0, leastHeight: Int = 0, shareOfRows: Double = 1) {
    (self.leastWidth, self.leastHeight, self.shareOfRows) = (leastWidth, leastHeight, shareOfRows)
  }
}

/// The pixels of one image at a time, in memory that the next image uses again. One for each worker.
public final class PixelBuffer {
  public private(set) var width = 0, height = 0, channels = 0
  /// `height · width · channels` bytes, until the next image is put in.
  public private(set) var pixels = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

  private var decoded = codec_image()
  private var file: [UInt8] = []
  /// Keeps alive what `pixels` points into.
  private var owner: ByteStorage?
  /// For images that are put together here.
  private var room: ByteStorage?

  /// No side of an image is longer.
  package static let longestSide = Int(CODEC_MAX_SIDE)

  public init() {}

  deinit { codec_release(&decoded) }

  /// The image as a value of its own.
  public var picture: Picture {
    Picture(width: width, height: height, channels: channels, pixels: Array(pixels))
  }

  /// Takes over a picture's pixels.
  public func copy(_ picture: Picture) {
    let storage = ByteStorage(count: picture.pixels.count)
    _ = storage.bytes.initialize(from: picture.pixels)
    show(storage, from: 0, width: picture.width, height: picture.height, channels: picture.channels)
  }

  /// Puts an image together from its channels, each `height · width` bytes: grey, or blue, green, red.
  func show(planes: UnsafeRawBufferPointer, width: Int, height: Int, channels: Int) {
    let count = width * height
    precondition(planes.count == count * channels)
    let storage = room.flatMap { $0.bytes.count >= planes.count ? $0 : nil } ?? ByteStorage(count: planes.count)
    room = storage
    if channels == 1 {
      UnsafeMutableRawBufferPointer(storage.bytes).copyMemory(from: planes)
    } else {
      let target = storage.bytes.baseAddress!
      let (blue, green, red) = (planes.baseAddress!, planes.baseAddress! + count, planes.baseAddress! + 2 * count)
      for pixel in 0..<count {
        target[pixel * 3] = red.load(fromByteOffset: pixel, as: UInt8.self)
        target[pixel * 3 + 1] = green.load(fromByteOffset: pixel, as: UInt8.self)
        target[pixel * 3 + 2] = blue.load(fromByteOffset: pixel, as: UInt8.self)
      }
    }
    show(storage, from: 0, width: width, height: height, channels: channels)
  }

  /// Points at an image that lies in memory already.
  func show(_ storage: ByteStorage, from offset: Int, width: Int, height: Int, channels: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    owner = storage
    pixels = UnsafeBufferPointer(rebasing: storage.bytes[offset..<offset + width * height * channels])
  }

  /// Reads a file and decodes it like ``decode(_:_:place:)``.
  /// - Throws: a ``Problem`` at `place` where it is no regular file, is longer than 1 GiB, or is no image.
  func decode(
    file path: [CChar], _ need: ImageNeed = .everything, place: @autoclosure () -> String
  ) throws(Problem) {
    let count = try read(path, place: place())
    try file.withUnsafeBufferPointer { bytes throws(Problem) in
      try decode(UnsafeBufferPointer(rebasing: bytes.prefix(count)), need, place: place())
    }
  }

  /// Fills `file` and returns the number of bytes.
  private func read(_ path: [CChar], place: @autoclosure () -> String) throws(Problem) -> Int {
    // A pipe must not block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read the image", place()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 30 else {
      let kind = status.st_mode & S_IFMT
      throw Problem(
        "cannot read the image", at: place(), expected: "a file of at most 1 GiB",
        found: kind == S_IFREG ? "\(status.st_size >> 20) MB" : kind == S_IFDIR ? "a folder" : "something else", kind: .data)
    }
    let size = Int(status.st_size)
    if file.count < size { file = [UInt8](repeating: 0, count: size) }
    var done = 0
    while done < size {
      let count = file.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + done, size - done) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.reading("cannot read the image", place()) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Decodes a PNG, JPEG, WebP or GIF, told apart by content. A large JPEG may come reduced by a power of two, and without the rows that nobody needs.
  /// - Throws: a ``Problem`` at `place` with the decoder's reason.
  package func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ need: ImageNeed = .everything, place: @autoclosure () -> String
  ) throws(Problem) {
    owner = nil
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CODEC_MESSAGE_SIZE))
    defer { message.deallocate() }
    let wanted = codec_need(
      least_width: Int32(clamping: need.leastWidth), least_height: Int32(clamping: need.leastHeight),
      share_of_rows: need.shareOfRows)
    let status = codec_decode(bytes.baseAddress, bytes.count, wanted, &decoded, message)
    (width, height, channels) = (Int(decoded.width), Int(decoded.height), Int(decoded.channels))
    pixels = UnsafeBufferPointer(start: decoded.bytes, count: width * height * channels)
    guard status == CODEC_OK.rawValue else {
      if status == CODEC_UNKNOWN_FORMAT.rawValue, let format = ImageFormat(bytes) {
        throw Problem("cannot decode the image", at: place(), expected: ImageFormat.read, found: "\(format.rawValue)", kind: .data)
      }
      throw Problem("cannot decode the image", at: place(), found: String(cString: message), kind: .data)
    }
  }
}

extension Picture {
  /// Reads a PNG, JPEG, WebP or GIF file.
  /// - Throws: a ``Problem`` where it cannot be read or decoded.
  public init(file path: String) throws(Problem) {
    let buffer = PixelBuffer()
    try buffer.decode(file: Array(path.utf8CString), place: path)
    self = buffer.picture
  }
}
