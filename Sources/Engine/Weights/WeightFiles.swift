import Basics
import Files
import FoundationEssentials

/// Files of weights are told apart by what they hold, not by their names.
package enum WeightFiles {
  /// - Throws: a ``Problem`` where the file cannot be read, or is no safetensors file and no .caffemodel; it says what it is instead.
  package static func open(_ path: String) throws(Problem) -> any WeightFile {
    try checkIsFile(path)
    let file = try MappedFile(path: path)
    if isSafetensors(file.bytes) {
      let file = try SafetensorsFile(path, isConverting: true)
      try file.verify()
      return file
    }
    if let problem = ForeignWeights(bytes: file.bytes, path: path).problem { throw problem }
    do throws(Problem) {
      return try CaffeModelFile(path)
    } catch {
      // What calls itself one is a damaged one.
      guard !path.lowercased().hasSuffix(".caffemodel"), error.place == path, error.found == CaffeModelFile.nothing else { throw error }
      let first = file.bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
      throw Problem(
        "cannot read the weights", at: path, expected: "a safetensors file or a .caffemodel",
        found: "neither; it begins with the bytes \(first)", advice: "name another file, or fetch this one again", kind: .data)
    }
  }

  /// A header's length and the bracket that it begins with.
  private static func isSafetensors(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
    return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) <= UInt64(SafetensorsHeader.largest)
  }

  private static func checkIsFile(_ path: String) throws(Problem) {
    var isFolder = false
    let manager = FileManager.default
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
      let advice = manager.fileExists(atPath: path + ".index")
        ? "these are the files of a TensorFlow checkpoint, which is not read: take the net's weights from torchvision" : nil
      throw Problem("cannot read the weights", at: path, expected: "a file", found: "nothing there", advice: advice, kind: .notFound)
    }
    guard isFolder else { return }
    let inside = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted().filter {
      $0.hasSuffix(".safetensors") || $0.hasSuffix(".caffemodel")
    }
    throw Problem(
      "cannot read the weights", at: path, expected: "a file", found: "a folder",
      advice: inside.isEmpty ? "name the file in it" : "name a file in it, such as \(inside[0])", kind: .data)
  }
}
