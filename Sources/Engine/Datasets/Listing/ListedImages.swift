import Basics

/// The images of one split as a list file names them.
struct ListedImages {
  let list: String
  /// Folders below the root that the list's paths may begin in; the first that fits the first line is taken.
  let bases: [[UInt8]]
  let naming: ClassNaming
  /// What the list's numbers stand for; nil: the wnids of the classes in ASCII order.
  let order: [String]?

  /// Reads the list and looks for its files.
  /// - Parameter numbering: what numbers stand for where there is no `order`; nil: ImageNet-1k's wnids.
  /// - Returns: the files by wnid, sorted by path.
  /// - Throws: a ``Problem`` where the list is wrong (``ImageList``, ``LabelOrder``), names an image twice, or names images
  ///   that are not there.
  func files(_ walk: inout FolderWalk, numbering: ClassFolders.Numbering?) throws(Problem) -> [String: [FolderScan.File]] {
    let list = try ImageList(file: list)
    let wnids = try LabelOrder(wnids: try numbers(list, numbering)).resolve(list) { ClassFolders.deepestClass($0, naming)?.wnid }
    let places = try ListedPaths(list, bases, &walk)
    var byClass: [String: [FolderScan.File]] = [:]
    var seen = Set<[UInt8]>(minimumCapacity: list.lines.count)
    var missing: [ImageList.Line] = []
    for (line, label) in zip(list.lines, wnids) {
      guard let (path, size) = try places.find(line, &walk) else {
        missing.append(line)
        continue
      }
      guard seen.insert(path).inserted else {
        throw Problem("the list names an image twice", at: list.place(line), found: nameText(line.written), kind: .data)
      }
      let wnid = if let label { label } else { try self.wnid(line, path.dropFirst(places.base.isEmpty ? 0 : places.base.count + 1), list) }
      byClass[wnid, default: []].append(.init(path: path, size: size))
    }
    if let first = missing.first {
      if let problem = places.problem(first, list, walk) { throw problem }
      // `file label` above paths and labels.
      if missing.count == 1, first.number == list.lines[0].number, first.label == nil, !ListColumns.isImage(first.path), list.lines.count > 1 {
        throw Problem(
          "the list's first line is no image", at: list.place(first), expected: "`path label`", found: "`\(nameText(first.written))`",
          advice: "take it out where it names the columns", kind: .data)
      }
      throw Problem(
        "\(missing.count) of the list's \(counted(list.lines.count, "image")) \(missing.count == 1 ? "is" : "are") missing", at: list.place(first),
        expected: "files below \(walk.text(places.base))",
        found: "no " + missing.prefix(3).map { nameText($0.written) }.joined(separator: ", no "),
        advice: "get them, or take their lines out of the list", kind: .data)
    }
    for wnid in byClass.keys { byClass[wnid]!.sort { $0.path.lexicographicallyPrecedes($1.path) } }
    return byClass
  }

  /// The class of a line without a label: its folder's.
  private func wnid(_ line: ImageList.Line, _ path: ArraySlice<UInt8>, _ list: ImageList) throws(Problem) -> String {
    let folder = path.dropLast(path.reversed().prefix { $0 != UInt8(ascii: "/") }.count + 1)
    if let found = ClassFolders.deepestClass(folder, naming) { return found.wnid }
    throw Problem(
      "a line of the list gives no class", at: list.place(line), expected: "path label, or a folder that names a class",
      found: nameText(line.written), advice: naming.advice(for: [nameText(folder)], wordNet: nil), kind: .data)
  }

  /// The wnids that the list's numbers stand for.
  private func numbers(_ list: ImageList, _ numbering: ClassFolders.Numbering?) throws(Problem) -> [String] {
    if let order { return order }
    switch numbering {
    case nil: return try Assets.lines("imagenet-1k.wnids")
    case .wnids(let wnids): return wnids
    case .ambiguous(let reason):
      guard let line = list.lines.first(where: { if case .index = $0.label { true } else { false } }) else { return [] }
      throw Problem(
        "the list's numbers could count the classes in two ways", at: list.place(line),
        expected: "one folder with images for each class, in the order of the wnids", found: reason,
        advice: naming.own == nil
          ? "give --synsets a file whose line i names the wnid of label i" : "correct the folders, or list the paths in class folders alone",
          kind: .data)
    }
  }
}
