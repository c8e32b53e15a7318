import FoundationEssentials
import Taxonomy

/// Tells which class a folder stands for: by a mapping, else by being named like a wnid.
package struct ClassNaming: Sendable {
  /// Folder (path below the split's folder) → wnid.
  let map: [String: String]
  /// The hierarchy whose names folders have instead of wnids; nil for WordNet.
  let own: WordNet?

  init(map: [String: String] = [:], own: WordNet? = nil) {
    self.map = map
    self.own = own
  }

  /// Reads a mapping file: lines `name<TAB>wnid`; empty lines and lines that begin with `#` are passed over.
  /// - Throws: a ``Problem`` at the first line that is something else, or gives a name a second wnid.
  package init(file path: String, own: WordNet? = nil) throws(Problem) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem("cannot read the mapping file", at: path, advice: "check the path given with --map")
    }
    var map: [String: String] = [:]
    for (index, raw) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let line = String(decoding: raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw, as: UTF8.self)
      if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let place = "\(path), line \(index + 1)"
      guard fields.count == 2, !fields[0].isEmpty, Self.isClass(fields[1], own) else {
        throw Problem(
          "cannot read the mapping file", at: place,
          expected: own == nil ? "name<TAB>wnid, as `goldfish<TAB>n01443537`" : "name<TAB>name in the hierarchy",
          found: "`\(Self.excerpt(line))`")
      }
      if let other = map.updateValue(fields[1], forKey: fields[0]), other != fields[1] {
        throw Problem(
          "the mapping file names a folder twice", at: place, expected: "`\(fields[0])` once",
          found: "\(other) and \(fields[1])")
      }
    }
    guard !map.isEmpty else {
      throw Problem("the mapping file is empty", at: path, expected: "lines of name<TAB>wnid")
    }
    self.map = map
    self.own = own
  }

  private static func isClass(_ name: String, _ own: WordNet?) -> Bool {
    own.map { $0.id(ofWnid: name) != nil } ?? (SynsetID(name) != nil)
  }

  /// - Parameter folder: the path below the split's folder, as `abbey` or `a/abbey`.
  /// - Returns: the wnid of the class, nil where the folder names none.
  package func wnid(of folder: String) -> String? {
    if let wnid = map[folder] { return wnid }
    let name = folder.split(separator: "/").last.map(String.init) ?? ""
    return Self.isClass(name, own) ? name : nil
  }

  /// What to do about folders that name no class: a misspelt mapping, else a line to start a mapping file with.
  func advice(for folders: [String], wordNet: WordNet?) -> String {
    for folder in folders {
      if let near = Self.nearest(folder, among: map.keys) { return "did you mean `\(near)` for `\(folder)`?" }
    }
    if own != nil { return "name folders as the hierarchy does, or give --map a file of lines `folder<TAB>name`" }
    for folder in folders {
      let word = folder.split(separator: "/").last.map { $0.replacing("-", with: "_") } ?? ""
      if let wordNet, let id = wordNet.synsets(of: word).first {
        return "give --map a file with lines like `\(folder)<TAB>\(id)`"
      }
    }
    return "name folders by wnid, or give --map a file of lines `folder<TAB>wnid`"
  }

  /// The closest of `names`, if no more than a third of its letters differ.
  static func nearest(_ name: String, among names: some Sequence<String>) -> String? {
    names.map { (name: $0, distance: editDistance(Array(name.utf8), Array($0.utf8))) }
      .filter { $0.distance * 3 <= max($0.name.utf8.count, 3) }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// Insertions, deletions and replacements between two texts (Levenshtein 1966).
  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }

  private static func excerpt(_ line: String) -> String { line.count > 60 ? line.prefix(60) + "…" : line }
}
