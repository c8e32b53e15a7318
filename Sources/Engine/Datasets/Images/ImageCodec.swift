import Basics
import CImageCodecs
import Glibc

/// Image files in memory.
public enum ImageCodec {
  /// Decodes a PNG, JPEG, WebP or GIF at full size, told apart by content.
  /// - Throws: a ``Problem`` at `place` with the decoder's reason: truncated or damaged data, another format, more than
  ///   65,500 pixels a side or 100 million in all.
  public static func decode(_ bytes: [UInt8], place: String = "image") throws(Problem) -> Picture {
    let buffer = PixelBuffer()
    try bytes.withUnsafeBufferPointer { bytes throws(Problem) in try buffer.decode(bytes, place: place) }
    return buffer.picture
  }

  /// Decodes an image file.
  /// - Throws: a ``Problem`` that names the file.
  public static func read(_ path: String) throws(Problem) -> Picture {
    let buffer = PixelBuffer()
    try buffer.decode(
      file: path.utf8CString.map { $0 }, place: path)
    return buffer.picture
  }

  /// Encodes `width · height` RGB pixels as a JPEG.
  /// - Throws: a ``Problem`` where there is no memory for it.
  static func jpeg(
    _ pixels: UnsafeBufferPointer<UInt8>, width: Int, height: Int, quality: Int
  ) throws(Problem) -> [UInt8] {
    precondition(pixels.count == width * height * 3)
    var bytes: UnsafeMutablePointer<UInt8>?
    var size = 0
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CODEC_MESSAGE_SIZE))
    defer { message.deallocate() }
    let status = codec_encode_jpeg(
      pixels.baseAddress, Int32(clamping: width), Int32(clamping: height), Int32(clamping: quality), &bytes, &size, message)
    guard status == CODEC_OK.rawValue, let bytes else {
      throw Problem("cannot encode the picture as a JPEG", found: String(cString: message))
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: size))
  }

  /// Encodes a picture as a PNG.
  /// - Throws: a ``Problem`` where it is empty or larger than ``decode(_:place:)`` allows.
  public static func png(_ picture: Picture) throws(Problem) -> [UInt8] {
    var bytes: UnsafeMutablePointer<UInt8>?
    var size = 0
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CODEC_MESSAGE_SIZE))
    defer { message.deallocate() }
    let status = codec_encode_png(
      picture.pixels, Int32(clamping: picture.width), Int32(clamping: picture.height), Int32(picture.channels), &bytes,
      &size, message)
    guard status == CODEC_OK.rawValue, let bytes else {
      throw Problem("cannot encode the picture as a PNG", found: String(cString: message))
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: size))
  }
}
