import Basics
import Files
import Taxonomy

/// Which photograph of the stamps' package shows what: lines `path<TAB>wnid`, the path below the package's folder.
public struct StampMap: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    public var path, wnid: String
  }

  public let entries: [Entry]

  /// Where Debian's package tuxpaint-stamps-default puts its pictures.
  public static let folder = "/usr/share/tuxpaint/stamps"

  /// The classes' wnids in ASCII order.
  public var wnids: [String] { Set(entries.map(\.wnid)).sorted() }

  /// - Throws: a ``Problem`` at the first line that is none.
  package init(lines: [String], place: String) throws(Problem) {
    entries = try lines.map { line throws(Problem) in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2, SynsetID(fields[1]) != nil, !fields[0].isEmpty, !fields[0].hasPrefix("/"),
        !fields[0].split(separator: "/").contains("..")
      else { throw Problem("the asset is damaged", at: place, expected: "path<TAB>wnid", found: line, kind: .data) }
      return Entry(path: String(fields[0]), wnid: String(fields[1]))
    }
  }

  /// The map that ships with the program.
  /// - Throws: a ``Problem`` where the asset is not there or damaged.
  public static func asset() throws(Problem) -> StampMap {
    try StampMap(lines: Assets.lines("stamps.tsv"), place: "stamps.tsv")
  }
}

/// The photographs of each class, cut out, ready to be put into pictures.
public struct StampCollection: Sendable {
  /// What a class is made of.
  public struct Kind: Sendable {
    public let wnid: String
    /// One or more.
    let cutouts: [Cutout]
    public var photographs: Int { cutouts.count }
  }

  /// In the order of their wnids.
  public let kinds: [Kind]
  /// Photographs that the map names and the folder does not have, or that cannot be decoded.
  public let missing: [String]
  /// Changes when a photograph or the map does.
  let fingerprint: String

  /// - Throws: a ``Problem`` where the folder or everything in it is missing.
  public init(_ map: StampMap, folder: String = StampMap.folder) throws(Problem) {
    guard isFolder(folder) else {
      throw Problem(
        "the stamps' photographs are not installed", at: folder,
        advice: "install them with `sudo apt-get install tuxpaint-stamps-default`, or give their folder with --stamps", kind: .notFound)
    }
    var cutouts: [String: [Cutout]] = [:]
    var missing: [String] = []
    var hash = Fingerprint()
    for entry in map.entries {
      do throws(Problem) {
        let cutout = try Cutout(file: "\(folder)/\(entry.path)")
        cutouts[entry.wnid, default: []].append(cutout)
        hash.add(entry.path)
        hash.add(entry.wnid)
        hash.add(cutout.digest)
      } catch {
        missing.append(entry.path)
      }
    }
    kinds = cutouts.map { Kind(wnid: $0, cutouts: $1) }.sorted { $0.wnid < $1.wnid }
    self.missing = missing
    fingerprint = hash.text
    guard !kinds.isEmpty else {
      throw Problem(
        "the folder has none of the stamps' photographs", at: folder,
        advice: "install tuxpaint-stamps-default, or give its folder with --stamps", kind: .data)
    }
  }
}
