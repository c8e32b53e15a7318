import Taxonomy

/// The images of one split as a list file names them.
struct ListedImages {
  let list: String
  /// Folders below the root that the list's paths may begin in; the first that fits the first line is taken.
  let bases: [String]
  let naming: ClassNaming
  /// What the list's numbers stand for; nil: the wnids of the classes in ASCII order.
  let order: [String]?

  /// Reads the list and looks for its files.
  /// - Parameter classes: the wnids that numbers stand for where there is no `order`; nil: ImageNet-1k's.
  /// - Returns: the files by wnid, sorted by path.
  /// - Throws: a ``Problem`` where the list is wrong (``ImageList``, ``LabelOrder``), names an image twice, or names images
  ///   that are not there.
  func files(_ walk: inout FolderWalk, classes: [String]?) throws(Problem) -> [String: [FolderScan.File]] {
    let list = try ImageList(file: list)
    let numbers = if let known = order ?? classes { known } else { try Assets.lines("imagenet-1k.wnids") }
    let wnids = try LabelOrder(wnids: numbers).resolve(list) { FolderScan.deepestClass(Self.text($0), naming)?.wnid }
    let base = try base(list, &walk)
    var byClass: [String: [FolderScan.File]] = [:]
    var seen = Set<[UInt8]>(minimumCapacity: list.lines.count)
    var missing: [ImageList.Line] = []
    for (line, label) in zip(list.lines, wnids) {
      let path = base + line.path
      guard seen.insert(path).inserted else {
        throw Problem("the list names an image twice", at: list.place(line), found: Self.text(line.path))
      }
      guard let size = try walk.size(of: path) else {
        missing.append(line)
        continue
      }
      let wnid = if let label { label } else { try self.wnid(line, list) }
      byClass[wnid, default: []].append(.init(path: path, size: size))
    }
    if let first = missing.first {
      throw Problem(
        "\(missing.count) of the list's \(counted(list.lines.count, "image")) \(missing.count == 1 ? "is" : "are") missing", at: list.place(first),
        expected: "files below \(walk.root)" + (base.isEmpty ? "" : "/\(Self.text(base.dropLast()))"),
        found: "no " + missing.prefix(3).map { Self.text($0.path) }.joined(separator: ", no "),
        advice: "get them, or take their lines out of the list")
    }
    for wnid in byClass.keys { byClass[wnid]!.sort { $0.path.lexicographicallyPrecedes($1.path) } }
    return byClass
  }

  /// The class of a line without a label: its folder's.
  private func wnid(_ line: ImageList.Line, _ list: ImageList) throws(Problem) -> String {
    let folder = Self.text(line.path.prefix(line.path.lastIndex(of: UInt8(ascii: "/")) ?? 0))
    if let found = FolderScan.deepestClass(folder, naming) { return found.wnid }
    throw Problem(
      "a line of the list gives no class", at: list.place(line), expected: "path label, or a folder that names a class",
      found: Self.text(line.path), advice: naming.advice(for: [folder], wordNet: nil))
  }

  /// Where the list's paths begin, with a slash behind it.
  private func base(_ list: ImageList, _ walk: inout FolderWalk) throws(Problem) -> [UInt8] {
    // The first images may be the missing ones.
    for line in list.lines.prefix(100) {
      for base in bases {
        let prefix = Array((base.isEmpty ? "" : base + "/").utf8)
        if try walk.size(of: prefix + line.path) != nil { return prefix }
      }
    }
    throw Problem(
      "the list's images are not here", at: list.place(list.lines[0]),
      expected: "files below " + bases.map { walk.root + ($0.isEmpty ? "" : "/" + $0) }.joined(separator: " or "),
      found: "no \(Self.text(list.lines[0].path))", advice: "give the folder that the list's paths begin in")
  }

  private static func text(_ path: some Collection<UInt8>) -> String { String(decoding: path, as: UTF8.self) }
}
