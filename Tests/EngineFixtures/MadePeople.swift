import Basics
import Datasets
import Kernels

/// People in memory: a checkered rectangle in each image, which does what the rectangle beside it is: bright, dark or striped. Nothing in itself tells.
package struct MadePeople: AnnotatedDataset {
  package let name = "people", summary = "rectangles in memory", fingerprint = "f", sets = ["Action/train", "Action/val"]
  package let objectClasses = ["person", "thing"]
  package let actionClasses = ["bright", "dark", "striped"]
  private let images: [String: [AnnotatedImage]]
  private let channels: Int
  /// Images that cannot be decoded.
  package var bad: Set<String> = []

  /// - Parameter sizes: widths and heights, 48 at least, which images have in turn.
  package init(train: Int, val: Int, sizes: [(width: Int, height: Int)], channels: Int) {
    let all = (0..<train + val).map { number in
      let (width, height) = sizes[number % sizes.count]
      let random = CounterRandom(seed: 81, number)
      let (across, down) = (12 + random.below(4, 0), 12 + random.below(4, 1))
      let thing = (10 + random.below(4, 2), 10 + random.below(4, 3))
      let gap = 2 + random.below(3, 4)
      let x = random.below(width - across - thing.0 - gap, 5)
      let y = random.below(height - 16, 6)
      let isFirst = random.below(2, 7) == 0
      func box(_ left: Int, _ size: (Int, Int)) -> Box { Box(Float(left), Float(y), Float(left + size.0 - 1), Float(y + size.1 - 1)) }
      let person = box(isFirst ? x : x + thing.0 + gap, (across, down))
      let other = box(isFirst ? x + across + gap : x, thing)
      // By turns, so that chance is a third.
      let action = number % 3
      return AnnotatedImage(
        name: "\(number)", width: width, height: height,
        objects: [AnnotatedObject(label: 1, box: other, place: 1), AnnotatedObject(label: 0, box: person, place: 2, actions: [action])])
    }
    self.init(train: Array(all[..<train]), val: Array(all[train...]), channels: channels)
  }

  package init(train: [AnnotatedImage], val: [AnnotatedImage], channels: Int) {
    (images, self.channels) = (["Action/train": train, "Action/val": val], channels)
  }

  package func images(in set: String) throws(Problem) -> [AnnotatedImage] {
    guard let found = images[set] else { throw Problem("there is no such set", at: set, kind: .notFound) }
    return found
  }

  package func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) {
    guard !bad.contains(image.name) else { throw Problem("cannot decode the image", at: image.name, found: "noise") }
    let random = CounterRandom(seed: 82, image.name.utf8.reduce(0) { $0 * 10 + Int($1) })
    var pixels = (0..<image.width * image.height * channels).map { UInt8(108 + random.below(40, $0)) }
    let action = image.objects.compactMap { $0.actions?.first }.first ?? 0
    for object in image.objects {
      for y in Int(object.box.y1)...Int(object.box.y2) {
        for x in Int(object.box.x1)...Int(object.box.x2) {
          let isChecked = object.actions != nil
          let value: UInt8 = isChecked ? (x / 2 + y / 2) % 2 == 0 ? 170 : 85 : action == 0 ? 235 : action == 1 ? 20 : x / 3 % 2 == 0 ? 235 : 20
          for channel in 0..<channels { pixels[(y * image.width + x) * channels + channel] = value }
        }
      }
    }
    buffer.copy(Picture(width: image.width, height: image.height, channels: channels, pixels: pixels))
  }
}

/// The same regions in each image.
package struct MadeCandidates: CandidateRegions {
  package let source = "made"
  private let boxes: [Box]

  package init(_ boxes: [Box]) { self.boxes = boxes }
  package func boxes(
    of images: [AnnotatedImage], in dataset: any AnnotatedDataset, workers: Int, progress: (Int) throws(Problem) -> Void
  ) -> [[Box]] { images.map { _ in boxes } }
}
