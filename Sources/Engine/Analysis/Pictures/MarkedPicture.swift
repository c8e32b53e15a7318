import Basics
import Datasets
import Pictures

extension MarkedBox.Kind {
  /// On any photograph: the verdict's colour, and a line of its own for those who do not tell colours apart.
  package var colour: PixelColour {
    switch self {
    case .right: PixelColour(40, 200, 80)
    case .double: PixelColour(250, 150, 30)
    case .wrong: PixelColour(230, 50, 50)
    case .difficult: PixelColour(150, 150, 150)
    case .found: PixelColour(235, 235, 235)
    case .missed: PixelColour(60, 150, 250)
    case .detected: PixelColour(250, 215, 60)
    }
  }

  /// Pixels of line and of gap between; nil: a whole line.
  package var dashes: (line: Int, gap: Int)? {
    switch self {
    case .right, .wrong, .double, .detected: nil
    case .missed: (4, 3)
    case .difficult: (1, 2)
    case .found: (2, 2)
    }
  }
}

/// A photograph with boxes drawn over it.
public struct MarkedPicture: Sendable {
  public var picture: Picture
  public var boxes: [MarkedBox]
  /// The names of the object classes, by label.
  public var classes: [String]

  public init(_ picture: Picture, _ boxes: [MarkedBox], classes: [String]) { (self.picture, self.boxes, self.classes) = (picture, boxes, classes) }

  /// "✓ dog 0.93"; an object's class alone where there is no score.
  package func label(_ box: MarkedBox) -> String {
    let name = classes.indices.contains(box.label) ? classes[box.label] : "?"
    return "\(box.kind.glyph) \(name)" + (box.score.map { " " + decimals(Double($0), 2) } ?? "")
  }

  /// The photograph in so many pixels, with the boxes as lines and no labels.
  package func outlined(width: Int, height: Int, thickness: Int = 1) -> Picture {
    var sheet = picture.scaled(width: width, height: height)
    for box in boxes { sheet.outline(rectangle(box, width, height), thickness: thickness, box.kind) }
    return sheet
  }

  /// The pixels that a box's outline takes in a picture of that size.
  package func rectangle(_ box: MarkedBox, _ width: Int, _ height: Int) -> (x: Int, y: Int, width: Int, height: Int) {
    let (across, down) = (Float(width) / Float(max(1, picture.width)), Float(height) / Float(max(1, picture.height)))
    func pixel(_ value: Float, _ most: Int) -> Int { value.isFinite ? Int(max(0, min(Float(most), value.rounded()))) : 0 }
    let (left, top) = (pixel(box.box.x1 * across, width - 1), pixel(box.box.y1 * down, height - 1))
    let (right, bottom) = (pixel((box.box.x2 + 1) * across - 1, width - 1), pixel((box.box.y2 + 1) * down - 1, height - 1))
    return (left, top, max(1, right - left + 1), max(1, bottom - top + 1))
  }

  /// The photograph, at least so many pixels on its longer side, with lines and labels; a legend below.
  public func compose(side: Int = 640) throws(Problem) -> Picture {
    let scale = max(1, (side + max(picture.width, picture.height) - 1) / max(1, max(picture.width, picture.height)))
    let (width, height) = (picture.width * scale, picture.height * scale)
    let (line, legend) = (PixelFont.height + 3, 16)
    var sheet = try Picture.white(width: width, height: height + legend)
    sheet.draw(outlined(width: width, height: height, thickness: 2), x: 0, y: 0)
    for box in boxes where box.kind != .found {
      let place = rectangle(box, width, height)
      let text = Picture.fitting(label(box), max(24, width - place.x - 2))
      let y = place.y >= line ? place.y - line : place.y
      let room = Picture.textWidth(text) + 3
      sheet.fill(x: min(place.x, max(0, width - room)), y: y, width: room, height: line, box.kind.colour)
      sheet.write(text, x: min(place.x, max(0, width - room)) + 2, y: y + 2)
    }
    var x = 4
    for kind in MarkedBox.Kind.allCases where boxes.contains(where: { $0.kind == kind }) {
      let text = "\(kind.glyph) \(kind.rawValue)"
      guard x + 14 + Picture.textWidth(text) < width else { break }
      sheet.fill(x: x, y: height + 5, width: 9, height: 7, kind.colour)
      sheet.write(text, x: x + 12, y: height + 5)
      x += 22 + Picture.textWidth(text)
    }
    return sheet
  }
}

extension Picture {
  /// A line around a rectangle, in the kind's colour and dashes.
  fileprivate mutating func outline(_ place: (x: Int, y: Int, width: Int, height: Int), thickness: Int, _ kind: MarkedBox.Kind) {
    func isOn(_ step: Int) -> Bool { kind.dashes.map { step / thickness % ($0.line + $0.gap) < $0.line } ?? true }
    let thick = max(1, min(thickness, min(place.width, place.height) / 2))
    for layer in 0..<thick {
      for x in 0..<place.width where isOn(x) {
        set(place.x + x, place.y + layer, kind.colour)
        set(place.x + x, place.y + place.height - 1 - layer, kind.colour)
      }
      for y in 0..<place.height where isOn(y) {
        set(place.x + layer, place.y + y, kind.colour)
        set(place.x + place.width - 1 - layer, place.y + y, kind.colour)
      }
    }
  }
}
