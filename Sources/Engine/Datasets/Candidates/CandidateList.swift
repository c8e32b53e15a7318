import Basics
import Files

/// A text file of candidate regions that somebody brings: lines `image x1 y1 x2 y2`, x first, both corners inside.
package struct CandidateList {
  /// By image, in the order of the file.
  package private(set) var boxes: [String: [Box]] = [:]
  /// Lines of images that the dataset does not have.
  package private(set) var strangers = 0

  /// - Parameters:
  ///   - firstPixel: what the file calls the first pixel: 0, or 1 as MATLAB does.
  ///   - images: those of the dataset; others are passed over.
  /// - Throws: a ``Problem`` at the first line that is none or whose box leaves its image, or where no line is of the dataset.
  package init(file path: String, firstPixel: Int, images: [AnnotatedImage]) throws(Problem) {
    let text = try TextFile(path, "cannot read the candidate regions")
    let known = Dictionary(images.map { ($0.name, $0) }) { first, _ in first }
    for (number, line) in text.lines where !line.trimmed.isEmpty {
      let fields = line.split { $0 == .space || $0 == 0x09 || $0 == UInt8(ascii: ",") }
      let values = fields.dropFirst().compactMap { Float(String(decoding: $0, as: UTF8.self)) }.filter(\.isFinite)
      guard fields.count == 5, values.count == 4 else {
        throw Problem(
          "cannot read the candidate regions", at: text.place(number), expected: "`image x1 y1 x2 y2`", found: "`\(nameText(Array(line.prefix(60))))`", kind: .data)
      }
      let name = nameText(fields[0])
      guard let image = known[name] else {
        strangers += 1
        continue
      }
      let first = Float(firstPixel)
      let box = Box(values[0] - first, values[1] - first, values[2] - first, values[3] - first)
      guard box.x1 >= 0, box.y1 >= 0, box.x1 <= box.x2, box.y1 <= box.y2, box.x2 < Float(image.width), box.y2 < Float(image.height) else {
        throw Problem(
          "a candidate region leaves its image", at: text.place(number), expected: "x1 y1 x2 y2 within \(image.width)×\(image.height), the first pixel being \(firstPixel)",
          found: "`\(nameText(Array(line.prefix(60))))`", advice: Self.advice(box, image), kind: .data)
      }
      boxes[name, default: []].append(box)
    }
    guard !boxes.isEmpty else {
      throw Problem(
        "the candidate regions are of other images", at: path, expected: "names such as \(images.first?.name ?? "")", found: counted(strangers, "line") + " of others", kind: .data)
    }
  }

  /// What may be meant instead.
  private static func advice(_ box: Box, _ image: AnnotatedImage) -> String? {
    if box.x1 == -1 || box.y1 == -1 { return "files that count from 0 need --first-pixel 0" }
    if box.x2 == Float(image.width) || box.y2 == Float(image.height) { return "files that count from 1 need --first-pixel 1" }
    let turned = Box(box.y1, box.x1, box.y2, box.x2)
    let isTurned = turned == turned.clipped(width: image.width, height: image.height) && turned.x1 <= turned.x2 && turned.y1 <= turned.y2
    return isTurned ? "MATLAB's order is y1 x1 y2 x2: put x first" : nil
  }
}
