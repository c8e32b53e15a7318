import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc

/// A path as it was typed, with the user's folder in place of a leading `~/`.
func expandingHome(_ typed: String) -> String {
  typed.hasPrefix("~/") ? (getenv("HOME").map { String(cString: $0) } ?? "~") + typed.dropFirst() : typed
}

/// Makes a picture and writes it as a PNG file.
/// - Returns: its size in words; nil where there is such a file, which only a yes replaces: then nothing was made.
func writePNG(
  to path: String, mayReplace: Bool, _ make: () throws(Problem) -> Picture
) throws(Problem) -> String? {
  guard mayReplace || !FileManager.default.fileExists(atPath: path) else { return nil }
  let picture = try make()
  try AtomicFile.write(try ImageCodec.png(picture), to: path)
  return "\(picture.width)×\(picture.height) pixels"
}
