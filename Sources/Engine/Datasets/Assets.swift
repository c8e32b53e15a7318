import Basics
import FoundationEssentials
import Taxonomy

/// The files that ship with the program (`assets/`): class lists, maps.
public enum Assets {
  /// The folder: `$IMAGENET_TUI_ASSETS`, else `assets/` or `share/imagenet-tui/` in the first folder above
  /// the executable, or above the working directory, that holds one.
  /// - Throws: a ``Problem`` where no such folder is found, or the named one holds no assets.
  public static func folder(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Problem) -> String {
    let mark = "/imagenet-1k.wnids"
    if let explicit = environment["IMAGENET_TUI_ASSETS"], !explicit.isEmpty {
      guard FileManager.default.fileExists(atPath: explicit + mark) else {
        throw Problem(
          "cannot find the program's assets", at: explicit, expected: "imagenet-1k.wnids in it",
          advice: "correct or unset IMAGENET_TUI_ASSETS", kind: .data)
      }
      return explicit
    }
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    for start in [executable, FileManager.default.currentDirectoryPath + "/."] {
      var parts = start.split(separator: "/").dropLast()
      while true {
        let base = "/" + parts.joined(separator: "/")
        for candidate in [base + "/assets", base + "/share/imagenet-tui"]
        where FileManager.default.fileExists(atPath: candidate + mark) {
          return candidate
        }
        if parts.isEmpty { break }
        parts.removeLast()
      }
    }
    throw Problem(
      "cannot find the program's assets", expected: "a folder `assets` above the executable",
      advice: "set IMAGENET_TUI_ASSETS to the folder that holds imagenet-1k.wnids", kind: .data)
  }

  static func path(_ name: String) throws(Problem) -> String { try folder() + "/" + name }

  /// An asset as it is.
  /// - Throws: a ``Problem`` where the asset is not there or cannot be read.
  package static func text(_ name: String) throws(Problem) -> String {
    let path = try path(name)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem("cannot read the asset", at: path, advice: "reinstall the program", kind: .data)
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The lines of an asset, without empty lines and `#` comments.
  /// - Throws: a ``Problem`` where the asset is not there or cannot be read.
  public static func lines(_ name: String) throws(Problem) -> [String] {
    try text(name).split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
  }

  /// The wnids of PASCAL VOC's 20 classes.
  /// - Throws: a ``Problem`` where the asset is not there or damaged.
  public static func pascalClasses() throws(Problem) -> [String] { try pascal().map(\.wnid) }

  /// The wnid of each of PASCAL VOC's 20 classes by its name.
  /// - Throws: as ``pascalClasses()``.
  package static func pascalWnids() throws(Problem) -> [String: String] {
    Dictionary(try pascal().map { ($0.name, $0.wnid) }) { first, _ in first }
  }

  private static func pascal() throws(Problem) -> [(name: String, wnid: String)] {
    try lines("pascal.classes").map { line throws(Problem) in
      let fields = line.split(separator: "\t").map(String.init)
      guard fields.count == 2, SynsetID(fields[1]) != nil else {
        throw Problem("the asset is damaged", at: "pascal.classes", expected: "name<TAB>wnid", found: line, kind: .data)
      }
      return (fields[0], fields[1])
    }
  }
}
