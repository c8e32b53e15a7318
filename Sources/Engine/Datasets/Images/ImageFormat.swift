/// What kind of image a file is, told by its first bytes.
enum ImageFormat: String, Sendable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"
  case gif = "GIF"
  case bmp = "BMP"
  case tiff = "TIFF"
  case heic = "HEIC"
  case avif = "AVIF"
  case jpeg2000 = "JPEG 2000"
  case jpegXL = "JPEG XL"
  case pnm = "PNM"
  case icon = "ICO"
  case photoshop = "Photoshop"

  /// Whether images of this kind can be decoded here (``ImageCodec``).
  var isRead: Bool { self == .jpeg || self == .png || self == .webp || self == .gif }

  static let read = "JPEG, PNG, WebP and GIF"

  /// How many of a file's first bytes ``init(_:)`` wants.
  static let headLength = 32

  /// Nil where the bytes begin no image that is known here.
  init?(_ head: some Collection<UInt8>) {
    let head = Array(head.prefix(Self.headLength))
    func begins(_ bytes: [UInt8], at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: bytes) }
    func begins(_ text: String, at place: Int = 0) -> Bool { begins(Array(text.utf8), at: place) }
    if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if begins("RIFF"), begins("WEBP", at: 8) {
      self = .webp
    } else if begins("GIF87a") || begins("GIF89a") {
      self = .gif
    } else if begins("BM"), head.count >= 18, [12, 40, 52, 56, 64, 108, 124].contains(head[14]), begins([0, 0, 0], at: 15) {
      // The size of the header that follows.
      self = .bmp
    } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A]) || begins([0x49, 0x49, 0x2B, 0])
      || begins([0x4D, 0x4D, 0, 0x2B])
    {
      self = .tiff
    } else if begins([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) || begins([0xFF, 0x4F, 0xFF, 0x51]) {
      self = .jpeg2000
    } else if begins([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20]) || begins([0xFF, 0x0A]) {
      self = .jpegXL
    } else if begins("ftyp", at: 4) {
      // The brand, then a version, then the brands that the file is also.
      let brands = [8, 16, 20, 24, 28].map { String(decoding: head.dropFirst($0).prefix(4), as: UTF8.self) }
      if brands.contains("avif") || brands.contains("avis") {
        self = .avif
      } else if brands.contains(where: { ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"].contains($0) }) {
        self = .heic
      } else {
        return nil
      }
    } else if begins("P"), head.count >= 3, (0x31...0x37).contains(head[1]), [0x0A, 0x0D, 0x20, 0x09].contains(head[2]) {
      self = .pnm
    } else if begins([0, 0, 1, 0]), head.count >= 6, head[4] > 0, head[5] == 0 {
      self = .icon
    } else if begins("8BPS") {
      self = .photoshop
    } else {
      return nil
    }
  }
}
