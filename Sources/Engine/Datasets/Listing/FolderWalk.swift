import Basics
import Files
import Glibc

/// Finds the images below a folder.
///
/// Hidden files and folders (`.…`) are passed over. A symbolic link is followed where it stays below the root, or
/// anywhere if `followsLinks`; links that form a loop, and links that lead out, are refused. Paths are bytes: file
/// names need not be UTF-8.
struct FolderWalk {
  let root: String
  let followsLinks: Bool
  /// Files that are no images: neither by their name nor, where the name does not tell, by their first bytes.
  private(set) var ignored = 0
  /// What was met besides images since this was last emptied.
  var met = Met()
  /// Folders of listed files that were found to lie below the root.
  private var trusted: Set<[UInt8]> = []

  init(root: String, followsLinks: Bool) {
    self.root = root
    self.followsLinks = followsLinks
  }

  struct Met {
    /// Every folder, also without images.
    var folders: [[UInt8]] = []
    /// Hidden folders with images, which are passed over.
    var hidden: [[UInt8]] = []
    /// Images of formats that are not read, by folder.
    var foreign: [[UInt8]: [ImageFormat: Int]] = [:]
  }

  /// Calls `body` with each image below `folder` (relative to the root): its folder, its name, its size.
  /// Folders and names come in ASCII order.
  mutating func forEachImage(
    below folder: [UInt8], _ body: (_ folder: [UInt8], _ name: [UInt8], _ size: Int) throws(Problem) -> Void
  ) throws(Problem) {
    try visit(folder, ancestors: [], body)
  }

  /// The names in a folder, sorted, without hidden ones.
  func names(in folder: [UInt8]) throws(Problem) -> [[UInt8]] { try list(folder).map(\.name) }

  /// The folders in a folder, sorted, without hidden ones. A link to a folder counts, and a broken one, which ``checkFolder(_:)`` tells.
  func folders(in folder: [UInt8]) throws(Problem) -> [[UInt8]] {
    try list(folder).filter { entry in
      if entry.type == DT_DIR { return true }
      guard entry.type == DT_LNK || entry.type == DT_UNKNOWN else { return false }
      var status = stat()
      guard stat(path(folder.isEmpty ? entry.name : folder + [UInt8(ascii: "/")] + entry.name), &status) == 0 else {
        return entry.type == DT_LNK
      }
      return status.st_mode & S_IFMT == S_IFDIR
    }.map(\.name)
  }

  /// The hidden folders in a folder.
  func hiddenFolders(in folder: [UInt8]) -> [[UInt8]] {
    ((try? list(folder, hidden: true)) ?? []).filter { $0.type == DT_DIR && $0.name != [0x2E] && $0.name != [0x2E, 0x2E] }.map(\.name)
  }

  /// - Parameter hidden: whether hidden ones are wanted; nil: all.
  private func list(_ folder: [UInt8], hidden: Bool? = false) throws(Problem) -> [(name: [UInt8], type: Int)] {
    guard let directory = opendir(path(folder)) else {
      throw FileFailure.reading("cannot read the folder", text(folder))
    }
    defer { closedir(directory) }
    var names: [(name: [UInt8], type: Int)] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if hidden == nil || (name.first == UInt8(ascii: ".")) == hidden { names.append((name, Int(entry.pointee.d_type))) }
      errno = 0
    }
    guard errno == 0 else { throw FileFailure.reading("cannot read the folder", text(folder)) }
    return names.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// - Throws: a ``Problem`` where a link to a folder leads nowhere, or out of the root.
  mutating func checkFolder(_ folder: [UInt8]) throws(Problem) {
    var status = stat()
    guard stat(path(folder), &status) == 0 else {
      throw FileFailure.reading("cannot read the folder", text(folder))
    }
    _ = try follow(folder, &status)
  }

