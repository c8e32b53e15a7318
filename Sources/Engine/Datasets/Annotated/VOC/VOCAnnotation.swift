import Basics

/// What to do with boxes that reach beyond their image.
public enum BoxPolicy: String, Codable, Sendable {
  /// They are faults, named with file and object.
  case checked
  /// Their corners are put on the image's edge.
  case clipped
}

/// An annotation file of PASCAL VOC (Everingham et al. 2010, IJCV 88, and its devkits of 2007 and 2012).
package struct VOCAnnotation: Sendable {
  package struct Object: Equatable, Sendable {
    package var name: String
    package var box: Box
    package var isDifficult: Bool
    /// From 1, among all objects of the file.
    package var place: Int
    /// The actions that it has an entry for, in the file's order, and whether it does them; nil where it has no list of them.
    package var actions: [Action]?
  }

  package struct Action: Equatable, Sendable {
    package var name: String
    package var isDone: Bool
  }

  /// In pixels.
  package var width = 0, height = 0
  /// Those without a fault, in the order of the file.
  package var objects: [Object] = []
  /// What is wrong, each with file and object.
  package var faults: [Problem] = []

  /// - Throws: a ``Problem`` where the file cannot be read or is no XML.
  package init(file path: String, boxes: BoxPolicy = .checked) throws(Problem) {
    self.init(try XMLElement(file: path), place: path, boxes: boxes)
  }

  /// - Parameter place: the file, for people.
  package init(_ root: XMLElement, place: String, boxes: BoxPolicy = .checked) {
    func number(_ name: String) -> Int? { root["size"]?[name].flatMap { Int($0.text) } }
    guard root.name == "annotation", let width = number("width"), let height = number("height"), (1...PixelBuffer.longestSide).contains(width),
      (1...PixelBuffer.longestSide).contains(height)
    else {
      faults = [
        Problem(
          "this is no annotation", at: place, expected: "`<annotation>` with `<size>`, `<width>` and `<height>` in pixels",
          found: root.name == "annotation" ? "no such size" : "`<\(root.name)>`", kind: .data)
      ]
      return
    }
    (self.width, self.height) = (width, height)
    for (index, element) in root.children.lazy.filter({ $0.name == "object" }).enumerated() {
      do throws(Problem) {
        objects.append(try object(element, index + 1, place, boxes))
      } catch {
        faults.append(error)
      }
    }
  }

  /// Reads what lies directly in an object: its parts have names and boxes of their own.
  private func object(_ element: XMLElement, _ number: Int, _ file: String, _ policy: BoxPolicy) throws(Problem) -> Object {
    let name = element["name"]?.text ?? ""
    let place = "\(file), object \(number)\(name.isEmpty ? "" : ", \(name)") (line \(element.line))"
    guard !name.isEmpty else { throw Problem("an object has no name", at: place, kind: .data) }
    let box = try box(element["bndbox"], place, policy)
    let isDifficult = try flag(element["difficult"], place)
    let actions = try element["actions"]?.children.map { action throws(Problem) in
      Action(name: action.name, isDone: try flag(action, place))
    }
    return Object(name: name, box: box, isDifficult: isDifficult, place: number, actions: actions)
  }

  /// 0 where there is none.
  private func flag(_ element: XMLElement?, _ place: String) throws(Problem) -> Bool {
    switch element?.text {
    case nil, "0": return false
    case "1": return true
    case let text?: throw Problem("`<\(element!.name)>` says neither yes nor no", at: place, expected: "0 or 1", found: "`\(text.prefix(20))`", kind: .data)
    }
  }

  /// The box, counted from 0, where files count from 1.
  private func box(_ element: XMLElement?, _ place: String, _ policy: BoxPolicy) throws(Problem) -> Box {
    guard let element else { throw Problem("an object has no box", at: place, expected: "`<bndbox>`", kind: .data) }
    var corners: [Float] = []
    for name in ["xmin", "ymin", "xmax", "ymax"] {
      guard let text = element[name]?.text, let value = Float(text), value.isFinite else {
        throw Problem(
          "a box has no number", at: place, expected: "`<\(name)>` in pixels", found: element[name].map { "`\($0.text.prefix(20))`" } ?? "none", kind: .data)
      }
      corners.append(value)
    }
    let found = zip(["xmin", "ymin", "xmax", "ymax"], corners).map { "\($0) \(Self.text($1))" }.joined(separator: ", ")
    let box = Box(corners[0] - 1, corners[1] - 1, corners[2] - 1, corners[3] - 1)
    let (right, bottom) = (Float(width) - 1, Float(height) - 1)
    // An image's edge is half a pixel beyond the middle of its last one, where files count in fractions.
    let isInside = box.x1 >= -0.5 && box.y1 >= -0.5 && box.x2 <= right + 0.5 && box.y2 <= bottom + 0.5
    guard isInside || policy == .clipped else {
      throw Problem(
        "a box reaches beyond its image", at: place, expected: "1 to \(width) across and 1 to \(height) down", found: found,
        advice: box.x1 == -1 || box.y1 == -1 ? "boxes that count from 0 need 1 more; --clip-boxes puts them on the edge" : "--clip-boxes puts it on the edge", kind: .data)
    }
    let clipped = box.clipped(width: width, height: height)
    // A box wholly outside has nothing left of it.
    guard box.x1 <= box.x2, box.y1 <= box.y2, box.x2 > -1, box.y2 > -1, box.x1 < right + 1, box.y1 < bottom + 1 else {
      throw Problem("a box holds nothing", at: place, expected: "xmin ≤ xmax, ymin ≤ ymax, within \(width)×\(height)", found: found, kind: .data)
    }
    return clipped
  }

  private static func text(_ number: Float) -> String {
    number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
  }
}
