import Glibc
import Taxonomy

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
  /// Folders of listed files that were found to lie below the root.
  private var trusted: Set<[UInt8]> = []

  init(root: String, followsLinks: Bool) {
    self.root = root
    self.followsLinks = followsLinks
  }

  /// Calls `body` with each image below `folder` (relative to the root): its folder, its name, its size.
  /// Folders and names come in ASCII order.
  mutating func forEachImage(
    below folder: [UInt8], _ body: (_ folder: [UInt8], _ name: [UInt8], _ size: Int) throws(Problem) -> Void
  ) throws(Problem) {
    try visit(folder, ancestors: [], body)
  }

  /// The names in a folder, sorted, without hidden ones.
  func names(in folder: [UInt8]) throws(Problem) -> [[UInt8]] {
    guard let directory = opendir(path(folder)) else {
      throw AtomicFile.failure("cannot read the folder", text(folder))
    }
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name.first != UInt8(ascii: ".") { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw AtomicFile.failure("cannot read the folder", text(folder)) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private mutating func visit(
    _ folder: [UInt8], ancestors: [FileIdentity],
    _ body: (_ folder: [UInt8], _ name: [UInt8], _ size: Int) throws(Problem) -> Void
  ) throws(Problem) {
    for name in try names(in: folder) {
      let relative = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
      var status = stat()
      guard lstat(path(relative), &status) == 0 else { throw AtomicFile.failure("cannot read", text(relative)) }
      if status.st_mode & S_IFMT == S_IFLNK {
        guard try follow(relative, &status) else { continue }
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        let identity = FileIdentity(status)
        guard !ancestors.contains(identity) else {
          throw Problem("a symbolic link forms a loop", at: text(relative), advice: "remove the link")
        }
        try visit(relative, ancestors: ancestors + [identity], body)
      case S_IFREG where Self.isImage(name) || beginsLikeImage(relative):
        try body(folder, name, Int(status.st_size))
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
    guard let resolved = realpath(path(link), nil) else { throw AtomicFile.failure("cannot read", text(link)) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    guard target == root || target.hasPrefix(root == "/" ? "/" : root + "/") else {
      throw Problem(
        "a symbolic link leads out of the dataset's folder", at: text(link), expected: "files below \(root)",
        found: target, advice: "give --follow-links if you trust it")
    }
    return true
  }

  private func path(_ relative: [UInt8]) -> [CChar] { absolutePath(root, relative) }
  private func text(_ relative: [UInt8]) -> String { root + "/" + String(decoding: relative, as: UTF8.self) }

  private static func isImage(_ name: [UInt8]) -> Bool {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
    return ending == "jpg" || ending == "jpeg" || ending == "png"
  }

  /// Whether a file whose name does not tell holds a JPEG or PNG.
  private func beginsLikeImage(_ relative: [UInt8]) -> Bool {
    let descriptor = open(path(relative), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8)
    guard read(descriptor, &bytes, 8) == 8 else { return false }
    return bytes == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] || bytes.starts(with: [0xFF, 0xD8, 0xFF])
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