  /// Whether two paths lead to one folder.
  func areSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(path(one), &first) == 0, stat(path(other), &second) == 0 else { return false }
    return FileIdentity(first) == FileIdentity(second)
  }

  /// Whether there are images below a folder, by the names of the first thousands of files.
  func seemsToHoldImages(_ folder: [UInt8]) -> Bool {
    var rest = [folder]
    var looks = 4096
    while let next = rest.popLast(), looks > 0 {
      guard let entries = try? list(next) else { continue }
      looks -= entries.count
      if entries.contains(where: { $0.type != DT_DIR && ListColumns.isImage($0.name) }) { return true }
      rest += entries.filter { $0.type == DT_DIR }.reversed().map { next + [UInt8(ascii: "/")] + $0.name }
    }
    return false
  }

  private mutating func visit(
    _ folder: [UInt8], ancestors: [FileIdentity],
    _ body: (_ folder: [UInt8], _ name: [UInt8], _ size: Int) throws(Problem) -> Void
  ) throws(Problem) {
    for (name, type) in try list(folder, hidden: nil) {
      let relative = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
      guard name.first != UInt8(ascii: ".") else {
        if type == DT_DIR, name != [0x2E], name != [0x2E, 0x2E], seemsToHoldImages(relative) { met.hidden.append(relative) }
        continue
      }
      var status = stat()
      guard lstat(path(relative), &status) == 0 else { throw FileFailure.reading("cannot read", text(relative)) }
      if status.st_mode & S_IFMT == S_IFLNK {
        guard try follow(relative, &status) else { continue }
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        let identity = FileIdentity(status)
        guard !ancestors.contains(identity) else {
          throw Problem("a symbolic link forms a loop", at: text(relative), advice: "remove the link", kind: .data)
        }
        met.folders.append(relative)
        try visit(relative, ancestors: ancestors + [identity], body)
      case S_IFREG:
        let format = ListColumns.isImage(name) ? nil : format(relative)
        if format?.isRead ?? ListColumns.isImage(name) {
          try body(folder, name, Int(status.st_size))
        } else if let format {
          met.foreign[folder, default: [:]][format, default: 0] += 1
        } else {
          ignored += 1
        }
      default: ignored += 1
      }
    }
  }

  /// The size of a file that a list names, `path` relative to the root; nil where there is no such file.
  /// - Throws: a ``Problem`` where a symbolic link on the way leads out of the root.
  mutating func size(of path: [UInt8]) throws(Problem) -> Int? {
    var status = stat()
    guard lstat(self.path(path), &status) == 0 else { return nil }
    let folder = Array(path.prefix(path.lastIndex(of: UInt8(ascii: "/")) ?? 0))
    if !trusted.contains(folder) {
      var folderStatus = stat()
      if !folder.isEmpty {
        guard try follow(folder, &folderStatus) else { return nil }
      }
      trusted.insert(folder)
    }
    if status.st_mode & S_IFMT == S_IFLNK {
      guard try follow(path, &status) else { return nil }
    }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// Replaces a link's status by its target's. False: nothing that could be an image.
  private mutating func follow(_ link: [UInt8], _ status: inout stat) throws(Problem) -> Bool {
    guard stat(path(link), &status) == 0 else {
      // Broken links among other files are nobody's images; a broken image is told when images are decoded.
      ignored += 1
      return false
    }
    guard !followsLinks else { return true }
    guard let resolved = realpath(path(link), nil) else { throw FileFailure.reading("cannot read", text(link)) }
    defer { free(resolved) }
    let target = UnsafeBufferPointer(start: resolved, count: strlen(resolved)).map { UInt8(bitPattern: $0) }
    guard target.elementsEqual(root.utf8) || target.starts(with: (root == "/" ? "/" : root + "/").utf8) else {
      throw Problem(
        "a symbolic link leads out of the dataset's folder", at: text(link), expected: "files below \(root)",
        found: nameText(target), advice: "give --follow-links if you trust it", kind: .data)
    }
    return true
  }

  private func path(_ relative: [UInt8]) -> [CChar] { absolutePath(root, relative) }
  /// A path for people.
  func text(_ relative: [UInt8]) -> String { relative.isEmpty ? root : root + "/" + nameText(relative) }

  /// The format of a file whose name does not tell.
  private func format(_ relative: [UInt8]) -> ImageFormat? {
    let descriptor = open(path(relative), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: ImageFormat.headLength)
    let count = read(descriptor, &bytes, ImageFormat.headLength)
    return ImageFormat(bytes.prefix(max(0, count)))
  }

  private struct FileIdentity: Equatable {
    var device: dev_t
    var number: ino_t
    init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
  }
}

/// `root/relative` for the system's calls.
func absolutePath(_ root: String, _ relative: some Collection<UInt8>) -> [CChar] {
  var path: [CChar] = []
  path.reserveCapacity(root.utf8.count + relative.count + 2)
  path.append(contentsOf: root.utf8.lazy.map { CChar(bitPattern: $0) })
  path.append(CChar(bitPattern: UInt8(ascii: "/")))
  path.append(contentsOf: relative.lazy.map { CChar(bitPattern: $0) })
  path.append(0)
  return path
}
