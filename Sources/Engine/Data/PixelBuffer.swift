import CImageCodecs
import Glibc
import Taxonomy

/// The pixels of one image at a time, in memory that the next image uses again. One for each worker.
public final class PixelBuffer {
  public private(set) var width = 0, height = 0, channels = 0
  /// `height · width · channels` bytes, until the next image is put in.
  public private(set) var pixels = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

  private var decoded = codec_image()
  private var file: [UInt8] = []
  /// Keeps alive what `pixels` points into.
  private var owner: ByteStorage?

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

  /// Points at an image that lies in memory already.
  func show(_ storage: ByteStorage, from offset: Int, width: Int, height: Int, channels: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    owner = storage
    pixels = UnsafeBufferPointer(rebasing: storage.bytes[offset..<offset + width * height * channels])
  }

  /// Decodes a PNG or JPEG, told apart by content. A large JPEG may come reduced by a power of two, as long as its
  /// sides stay at least as long as asked; 0 asks for full size.
  /// - Throws: a ``Problem`` at `place` with the decoder's reason.
  func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, leastWidth: Int = 0, leastHeight: Int = 0, place: @autoclosure () -> String
  ) throws(Problem) {
    owner = nil
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CODEC_MESSAGE_SIZE))
    defer { message.deallocate() }
    let status = codec_decode(
      bytes.baseAddress, bytes.count, Int32(clamping: leastWidth), Int32(clamping: leastHeight), &decoded, message)
    (width, height, channels) = (Int(decoded.width), Int(decoded.height), Int(decoded.channels))
    pixels = UnsafeBufferPointer(start: decoded.bytes, count: width * height * channels)
    guard status == CODEC_OK.rawValue else {
      throw Problem("cannot decode the image", at: place(), found: String(cString: message))
    }
  }
}
