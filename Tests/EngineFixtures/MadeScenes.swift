import Basics
import Datasets
import Kernels

/// Annotated images in memory: bright, dark and striped rectangles on noise.
package struct MadeScenes: AnnotatedDataset {
  package let name = "scenes", summary = "rectangles in memory", fingerprint = "f", sets = ["test", "trainval"]
  package let objectClasses = ["bright", "dark", "striped"]
  package let actionClasses: [String] = []
  private var scenes: [AnnotatedImage]
  private let channels: Int
  /// Images that cannot be decoded.
  package var bad: Set<String> = []

  /// - Parameter sizes: widths and heights, which images have in turn.
  package init(_ count: Int, sizes: [(width: Int, height: Int)], channels: Int) {
    self.channels = channels
    scenes = (0..<count).map { number in
      let (width, height) = sizes[number % sizes.count]
      let random = CounterRandom(seed: 77, number)
      var objects: [AnnotatedObject] = []
      // The first, and others that leave it alone.
      for attempt in 0..<3 + number % 3 * 3 {
        func draw(_ place: Int, _ bound: Int) -> Int { random.below(bound, attempt * 8 + place) }
        let size = (min(width, height) / 4 + draw(0, min(width, height) / 4), min(width, height) / 4 + draw(1, min(width, height) / 4))
        let (x, y) = (draw(2, width - size.0), draw(3, height - size.1))
        let box = Box(Float(x), Float(y), Float(x + size.0 - 1), Float(y + size.1 - 1))
        guard objects.allSatisfy({ $0.box.overlap(with: box) == 0 }) else { continue }
        objects.append(AnnotatedObject(label: draw(4, 3), box: box, place: objects.count + 1))
      }
      return AnnotatedImage(name: "\(number)", width: width, height: height, objects: objects)
    }
  }

  package init(_ images: [AnnotatedImage], channels: Int) { (scenes, self.channels) = (images, channels) }

  package func images(in set: String) throws(Problem) -> [AnnotatedImage] {
    guard set != "none" else { throw Problem("there is no such set", at: set, kind: .notFound) }
    return scenes
  }

  package func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) {
    guard !bad.contains(image.name) else { throw Problem("cannot decode the image", at: image.name, found: "noise") }
    let random = CounterRandom(seed: 78, image.name.utf8.reduce(0) { $0 * 10 + Int($1) })
    var pixels = (0..<image.width * image.height * channels).map { UInt8(108 + random.below(40, $0)) }
    for object in image.objects {
      for y in Int(object.box.y1)...Int(object.box.y2) {
        for x in Int(object.box.x1)...Int(object.box.x2) {
          let value: UInt8 = object.label == 0 ? 230 : object.label == 1 ? 25 : x / 3 % 2 == 0 ? 230 : 25
          for channel in 0..<channels { pixels[(y * image.width + x) * channels + channel] = value }
        }
      }
    }
    buffer.copy(Picture(width: image.width, height: image.height, channels: channels, pixels: pixels))
  }
}
