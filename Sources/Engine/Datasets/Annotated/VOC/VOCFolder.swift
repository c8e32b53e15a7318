import Basics
import Files
import FoundationEssentials
import Glibc

/// A devkit of PASCAL VOC as it lies on disk: `Annotations/<id>.xml`, `JPEGImages/<id>.jpg`, and lists of images in `ImageSets/Main` and
/// `ImageSets/Action`.
struct VOCFolder {
  /// The folder that holds `Annotations`, such as `VOCdevkit/VOC2007`.
  let root: String

  static let annotations = "Annotations", images = "JPEGImages", main = "ImageSets/Main", action = "ImageSets/Action"

  init(root: String) { self.root = root }

  /// The devkit that a path names: itself, one below it, or one below a folder `VOCdevkit` in it. Nil where there is none.
  /// - Parameter name: what the dataset will be called; of several devkits the one whose folder's name is in it is meant.
  /// - Throws: a ``Problem`` where several could be meant, or it has no lists of images.
  init?(_ path: String, named name: String?) throws(Problem) {
    if Self.isDevkit(path) {
      root = path
      try check()
      return
    }
    let years = [path, "\(path)/VOCdevkit"].flatMap { folder in Self.names(in: folder).map { "\(folder)/\($0)" } }.filter(Self.isDevkit)
    let meant = name.map { name in years.filter { name.lowercased().contains($0.split(separator: "/").last!.lowercased()) } } ?? []
    guard let found = years.count == 1 ? years[0] : meant.count == 1 ? meant[0] : years.first else { return nil }
    guard years.count == 1 || meant.count == 1 else {
      throw Problem(
        "the folder holds several devkits", at: path, expected: "one", found: years.map { String($0.dropFirst(path.count + 1)) }.joined(separator: ", "),
        advice: "give the folder of one of them, or call the dataset after it, such as voc2007", kind: .usage)
    }
    root = found
    try check()
  }

  private static func isDevkit(_ path: String) -> Bool { isFolder("\(path)/\(annotations)") && isFolder("\(path)/\(images)") }

  private func check() throws(Problem) {
    guard isFolder("\(root)/\(Self.main)") || isFolder("\(root)/\(Self.action)") else {
      throw Problem(
        "the devkit has no lists of images", at: root, expected: "\(Self.main)/train.txt and others", found: "no such folder",
        advice: "write the names of the images of a set there, one a line, without their ending", kind: .data)
    }
  }

  private static func names(in folder: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  // MARK: Sets

  /// A list of `ImageSets`.
  struct List {
    /// Below `ImageSets`, without `.txt`: "train" in Main, "Action/train" in Action.
    var name: String
    var path: String
  }

  /// What a folder of lists has: those of images, and the classes that have lists of their own, `<class>_<set>.txt`.
  func lists(in folder: String) -> (sets: [List], classes: [String], truths: [List]) {
    let stems = Self.names(in: "\(root)/\(folder)").filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
    let known = Set(stems)
    var (sets, classes, truths): ([List], Set<String>, [List]) = ([], [], [])
    for stem in stems {
      let list = List(name: folder == Self.action ? "Action/\(stem)" : stem, path: "\(root)/\(folder)/\(stem).txt")
      // `aeroplane_train` is of a class because there is a set `train`.
      if let mark = stem.lastIndex(of: "_"), mark != stem.startIndex, known.contains(String(stem[stem.index(after: mark)...])) {
        classes.insert(String(stem[..<mark]))
        truths.append(list)
      } else {
        sets.append(list)
      }
    }
    return (sets, classes.sorted(), truths)
  }

  /// The names of a set's images, each once. A line of a set of actions may name a person by its number behind the image.
  /// - Throws: a ``Problem`` with the line that is none.
  static func images(_ list: List, _ text: TextFile) throws(Problem) -> [String] {
    let mayRepeat = list.name.hasPrefix("Action/")
    var names: [String] = []
    var seen: Set<String> = []
    for (number, line) in text.lines where !line.trimmed.isEmpty {
      let fields = fields(line)
      let name = fields[0]
      guard fields.count == 1 || mayRepeat && fields.count == 2 && Int(fields[1]) != nil, !name.contains("/"), !name.hasPrefix(".") else {
        throw Problem(
          "cannot read the list of images", at: text.place(number), expected: "the name of an image, such as 000005",
          found: "`\(nameText(Array(line.prefix(60))))`", kind: .data)
      }
      guard seen.insert(name).inserted else {
        if mayRepeat, fields.count == 2 { continue }
        throw Problem("the list names an image twice", at: text.place(number), found: name, kind: .data)
      }
      names.append(name)
    }
    return names
  }

  /// The lines `id object ±1` of `Action/<class>_<set>.txt`; nil where there is no such file.
  /// - Throws: a ``Problem`` with the line that is none.
  func actionTruth(_ action: String, _ set: String) throws(Problem) -> [ActionTruth]? {
    let path = "\(root)/ImageSets/Action/\(action)_\(set.dropFirst("Action/".count)).txt"
    guard hasFile(path) else { return nil }
    let text = try TextFile(path, "cannot read the list of actions")
    var truths: [ActionTruth] = []
    for (number, line) in text.lines where !line.trimmed.isEmpty {
      let fields = Self.fields(line)
      guard fields.count == 3, let place = Int(fields[1]), place > 0, let value = Int(fields[2]), (-1...1).contains(value) else {
        throw Problem(
          "cannot read the list of actions", at: text.place(number), expected: "`image object value`, such as `2010_006215 1 -1`",
          found: "`\(nameText(Array(line.prefix(60))))`", kind: .data)
      }
      truths.append(ActionTruth(image: fields[0], place: place, value: value))
    }
    return truths
  }

  private static func fields(_ line: ArraySlice<UInt8>) -> [String] {
    line.split { $0 == .space || $0 == 0x09 }.map { nameText($0) }
  }

  // MARK: Files of an image

  func annotation(of image: String) -> String { "\(root)/\(Self.annotations)/\(image).xml" }

  /// Endings of image files; which of them an image has is kept as its place here.
  static let endings = ["jpg", "jpeg", "png", "JPEG", "JPG", "webp"]

  func picture(of image: String, ending: Int) -> String { "\(root)/\(Self.images)/\(image).\(Self.endings[ending])" }
}
