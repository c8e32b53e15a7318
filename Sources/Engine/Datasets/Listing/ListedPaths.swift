import Basics

/// Where the paths of a list lie below a dataset's root.
///
/// Lists are written in one place and read in another: paths begin in the root, or a split's folder; or they are whole, and the part
/// in front of the root differs; or they were written on Windows.
struct ListedPaths {
  /// The folder that the paths begin in, relative to the root.
  let base: [UInt8]
  /// Parts in front of every path that lie above the root.
  private let dropped: [[UInt8]]
  private let hasBackslashes: Bool

  private static let slash = UInt8(ascii: "/")
  private static let backslash = UInt8(ascii: "\\")

  /// - Throws: a ``Problem`` where none of the first lines is found.
  init(_ list: ImageList, _ bases: [[UInt8]], _ walk: inout FolderWalk) throws(Problem) {
    // The first images may be the missing ones.
    let lines = list.lines.prefix(100)
    for dropped in 0..<16 {
      for line in lines {
        for hasBackslashes in line.path.contains(Self.backslash) ? [false, true] : [false] {
          let parts = Self.parts(line.path, hasBackslashes)
          guard Self.mayDrop(dropped, parts, line, walk.root) else { continue }
          for base in bases {
            let rest = Array(parts.dropFirst(dropped).joined(separator: CollectionOfOne(Self.slash)))
            let exact = dropped == 0 && !hasBackslashes ? line.exact : nil
            for path in [exact, rest].compactMap({ $0 }) where try walk.size(of: Self.join(base, path)) != nil {
              (self.base, self.dropped, self.hasBackslashes) = (base, Array(parts.prefix(dropped)), hasBackslashes)
              return
            }
          }
        }
      }
    }
    if let problem = list.tableProblem { throw problem }
    let first = list.lines[0]
    for base in bases where Self.isWithin(first, base, walk) { throw Self.noPathAndLabel(first, list) }
    throw Problem(
      "the list's images are not here", at: list.place(first),
      expected: "files below " + bases.map { walk.text($0) }.joined(separator: " or "), found: "no \(nameText(first.written))",
      advice: nameText(first.written).contains("://") ? "the list holds addresses: write the paths as the files lie below PATH" : first.written.contains(Self.backslash) || first.isAbsolute
        ? "give the folder that holds them as PATH, or write the paths as they are below it" : "give the folder that the list's paths begin in",
        kind: .data)
  }

  /// What to say of a line whose image is not there as the list has it; nil where it is nowhere.
  func problem(_ line: ImageList.Line, _ list: ImageList, _ walk: FolderWalk) -> Problem? {
    Self.isWithin(line, base, walk) ? Self.noPathAndLabel(line, list) : nil
  }

  private static func noPathAndLabel(_ line: ImageList.Line, _ list: ImageList) -> Problem {
    Problem(
      "a line of the list is not `path label`", at: list.place(line), expected: "the path of an image, and mostly a number from 0 or a wnid behind it",
      found: "`\(nameText(Array(line.written.prefix(60))))`",
      advice: "write the path as the file is called, without quotes, then a blank, then one label", kind: .data)
  }

  /// Whether a part of what was taken for a path is the path of an image that is there: what stands beside it is in the way.
  private static func isWithin(_ line: ImageList.Line, _ base: [UInt8], _ walk: FolderWalk) -> Bool {
    var walk = walk
    let marks = Set(" \t,;|:=\"'()[]{}<>".utf8)
    return line.written.split { marks.contains($0) }.contains { part in
      part.count < line.written.count && ListColumns.isImage(part) && (try? walk.size(of: join(base, parts(Array(part), false).joined(separator: CollectionOfOne(slash)).map { $0 }))) ?? nil != nil
    }
  }

  /// The path of a line's image below the root, and its size; nil where it is not there.
  func find(_ line: ImageList.Line, _ walk: inout FolderWalk) throws(Problem) -> (path: [UInt8], size: Int)? {
    if dropped.isEmpty, !hasBackslashes {
      for path in [line.exact, line.path].compactMap({ $0 }) {
        let path = Self.join(base, path)
        if let size = try walk.size(of: path) { return (path, size) }
      }
      return nil
    }
    let parts = Self.parts(line.path, hasBackslashes)
    guard parts.starts(with: dropped) else { return nil }
    let path = Self.join(base, Array(parts.dropFirst(dropped.count).joined(separator: CollectionOfOne(Self.slash))))
    return try walk.size(of: path).map { (path, $0) }
  }

  /// Whether the first parts of a path can lie above the root: those of a whole path, and those that end as the root does.
  private static func mayDrop(_ count: Int, _ parts: [[UInt8]], _ line: ImageList.Line, _ root: String) -> Bool {
    guard count > 0 else { return !parts.isEmpty }
    guard count < parts.count else { return false }
    let above = root.utf8.split(separator: slash).map(Array.init)
    let prefix = Array(parts.prefix(count))
    // A file's name alone says too little of where it lies.
    if line.isAbsolute { return parts.count - count > 1 || prefix == above }
    return above.count >= count && prefix == Array(above.suffix(count))
  }

  private static func parts(_ path: [UInt8], _ hasBackslashes: Bool) -> [[UInt8]] {
    let parts = path.split { $0 == slash || hasBackslashes && $0 == backslash }.map(Array.init).filter { $0 != [UInt8(ascii: ".")] }
    // Upwards leads nowhere.
    return parts.contains(Array("..".utf8)) ? [] : parts
  }

  private static func join(_ base: [UInt8], _ path: [UInt8]) -> [UInt8] { base.isEmpty ? path : base + [slash] + path }
}
