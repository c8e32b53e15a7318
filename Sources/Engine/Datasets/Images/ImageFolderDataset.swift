import Basics
import Files

/// A tree of photographs that was added by name: files are decoded when they are asked for.
public final class ImageFolderDataset: Dataset {
  public let name: String
  public let summary: String
  public let classes: [FineClass]
  public let fingerprint: String
  public let recipe: FolderRecipe
  private let index: FolderIndex
  private let trainLabels, valLabels: [Int32]

  /// - Throws: a ``Problem`` where the index is damaged or the folder is gone.
  init(_ registration: Registration, home: Home) throws(Problem) {
    recipe = registration.recipe
    try registration.checkFolder()
    name = registration.name
    summary =
      "\(name): \(counted(registration.train + registration.val, "image")) in \(counted(registration.classes.count, "class")), "
      + "from \(recipe.root)" + (recipe.note.map { "; \($0)" } ?? "")
    classes = registration.classes
    fingerprint = registration.fingerprint
    index = try FolderIndex(path: registration.indexPath(in: home), classCount: classes.count)
    trainLabels = index.labels(.train)
    valLabels = index.labels(.val)
  }

  public var imageSize: (height: Int, width: Int, channels: Int)? { nil }

  public func labels(_ split: Split) -> [Int32] { split == .train ? trainLabels : valLabels }

  public func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    let buffer = PixelBuffer()
    try load(split, index, .everything, into: buffer)
    return buffer.picture
  }

  public func load(_ split: Split, _ index: Int, _ need: ImageNeed, into buffer: PixelBuffer) throws(Problem) {
    let path = stored(split, index)
    // The index lies in the user's home, where anything may have happened to it.
    let slash = UInt8(ascii: "/")
    guard path.first != slash, !path.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) }) else {
      throw Problem("the path leaves the dataset's folder", at: identifier(split, index), kind: .data)
    }
    try buffer.decode(
      file: absolutePath(recipe.root, path), need, place: "\(recipe.root)/\(nameText(path))")
  }

  /// The path below the root, fit for a terminal.
  public func identifier(_ split: Split, _ index: Int) -> String {
    printable(nameText(stored(split, index)))
  }

  public func path(_ split: Split, _ index: Int) -> [UInt8] { Array(stored(split, index)) }

  private func stored(_ split: Split, _ index: Int) -> UnsafeRawBufferPointer {
    self.index.path(split == .train ? index : trainLabels.count + index)
  }
}
