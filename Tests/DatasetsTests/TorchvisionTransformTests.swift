import CImageFixtures
import Datasets
import Kernels
import Networks
import Settings
import TestSupport
import Testing

/// What torchvision 0.29 with Pillow 13 makes of pictures that both sides compute:
/// `Compose([Resize(256), CenterCrop(224), ToTensor(), Normalize([.485, .456, .406], [.229, .224, .225])])` of PIL images.
/// `Benchmarks/scripts/torchvision_transform.py` prints these tables.
@Suite struct TorchvisionTransformTests {
  @Test(
    "a photograph of any size becomes torchvision's own pixels",
    arguments: [
      .init(640, 427, 0xAB10_78FE_2133_F467, [121, 93, 151], [132, 161, 175], [0.7248052, 0.6603642, 0.3916340]),
      .init(427, 640, 0x1B2E_3125_525C_8B3A, [144, 114, 67], [184, 143, 131], [1.1015497, 0.4852942, 0.5310677]),
      .init(300, 299, 0x45F6_CCEE_10DF_BDFD, [95, 131, 165], [139, 163, 101], [0.1939379, 0.6603642, 0.4613509]),
      .init(299, 300, 0xC8EA_FE29_199E_D53D, [97, 135, 169], [131, 65, 122], [0.8960528, 0.2226892, 1.2108063]),
      .init(256, 256, 0x1CBC_1E42_71CE_EF15, [217, 217, 230], [54, 153, 9], [-1.8096584, 1.5882353, 0.4090632]),
      .init(100, 100, 0x5BF5_96BA_D52C_4397, [161, 39, 143], [146, 238, 89], [1.7351656, 0.9229692, 0.2173421]),
      .init(500, 375, 0x4F38_16DE_EA7C_DA5A, [107, 90, 181], [122, 129, 130], [0.2110627, 0.4502802, 1.8905448]),
      .init(375, 500, 0xC88D_51D1_8B40_359A, [136, 152, 109], [136, 163, 98], [-0.5253019, 0.2051822, -0.8632680]),
      .init(224, 224, 0xDD7B_25BE_D920_3291, [116, 200, 32], [215, 182, 179], [0.6049320, -0.4075630, -0.2183877]),
      .init(1, 1, 0x5A74_F9C8_D456_6725, [0, 0, 13], [0, 0, 13], [-2.1179039, -2.0357141, -1.5778649]),
      .init(3000, 20, 0xCC58_42AD_7F9A_1531, [57, 103, 113], [116, 21, 131], [-0.9534206, -0.4250700, -0.9504139]),
      .init(20, 3000, 0x5A66_5613_E0B0_46E6, [138, 135, 130], [49, 135, 69], [1.2042983, 0.6778712, 0.4787802]),
      .init(333, 257, 0xD2D0_C833_5797_9766, [78, 135, 203], [222, 68, 89], [-0.5938008, -0.7927170, 1.1759479]),
      .init(257, 256, 0x1CBC_1E42_71CE_EF15, [217, 217, 230], [54, 153, 9], [-1.8096584, 1.5882353, 0.4090632]),
      .init(256, 301, 0x676E_A54B_E005_A6C6, [34, 119, 191], [77, 173, 13], [1.7694151, -0.7752100, 1.2108063]),
      .init(255, 255, 0xCAD0_4937_4C77_0347, [196, 208, 216], [200, 170, 113], [-1.8439080, 1.2380953, 0.7750764]),
      .init(1023, 767, 0x0147_C87D_C2EC_D7AE, [122, 133, 138], [122, 94, 116], [-0.2170563, -0.8452380, 0.2347713]),
      .init(2, 1, 0x185F_8162_317A_9D25, [6, 7, 19], [88, 101, 103], [-1.3815396, -1.1778710, -0.8109804]),
      .init(512, 512, 0x1AFB_7BD2_E4F7_B7C3, [142, 187, 150], [129, 147, 114], [-0.5253019, 0.3452382, 0.6356429]),
      .init(768, 256, 0x81CC_2DBC_793A_9525, [211, 211, 224], [48, 147, 3], [-1.9124069, 1.4831933, 0.3044881]),
      .init(7, 5, 0xB367_256D_3809_79F8, [77, 89, 92], [66, 136, 208], [0.1083141, 0.5728292, 1.0539435]),
    ] as [Golden])
  func pixels(golden: Golden) throws {
    let picture = Self.picture(golden.width, golden.height)
    let pixels = try Self.input(of: picture, mean: nil, Self.plain)
    #expect(Array(pixels.prefix(3)) == golden.first)
    #expect(Array(pixels.suffix(3)) == golden.last)
    #expect(Self.digest(pixels.map { UInt8($0) }) == golden.digest)
    // Nothing lies between grey levels.
    #expect(pixels.allSatisfy { $0 == $0.rounded() && (0...255).contains($0) })
    let mean = Tensor([123.675, 116.28, 103.53], shape: [3])
    let input = try Self.input(of: picture, mean: mean, Architecture.named("resnet18").recipe.augmentation)
    for (value, wanted) in zip(input[(100 * 224 + 100) * 3..<(100 * 224 + 101) * 3], golden.normalized) {
      #expect(abs(value - wanted) < 1e-6)
    }
  }

