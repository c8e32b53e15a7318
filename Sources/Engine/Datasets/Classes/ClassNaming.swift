import Basics
import Files
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
    let text = try TextFile(path, "cannot read the mapping file", advice: "check the path given with --map")
    var map: [String: String] = [:]
    for (number, bytes) in text.lines {
      let line = nameText(bytes)
      if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
      let fields = bytes.trimmed.split(separator: UInt8(ascii: "\t")).map { nameText($0.trimmed) }
      let place = text.place(number)
      guard fields.count == 2, !fields[0].isEmpty, Self.isClass(fields[1], own) else {
        throw Problem(
          "cannot read the mapping file", at: place,
          expected: own == nil ? "name<TAB>wnid, as `goldfish<TAB>n01443537`" : "name<TAB>name in the hierarchy",
          found: "`\(Self.excerpt(line))`", kind: .data)
      }
      if let other = map.updateValue(fields[1], forKey: fields[0]), other != fields[1] {
        throw Problem(
          "the mapping file names a folder twice", at: place, expected: "`\(fields[0])` once",
          found: "\(other) and \(fields[1])", kind: .data)
      }
    }
    guard !map.isEmpty else {
      throw Problem("the mapping file is empty", at: path, expected: "lines of name<TAB>wnid", kind: .data)
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
    var parts = folder.split(separator: "/")[...]
    guard let own else { return parts.last.flatMap { SynsetID($0) == nil ? nil : String($0) } }
    // Names of a hierarchy may say what is above them.
    while !parts.isEmpty {
      if let id = own.id(ofWnid: parts.joined(separator: "/")) { return own.wnid(of: id) }
      parts.removeFirst()
    }
    return nil
  }

  /// What to do about folders that name no class: a misspelt mapping, else a line to start a mapping file with.
  func advice(for folders: [String], wordNet: WordNet?) -> String {
    for folder in folders {
      if let near = nearestWord(to: folder, among: map.keys) { return "did you mean `\(near)` for `\(folder)`?" }
    }
    if own != nil { return "name folders as the hierarchy does, or give --map a file of lines `folder<TAB>name`" }
    if folders.contains(where: Self.isLineage) {
      return "iNaturalist's folders tell their lineages: `ls CLASSES | awk -F_ '{p = $2; for (i = 3; i < NF; i++) p = p \"/\" $i; "
        + "print p \"/\" $0}' > tree.txt`, where CLASSES is the folder that holds them, then add --hierarchy tree.txt"
    }
    for folder in folders {
      let word = folder.split(separator: "/").last.map { $0.replacing("-", with: "_") } ?? ""
      // Numbers and letters are words as well, and hardly what is meant.
      guard let wordNet, word.count > 2, !word.contains(where: \.isNumber), !SplitFolders.isPlain(Array(word.utf8)) else { continue }
      let senses = wordNet.synsets(of: String(word))
      guard let first = senses.first else { continue }
      if senses.count == 1 { return "give --map a file with lines like `\(folder)<TAB>\(first)`" }
      return "give --map a file of lines `folder<TAB>wnid`; `\(folder)` has \(senses.count) senses, which "
        + "`\(ShellCommand("tree", "search", String(word), "--dataset", "wordnet").text())` lists"
    }
    return "name folders by wnid, or give --map a file of lines `folder<TAB>wnid`"
  }

  /// As iNaturalist calls its classes: `00000_Animalia_Annelida_Clitellata_Haplotaxida_Lumbricidae_Lumbricus_terrestris`.
  private static func isLineage(_ folder: String) -> Bool {
    let parts = (folder.split(separator: "/").last ?? "").split(separator: "_")
    return parts.count >= 6 && parts[0].allSatisfy(\.isNumber) && parts[1].first?.isUppercase == true
  }

  private static func excerpt(_ line: String) -> String { line.count > 60 ? line.prefix(60) + "…" : line }
}
