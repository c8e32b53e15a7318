import Basics
import Datasets
import Files

/// Results as text files where PASCAL VOC's devkit looks for them: of detections `Main/comp4_det_<set>_<class>.txt`, of actions `Action/comp10_action_<set>_<action>.txt`.
///
/// Pixels are counted from 1 in these files, and from 0 everywhere else.
public struct ResultFolder: Sendable {
  /// How many decimals numbers have.
  public enum Rounding: String, Codable, CaseIterable, Sendable {
    /// Scores 6, sides 3.
    case fine
    /// Scores 3, sides 1, as Faster R-CNN writes them and its published numbers are computed from them.
    case original
  }

  public let path: String
  /// As "test": which images these are results of.
  public let set: String

  /// - Parameter path: that holds `Main` and `Action`.
  public init(_ path: String, set: String) { (self.path, self.set) = (path, set) }

  /// The one of a devkit: `results/VOC2007` in it.
  public init(devkit: String, year: Int, set: String) { self.init("\(devkit)/results/VOC\(year)", set: set) }

  public func detections(of name: String) -> String { "\(path)/Main/comp4_det_\(set)_\(name).txt" }
  public func actions(of name: String) -> String { "\(path)/Action/comp10_action_\(set)_\(name).txt" }

  // MARK: Detections

  /// Writes a file for each class, an empty one where nothing was detected.
  /// - Parameters:
  ///   - detections: of each image.
  ///   - images, classes: their names.
  /// - Throws: a ``Problem`` where a name cannot stand in such files, or one cannot be written.
  public func write(_ detections: [[Detection]], images: [String], classes: [String], _ rounding: Rounding = .fine) throws(Problem) {
    precondition(detections.count == images.count, "detections of \(detections.count) images, \(images.count) names")
    for image in images { try Self.check(image, "image") }
    for name in classes { try Self.check(name, "class") }
    let (places, sides) = rounding == .fine ? (6, 3) : (3, 1)
    var texts = [String](repeating: "", count: classes.count)
    for (image, ofImage) in zip(images, detections) {
      for one in ofImage {
        // Added in single precision, as the original does.
        let corners = [one.box.x1 + 1, one.box.y1 + 1, one.box.x2 + 1, one.box.y2 + 1].map { fixed($0, sides) }
        texts[one.label] += "\(image) \(fixed(one.score, places)) \(corners.joined(separator: " "))\n"
      }
    }
    for (name, text) in zip(classes, texts) { try AtomicFile.write(text, to: self.detections(of: name), durable: false) }
  }

  /// Reads the files of all classes.
  /// - Returns: of each image its detections, class by class, in the order of the lines.
  /// - Throws: a ``Problem`` with file and line where a file is missing or no such file, or an image is none of `images`.
  public func readDetections(images: [String], classes: [String]) throws(Problem) -> [[Detection]] {
    let what = "cannot read the detections"
    let numbers = Dictionary(images.enumerated().map { ($1, $0) }) { first, _ in first }
    var detections = [[Detection]](repeating: [], count: images.count)
    for (label, name) in classes.enumerated() {
      let file = try TextFile(self.detections(of: name), what, advice: "every class has a file, an empty one where nothing was detected")
      for line in file.lines {
        let fields = Self.fields(line.bytes)
        func wrong(_ expected: String, _ found: String, _ advice: String? = nil) -> Problem {
          Problem(what, at: file.place(line.number), expected: expected, found: found, advice: advice, kind: .data)
        }
        guard fields.count == 6 else {
          throw wrong("an image, a score and four sides, as `000004 0.702732 89 112 516 466`", counted(fields.count, "word"))
        }
        guard let image = numbers[nameText(fields[0])] else {
          throw wrong("an image of the set \(set)", nameText(fields[0]), "are these results of another set?")
        }
        var values: [Float] = []
        for field in fields.dropFirst() {
          guard let value = Self.number(field) else { throw wrong("a number", nameText(field)) }
          values.append(value)
        }
        let box = Box(values[1] - 1, values[2] - 1, values[3] - 1, values[4] - 1)
        guard box.x1 <= box.x2, box.y1 <= box.y2 else {
          throw wrong("the left upper corner before the right lower one", fields.dropFirst(2).map { nameText($0) }.joined(separator: " "))
        }
        detections[image].append(Detection(label: label, score: values[0], box: box))
      }
    }
    return detections
  }

  // MARK: Actions

  /// Writes a file for each action, scores with all their digits: rounded ones make ties.
  /// - Parameter scores: of each action.
  /// - Throws: a ``Problem`` where a name cannot stand in such files, a score is no number, or a file cannot be written.
  public func write(_ scores: [[ActionScore]], actions: [String]) throws(Problem) {
    precondition(scores.count == actions.count, "scores of \(scores.count) actions, \(actions.count) names")
    for (name, ofAction) in zip(actions, scores) {
      try Self.check(name, "action")
      var text = ""
      for one in ofAction {
        try Self.check(one.image, "image")
        guard one.score.isFinite else { throw Problem("cannot write the results", at: "\(name), \(one.image), object \(one.place)", expected: "a number", found: "\(one.score)", kind: .data) }
        text += "\(one.image) \(one.place) \(one.score)\n"
      }
      try AtomicFile.write(text, to: self.actions(of: name), durable: false)
    }
  }

  /// Reads the files of all actions.
  /// - Returns: of each action its scores, in the order of the lines; whose they are is checked by ``ActionPrecision/ActionRow``.
  /// - Throws: a ``Problem`` with file and line where a file is missing or no such file.
  public func readActions(_ actions: [String]) throws(Problem) -> [[ActionScore]] {
    let what = "cannot read the results of actions"
    var scores: [[ActionScore]] = []
    for name in actions {
      let file = try TextFile(self.actions(of: name), what)
      var ofAction: [ActionScore] = []
      for line in file.lines {
        let fields = Self.fields(line.bytes)
        guard fields.count == 3, let place = Int(nameText(fields[1])), place > 0, let score = Self.number(fields[2]) else {
          throw Problem(
            what, at: file.place(line.number), expected: "an image, the number of an object from 1, and a score, as `2010_006215 1 0.375`", found: nameText(line.bytes.prefix(80)),
            kind: .data)
        }
        ofAction.append(ActionScore(image: nameText(fields[0]), place: place, score: score))
      }
      scores.append(ofAction)
    }
    return scores
  }

  // MARK: Words

  private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] { line.split { $0 == .space || $0 == UInt8(ascii: "\t") } }

  /// A decimal number that a float holds. Swift's own reading takes more: "nan", "inf", "0x1p3".
  private static func number(_ field: ArraySlice<UInt8>) -> Float? {
    guard field.allSatisfy({ $0.digit != nil || "+-.eE".utf8.contains($0) }), let value = Float(String(decoding: field, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// - Throws: a ``Problem`` where a name would be several words, or leads to another folder.
  private static func check(_ name: String, _ kind: String) throws(Problem) {
    guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "/" }) else {
      throw Problem("cannot write the results", at: name, expected: "a name of the \(kind) without blanks and slashes", kind: .data)
    }
  }

  /// As C's `%.6f` writes it: to the nearest, halves to the even digit. The product is exact up to six decimals, as a float has 24 bits.
  private func fixed(_ value: Float, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return decimals((Double(value) * scale).rounded(.toNearestOrEven) / scale, places)
  }
}
