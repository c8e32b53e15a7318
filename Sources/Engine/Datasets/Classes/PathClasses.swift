import Taxonomy

/// What paths tell of their images' classes.
struct PathClasses {
  /// The class that folders name, as `train/n01440764`.
  let folders: (ArraySlice<UInt8>) -> String?
  private var last: (folder: ArraySlice<UInt8>, wnid: String?) = ([], nil)

  init(folders: @escaping (ArraySlice<UInt8>) -> String?) { self.folders = folders }

  mutating func known(_ path: [UInt8]) -> String? {
    if let wnid = Self.known(name: path) { return wnid }
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    let folder = path[..<slash]
    if folder != last.folder { last = (folder, folders(folder)) }
    return last.wnid
  }

  /// ILSVRC's training images bear their wnid, and of the first validation images the classes are known.
  static func known(name path: [UInt8]) -> String? {
    let name = String(decoding: path.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
    if let wnid = name.split(separator: "_").first.map(String.init), name.contains("_"), SynsetID(wnid) != nil {
      return wnid
    }
    guard name.hasPrefix("ILSVRC2012_val_0000000") else { return nil }
    return name.dropFirst("ILSVRC2012_val_0000000".count).first.flatMap { landmarks[$0] }
  }

  /// ILSVRC2012_val_00000001 … 5: labels 65, 970, 230, 809 and 516 of Caffe's val.txt.
  private static let landmarks: [Character: String] = [
    "1": "n01751748", "2": "n09193705", "3": "n02105855", "4": "n04263257", "5": "n03125729",
  ]
}
