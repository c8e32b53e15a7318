import Basics
import CImageFixtures
import Files

/// A folder laid out as SUN397 is downloaded, in small: classes some of which are nested, images that are JPEG, PNG or GIF under .jpg, and partitions of
/// as many training as test images of each class.
package struct SUNStandIn {
  package let root: String
  package static let classes = ["/a/abbey", "/b/bakery/kitchen", "/b/bakery/shop", "/b/bow_window/indoor", "/z/zen_garden"]

  /// - Parameters:
  ///   - each: training images of a class in a partition, and as many test images; partition n begins with image (n − 1) · `each`.
  ///   - partitions: the folder of the partition files, below the root.
  ///   - lists: the folder of `ClassName.txt`.
  package init(
    at root: String, each: Int = 2, partitionCount: Int = 2, side: Int = 24, partitions: String = "Partitions", lists: String = "SUN397"
  ) throws(Problem) {
    self.root = root
    try write(lists + "/ClassName.txt", lines: Self.classes)
    for (label, path) in Self.classes.enumerated() {
      for number in 0..<(partitionCount + 1) * each { try put(Self.image(label, number, side), at: "SUN397\(path)/sun_a\(number).jpg") }
    }
    for partition in 1...partitionCount {
      for (name, first) in [("Training", (partition - 1) * each), ("Testing", partition * each)] {
        try write(
          "\(partitions)/\(name)_\(partition < 10 ? "0" : "")\(partition).txt",
          lines: Self.classes.flatMap { path in (0..<each).map { "\(path)/sun_a\(first + $0).jpg" } })
      }
    }
  }

  /// Stripes whose width tells the class.
  private static func image(_ label: Int, _ number: Int, _ side: Int) -> [UInt8] {
    func isDark(_ place: Int) -> Bool { (place % side * (label + 1) + place / side + number) % 12 < 6 }
    func pixels(_ channels: Int) -> [UInt8] {
      (0..<side * side).flatMap { place in (0..<channels).map { isDark(place) ? UInt8(20 + 9 * $0) : UInt8(200 - 9 * $0 - number % 8) } }
    }
    switch number % 3 {
    case 0: return ImageFixtures.jpeg(pixels(3), side, side, FIXTURE_RGB)
    case 1: return ImageFixtures.png(pixels(3), side, side, depth: 8, colourType: 2)
    default: return ImageFixtures.gif((0..<side * side).map { isDark($0) ? 0 : 1 }, side, side, palette: [20, 29, 38, 200, 191, 182])
    }
  }

  package func put(_ bytes: [UInt8], at place: String) throws(Problem) { try AtomicFile.write(bytes, to: root + "/" + place, durable: false) }

  /// With the ends of lines that Windows writes.
  package func write(_ name: String, lines: [String]) throws(Problem) {
    try put(Array((lines.joined(separator: "\r\n") + "\r\n").utf8), at: name)
  }
}
