import FoundationEssentials

/// Whether a folder, or a link to one, lies there.
package func isFolder(_ path: String) -> Bool {
  var isFolder = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
}