  @Test("a JPEG becomes torchvision's own pixels, however its colours are sampled", arguments: [
    (FIXTURE_422, 0x408D_B7B2_D7CD_3827, 0xED26_4128_8B48_6E79),
    (FIXTURE_444, 0xFF9D_1A1E_170A_B7A0, 0x341C_F582_1D38_5704),
    (FIXTURE_PLAIN_RGB, 0x0545_C452_9A7E_A6A5, 0x5655_7E18_AC7E_A704),
    (FIXTURE_PROGRESSIVE, 0xA1CB_34BA_720C_C3B0, 0x4234_42EC_5B80_9DDC),
    (FIXTURE_RGB, 0x0111_8522_E951_923D, 0x4234_42EC_5B80_9DDC),
  ] as [(fixture_jpeg, UInt64, UInt64)])
  func jpeg(kind: fixture_jpeg, file: UInt64, digest: UInt64) throws {
    let bytes = ImageFixtures.jpeg(Self.picture(641, 429).pixels, 641, 429, kind, quality: 90)
    guard Self.digest(bytes) == file else {
      print("not compared: this system's libjpeg writes another JPEG than the one that Pillow read")
      return
    }
    #expect(Self.digest(try ImageCodec.decode(bytes).pixels) == digest)
    // Nothing is reduced or left out while it is decoded.
    #expect(try InputTransform(input: (224, 224, 3), augmentation: Self.plain, mean: nil).need(random: nil) == .everything)
  }

  @Test("a grey photograph is as its three equal channels")
  func grey() throws {
    let grey = Picture(width: 301, height: 260, channels: 1, pixels: (0..<301 * 260).map { UInt8($0 * $0 / 7 % 256) })
    let colour = Picture(width: 301, height: 260, channels: 3, pixels: grey.pixels.flatMap { [$0, $0, $0] })
    #expect(try Self.input(of: grey, mean: nil, Self.plain) == Self.input(of: colour, mean: nil, Self.plain))
  }

  @Test("a random crop is a window of torchvision's resized picture, mirrored or not")
  func randomCrops() throws {
    let picture = Self.picture(300, 299)
    let whole = try Self.input(of: picture, mean: nil, Self.plain, side: 256)
    var augmentation = Self.plain
    augmentation.mirror = true
    var places: Set<Int> = []
    for key in 0..<20 {
      let input = try Self.input(of: picture, mean: nil, augmentation, random: CounterRandom(seed: 3, key))
      let random = CounterRandom(seed: 3, key)
      let (left, top, isMirrored) = (random.below(33, 0), random.below(33, 1), random.bits(2) >> 63 == 1)
      places.insert(top)
      for pixel in [0, 223, 224 * 100 + 17, 224 * 224 - 1] {
        let (x, y) = (isMirrored ? 223 - pixel % 224 : pixel % 224, pixel / 224)
        let place = ((y + top) * 256 + x + left) * 3
        #expect(Array(input[pixel * 3..<pixel * 3 + 3]) == Array(whole[place..<place + 3]))
      }
    }
    #expect(places.count > 5)
  }

  @Test("what training of before resized to its shorter side keeps its numbers")
  func before() throws {
    #expect(TrainingConfiguration.Augmentation.Resize(rawValue: "shortSide") == .shortSide)
    var augmentation = Self.plain
    augmentation.resize = .shortSide
    let transform = try InputTransform(input: (224, 224, 3), augmentation: augmentation, mean: nil)
    #expect(transform.resizedSize(width: 640, height: 427) == (384, 256))
    #expect(transform.need(random: nil) == ImageNeed(leastWidth: 256, leastHeight: 256))
    let exact = try InputTransform(input: (224, 224, 3), augmentation: Self.plain, mean: nil)
    #expect(exact.resizedSize(width: 640, height: 427) == (383, 256))
    #expect(exact.resizedSize(width: 299, height: 300) == (256, 256))
    #expect(exact.resizedSize(width: 20, height: 3000) == (256, 38_400))
  }

  struct Golden: Sendable {
    let width, height: Int
    let digest: UInt64
    let first, last, normalized: [Float]

    init(_ width: Int, _ height: Int, _ digest: UInt64, _ first: [Float], _ last: [Float], _ normalized: [Float]) {
      (self.width, self.height, self.digest) = (width, height, digest)
      (self.first, self.last, self.normalized) = (first, last, normalized)
    }
  }

  private static let plain = TrainingConfiguration.Augmentation(
    resize: .torchvision, resizeTo: 256, padding: 0, mirror: false, mean: .channel, scale: 1)

  private static func input(
    of picture: Picture, mean: Tensor?, _ augmentation: TrainingConfiguration.Augmentation, side: Int = 224,
    random: CounterRandom? = nil
  ) throws -> [Float] {
    let buffer = PixelBuffer()
    buffer.copy(picture)
    let output = Tensor([side, side, 3])
    try InputTransform(input: (side, side, 3), augmentation: augmentation, mean: mean)
      .apply(buffer, random: random, scratch: TransformScratch(), to: output.elements)
    return output.array
  }

  /// A picture by a formula, rough and smooth.
  private static func picture(_ width: Int, _ height: Int) -> Picture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          let curve = x * x * (7 + c) + y * y * (3 + 2 * c) + x * y * 5
          pixels.append(UInt8(truncatingIfNeeded: curve + ((x * 2_654_435_761 + y * 40503 + c * 97) >> 7) * 13))
        }
      }
    }
    return Picture(width: width, height: height, channels: 3, pixels: pixels)
  }

  /// 64 bits of FNV-1a.
  private static func digest(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
