import Basics
import Kernels

/// Candidates for objects by selective search (Uijlings et al. 2013): an image is cut into small regions, which are merged by likeness until they are one; every region's box is a candidate.
///
/// By default what the original calls fast: two colour spaces, two likenesses and two sizes of first regions, eight hierarchies in all. A box of a higher region stands further ahead, by chance as in the
/// original, though by the same chance each time. The same image gives the same boxes in every bit.
public struct SelectiveSearch: Hashable, Codable, Sendable {
  /// In which regions are looked at (Uijlings et al. 2013, §3.2): brightness stands apart from colour in both.
  public enum ColorSpace: String, Codable, CaseIterable, Sendable {
    case hsv = "HSV"
    /// CIE's L*a*b* of sRGB under D65.
    case lab = "Lab"
  }

  /// What makes regions alike: a sum of measures from 0 to 1 (Uijlings et al. 2013, §3.2).
  public enum Likeness: String, Codable, CaseIterable, Sendable {
    /// Colours, textures, being small, and filling a box together.
    case colorTextureSizeFill = "colour+texture+size+fill"
    case textureSizeFill = "texture+size+fill"
  }

  public var colors: [ColorSpace] = [.hsv, .lab]
  public var likenesses: [Likeness] = [.colorTextureSizeFill, .textureSizeFill]
  /// The k of the first regions, of a 0…255 image, which is their least number of pixels too.
  public var scales: [Int] = [50, 100]
  /// The deviation of the Gaussian that images are smoothed by before they are cut, in pixels.
  public var smoothing = 0.8
  /// Larger images are reduced first, as before R-CNN: k and the least boxes are in pixels of an image of about this size.
  public var longestSide = 500
  /// Boxes with a shorter side are left out, as a share of the image's longer side.
  public var leastSide = 0.04
  /// How many boxes there are at most, the first ones.
  public var most = 2000

  public init() {}

  /// All that decides the boxes of an image, as a text.
  public var key: String {
    "selective search 1, \(colors.map(\.rawValue).joined(separator: " ")), \(likenesses.map(\.rawValue).joined(separator: " ")), k \(scales.map(String.init).joined(separator: " ")), "
      + "sigma \(smoothing), longest side \(longestSide), least side \(leastSide), \(most) boxes"
  }

  /// The candidates of an image: itself, and then boxes that are likelier to hold an object the further ahead they stand, each once.
  public func boxes(of image: PixelBuffer) -> [Box] {
    let (width, height) = (image.width, image.height)
    guard width > 0, height > 0 else { return [] }
    let reduced = min(1, Double(longestSide) / Double(max(width, height)))
    let (columns, rows) = (max(1, Int(nearest: Double(width) * reduced)), max(1, Int(nearest: Double(height) * reduced)))
    let found = corners(of: Self.resized(image, columns, rows), width: columns, height: rows, channels: image.channels)
    return found.map { corners in
      // A box in the reduced image holds all pixels that its own were made of.
      func low(_ place: Int32, _ from: Int, _ to: Int) -> Float { Float(Int(place) * to / from) }
      func high(_ place: Int32, _ from: Int, _ to: Int) -> Float { Float(((Int(place) + 1) * to + from - 1) / from - 1) }
      return Box(low(corners[0], columns, width), low(corners[1], rows, height), high(corners[2], columns, width), high(corners[3], rows, height))
    }
  }

  private static func resized(_ image: PixelBuffer, _ columns: Int, _ rows: Int) -> [Float] {
    let length = columns * image.channels
    var pixels = [Float](repeating: 0, count: rows * length)
    var row = [Float](repeating: 0, count: length)
    var resampler = Resampler()
    row.withUnsafeMutableBufferPointer { row in
      resampler.forEachRow(
        of: image.pixels, width: image.width, height: image.height, channels: image.channels, targetWidth: columns, targetHeight: rows, x: 0..<columns, y: 0..<rows, row: row
      ) { line, values in
        for place in 0..<length { pixels[line * length + place] = values[place] }
      }
    }
    return pixels
  }

  private func corners(of pixels: [Float], width: Int, height: Int, channels: Int) -> [RegionGrouping.Corners] {
    let whole: RegionGrouping.Corners = [0, 0, Int32(width) - 1, Int32(height) - 1]
    var found: [(corners: RegionGrouping.Corners, priority: Float)] = []
    var hierarchies = 0
    for space in colors {
      let planes = ColorPlanes(pixels, width: width, height: height, channels: channels, space)
      let graph = GraphSegmentation(planes.smoothed(smoothing))
      for scale in scales {
        let grouping = RegionGrouping(graph.regions(k: Float(scale), least: scale), planes)
        for likeness in likenesses {
          let boxes = grouping.hierarchy(by: likeness)
          let chance = CounterRandom(seed: 0, hierarchies)
          for (place, box) in boxes.enumerated() { found.append((box, Float(boxes.count - place) * chance.uniform(place))) }
          hierarchies += 1
        }
      }
    }
    let order = stablySorted(Array(0..<Int32(found.count)), by: found.map(\.priority.bitPattern))
    let least = Int32((leastSide * Double(max(width, height))).rounded(.up))
    var seen: Set = [whole]
    var kept = [whole]
    for place in order where kept.count < most {
      let box = found[Int(place)].corners
      if box[2] - box[0] + 1 >= least, box[3] - box[1] + 1 >= least, seen.insert(box).inserted { kept.append(box) }
    }
    return kept
  }
}
