import Basics
import Files
import Glibc
import Taxonomy

/// SUN397 as it is downloaded (Xiao, Hays, Ehinger, Oliva and Torralba 2010): `SUN397/a/abbey/sun_….jpg`, classes that may be nested
/// (`b/bakery/shop`), their list `ClassName.txt`, and ten partitions, `Training_01.txt` and `Testing_01.txt` to `_10`, of 50 images a class each.
struct SUNFolder {
  /// The folder that the lists' paths begin in.
  let images: String
  let classList: String
  /// The folder of the partition files.
  let partitions: String

  private static let className = "ClassName.txt"
  private static let place = "Partitions"

  /// The folder that a path names, where it is one of SUN's: `ClassName.txt` in it, or in `Partitions` or `SUN397` below, lists paths below letters.
  /// - Throws: a ``Problem`` where there are no partition files.
  init?(_ path: String) throws(Problem) {
    let folders = [path, "\(path)/\(Self.place)", "\(path)/SUN397", "\(path)/SUN397/\(Self.place)"]
    guard let listed = folders.first(where: { hasFile("\($0)/\(Self.className)") }) else { return nil }
    classList = "\(listed)/\(Self.className)"
    let text = try TextFile(classList, "cannot read the list of classes")
    guard let first = text.lines.first(where: { !$0.bytes.trimmed.isEmpty }), Self.name(first.bytes) != nil else { return nil }
    images = isFolder("\(path)/SUN397") ? "\(path)/SUN397" : path
    guard let partitions = folders.first(where: { !Self.known(in: $0).isEmpty }) else {
      throw Problem(
        "SUN397's partition files are missing", at: path, expected: "Training_01.txt and Testing_01.txt beside \(Self.className), or in \(Self.place)/",
        found: "neither", advice: "unpack Partitions.zip there, or name other lists with --train-list, --val-list and --hierarchy", kind: .notFound)
    }
    self.partitions = partitions
  }

  /// The numbers of the partitions of which both files are in a folder.
  private static func known(in folder: String) -> [Int] { (1...99).filter { number in files(number, folder).allSatisfy(hasFile) } }

  private static func files(_ number: Int, _ folder: String) -> [String] {
    let digits = number < 10 ? "0\(number)" : "\(number)"
    return ["Training", "Testing"].map { "\(folder)/\($0)_\(digits).txt" }
  }

  /// The lists of a partition.
  /// - Throws: a ``Problem`` where there is no such one.
  func lists(_ number: Int) throws(Problem) -> (train: String, val: String) {
    let known = Self.known(in: partitions)
    guard known.contains(number) else {
      throw Problem(
        "there is no such partition", at: partitions, expected: "one of \(known.map(String.init).joined(separator: ", "))", found: "\(number)", kind: .notFound)
    }
    let files = Self.files(number, partitions)
    return (files[0], files[1])
  }

  // MARK: Classes

  /// All classes below one root, as lines of a hierarchy: SUN has no synsets.
  /// - Parameter path: of `ClassName.txt`.
  /// - Throws: a ``Problem`` where a line is no class, or one is there twice.
  static func hierarchy(_ path: String) throws(Problem) -> [UInt8] {
    let text = try TextFile(path, "cannot read the list of classes")
    var lines: [UInt8] = []
    var seen: Set<[UInt8]> = []
    for (number, bytes) in text.lines where !bytes.trimmed.isEmpty {
      guard let name = name(bytes), !name.contains(UInt8(ascii: "\t")), seen.insert(name).inserted else {
        throw Problem(
          "cannot read the list of classes", at: text.place(number), expected: "the path of a class, as `/a/abbey`, once",
          found: "`\(nameText(Array(bytes.prefix(60))))`", kind: .data)
      }
      lines += name + Array("\t\(root)\n".utf8)
    }
    return lines
  }

  /// What is above all classes; no class of SUN's is called so.
  private static let root = "scene category"

  /// The name of the class of a line: `abbey` of `/a/abbey`, `bakery/shop` of `/b/bakery/shop`. Nil where it is no such path.
  private static func name(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    let line = line.trimmed
    let parts = line.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0].isEmpty, parts[1].count == 1, parts.dropFirst(2).allSatisfy({ !$0.isEmpty && !$0.elementsEqual("..".utf8) && !$0.elementsEqual(".".utf8) })
    else { return nil }
    return Array(parts.dropFirst(2).joined(separator: CollectionOfOne(UInt8(ascii: "/"))))
  }
}
