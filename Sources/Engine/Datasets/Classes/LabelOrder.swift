import Basics
import Files
import Taxonomy

/// Which synset each number of a list of images stands for.
///
/// The order carries meaning and is read, never guessed: from a file of synset words, else it is that of the wnids (ASCII),
/// as in Caffe's lists of ILSVRC-2012. Lists in another order would train on wrong labels without a sign, so what can
/// be told about the order is checked on every line.
package struct LabelOrder {
  /// Label i is `wnids[i]`.
  package let wnids: [String]
  /// What the file says behind each wnid; empty where nothing.
  let words: [String]

  package init(wnids: [String]) {
    self.wnids = wnids
    words = wnids.map { _ in "" }
  }

  /// Reads a file of lines `n######## noun, noun…` (Caffe's synset_words.txt or synsets.txt): line i is label i. Or an index of classes
  /// as JSON (``ClassIndex``).
  /// - Parameter hierarchy: the tree whose names count beside wnids; such a name may hold spaces where it stands alone.
  /// - Throws: a ``Problem`` at the first line that names no synset, or one that stood before.
  package init(file: String, in hierarchy: Hierarchy? = nil) throws(Problem) {
    try self.init(try TextFile(file, Self.what, limit: 64 << 20, advice: "check the path given with --synsets"), in: hierarchy)
  }

  package init(_ file: TextFile, in hierarchy: Hierarchy? = nil) throws(Problem) {
    func isClass(_ name: String) -> Bool { SynsetID(name) != nil || hierarchy?.node(wnid: name) != nil }
    let entries = try ClassIndex.isOne(file) ? ClassIndex.entries(file, isClass: isClass) : Self.lines(file, in: hierarchy)
    var places: [String: String] = [:]
    for entry in entries {
      guard let first = places.updateValue(entry.place, forKey: entry.wnid) else { continue }
      throw Problem(
        Self.what, at: entry.place, expected: "a wnid that did not stand before", found: "`\(entry.wnid)`, which is at \(first) too", kind: .data)
    }
    guard !entries.isEmpty else {
      throw Problem("the file of synsets is empty", at: file.path, expected: "lines `n01440764 tench`", kind: .data)
    }
    wnids = entries.map(\.wnid)
    words = entries.map { printable(String($0.words.prefix(200))) }
  }

  /// A class as a file names it.
  struct Entry {
    /// For people.
    var place: String
    var wnid, words: String
  }

  static let what = "cannot read the file of synsets"

  private static func lines(_ file: TextFile, in hierarchy: Hierarchy?) throws(Problem) -> [Entry] {
    var entries: [Entry] = []
    for (number, bytes) in file.lines {
      let line = String(decoding: bytes.trimmed, as: UTF8.self)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let isName = hierarchy?.node(wnid: line) != nil
      let wnid = isName ? line : String(line.prefix { !$0.isWhitespace && $0 != "," })
      guard isName || SynsetID(wnid) != nil || hierarchy?.node(wnid: wnid) != nil else {
        throw Problem(
          Self.what, at: file.place(number), expected: "a wnid, then its words, as `n01440764 tench`", found: "`\(line.prefix(60))`",
          advice: entries.isEmpty ? ClassIndex.namesAlone : nil, kind: .data)
      }
      entries.append(Entry(place: file.place(number), wnid: wnid, words: String(line.dropFirst(wnid.count).drop { $0.isWhitespace || $0 == "," })))
    }
    return entries
  }

  /// - Throws: a ``Problem`` where a label has no class, or the image's path tells another.
  func check(label: Int, of path: [UInt8], at place: @autoclosure () -> String) throws(Problem) {
    guard wnids.indices.contains(label) else {
      throw Problem(
        "a label has no class", at: place(), expected: "0 to \(wnids.count - 1)", found: "\(label)",
        advice: "give --synsets a file whose line i names label i", kind: .data)
    }
    guard let known = PathClasses.known(name: path), known != wnids[label] else { return }
    throw Problem(
      "the labels contradict the paths", at: place(), expected: known, found: Self.text(.index(label), wnids[label]),
      advice: explanation, kind: .data)
  }

  /// The synset of every line of a list; nil where the line gives no label.
  /// - Parameter folders: the class that a path's folders name.
  /// - Throws: a ``Problem`` where a number has no synset, or the list shows that its numbers are in another order.
  func resolve(_ list: ImageList, folders: @escaping (ArraySlice<UInt8>) -> String? = { _ in nil }) throws(Problem) -> [String?] {
    try checkRange(list)
    var told = PathClasses(folders: folders)
    return try list.lines.map { line throws(Problem) in
      let wnid: String? =
        switch line.label {
        case .index(let index): wnids[index]
        case .wnid(let wnid): wnid
        case nil: nil
        }
      guard let wnid, let known = told.known(line.path), known != wnid else { return wnid }
      if let coarse = coarse(list, &told) { throw coarse }
      throw Problem(
        "the list's labels contradict its paths", at: list.place(line), expected: known, found: Self.text(line.label, wnid),
        advice: explanation, kind: .data)
    }
  }

  /// What to say of a list that numbers coarse classes, as `labels export` writes those of a label set; nil where it is another one.
  private func coarse(_ list: ImageList, _ told: inout PathClasses) -> Problem? {
    var finesOf: [Int: Set<String>] = [:], labelOf: [String: Int] = [:]
    for line in list.lines {
      guard case .index(let label)? = line.label else { return nil }
      finesOf[label, default: []].formUnion([])
      guard let fine = told.known(line.path) else { continue }
      guard labelOf.updateValue(label, forKey: fine) ?? label == label else { return nil }
      finesOf[label]!.insert(fine)
    }
    guard finesOf.keys.max() == finesOf.count - 1 else { return nil }
    let isCounted = finesOf.count < wnids.count && list.lines.count >= wnids.count
    guard let shared = finesOf.filter({ $0.value.count > 1 }).min(by: { $0.key < $1.key }) ?? (isCounted ? (0, []) : nil) else { return nil }
    return Problem(
      "the list has the numbers of coarse classes", at: list.file, expected: "a number for each fine class",
      found: shared.value.isEmpty
        ? "0 to \(finesOf.count - 1), and \(counted(wnids.count, "fine class"))" : "number \(shared.key) for \(firstFew(shared.value.sorted()))",
      advice: "add the images with their fine classes, then group these: \(ShellCommand("labels", "import", list.file, "--dataset", "NAME").inSentence)",
      kind: .data)
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
    // Labels from 1 to the number of classes.
    let isFromOne = least == 1 && most == wnids.count
    throw Problem(
      isFromOne ? "the list's labels count from 1" : "a label has no class", at: list.place(worst),
      expected: wnids.isEmpty ? "a file of synsets for the numbers" : "0 to \(wnids.count - 1)", found: "\(most)",
      advice: isFromOne ? isImageNet ? explanation : Self.fromOne : "give --synsets a file whose line i names label i", kind: .data)
  }

  private static func text(_ label: ImageList.Label?, _ wnid: String) -> String {
    if case .index(let index)? = label { return "label \(index), which is \(wnid)" }
    return wnid
  }

  private var isImageNet: Bool { wnids.count == 1000 }

  /// Why labels may be in another order than this one.
  private var explanation: String {
    guard isImageNet else {
      return "labels are numbers from 0 in the order of the wnids, or of the file given with --synsets; those of another order would train on "
        + "wrong classes: give --synsets the file that goes with this list"
    }
    return "labels in the order of ILSVRC2012_ID (the devkit's, from 1) or of another file are not in the order of the wnids, and "
      + "would train on wrong classes; take Caffe's lists, or give --synsets the file that goes with this list"
  }

  private static let fromOne =
    "labels are numbers from 0, in the order of the wnids or of the file given with --synsets: take 1 from each where they are in that order, "
    + "else give --synsets the file that goes with this list as well"
}
