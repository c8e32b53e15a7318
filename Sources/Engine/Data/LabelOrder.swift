import FoundationEssentials
import Taxonomy

/// Which synset each number of a list of images stands for.
///
/// The order carries meaning and is read, never guessed: from a file of synset words, else it is that of the wnids (ASCII),
/// as in Caffe's lists of ILSVRC-2012. Lists in another order would train on wrong labels without a sign, so what can
/// be told about the order is checked on every line.
struct LabelOrder {
  /// Label i is `wnids[i]`.
  let wnids: [String]
  /// What the file says behind each wnid; empty where nothing.
  let words: [String]

  init(wnids: [String]) {
    self.wnids = wnids
    words = wnids.map { _ in "" }
  }

  /// Reads a file of lines `n######## noun, noun…` (Caffe's synset_words.txt or synsets.txt): line i is label i.
  /// - Parameter hierarchy: the tree whose names count beside wnids; such a name may hold spaces where it stands alone.
  /// - Throws: a ``Problem`` at the first line that names no synset, or one that stood before.
  init(file: String, in hierarchy: Hierarchy? = nil) throws(Problem) {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Problem("cannot read the file of synsets", at: file, advice: "check the path given with --synsets")
    }
    var wnids: [String] = []
    var words: [String] = []
    var seen: Set<String> = []
    for (index, raw) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      let line = String(decoding: raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw, as: UTF8.self)
      let isName = hierarchy?.node(wnid: line) != nil
      let wnid = isName ? line : String(line.prefix { !$0.isWhitespace && $0 != "," })
      guard isName || SynsetID(wnid) != nil || hierarchy?.node(wnid: wnid) != nil, seen.insert(wnid).inserted else {
        throw Problem(
          "cannot read the file of synsets", at: "\(file), line \(index + 1)",
          expected: "a wnid that did not stand before, then its words, as `n01440764 tench`",
          found: "`\(line.prefix(60))`")
      }
      wnids.append(wnid)
      words.append(printable(String(line.dropFirst(wnid.count).drop { $0.isWhitespace || $0 == "," }.prefix(200))))
    }
    guard !wnids.isEmpty else {
      throw Problem("the file of synsets is empty", at: file, expected: "lines `n01440764 tench`")
    }
    self.wnids = wnids
    self.words = words
  }

  /// - Throws: a ``Problem`` where a label has no class, or the image's path tells another.
  func check(label: Int, of path: [UInt8], at place: @autoclosure () -> String) throws(Problem) {
    guard wnids.indices.contains(label) else {
      throw Problem(
        "a label has no class", at: place(), expected: "0 to \(wnids.count - 1)", found: "\(label)",
        advice: "give --synsets a file whose line i names label i")
    }
    guard let known = Self.known(path), known != wnids[label] else { return }
    throw Problem(
      "the labels contradict the paths", at: place(), expected: known, found: Self.text(.index(label), wnids[label]),
      advice: Self.explanation)
  }

  /// The synset of every line of a list; nil where the line gives no label.
  /// - Throws: a ``Problem`` where a number has no synset, or the list shows that its numbers are in another order.
  func resolve(_ list: ImageList) throws(Problem) -> [String?] {
    try checkRange(list)
    return try list.lines.map { line throws(Problem) in
      let wnid: String? =
        switch line.label {
        case .index(let index): wnids[index]
        case .wnid(let wnid): wnid
        case nil: nil
        }
      guard let wnid, let known = Self.known(line.path), known != wnid else { return wnid }
      throw Problem(
        "the list's labels contradict its paths", at: list.place(line), expected: known, found: Self.text(line.label, wnid),
        advice: Self.explanation)
    }
  }

  private func checkRange(_ list: ImageList) throws(Problem) {
    var (least, most) = (Int.max, -1)
    var worst: ImageList.Line?
    for line in list.lines {
      guard case .index(let index)? = line.label else { continue }
      least = min(least, index)
      if index > most { (most, worst) = (index, line) }
    }
    guard let worst, most >= wnids.count else { return }
    // Labels from 1 to the number of classes: nobody numbers so but the devkit.
    let isFromOne = least == 1 && most == wnids.count
    throw Problem(
      isFromOne ? "the list's labels count from 1" : "a label has no class", at: list.place(worst),
      expected: wnids.isEmpty ? "a file of synsets for the numbers" : "0 to \(wnids.count - 1)", found: "\(most)",
      advice: isFromOne ? Self.explanation : "give --synsets a file whose line i names label i")
  }

  /// What a path tells of its class: ILSVRC's training images bear their wnid, and of the first validation images the
  /// classes are known.
  private static func known(_ path: [UInt8]) -> String? {
    let name = String(decoding: path.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
    if let wnid = name.split(separator: "_").first.map(String.init), name.contains("_"), SynsetID(wnid) != nil {
      return wnid
    }
    guard name.hasPrefix("ILSVRC2012_val_0000000") else { return nil }
    return name.dropFirst("ILSVRC2012_val_0000000".count).first.flatMap { landmarks[$0] }
  }

  /// ILSVRC2012_val_00000001 … 5: labels 65, 970, 230, 809 and 516 of Caffe's val.txt.
  private static let landmarks: [Character: String] = [
    "1": "n01751748", "2": "n09193705", "3": "n02105855", "4": "n04263257", "5": "n03125729",
  ]

  private static func text(_ label: ImageList.Label?, _ wnid: String) -> String {
    if case .index(let index)? = label { return "label \(index), which is \(wnid)" }
    return wnid
  }

  static let explanation =
    "labels in the order of ILSVRC2012_ID (the devkit's, from 1) or of another file are not in the order of the wnids, and "
    + "would train on wrong classes; take Caffe's lists, or give --synsets the file that goes with this list"
}
